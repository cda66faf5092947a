"""Typed values as canonical JSON: what programs take and give, told apart by type, equal values as equal bytes.

Plain JSON stands for int, float, bool, str, None, list, and dict with str keys (keys in order of code points). All else
is an object with one key that starts with `$`: `{"$fraction": "3/4"}`, `{"$tuple": [1, 2]}`, `{"$set": [1, 2]}`.
A value of a subclass is written as its base (`Counter` as dict, `IntEnum` as int). No method of the value's own is
called for the built-in types, so that a value cannot lie or loop while it is written; reading never evaluates text.
This file imports only the standard library at the top: the sandbox loads it inside the jail.
"""

import json
import sys
from collections.abc import Callable, Iterable
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import Any

from caco.program import expressions
from caco.program.expressions import MAX_NODES, PLAIN_INT_BITS, Budget, TooLargeError, UnencodableError, number

__all__ = ["TooLargeError", "UnencodableError", "decode", "dumps", "encode", "show"]


def encode(value: object, *, parts: int = MAX_NODES) -> str:
    """Canonical JSON (ASCII, one line) of `value`.

    Raises UnencodableError for what has no form, and TooLargeError for a value of more than `parts` parts.
    """
    return dumps(_Writer(parts).form(value, 0))


def decode(text: str) -> Any:
    """The value of canonical JSON. Raises ValueError for text that `encode` never writes."""
    try:
        return _read(json.loads(text))
    except (TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, ImportError, IndexError) as error:
        raise ValueError(f"not a typed value: {error}") from None


def show(value: object) -> str:
    """How a person writes `value` as an answer: `24` (of 24.0 too), `3/4`, `0.5`, `[1, 2]`, `{1, 2}`, `True`, `1+2j`.

    The length of numbers has no limit.
    """
    if value is None or isinstance(value, (str, bool)):
        return str(value)
    if type(value).__module__.split(".")[0] == "numpy":  # before numbers: a `float64` is a float too
        return show(value.tolist()) if hasattr(value, "tolist") else str(value)
    for kinds, shown in _SHOWN:
        if isinstance(value, kinds):
            return shown(value)
    return format(value, "f") if type(value).__name__ == "Decimal" else str(value)


def _show_float(value: float) -> str:
    """Whole numbers without `.0` up to where `repr` itself changes to powers of ten."""
    return _digits(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)


def _show_item(part: object) -> str:
    return repr(part) if isinstance(part, str) else show(part)


def _show_container(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_show_item(k)}: {_show_item(v)}" for k, v in value.items()) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(map(_show_item, sorted(value, key=_set_order))) + "}"
    parts = ", ".join(map(_show_item, value))
    if isinstance(value, tuple):
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return f"[{parts}]"


def _set_order(part: object) -> tuple[bool, float, str]:
    """Numbers by size, all else by its text."""
    if isinstance(part, int | float):  # an int may be too large for a float
        return False, float(part) if abs(part) < 1e300 else float("inf"), ""
    return True, 0.0, str(part)


def _digits(number: int) -> str:
    if number.bit_length() <= PLAIN_INT_BITS:
        return str(number)
    from decimal import Decimal

    return format(Decimal(number), "f")


_SHOWN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (int, _digits),
    (float, _show_float),
    (complex, lambda value: f"{show(value.real)}{'-' if value.imag < 0 else '+'}{show(abs(value.imag))}j"),
    ((list, tuple, set, frozenset, dict), _show_container),
)


def dumps(form: object) -> str:
    """JSON text in the one spelling that all typed values have."""
    return "".join(_chunks(form, 0))


def _no_form(form: object) -> object:
    raise UnencodableError(f"no form for a value of type {type(form).__name__}")


_chunks: Callable[[object, int], Iterable[str]] = c_make_encoder(
    None, _no_form, encode_basestring_ascii, None, ":", ",", True, False, False
)
"""The C encoder itself: it calls nothing that a program could have replaced."""


