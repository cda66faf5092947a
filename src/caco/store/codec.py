"""Records to Arrow and back: one schema for each record type, derived from its annotations."""

import types
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa

from caco.errors import StoreError

R = TypeVar("R")
_SCALARS: dict[Any, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def schema(record: Any) -> pa.Schema:
    """The Arrow schema of a record type: nested records are structs, tuples are lists, enums are strings."""
    return pa.schema([pa.field(name, _arrow(hint)) for name, hint in _hints(record)])


def to_table(record: type[R], rows: Iterable[R]) -> pa.Table:
    """Rows of one type as an Arrow table."""
    plain = _encoder(_any(record))
    return pa.Table.from_pylist([plain(row) for row in rows], schema=schema(record))


def from_table(record: type[R], table: pa.Table) -> list[R]:
    """The rows of an Arrow table that `to_table` made, equal to those that went in.

    Raises StoreError where the table's columns are not those of the record: another version wrote it.
    """
    build = _decoder(_any(record))
    try:
        return [build(row) for row in table.to_pylist()]
    except KeyError as error:
        name = record.__name__
        raise StoreError(f"a table of {name} lacks {error}: another version wrote it; run its recipe again") from error


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


def _same(value: Any) -> Any:
    return value


@cache
def _encoder(hint: Any) -> Callable[[Any], Any]:
    hint = _optional(hint)
    if get_origin(hint) is tuple:
        item = _encoder(get_args(hint)[0])
        return lambda value: [item(v) for v in value]
    if is_dataclass(hint) and isinstance(hint, type):
        members = [(name, _encoder(inner)) for name, inner in _hints(hint)]
        return lambda value: None if value is None else {name: enc(getattr(value, name)) for name, enc in members}
    return _same


@cache
def _decoder(hint: Any) -> Callable[[Any], Any]:
    hint = _optional(hint)
    if get_origin(hint) is tuple:
        item = _decoder(get_args(hint)[0])
        return lambda value: tuple(item(v) for v in value)
    if is_dataclass(hint) and isinstance(hint, type):
        members = [(name, _decoder(inner)) for name, inner in _hints(hint)]
        return lambda value: None if value is None else hint(**{name: dec(value[name]) for name, dec in members})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return _same
