"""Merging the small parts of a finished run, so that it can be gone on with, and killed at any point while it is done.

Merged tables are written beside the old ones; the manifest, replaced in one step, then points to them; the old ones go
last. Receipts are written as if the run had been made in these parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from caco.errors import StoreError
from caco.lineage import digest
from caco.records import Row
from caco.runners.part import inputs_digest
from caco.store.files import remove_folder
from caco.store.run_folder import RunFolder, StepEntry, plain_name
from caco.store.table import Receipt, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """How a table is merged: the numbers of the old parts that each new part holds, and what its input is then."""

    groups: list[list[int]]
    input_of: Callable[[int], str]
    whole: bool
    """Whether it was written as a whole: then its part 0 says how many parts there are."""


def compact(path: Path, rows: int) -> dict[str, tuple[int, int]]:
    """Merge parts until each has at least `rows` rows, or its table ends; by step the parts before and after.

    Raises StoreError where the run is not finished, in use, or not as this version writes it.
    """
    folder = RunFolder(path)
    with folder.locked():
        manifest = folder.manifest()
        if not manifest.finished:
            raise StoreError(f"{path} is not finished: run its recipe again to go on")
        merged: dict[str, Merged] = {}
        for entry in manifest.steps:
            merged[entry.name] = _merged(folder, entry, [merged[name] for name in entry.takes], rows)
        folder.write_manifest(replace(manifest, steps=[m.entry for m in merged.values()]))
        _drop_others(path, {m.entry.table for m in merged.values()})
    return {name: (sum(map(len, m.groups)), len(m.groups)) for name, m in merged.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged table: where it lies now, what its new parts hold, and the receipts of the old parts and the new."""

    entry: StepEntry
    groups: list[list[int]]
    before: list[Receipt]
    after: list[Receipt]


def _merged(folder: RunFolder, entry: StepEntry, takes: Sequence[Merged], rows: int) -> Merged:
    old = folder.table(entry)
    receipts = old.receipts()
    plan = _plan(old, receipts, takes, rows)
    new_entry = replace(entry, table=f"{plain_name(entry.table)}.{_generation(entry.table) + 1}")
    new: Table[Row] = folder.table(new_entry)
    remove_folder(new.folder)
    num = len(plan.groups)
    made = [
        new.merge(i, old, group, input_digest=plan.input_of(i), parts=num if plan.whole and i == 0 else 0)
        for i, group in enumerate(plan.groups)
    ]
    return Merged(entry=new_entry, groups=plan.groups, before=receipts, after=made)


def _plan(table: Table[Row], receipts: Sequence[Receipt], takes: Sequence[Merged], rows: int) -> Merge:
    """How the parts go together: as those of the tables they were made from, or freely in a table made as a whole."""
    after = [r for taken in takes for r in taken.after]
    if receipts and receipts[0].parts:
        whole_input = inputs_digest(after) if takes else receipts[0].input
        return Merge(groups=_by_size(receipts, rows), input_of=lambda _: whole_input, whole=True)
    inputs, groups = [r.input for r in receipts], _as_taken(takes)
    before, now = [r.digest for taken in takes for r in taken.before], [r.digest for r in after]
    if inputs == before:
        return Merge(groups=groups, input_of=now.__getitem__, whole=False)
    if inputs == [digest(before, i) for i in range(len(before))]:
        return Merge(groups=groups, input_of=lambda i: digest(now, i), whole=False)
    raise StoreError(f"{table.folder} is not as its run would leave it: run its recipe again, then compact it")


def _by_size(receipts: Sequence[Receipt], rows: int) -> list[list[int]]:
    groups: list[list[int]] = [[]]
    held = 0
    for number, receipt in enumerate(receipts):
        if held >= rows:
            groups.append([])
            held = 0
        groups[-1].append(number)
        held += receipt.rows
    return groups


def _as_taken(takes: Sequence[Merged]) -> list[list[int]]:
    groups, start = [], 0
    for taken in takes:
        groups += [[start + number for number in group] for group in taken.groups]
        start += sum(map(len, taken.groups))
    return groups


def _generation(table: str) -> int:
    return int(table.removeprefix(plain_name(table)).removeprefix(".") or 0)


def _drop_others(path: Path, kept: set[str]) -> None:
    """Delete what the merged tables were made from, and what a compaction that was killed has left."""
    plain = {plain_name(table) for table in kept}
    for folder in (path / "tables").iterdir():
        name = f"tables/{folder.name}"
        if name not in kept and plain_name(name) in plain:
            remove_folder(folder)
