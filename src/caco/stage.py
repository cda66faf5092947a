"""Stages: data plus pure functions, in three kinds. `caco.apply` runs them; only it stamps ids, parents and made_by.

A stage's function returns what became of its row: a row (or several) or a `Reject`. It opens no file, calls no client,
reads no clock and keeps no state; an effect is asked for through a port.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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


Fate: TypeAlias = Reject | Sequence[int] | None
"""What whole-table work decides of a row: it ends, it is made with these others (rows of the table), or it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Whole-table work for tables that no memory holds: only a sketch of each row is ever in one place.

    `columns` is the Arrow schema of sketches, `sketch` draws one of a row; `decide` sees all of them as an Arrow table,
    with the column `id`, and gives what becomes of each row by its number; `make` is the result of a row with its
    others, which are fetched as it asks for them. Without `make`, rows only stay or end.
    """

    columns: Any
    sketch: Callable[[Any], Mapping[str, object]]
    decide: Callable[[Any], Callable[[int], Fate]]
    make: Callable[[Any, Iterable[Any]], Result] | None = None

    def result(self, row: Row, fate: Fate, others: Iterable[Row]) -> Result:
        """What becomes of a row, its fate being known."""
        if fate is None or isinstance(fate, Reject):
            return fate or row
        assert self.make is not None
        return self.make(row, others)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupStage(Stage):
    """Whole-table work, in one of two forms.

    With `key_of` and `fn`, rows with equal keys come together, sorted by id, and each gets a result, in the same order;
    a group is held in memory as a whole. With an `outline`, rows are decided upon from sketches of all of them.
    """

    key_of: Callable[[Any], str] | None = None
    fn: Callable[[Sequence[Any]], Sequence[Result]] | None = None
    outline: Outline | None = None