class _Writer(Budget):
    """Turns one value into what JSON can hold, within a budget of parts."""

    def form(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is int:
            return value if value.bit_length() <= PLAIN_INT_BITS else {"$int": hex(value)}
        if kind is str:
            self.left -= len(value) >> 6  # 64 characters count as a part
            return value
        if kind is bool or value is None:
            return value
        if kind is float:  # only nan and the infinities leave something of themselves
            return value if value - value == 0.0 else {"$float": repr(value)}
        self.spend(1, depth)
        writer = _WRITERS.get(kind)
        if writer is None:
            writer = _writer_of(kind)
        return writer(self, value, depth + 1)

    def forms(self, values: Any, depth: int) -> list[Any]:
        result = []
        for value in values:
            self.left -= 1
            if self.left < 0:
                self.spend(0, depth)
            result.append(self.form(value, depth))
        return result

    def sorted_forms(self, values: Any, depth: int) -> list[Any]:
        return sorted(self.forms(values, depth), key=dumps)

    def mapping(self, value: dict[Any, Any], depth: int) -> Any:
        keys, values = list(dict.keys(value)), self.forms(dict.values(value), depth)
        if all(type(key) is str and not key.startswith("$") for key in keys):
            return dict(zip(keys, values, strict=True))
        pairs = [[key, form] for key, form in zip(self.forms(keys, depth), values, strict=True)]
        return {"$dict": sorted(pairs, key=dumps)}


def _bounded_text(writer: _Writer, text: str) -> str:
    writer.left -= len(text) >> 6
    return text


def _write_fraction(writer: _Writer, value: Any, depth: int) -> Any:
    top, bottom = number(value.numerator), number(value.denominator)
    return {"$fraction": f"{top}/{bottom}" if isinstance(top, int) and isinstance(bottom, int) else [top, bottom]}


def _write_complex(writer: _Writer, value: complex, depth: int) -> Any:
    return {"$complex": [writer.form(value.real, depth), writer.form(value.imag, depth)]}


def _write_datetime(writer: _Writer, value: Any, depth: int) -> Any:
    zone = value.tzinfo
    if zone is not None and type(zone) is not sys.modules["datetime"].timezone:
        raise UnencodableError(f"no form for a time in a zone of type {type(zone).__name__}")
    text = value.isoformat()
    return {f"${type(value).__name__}": [text, 1] if value.fold else text}


_WRITERS: dict[type, Callable[[_Writer, Any, int], Any]] = {
    list: _Writer.forms,
    dict: _Writer.mapping,
    tuple: lambda w, v, d: {"$tuple": w.forms(tuple.__iter__(v), d)},
    set: lambda w, v, d: {"$set": w.sorted_forms(set.__iter__(v), d)},
    frozenset: lambda w, v, d: {"$frozenset": w.sorted_forms(frozenset.__iter__(v), d)},
    complex: _write_complex,
    bytes: lambda w, v, d: {"$bytes": _bounded_text(w, v.hex())},
    bytearray: lambda w, v, d: {"$bytearray": _bounded_text(w, v.hex())},
    range: lambda w, v, d: {"$range": w.forms((v.start, v.stop, v.step), d)},
}

_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, lambda value: str.__str__(value)),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
)
"""Built-in types that a value's class may extend, and how to see the plain value without calling the class."""


def _writer_of(kind: type) -> Callable[[_Writer, Any, int], Any]:
    """The writer for a type that is not built in; numpy's and sympy's only where the program has loaded them."""
    module, name = str(type.__getattribute__(kind, "__module__")), kind.__name__
    if module in ("fractions", "decimal", "datetime", "collections") and name in _LIBRARY:
        loaded = sys.modules.get(module)
        if loaded is not None and getattr(loaded, name, None) is kind:
            return _LIBRARY[name]
    mro = type.mro(kind)
    for base in mro:
        root = str(type.__getattribute__(base, "__module__")).split(".")[0]
        if root == "numpy" and base.__name__ in ("generic", "ndarray"):
            return _write_numpy
        if root == "sympy" and base.__name__ in ("Basic", "MatrixBase"):
            return lambda w, v, d: {"$sympy": expressions.tree(w, v, d)}
    for base, plain in _BASES:
        if base in mro:
            return lambda writer, value, depth: writer.form(plain(value), depth)
    raise UnencodableError(f"no form for a value of type {name}")


