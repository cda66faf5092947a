"""Running a stage over rows: the one place that stamps ids, parents and made_by, and that counts every row's end.

Not here: where rows come from, go to, or run (stores and runners do that).
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from caco.errors import BackendError, IntegrityError, StageError, StoreError
from caco.lineage import row_id
from caco.ports import Failure
from caco.records import Reason, Rejection, Row
from caco.stage import Fate, GroupStage, Joined, MapStage, Outline, PortStage, Reject, Result, Stage

DETAIL, FRAMES = 500, 20
"""Characters of an exception's text that a rejection keeps, and frames of its traceback."""
NOT_ARROW = (UnicodeError, OverflowError, TypeError, ValueError, pa.ArrowException)
"""What building a table raises where a value does not fit its column."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OurFault:
    """A stage's function raised on a row: where, for those who mend it. The row ended as `our_fault`."""

    id: str
    stage: str
    traceback: str


@dataclass(slots=True)
class Applied:
    """What a stage made of some rows. Each row that went in is in `kept`, made at least one of `rows`, or is in one
    of the next two lists."""

    rows: list[Row] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    deferred: list[Deferral] = field(default_factory=list)
    faults: list[OurFault] = field(default_factory=list)
    """For each row that was rejected as `our_fault`."""
    made_from: dict[str, str] = field(default_factory=dict)
    """Ids of new rows -> of the row that each was the result of."""

    def add(self, other: "Applied") -> None:
        """Take over what was made of further rows."""
        self.rows += other.rows
        self.rejections += other.rejections
        self.deferred += other.deferred
        self.faults += other.faults
        self.made_from |= other.made_from

    def reject(self, stage: Stage, row_id: str, broken: "Broken") -> None:
        """End a row as our fault; what it had made goes with it."""
        self.rows = [row for row in self.rows if self.made_from.get(row.id, row.id) != row_id]
        _end_as_fault(stage, row_id, broken, self)


@dataclass(frozen=True, slots=True)
class Broken:
    """A stage's function raised, or gave what no stage may give."""

    detail: str
    traceback: str = ""


def apply(
    stage: Stage, rows: Sequence[Row], port: Port | None = None, tick: Callable[[], object] | None = None
) -> Applied:
    """Run `stage` over `rows`; a group stage must be given all rows of its table at once.

    Where the stage's own function raises, that row ends as `our_fault`, and the others go on. `tick` is called after
    each call of a stage's function: whoever watches from outside sees that the work goes on. Raises StageError where a
    stage cannot run at all, IntegrityError where ids are not unique or a port loses replies.
    """
    applied, calls = Applied(), Calls(stage, tick)
    for row, result in _results(calls, rows, port):
        _end(stage, row, result, applied)
    _check(stage, rows, applied)
    return applied


