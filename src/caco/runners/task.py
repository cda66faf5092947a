"""The tasks that a crew is given, and what doing each of them means."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from caco.apply import Port
from caco.plan import RunConfig
from caco.runners.outline import SettleTask, SketchTask, settle_part, sketch_part
from caco.runners.part import PartTask, make_part

Task: TypeAlias = PartTask | SketchTask | SettleTask


def do_task(config: RunConfig, task: Task, ports: Mapping[str, Port], advance: Callable[[int], None]) -> None:
    """Do it; what it makes lies on the disk then. `advance` is told how many rows have been worked on."""
    match task:
        case PartTask():
            make_part(config, task, ports, advance)
        case SketchTask():
            advance(sketch_part(config, task))
        case SettleTask():
            settle_part(config, task)
