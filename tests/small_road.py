"""A recipe with every kind of step and no sandbox, so small that a test can run it hundreds of times."""

import hashlib
import json
import os
import signal
import time
from dataclasses import replace
from functools import partial

from caco.config import PortConfig, RunnerConfig, SourceConfig
from caco.plan import RunConfig, Step
from caco.ports import GenerateRequest, Message
from caco.records import Example, Reason, Seed
from caco.stage import GroupStage, MapStage, PortStage, Reject
from caco.stages.collect import collect


def write_seeds(path, num=15):
    lines = [json.dumps({"problem": f"What is {i} + {i % 5}?", "answer": str(i + i % 5)}) for i in range(num)]
    path.write_text("\n".join([*lines, "{broken", lines[0]]) + "\n", encoding="utf-8")
    return path


def number(seed):
    return int(hashlib.sha256(seed.problem.encode()).hexdigest(), 16)


def grow(seed):
    """A row in seven ends, one in seven is kept, the others make two."""
    match number(seed) % 7:
        case 0:
            return Reject(Reason.LENGTH, "too long")
        case 1:
            return seed
    return [replace(seed, solution=f"{seed.answer}: {i}") for i in range(2)]


def ask(seed):
    return [GenerateRequest(messages=(Message(role="user", content=seed.problem),))]


def reply(request):
    """The model."""
    return f"I take it to be {len(request.messages[0].content) % 4}."


def read(seed, replies):
    return replace(seed, solution=f"{seed.solution} {replies[0].texts[0]}")


def by_reply(seed):
    return seed.solution[-2:] + seed.answer[-1]


def three_of_each(seeds):
    return [seed if i < 3 else Reject(Reason.DUPLICATE, seeds[0].id) for i, seed in enumerate(seeds)]


def example(seed):
    plain = dict.fromkeys(("code", "inputs", "output", "transform", "style", "author", "trust"), "")
    return Example(
        problem=seed.problem, solution=seed.solution, answer=seed.answer, answer_type="number", checks=(),
        domain=seed.domain, source=seed.source, licence=seed.licence, seeds=(seed.id,), **plain,
    )  # fmt: skip


def killer(seed):
    """Kills the process that works on one row: what a poison row does to a worker."""
    if seed.problem.startswith("What is 13 +"):
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(seed, domain="survived")


def paused(seconds, fn, row):
    time.sleep(seconds)
    return fn(row)


def small(seeds="seeds.jsonl", poison=False, pause=0.0, log=""):
    """Seeds that grow, are asked for, meet in groups and become examples."""
    first = MapStage(name="grow", makes=Seed, fn=partial(paused, pause, killer if poison else grow))
    asked = PortStage(name="ask", makes=Seed, port="solver", ask=ask, read=read)
    chosen = GroupStage(name="choose", makes=Seed, key_of=by_reply, fn=three_of_each)
    steps = (
        Step(name="collect", stage=collect({}, {})),
        Step(name="grow", stage=first, takes=("collect",)),
        Step(name="ask", stage=asked, takes=("grow",)),
        Step(name="choose", stage=chosen, takes=("ask", "collect")),
        Step(name="export", stage=MapStage(name="export", makes=Example, fn=example), takes=("choose",)),
    )
    return RunConfig(
        recipe="small",
        source=SourceConfig(path=str(seeds)),
        steps=steps,
        ports={
            "solver": PortConfig(
                backend="scripted", settings={"function": "small_road:reply"}, serving={"log": log} if log else {}
            )
        },
        runner=RunnerConfig(workers=1, batch_rows=3, part_rows=12),
    )
