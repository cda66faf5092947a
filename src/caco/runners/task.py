"""The tasks that a crew is given, and what doing each of them means."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from caco.apply import Port
from caco.errors import BackendError
from caco.plan import RunConfig
from caco.runners.careful import CarefulTask, make_carefully
from caco.runners.outline import SettleTask, SketchTask, settle_part, sketch_part
from caco.runners.part import PartTask, make_part

Task: TypeAlias = PartTask | CarefulTask | SketchTask | SettleTask

TRIES = 2
"""How often a task is given out as it is before its workers' deaths are taken to be its own doing."""
MOST_DEATHS = 12
"""Workers that one part may kill: two for each row of it that does so, and some by bad luck."""


def do_task(config: RunConfig, task: Task, ports: Mapping[str, Port], advance: Callable[[int], None]) -> None:
    """Do it; what it makes lies on the disk then. `advance` is told how many rows have been worked on."""
    match task:
        case PartTask():
            make_part(config, task, ports, advance)
        case CarefulTask():
            make_carefully(config, task, ports, advance)
        case SketchTask():
            advance(sketch_part(config, task))
        case SettleTask():
            settle_part(config, task)


def after_death(task: Task, deaths: int, how: str) -> Task:
    """What to give out for a task whose workers died `deaths` times. Raises BackendError where that must end."""
    if deaths < TRIES:
        return task
    if isinstance(task, PartTask):
        return CarefulTask(of=task)
    if isinstance(task, CarefulTask) and deaths < MOST_DEATHS:
        return task
    raise BackendError(f"part {task.part} of step {task.step!r} killed {deaths} workers ({how})")
