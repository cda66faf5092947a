"""Running a stage over rows: the one place that stamps ids, parents and made_by, and that counts every row's end.

Not here: where rows come from, go to, or run (stores and runners do that).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from caco.errors import IntegrityError, StageError
from caco.lineage import row_id
from caco.ports import Failure
from caco.records import Rejection, Row
from caco.stage import Fate, GroupStage, Joined, MapStage, Outline, PortStage, Reject, Result, Stage

T = TypeVar("T")


class Port(Protocol):
    """What every port offers a stage."""

    def run(self, requests: Sequence[Any]) -> Sequence[Any]: ...


class OnFirstUse:
    """A port that opens its backend with the first request: a run whose steps are all done opens none."""

    def __init__(self, open_backend: Callable[[], Any]) -> None:
        self._open_backend = open_backend
        self._backend: Any = None

    def run(self, requests: Sequence[Any]) -> Sequence[Any]:
        """Pass the requests on."""
        if self._backend is None:
            self._backend = self._open_backend()
        return self._backend.run(requests)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the backend if it was opened."""
        if self._backend is not None:
            self._backend.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """A row whose effect failed: it has not ended, and is tried again on resume."""

    id: str
    stage: str
    detail: str


@dataclass(slots=True)
class Applied:
    """What a stage made of some rows. Each row that went in is in `kept`, made at least one of `rows`, or is in one
    of the other two lists."""

    rows: list[Row] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    deferred: list[Deferral] = field(default_factory=list)


def apply(stage: Stage, rows: Sequence[Row], port: Port | None = None) -> Applied:
    """Run `stage` over `rows`; a group stage must be given all rows of its table at once.

    Raises StageError where the stage's own function raised, IntegrityError where a row did not end exactly once.
    """
    applied = Applied()
    for row, result in _results(stage, rows, port):
        _end(stage, row, result, applied)
    _check(stage, rows, applied)
    return applied


def settle(
    stage: GroupStage,
    rows: Sequence[Row],
    fates: Mapping[int, Fate],
    others: Callable[[Sequence[int]], Iterable[Row]] | None = None,
) -> Applied:
    """Carry out what a stage's outline decided of `rows`, by their place; `others` fetches rows by their number.

    Raises StageError and IntegrityError as `apply` does.
    """
    assert stage.outline
    applied = Applied()
    for i, row in enumerate(rows):
        fate = fates.get(i)
        more = others(fate) if others and fate is not None and not isinstance(fate, Reject) else ()
        _end(stage, row, _call(stage, row.id, stage.outline.result, row, fate, more), applied)
    _check(stage, rows, applied)
    return applied


def _results(stage: Stage, rows: Sequence[Row], port: Port | None) -> Iterator[tuple[Row, Result | Failure]]:
    match stage:
        case MapStage():
            return ((row, _call(stage, row.id, stage.fn, row)) for row in rows)
        case PortStage():
            if port is None:
                raise StageError(f"stage {stage.key} needs the port {stage.port!r}")
            return _through_port(stage, rows, port)
        case GroupStage():
            return _by_group(stage, rows)
    raise TypeError(f"not a kind of stage: {type(stage).__name__}")


def _through_port(stage: PortStage, rows: Sequence[Row], port: Port) -> Iterator[tuple[Row, Result | Failure]]:
    asked = [(row, _call(stage, row.id, stage.ask, row)) for row in rows]
    requests = [request for _, some in asked for request in some]
    replies = port.run(requests) if requests else ()
    if len(replies) != len(requests):
        raise IntegrityError(f"port {stage.port!r} gave {len(replies)} replies to {len(requests)} requests")
    start = 0
    for row, some in asked:
        mine = replies[start : start + len(some)]
        start += len(some)
        failure = next((reply for reply in mine if isinstance(reply, Failure)), None)
        yield row, failure or _call(stage, row.id, stage.read, row, mine)


