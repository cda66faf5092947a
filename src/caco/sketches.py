"""Whole-table work from sketches, where the table is in memory; runners do the same for tables that no memory holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from caco.records import Row
from caco.stage import Fate, GroupStage, Outline, Reject, Result


def outlined(name: str, makes: type[Row], outline: Outline, settings: Mapping[str, object] | None = None) -> GroupStage:
    """The group stage over all rows of a table that an outline describes."""
    fn = partial(_in_memory, outline)
    return GroupStage(name=name, makes=makes, settings=settings or {}, key_of=_one_group, fn=fn, outline=outline)


def sketched(outline: Outline, rows: Iterable[Row]) -> pa.Table:
    """The sketches of rows, in their order, behind the column `id`."""
    drawn = [{"id": row.id, **outline.sketch(row)} for row in rows]
    return pa.Table.from_pylist(drawn, schema=pa.schema([("id", pa.string()), *outline.columns]))


def in_order(sketches: pa.Table, *columns: str) -> NDArray[np.uint64]:
    """Numbers of the rows, sorted by these columns."""
    order = pc.sort_indices(sketches, sort_keys=[(name, "ascending") for name in columns])
    return order.to_numpy()  # type: ignore[no-any-return]


def _in_memory(outline: Outline, rows: Sequence[Any]) -> list[Result]:
    """All of it at once: the function of a group stage."""
    fate_of = outline.decide(sketched(outline, rows))
    fates = [fate_of(i) for i in range(len(rows))]
    return [outline.result(row, fate, _at(rows, fate)) for row, fate in zip(rows, fates, strict=True)]


def _at(rows: Sequence[Row], fate: Fate) -> Iterator[Row]:
    if fate is not None and not isinstance(fate, Reject):
        yield from (rows[i] for i in fate)


def _one_group(_: Row) -> str:
    return ""
