"""A recipe whose stages fail on odd rows in every way that a stage can."""

import json
import os
import signal
import time
from dataclasses import replace
from functools import partial

import pyarrow as pa

from caco.config import RunnerConfig, SourceConfig
from caco.plan import RunConfig, Step
from caco.records import Reason, Seed
from caco.stage import GroupStage, MapStage, Outline, Reject
from caco.stages.collect import collect

NUM = 30


def marked(seed, what):
    return f"[{what}]" in seed.problem


def trouble(seed):
    """What a stage may do on an odd row."""
    if marked(seed, "raise"):
        raise ValueError("a text with \ud83d half an emoji")
    if marked(seed, "deep"):
        return trouble(replace(seed))
    if marked(seed, "unwritable"):
        return [replace(seed, answer="good"), replace(seed, answer="\ud83d")]
    if marked(seed, "nothing"):
        return []
    if marked(seed, "late"):
        return (1 / 0 for _ in range(2))
    if marked(seed, "text"):
        return ["a text"]
    if marked(seed, "die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if marked(seed, "hang"):
        while True:
            sum(range(10**6))
    if marked(seed, "sleepless"):
        pow(3, 10**9)  # holds the interpreter's lock: no thread of the process could speak up
    if marked(seed, "memory"):
        kept = []
        while True:
            kept.append("x" * 10**7)
            time.sleep(0.005)
    return replace(seed, solution="done")


def again(seed):
    return replace(seed, source="after")


def sketch(seed):
    if marked(seed, "sketch"):
        raise KeyError("no sketch")
    return {"size": 2**70 if marked(seed, "large") else len(seed.problem)}


def decided(sketches):
    sizes = sketches["size"].to_pylist()
    return lambda i: Reject(Reason.LENGTH, "long") if sizes[i] > 40 else (0,)


def joined(seed, others):
    if marked(seed, "make"):
        raise TypeError("cannot be made")
    return replace(seed, domain=next(iter(others)).problem[:6])


def key(word, seed):
    if marked(seed, word):
        raise LookupError("no key")
    return seed.problem[-1]


def grouped(seeds):
    if any(marked(seed, "group") for seed in seeds):
        raise RuntimeError("the whole group")
    return [replace(seed, tags=("grouped",)) for seed in seeds]


def odd(path, *, workers=1, **runner):
    outline = Outline(columns=pa.schema([("size", pa.int64())]), sketch=sketch, decide=decided, make=joined)
    keyed = GroupStage(name="keyed", makes=Seed, key_of=partial(key, "key"), fn=grouped)
    steps = (
        Step(name="collect", stage=collect({}, {})),
        Step(name="work", stage=MapStage(name="work", makes=Seed, fn=trouble), takes=("collect",)),
        Step(name="after", stage=MapStage(name="after", makes=Seed, fn=again), takes=("work",)),
        Step(name="whole", stage=GroupStage(name="whole", makes=Seed, outline=outline), takes=("after",)),
        Step(name="keyed", stage=keyed, takes=("whole",)),
    )
    placed = RunnerConfig(workers=workers, part_rows=10, batch_rows=4, **runner)
    return RunConfig(recipe="odd", source=SourceConfig(path=str(path)), steps=steps, runner=placed)


def write(path, *marks):
    texts = [f"problem {i}" for i in range(NUM)] + [f"[{what}] odd {i}x" for i, what in enumerate(marks)]
    path.write_text("".join(json.dumps({"problem": t, "answer": "1"}) + "\n" for t in texts), encoding="utf-8")
    return path
