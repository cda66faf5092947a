"""A run as its reader sees it: tables, funnel, and the way back from any row to its seed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from caco.apply import Deferral, OurFault
from caco.errors import ConfigError, IntegrityError, unknown
from caco.records import Rejection, Row
from caco.store.codec import from_table
from caco.store.place import place
from caco.store.run_folder import Manifest, RunFolder, StepEntry
from caco.store.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """What became of the rows that went into a step: `given` is `kept` + `rejected` + `deferred`."""

    name: str
    given: int
    kept: int
    """Rows that were kept, or made at least one row."""
    rows: int
    """Rows in the step's table: a row may make several."""
    rejected: dict[str, int]
    deferred: int
    seconds: float
    """Work on its parts, summed over workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestor:
    """A row on the way back to a seed, and where it lies."""

    step: str
    row: Row
    ended: Rejection | None = None
    """Why it went no further, for the row that was asked about."""


class Run:
    """A run on disk, finished or not."""

    def __init__(self, path: Path | str) -> None:
        self.path = place(path)
        self._folder = RunFolder(self.path)
        self.manifest: Manifest = self._folder.manifest()

    def table(self, step: str) -> pa.Table:
        """A step's table as Arrow. Raises ConfigError for an unknown step."""
        return self._table(self._entry(step)).arrow()

    def parts(self, step: str) -> Iterator[pa.Table]:
        """A step's table part by part: never more than one part in memory."""
        table = self._table(self._entry(step))
        return (table.arrow_part(part) for part in table.parts())

    def rows(self, step: str) -> Iterator[Row]:
        """A step's rows."""
        return self._table(self._entry(step)).rows()

    def rejections(self, step: str = "") -> Iterator[Rejection]:
        """Rejections of one step, or of all."""
        for entry in [self._entry(step)] if step else self.manifest.steps:
            yield from self._table(entry).rejections()

    def faults(self, step: str = "") -> Iterator[OurFault]:
        """Where stages raised on rows of one step, or of all; each of these rows is among the rejections."""
        for entry in [self._entry(step)] if step else self.manifest.steps:
            yield from self._table(entry).faults()

    def deferrals(self, step: str = "") -> Iterator[Deferral]:
        """Rows of one step, or of all, whose effect failed: the same command tries them again."""
        for entry in [self._entry(step)] if step else self.manifest.steps:
            yield from self._table(entry).deferrals()

    def funnel(self) -> list[FunnelStep]:
        """One entry a step. Raises IntegrityError where a finished run's counts do not add up."""
        steps = [self._funnel_step(entry) for entry in self.manifest.steps]
        made = {step.name: step.rows for step in steps}
        for entry, step in zip(self.manifest.steps, steps, strict=True):
            came = sum(made[name] for name in entry.takes)
            if self.manifest.finished and entry.takes and came != step.given:
                raise IntegrityError(f"step {entry.name!r} was given {step.given} rows of {came}")
        return steps

    @property
    def dataset(self) -> Path | None:
        """Folder of the exported dataset, once there is one."""
        return self.path / self.manifest.dataset if self.manifest.dataset else None

    def explain(self, row_id: str) -> list[Ancestor]:
        """The row (an id or the unique start of one) and all it was made from, nearest first, down to its seeds.

        Raises ConfigError where no row, or more than one, has such an id.
        """
        whole = self._whole_id(row_id)
        first, *others = chain_of(whole, self.ancestry([whole]))
        return [replace(first, ended=next((r for r in self.rejections() if r.id == whole), None)), *others]

    def ancestry(self, row_ids: Iterable[str]) -> dict[str, Ancestor]:
        """The rows with these ids and all they were made from, by id, each at the step that made it: one pass."""
        wanted, found = set(row_ids), {}
        for entry in reversed(self.manifest.steps):
            table = self._table(entry)
            for part in table.parts():
                if wanted.isdisjoint(table.ids(part)):
                    continue
                arrow = table.arrow_part(part)
                for row in from_table(table.record, arrow.filter(pc.is_in(arrow["id"], pa.array(list(wanted))))):
                    found[row.id] = Ancestor(step=entry.name, row=row)
                    wanted.update(row.parents)
        return found

    def _whole_id(self, start: str) -> str:
        tables = [self._table(entry) for entry in self.manifest.steps]
        ids = {i for table in tables for part in table.parts() for i in table.ids(part) if i.startswith(start)}
        if not ids:
            raise ConfigError(f"no row of {self.path} has an id that starts with {start!r}")
        if len(ids) > 1:
            raise ConfigError(f"{len(ids)} rows have ids that start with {start!r}: give more of it")
        return ids.pop()

    def _funnel_step(self, entry: StepEntry) -> FunnelStep:
        receipts = self._table(entry).receipts()
        rejected: dict[str, int] = {}
        for receipt in receipts:
            for reason, count in receipt.rejected.items():
                rejected[reason] = rejected.get(reason, 0) + count
        step = FunnelStep(
            name=entry.name,
            given=sum(r.given for r in receipts),
            kept=sum(r.kept for r in receipts),
            rows=sum(r.rows for r in receipts),
            rejected=dict(sorted(rejected.items(), key=lambda item: -item[1])),
            deferred=sum(r.deferred for r in receipts),
            seconds=sum(r.seconds for r in receipts),
        )
        if step.given != step.kept + sum(rejected.values()) + step.deferred:
            raise IntegrityError(f"step {entry.name!r}: {step.given} rows went in, but not as many ended")
        return step

    def _entry(self, step: str) -> StepEntry:
        found = {entry.name: entry for entry in self.manifest.steps}
        if step not in found:
            raise unknown("step", step, found)
        return found[step]

    def _table(self, entry: StepEntry) -> Table[Row]:
        return self._folder.table(entry)


def chain_of(row_id: str, ancestry: Mapping[str, Ancestor]) -> list[Ancestor]:
    """The row and what it was made from, nearest first. A seed's parent is its line in the source, which is no row."""
    chain = [ancestry[row_id]]
    for ancestor in chain:
        known = {a.row.id for a in chain}
        chain += [ancestry[p] for p in ancestor.row.parents if p in ancestry and p not in known]
    return chain