def settle(
    stage: GroupStage,
    rows: Sequence[Row],
    fates: Mapping[int, Fate],
    others: Callable[[Sequence[int]], Iterable[Row]] | None = None,
    broken: Mapping[int, "Broken"] | None = None,
) -> Applied:
    """Carry out what a stage's outline decided of `rows`, by their place; `others` fetches rows by their number.

    `broken` are rows of which no sketch could be drawn. Raises as `apply` does.
    """
    assert stage.outline
    applied, calls = Applied(), Calls(stage)
    for i, row in enumerate(rows):
        fate = fates.get(i)
        more = others(fate) if others and fate is not None and not isinstance(fate, Reject) else ()
        known = (broken or {}).get(i)
        _end(stage, row, known or calls.call(stage.outline.result, row, fate, more), applied)
    _check(stage, rows, applied)
    return applied


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of a stage's functions: the one boundary at which their exceptions become rows' ends."""

    stage: Stage
    tick: Callable[[], object] | None = None

    def call(self, fn: Callable[..., Any], *args: Any) -> Any:
        """What the function gives, an iterator as a list; Broken where it raises."""
        try:
            found = fn(*args)
            return list(found) if isinstance(found, Iterator) else found
        except (StoreError, BackendError, IntegrityError):
            raise  # no row's doing: the disk, or a backend as a whole
        except Exception as error:  # noqa: BLE001 - the boundary: what a stage raises is the end of that row alone
            return broken_by(error)
        finally:
            if self.tick:
                self.tick()


def broken_by(error: Exception) -> Broken:
    """What an exception is told as; its own text may be broken too."""
    try:
        detail = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - an exception of an extension, whose own text raises
        detail = type(error).__name__
    return Broken(printable(detail)[:DETAIL], printable("".join(traceback.format_exception(error, limit=-FRAMES))))


def printable(text: str) -> str:
    """The text as every file takes it: lone surrogates, which are no characters, are written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _results(calls: Calls, rows: Sequence[Row], port: Port | None) -> Iterator[tuple[Row, Result | Failure | Broken]]:
    match calls.stage:
        case MapStage(fn=fn):
            return ((row, calls.call(fn, row)) for row in rows)
        case PortStage():
            if port is None:
                raise StageError(f"stage {calls.stage.key} needs the port {calls.stage.port!r}")
            return _through_port(calls, calls.stage, rows, port)
        case GroupStage():
            return _by_group(calls, calls.stage, rows)
    raise TypeError(f"not a kind of stage: {type(calls.stage).__name__}")


def _through_port(
    calls: Calls, stage: PortStage, rows: Sequence[Row], port: Port
) -> Iterator[tuple[Row, Result | Failure | Broken]]:
    asked = [(row, calls.call(stage.ask, row)) for row in rows]
    requests = [request for _, some in asked if not isinstance(some, Broken) for request in some]
    replies = port.run(requests) if requests else ()
    if len(replies) != len(requests):
        raise IntegrityError(f"port {stage.port!r} gave {len(replies)} replies to {len(requests)} requests")
    start = 0
    for row, some in asked:
        if isinstance(some, Broken):
            yield row, some
            continue
        mine = replies[start : start + len(some)]
        start += len(some)
        failure = next((reply for reply in mine if isinstance(reply, Failure)), None)
        yield row, failure or calls.call(stage.read, row, mine)


def _by_group(calls: Calls, stage: GroupStage, rows: Sequence[Row]) -> Iterator[tuple[Row, Result | Broken]]:
    if stage.outline:
        yield from _by_sketches(calls, stage.outline, rows)
        return
    assert stage.fn and stage.key_of, "a group stage has a key and a function, or an outline"
    keys = [calls.call(stage.key_of, row) for row in rows]
    yield from ((row, key) for row, key in zip(rows, keys, strict=True) if isinstance(key, Broken))
    keyed = sorted((key, rows[i].id, i) for i, key in enumerate(keys) if not isinstance(key, Broken))
    for _, members in groupby(keyed, key=lambda k: k[0]):
        group = [rows[i] for _, _, i in members]
        results = calls.call(stage.fn, group)
        if not isinstance(results, Broken) and len(results) != len(group):
            raise IntegrityError(f"stage {stage.key} gave {len(results)} results for a group of {len(group)}")
        yield from zip(group, [results] * len(group) if isinstance(results, Broken) else results, strict=True)


def _by_sketches(calls: Calls, outline: Outline, rows: Sequence[Row]) -> Iterator[tuple[Row, Result | Broken]]:
    """Whole-table work in memory; runners do the same for tables that no memory holds."""
    sketches, broken = sketched(calls, outline, rows)
    sound = [row for i, row in enumerate(rows) if i not in broken]
    yield from ((rows[i], fault) for i, fault in broken.items())
    fate_of = _decided(calls.stage, outline, sketches)
    for i, row in enumerate(sound):
        fate = fate_of(i)
        others = () if fate is None or isinstance(fate, Reject) else (sound[other] for other in fate)
        yield row, calls.call(outline.result, row, fate, others)


def _decided(stage: Stage, outline: Outline, sketches: pa.Table) -> Callable[[int], Fate]:
    try:
        return outline.decide(sketches)
    except Exception as error:  # it is about all rows at once: there is no row to end for it
        raise StageError(f"stage {stage.key} raised {type(error).__name__} on its whole table: {error}") from error


