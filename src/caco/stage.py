"""Stages: data plus pure functions, in three kinds. `caco.apply` runs them; only it stamps ids, parents and made_by.

A stage's function returns what became of its row: a row (or several) or a `Reject`. It opens no file, calls no client,
reads no clock and keeps no state; an effect is asked for through a port.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from caco.lineage import digest
from caco.records import Reason, Row


@dataclass(frozen=True, slots=True)
class Reject:
    """This row ends here, for good."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """A row made from several: in a group, a member's result that has other parents too (their ids, in order)."""

    row: Row
    parents: tuple[str, ...]


Result: TypeAlias = Row | Joined | Reject | Iterable[Row | Joined]
"""What becomes of one row. A row returned unchanged is kept under its own id; any other is new and gets an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all kinds share: a name, a version to raise when the function's meaning changes, its settings, its types."""

    name: str
    makes: type[Row]
    version: int = 1
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names everything that decides what the stage makes of a row: change one, and it is another stage."""
        return f"{self.name}@{digest(self.name, self.version, dict(self.settings))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapStage(Stage):
    """One row in, its result out."""

    fn: Callable[[Any], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortStage(Stage):
    """One row in, requests to a port, replies read into the row's result."""

    port: str
    ask: Callable[[Any], Sequence[Any]]
    read: Callable[[Any, Sequence[Any]], Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStage(Stage):
    """Whole-table work: rows with equal keys come together, sorted by id; one result for each, in the same order.

    A group is held in memory as a whole, unless there is an outline: then `outline` does the same work from sketches.
    """

    key_of: Callable[[Any], str]
    fn: Callable[[Sequence[Any]], Sequence[Result]]
    outline: "Outline | None" = None


Fate: TypeAlias = Reject | Sequence[int] | None
"""What whole-table work decides of a row: it ends, it is made with these others (rows of the table), or it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Whole-table work for tables that no memory holds: only a sketch of each row is ever in one place.

    `columns` is the schema of sketches, `sketch` draws one of a row; `decide` sees all of them as a table, with the
    column `id`, and gives what becomes of each row by its number; `make` is the result of a row with its others, which
    are fetched as it asks for them. Without `make`, rows only stay or end.
    """

    columns: pa.Schema
    sketch: Callable[[Any], Mapping[str, object]]
    decide: Callable[[pa.Table], Callable[[int], Fate]]
    make: Callable[[Any, Iterable[Any]], Result] | None = None

    def table(self, rows: Iterable[Row]) -> pa.Table:
        """The sketches of rows, in their order."""
        drawn = [{"id": row.id, **self.sketch(row)} for row in rows]
        return pa.Table.from_pylist(drawn, schema=pa.schema([("id", pa.string()), *self.columns]))

    def result(self, row: Row, fate: Fate, others: Iterable[Row]) -> Result:
        """What becomes of a row, its fate being known."""
        if fate is None or isinstance(fate, Reject):
            return fate or row
        assert self.make is not None
        return self.make(row, others)

    def in_memory(self, rows: Sequence[Any]) -> list[Result]:
        """All of it at once: the function of a group stage."""
        fate_of = self.decide(self.table(rows))
        fates = [fate_of(i) for i in range(len(rows))]
        return [self.result(row, fate, _at(rows, fate)) for row, fate in zip(rows, fates, strict=True)]


def in_order(sketches: pa.Table, *columns: str) -> NDArray[np.uint64]:
    """Numbers of the rows, sorted by these columns."""
    order = pc.sort_indices(sketches, sort_keys=[(name, "ascending") for name in columns])
    return order.to_numpy()  # type: ignore[no-any-return]


def _at(rows: Sequence[Row], fate: Fate) -> Iterator[Row]:
    if fate is not None and not isinstance(fate, Reject):
        yield from (rows[i] for i in fate)


def outlined(name: str, makes: type[Row], outline: Outline, settings: Mapping[str, object] | None = None) -> GroupStage:
    """The group stage over all rows of a table that an outline describes."""
    return GroupStage(
        name=name, makes=makes, settings=settings or {}, key_of=_one_group, fn=outline.in_memory, outline=outline
    )


def _one_group(_: Row) -> str:
    return ""