def _by_group(stage: GroupStage, rows: Sequence[Row]) -> Iterator[tuple[Row, Result]]:
    if stage.outline:
        yield from _by_sketches(stage, stage.outline, rows)
        return
    assert stage.fn, "a group stage has a key and a function, or an outline"
    keyed = sorted((_call(stage, row.id, stage.key_of, row), row.id, i) for i, row in enumerate(rows))
    for key, members in groupby(keyed, key=lambda k: k[0]):
        group = [rows[i] for _, _, i in members]
        results = _call(stage, f"group {key}", stage.fn, group)
        if len(results) != len(group):
            raise IntegrityError(f"stage {stage.key} gave {len(results)} results for a group of {len(group)}")
        yield from zip(group, results, strict=True)


def _by_sketches(stage: GroupStage, outline: Outline, rows: Sequence[Row]) -> Iterator[tuple[Row, Result]]:
    """Whole-table work in memory; runners do the same for tables that no memory holds."""
    fate_of = _call(stage, "the table", outline.decide, sketched(outline, rows))
    for i, row in enumerate(rows):
        fate = fate_of(i)
        others = () if fate is None or isinstance(fate, Reject) else (rows[other] for other in fate)
        yield row, _call(stage, row.id, outline.result, row, fate, others)


def sketched(outline: Outline, rows: Iterable[Row]) -> pa.Table:
    """The sketches of rows, in their order, behind the column `id`."""
    drawn = [{"id": row.id, **outline.sketch(row)} for row in rows]
    return pa.Table.from_pylist(drawn, schema=pa.schema([("id", pa.string()), *outline.columns]))


def in_order(sketches: pa.Table, *columns: str) -> NDArray[np.uint64]:
    """Numbers of the rows of a table of sketches, sorted by these columns."""
    order = pc.sort_indices(sketches, sort_keys=[(name, "ascending") for name in columns])
    return order.to_numpy()  # type: ignore[no-any-return]


def _call(stage: Stage, what: str, fn: Any, *args: Any) -> Any:
    try:
        return fn(*args)
    except Exception as error:  # the boundary between our machinery and a stage's function: attribute, then stop
        raise StageError(f"stage {stage.key} raised {type(error).__name__} on {what}: {error}") from error


def _end(stage: Stage, row: Row, result: Result | Failure, applied: Applied) -> None:
    match result:
        case Reject():
            applied.rejections.append(
                Rejection(id=row.id, stage=stage.name, reason=result.reason, detail=result.detail)
            )
        case Failure():
            applied.deferred.append(Deferral(id=row.id, stage=stage.name, detail=result.detail))
        case Row() if result is row:
            applied.rows.append(row)
        case Row() | Joined():
            applied.rows.append(_stamp(stage, row, result, 0))
        case _:
            made = [_stamp(stage, row, one, i) for i, one in enumerate(result)]
            if not made:
                raise IntegrityError(f"stage {stage.key} made nothing of row {row.id}, and gave no reason")
            applied.rows.extend(made)


def _stamp(stage: Stage, row: Row, made: Row | Joined, ordinal: int) -> Row:
    new, parents = (made.row, made.parents) if isinstance(made, Joined) else (made, (row.id,))
    if not isinstance(new, stage.makes):
        raise StageError(f"stage {stage.key} makes {stage.makes.__name__}, not {type(new).__name__} (row {row.id})")
    return replace(new, id=row_id(stage.key, parents, ordinal), parents=parents, made_by=stage.key)


def _check(stage: Stage, rows: Sequence[Row], applied: Applied) -> None:
    """Ids must be unique on both sides: a doubled row in, or two rows of one identity out, is a bug to stop at."""
    for side, ids in (("given", [r.id for r in rows]), ("made by", [r.id for r in applied.rows])):
        if len(set(ids)) != len(ids):
            raise IntegrityError(f"rows {side} stage {stage.key} share an id: {_first_double(ids)}")


def _first_double(ids: Iterable[str]) -> str:
    seen: set[str] = set()
    return next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