_LIBRARY: dict[str, Callable[[_Writer, Any, int], Any]] = {
    "Fraction": _write_fraction,
    "Decimal": lambda w, v, d: {"$decimal": _bounded_text(w, str(v))},
    "datetime": _write_datetime,
    "time": _write_datetime,
    "date": lambda w, v, d: {"$date": v.isoformat()},
    "timedelta": lambda w, v, d: {"$timedelta": [v.days, v.seconds, v.microseconds]},
    "deque": lambda w, v, d: {"$deque": w.forms(v, d)},
}


def _write_numpy(writer: _Writer, value: Any, depth: int) -> Any:
    array = sys.modules["numpy"].asarray(value)
    dtype, form = array.dtype.newbyteorder("="), array
    if dtype.kind in "mM":
        form = array.astype("int64")
    elif dtype.kind not in "biufcUSO" or dtype.char in "gG":
        raise UnencodableError(f"no form for a numpy value of type {dtype}")
    writer.spend(array.size - array.ndim, depth)
    items = writer.forms(form.ravel().tolist(), depth)
    name = dtype.str[1:] if dtype.kind in "mMUSO" else dtype.name
    if array.ndim == 0 and not isinstance(value, sys.modules["numpy"].ndarray):
        return {"$npscalar": [name, items[0]]}
    return {"$ndarray": [name, list(array.shape), items]}


def _read(form: Any) -> Any:
    if isinstance(form, list):
        return [_read(part) for part in form]
    if not isinstance(form, dict):
        return form
    if len(form) == 1:
        ((tag, body),) = form.items()
        if tag.startswith("$"):
            return _READERS[tag](body)
    return {key: _read(part) for key, part in form.items()}


def _read_fraction(body: Any) -> Any:
    from fractions import Fraction

    if isinstance(body, str):
        return Fraction(body)
    return Fraction(*(int(part, 16) if isinstance(part, str) else part for part in body))


def _read_float(body: str) -> float:
    return {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[body]


def _read_decimal(body: str) -> Any:
    from decimal import Decimal

    return Decimal(body)


def _read_date(kind: str, body: Any) -> Any:
    import datetime

    text, fold = body if isinstance(body, list) else (body, 0)
    value = getattr(datetime, kind).fromisoformat(text)
    return value.replace(fold=1) if fold else value


def _read_timedelta(body: list[int]) -> Any:
    import datetime

    return datetime.timedelta(*body)


def _read_deque(body: list[Any]) -> Any:
    from collections import deque

    return deque(_read(body))


def _read_array(body: list[Any]) -> Any:
    import numpy

    name, shape, items = body
    dtype, values = numpy.dtype(name), _read(items)
    if dtype.kind == "O":
        array = numpy.empty(len(values), dtype=object)
        array[:] = values
    else:
        array = numpy.array(values, dtype="int64" if dtype.kind in "mM" else dtype)
    return array.astype(dtype).reshape(shape)


def _read_scalar(body: list[Any]) -> Any:
    return _read_array([body[0], [1], [body[1]]])[0]


_READERS: dict[str, Callable[[Any], Any]] = {
    "$int": lambda body: int(body, 16),
    "$float": _read_float,
    "$complex": lambda body: complex(*_read(body)),
    "$fraction": _read_fraction,
    "$decimal": _read_decimal,
    "$bytes": bytes.fromhex,
    "$bytearray": bytearray.fromhex,
    "$tuple": lambda body: tuple(_read(body)),
    "$set": lambda body: set(_read(body)),
    "$frozenset": lambda body: frozenset(_read(body)),
    "$dict": lambda body: {_read(key): _read(value) for key, value in body},
    "$range": lambda body: range(*_read(body)),
    "$date": lambda body: _read_date("date", body),
    "$datetime": lambda body: _read_date("datetime", body),
    "$time": lambda body: _read_date("time", body),
    "$timedelta": _read_timedelta,
    "$deque": _read_deque,
    "$npscalar": _read_scalar,
    "$ndarray": _read_array,
    "$sympy": expressions.read,
}