def sketched(calls: Calls, outline: Outline, rows: Sequence[Row]) -> tuple[pa.Table, dict[int, Broken]]:
    """The sketches of rows, in their order, behind the column `id`; and the rows, by place, that have none."""
    schema = pa.schema([("id", pa.string()), *outline.columns])
    drawn = [calls.call(lambda row: {"id": row.id, **outline.sketch(row)}, row) for row in rows]
    broken = {i: one for i, one in enumerate(drawn) if isinstance(one, Broken)}
    try:
        return pa.Table.from_pylist([one for i, one in enumerate(drawn) if i not in broken], schema=schema), broken
    except NOT_ARROW:  # one of them does not fit: find out which
        for i, one in enumerate(drawn):
            fits = one if i in broken else calls.call(lambda one: pa.Table.from_pylist([one], schema=schema), one)
            broken |= {i: fits} if isinstance(fits, Broken) else {}
    return pa.Table.from_pylist([one for i, one in enumerate(drawn) if i not in broken], schema=schema), broken


def in_order(sketches: pa.Table, *columns: str) -> NDArray[np.uint64]:
    """Numbers of the rows of a table of sketches, sorted by these columns."""
    order = pc.sort_indices(sketches, sort_keys=[(name, "ascending") for name in columns])
    return order.to_numpy()  # type: ignore[no-any-return]


def _end(stage: Stage, row: Row, result: Result | Failure | Broken, applied: Applied) -> None:
    match result:
        case Broken():
            _end_as_fault(stage, row.id, result, applied)
        case Reject():
            detail = printable(result.detail)
            applied.rejections.append(Rejection(id=row.id, stage=stage.name, reason=result.reason, detail=detail))
        case Failure():
            applied.deferred.append(Deferral(id=row.id, stage=stage.name, detail=printable(result.detail)))
        case Row() if result is row:
            applied.rows.append(row)
        case _:
            made = [result] if isinstance(result, Row | Joined) else list(result)
            wrong = _wrong(stage, made)
            if wrong:
                _end_as_fault(stage, row.id, wrong, applied)
            for i, one in enumerate(() if wrong else made):
                applied.rows.append(new := _stamp(stage, row, one, i))
                applied.made_from[new.id] = row.id


def _end_as_fault(stage: Stage, row_id: str, broken: Broken, applied: Applied) -> None:
    rejection = Rejection(id=row_id, stage=stage.name, reason=Reason.OUR_FAULT, detail=broken.detail)
    applied.rejections.append(rejection)
    applied.faults.append(OurFault(id=row_id, stage=stage.name, traceback=broken.traceback))


def _wrong(stage: Stage, made: Sequence[object]) -> Broken | None:
    """What is wrong with a result that came without an exception."""
    if not made:
        return Broken("the stage made nothing of it, and gave no reason")
    others = {
        type(one).__name__ for one in made if not isinstance(one.row if isinstance(one, Joined) else one, stage.makes)
    }
    return Broken(f"the stage makes {stage.makes.__name__}, not {', '.join(sorted(others))}") if others else None


def _stamp(stage: Stage, row: Row, made: Row | Joined, ordinal: int) -> Row:
    new, parents = (made.row, made.parents) if isinstance(made, Joined) else (made, (row.id,))
    return replace(new, id=row_id(stage.key, parents, ordinal), parents=parents, made_by=stage.key)


def _check(stage: Stage, rows: Sequence[Row], applied: Applied) -> None:
    """Ids must be unique on both sides: a doubled row in, or two rows of one identity out, is a bug to stop at."""
    for side, ids in (("given", [r.id for r in rows]), ("made by", [r.id for r in applied.rows])):
        if len(set(ids)) != len(ids):
            raise IntegrityError(f"rows {side} stage {stage.key} share an id: {_first_double(ids)}")


def _first_double(ids: Iterable[str]) -> str:
    seen: set[str] = set()
    return next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
