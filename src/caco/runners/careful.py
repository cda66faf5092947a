"""A part that has killed its workers is made row by row; the row that kills them ends there, and the rest goes on.

<table>/suspects/part-00000.json    the row in hand, and those that were in hand when a worker died
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from caco.apply import Applied, Broken, Port, apply
from caco.plan import RunConfig
from caco.records import Row
from caco.runners.part import PartTask
from caco.stage import PortStage
from caco.store.files import read_json, write_json
from caco.store.table import Table

DEATHS = 2
"""A row that was in hand so often when its worker died is taken to be what killed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarefulTask:
    """Make the part of `of` row by row."""

    of: PartTask

    @property
    def step(self) -> str:
        """The step it belongs to."""
        return self.of.step

    @property
    def part(self) -> int:
        """Number of the part."""
        return self.of.part


def make_carefully(
    config: RunConfig, task: CarefulTask, ports: Mapping[str, Port], advance: Callable[[int], None]
) -> None:
    """Make the part as `make_part` does, writing down which row is in hand."""
    started, of = time.perf_counter(), task.of
    stage = next(step.stage for step in config.steps if step.name == of.step)
    port = ports[stage.port] if isinstance(stage, PortStage) else None
    note = of.folder / "suspects" / f"part-{of.part:05d}.json"
    suspects: list[str] = read_json(note) if note.exists() else []
    rows = Table(of.from_folder, of.from_record).read(of.from_part)
    whole = Applied()
    for row in rows:
        if suspects.count(row.id) >= DEATHS:
            detail = f"its worker died, or was stopped, each of the {DEATHS} times that it was tried alone"
            whole.reject(stage, row.id, Broken(detail))
        else:
            write_json(note, [*suspects, row.id])
            whole.add(apply(stage, [row], port))
        advance(1)
    table: Table[Row] = Table(of.folder, stage.makes)
    encoded = table.encoded(whole, stage)
    seconds = time.perf_counter() - started
    table.write(of.part, whole, rows=encoded, given=len(rows), input_digest=of.input_digest, seconds=seconds)
    note.unlink(missing_ok=True)
