"""Records to Arrow and back: one schema for each record type, derived from its annotations."""

import types
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, make_dataclass
from enum import StrEnum
from functools import cache
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from caco.errors import StoreError
from caco.records import Row

R = TypeVar("R")
_SCALARS: dict[Any, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def schema(record: Any) -> pa.Schema:
    """The Arrow schema of a record type: nested records are structs, tuples are lists, enums are strings."""
    return pa.schema([pa.field(name, _arrow(hint)) for name, hint in _hints(record)])


@cache
def record_like(name: str, columns: pa.Schema) -> type[Row]:
    """A record type with the columns of a table that an extension wrote, for readers that do not have the extension."""
    own = {one.name for one in fields(Row)}
    more = [(column.name, _python(column.name, column.type)) for column in columns if column.name not in own]
    return make_dataclass(name, more, bases=(Row,), frozen=True, kw_only=True)


def _python(name: str, kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return tuple[_python(name, kind.value_type), ...]  # type: ignore[misc]
    if pa.types.is_struct(kind):
        return make_dataclass(name, [(one.name, _python(one.name, one.type)) for one in kind], frozen=True)
    return next(hint for hint, of in _SCALARS.items() if of == kind)


def to_table(record: type[R], rows: Iterable[R]) -> pa.Table:
    """Rows of one type as an Arrow table."""
    rows = list(rows)
    columns = [_encoded(hint, list(map(attrgetter(name), rows))) for name, hint in _hints(_any(record))]
    return pa.Table.from_arrays(columns, schema=schema(record))


def from_table(record: type[R], table: pa.Table) -> list[R]:
    """The rows of an Arrow table that `to_table` made, equal to those that went in.

    Raises StoreError where the table's columns are not those of the record: another version wrote it.
    """
    members, places = _hints(_any(record)), {name: place for place, name in enumerate(table.column_names)}
    try:
        columns = [_decoded(hint, table.column(places[name]).combine_chunks()) for name, hint in members]
    except KeyError as error:
        name = record.__name__
        raise StoreError(f"a table of {name} lacks {error}: another version wrote it; run its recipe again") from error
    return _built(record, columns)


def _any(hint: object) -> Any:
    """A type as a key of a cache: type checkers do not take every class for hashable."""
    return hint


@cache
def _hints(record: Any) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(record)
    return tuple((f.name, hints[f.name]) for f in fields(record))


def _optional(hint: Any) -> Any:
    """The type X of `X | None`; the type itself where it is not optional."""
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (a for a in get_args(hint) if a is not type(None))
        return inner
    return hint


def _arrow(hint: Any) -> pa.DataType:
    hint = _optional(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return pa.string()
    if get_origin(hint) is tuple:
        return pa.list_(_arrow(get_args(hint)[0]))
    if is_dataclass(hint):
        return pa.struct([pa.field(name, _arrow(inner)) for name, inner in _hints(_any(hint))])
    raise TypeError(f"no Arrow type for {hint!r}")


def _encoded(hint: Any, values: list[Any]) -> pa.Array:
    """A column of values; work is done by columns, for a part has far fewer of them than values."""
    hint = _optional(hint)
    if get_origin(hint) is tuple:
        offsets = [0, *accumulate(len(value or ()) for value in values)]
        flat = [part for value in values for part in value or ()]
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _encoded(get_args(hint)[0], flat))
    if is_dataclass(hint):
        gone = [value is None for value in values]
        present = any(gone)
        members = [
            [None if v is None else getattr(v, name) for v in values]
            if present
            else list(map(attrgetter(name), values))
            for name, _ in _hints(_any(hint))
        ]
        parts = [_encoded(inner, some) for (_, inner), some in zip(_hints(_any(hint)), members, strict=True)]
        return pa.StructArray.from_arrays(parts, fields=list(_arrow(hint)), mask=pa.array(gone, pa.bool_()))
    return pa.array(values, _arrow(hint))


def _decoded(hint: Any, column: pa.Array) -> list[Any]:
    """The values of a column."""
    hint = _optional(hint)
    if get_origin(hint) is tuple:
        offsets = column.offsets.to_numpy()
        first, last = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
        flat = _decoded(get_args(hint)[0], column.values.slice(first, last - first))
        return [tuple(flat[start:end]) for start, end in pairwise((offsets - first).tolist())]
    if is_dataclass(hint):
        places = {field.name: place for place, field in enumerate(column.type)}
        parts = column.flatten()
        members = [_decoded(inner, parts[places[name]]) for name, inner in _hints(_any(hint))]
        made = _built(_any(hint), members)
        return (
            made
            if not column.null_count
            else [value if there else None for value, there in zip(made, column.is_valid().to_pylist(), strict=True)]
        )
    values: list[Any] = column.to_pylist()
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [None if value is None else hint(value) for value in values]
    return values


def _built(record: Any, columns: list[list[Any]]) -> list[Any]:
    """Records of their fields' columns. Equal small ones are one object: a bound or a check recurs all over a part."""
    names = [name for name, _ in _hints(record)]
    rows = zip(*columns, strict=True)
    if not _is_small(record):
        return [record(**dict(zip(names, row, strict=True))) for row in rows]
    known: dict[tuple[Any, ...], Any] = {}
    made = []
    for row in rows:
        if row not in known:
            known[row] = record(**dict(zip(names, row, strict=True)))
        made.append(known[row])
    return made


@cache
def _is_small(record: Any) -> bool:
    """Whether equal fields are the same fields: 0.0 and -0.0 are not."""
    return all(_optional(hint) in (str, int, bool) for _, hint in _hints(record))
