"""A recipe with a stage that kills its process on one row: what a poison row does to a worker."""

import os
import signal

from caco.config import SourceConfig
from caco.plan import RunConfig, Step
from caco.records import Seed
from caco.stage import MapStage
from caco.stages.collect import collect


def die(seed):
    if seed.source_id == "algebra-005":
        os.kill(os.getpid(), signal.SIGKILL)
    return seed


def deadly():
    steps = (
        Step(name="collect", stage=collect({}, {})),
        Step(name="die", stage=MapStage(name="die", makes=Seed, fn=die), takes=("collect",)),
    )
    return RunConfig(recipe="deadly", source=SourceConfig(limit=40), steps=steps)
