"""Whole-table work by sketches: drawn part by part, decided in one place, carried out part by part.

    <table>/sketches/<digest>-00000.arrow         sketches of one part of the tables it takes from
    <table>/sketches/<digest>-00000.rows.arrow    its rows, where others are made with them

They lie there while the step is under way; a run that was killed goes on with those that are there.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from caco.apply import Broken, Calls, settle, sketched
from caco.errors import StoreError
from caco.lineage import digest
from caco.plan import RunConfig
from caco.records import Row
from caco.stage import Fate, GroupStage, Outline
from caco.store.codec import from_table
from caco.store.files import remove_folder, write_bytes
from caco.store.place import is_local
from caco.store.table import Receipt, Table

OPEN_FILES = 256
"""Files of rows that a process keeps open to fetch single rows from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchTask:
    """Sketch part `from_part` of the table in `from_folder`."""

    step: str
    part: int
    folder: Path
    from_folder: Path
    from_record: type[Row]
    from_part: int
    from_digest: str

    @property
    def path(self) -> Path:
        """Where its sketches go."""
        name = digest(self.from_folder.name, self.from_part, self.from_digest)
        return self.folder / "sketches" / f"{name}-{self.part:05d}.arrow"

    @property
    def rows_path(self) -> Path:
        """Where its rows go, for others to be made with them."""
        return self.path.with_suffix(".rows.arrow")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleTask:
    """Carry out what was decided of the rows of a part; a row without a fate stays."""

    sketched: SketchTask
    input_digest: str
    seconds: float
    """What its sketches took."""
    fates: dict[int, Fate] = field(default_factory=dict)
    """By the place among the part's sketches."""
    broken: dict[int, Broken] = field(default_factory=dict)
    """Rows of the part without a sketch, by their place."""
    sources: "Sources | None" = None
    """Where others are found, if there are any to be made with."""

    @property
    def step(self) -> str:
        """The step it belongs to."""
        return self.sketched.step

    @property
    def part(self) -> int:
        """Number of the part."""
        return self.sketched.part


@dataclass(frozen=True, slots=True)
class Sources:
    """Rows of all parts by their number: `starts` has the first number of each part, and their end."""

    tasks: tuple[SketchTask, ...]
    starts: NDArray[np.int64]

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """Read some rows, each when it is asked for."""
        for number in numbers:
            part = int(np.searchsorted(self.starts, number, side="right")) - 1
            task, at = self.tasks[part], number - int(self.starts[part])
            yield from_table(task.from_record, _opened(task.rows_path).slice(at, 1))[0]


def whole_input(tasks: Sequence[SketchTask], part: int) -> str:
    """Names what went into a part: all parts had a say in it."""
    return digest([task.from_digest for task in tasks], part)


def sketch_part(config: RunConfig, task: SketchTask) -> int:
    """Draw the sketches of a part, unless they are there; returns how many rows it has."""
    if task.path.exists():
        return len(_opened(task.path))
    started = time.perf_counter()
    stage, outline = _stage(config, task.step)
    rows = Table(task.from_folder, task.from_record).arrow_part(task.from_part)
    sketches, broken = sketched(Calls(stage), outline, from_table(task.from_record, rows))
    if outline.make:
        sound = [i for i in range(len(rows)) if i not in broken]
        _write(task.rows_path, rows.take(sound) if broken else rows)
    told = {"seconds": f"{time.perf_counter() - started:.3f}"}
    told["broken"] = json.dumps({i: (one.detail, one.traceback) for i, one in broken.items()})
    _write(task.path, sketches.replace_schema_metadata(told))
    return len(rows)


def settle_part(config: RunConfig, task: SettleTask) -> Receipt:
    """Make a part of the table as was decided."""
    started = time.perf_counter()
    stage, _ = _stage(config, task.step)
    of = task.sketched
    rows = Table(of.from_folder, of.from_record).read(of.from_part)
    sound = [i for i in range(len(rows)) if i not in task.broken]
    fates = {sound[place]: fate for place, fate in task.fates.items()}
    applied = settle(stage, rows, fates, task.sources.rows if task.sources else None, task.broken)
    table: Table[Row] = Table(of.folder, stage.makes)
    encoded = table.encoded(applied, stage)
    seconds = task.seconds + time.perf_counter() - started
    return table.write(of.part, applied, rows=encoded, given=len(rows), input_digest=task.input_digest, seconds=seconds)


def settle_tasks(config: RunConfig, tasks: Sequence[SketchTask], pending: set[int]) -> Iterator[SettleTask]:
    """Decide, from the sketches of all parts, what becomes of the rows of those that are pending."""
    started = time.perf_counter()
    sketches = [_opened(task.path) for task in tasks]
    starts = np.cumsum([0, *map(len, sketches)])
    _, outline = _stage(config, tasks[0].step)
    fate = outline.decide(pa.concat_tables([table.replace_schema_metadata(None) for table in sketches]))
    deciding = (time.perf_counter() - started) / len(tasks)
    sources = Sources(tuple(tasks), starts) if outline.make else None
    for i, (task, table) in enumerate(zip(tasks, sketches, strict=True)):
        if task.part in pending:
            fates = {row: fate(row + int(starts[i])) for row in range(len(table))}
            yield SettleTask(
                sketched=task,
                input_digest=whole_input(tasks, task.part),
                seconds=deciding + float(table.schema.metadata[b"seconds"]),
                fates={row: fate for row, fate in fates.items() if fate is not None},
                broken={int(i): Broken(*told) for i, told in json.loads(table.schema.metadata[b"broken"]).items()},
                sources=sources,
            )


def drop_sketches(folder: Path) -> None:
    """The step is done: nothing asks for its sketches any more."""
    _opened.cache_clear()
    remove_folder(folder / "sketches")


def _stage(config: RunConfig, step: str) -> tuple[GroupStage, Outline]:
    stage = next(s.stage for s in config.steps if s.name == step)
    assert isinstance(stage, GroupStage) and stage.outline
    return stage, stage.outline


def _write(path: Path, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    write_bytes(path, sink.getvalue())


@lru_cache(maxsize=OPEN_FILES)
def _opened(path: Path) -> pa.Table:
    """A file that `_write` wrote: its pages are read as they are needed."""
    try:
        file = pa.memory_map(str(path)) if is_local(path) else pa.BufferReader(path.read_bytes())
        return pa.ipc.open_file(file).read_all()
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is missing or torn ({error}); delete its folder to have it made again") from error
