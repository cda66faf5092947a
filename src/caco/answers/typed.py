"""Typed program values to trees, from canonical JSON (`caco.program.values`): no import of sympy for its values."""

import json
from collections.abc import Callable
from fractions import Fraction
from types import NoneType
from typing import Any

from caco.answers import reading
from caco.answers.brackets import build, call
from caco.answers.tree import INFINITY, MINUS_INFINITY, NAN, Node, Unreadable, number
from caco.program.values import encode

Form = Any
"""JSON: what `json.loads` gives."""


def from_value(value: object) -> Node:
    """The tree of a Python value. Raises ValueError for a value without a typed form."""
    if type(value) is int:
        return number(value)
    return from_json(encode(value))


def from_json(text: str) -> Node:
    """The tree of canonical JSON; head `raw` where it holds something that is no answer.

    Raises:
        ValueError: `text` is not canonical JSON of a typed value.
    """
    try:
        return _node(json.loads(text))
    except (Unreadable, RecursionError):
        return Node("raw", (), text)
    except (TypeError, KeyError, IndexError, AttributeError) as fault:
        raise ValueError(f"not a typed value: {fault}") from None


def _node(form: Form) -> Node:
    read = _PLAIN.get(type(form))
    if read is not None:
        return read(form)
    tag, body = next(iter(form.items()), ("", None))
    if len(form) == 1 and tag in _TAGS:
        return _TAGS[tag](body)
    return Node("dict", tuple(Node("pair", (_text(key), _node(part))) for key, part in form.items()))


def _text(text: str) -> Node:
    """A program's string: mathematics only where it holds a digit or an operator, else words as they are."""
    stripped = text.strip()
    zeros = stripped.lstrip("-")
    if zeros.isdigit() and len(zeros) > 1 and zeros[0] == "0":
        return Node("word", (), stripped)
    found = reading.read(stripped)
    if len(stripped) == 1 or found.head in ("bool", "none", "date", "time", "sym", "const"):
        return found
    return found if any(c.isdigit() or c in "+*/^=\\<>" for c in stripped) else Node("word", (), stripped.lower())


def _float(body: str) -> Node:
    if body == "nan":
        return NAN
    return INFINITY if body == "inf" else MINUS_INFINITY


def _decimal(body: str) -> Node:
    if body.lower().lstrip("-") in ("nan", "snan", "infinity"):
        return _float(body.lower().replace("infinity", "inf").replace("snan", "nan"))
    digits = body.partition(".")[2]
    return number(Fraction(body), len(digits) if digits.isdigit() else None)


def _fraction(body: Form) -> Node:
    return number(Fraction(body) if isinstance(body, str) else Fraction(*(_whole(part) for part in body)))


def _whole(form: Form) -> int:
    return int(form, 16) if isinstance(form, str) else int(form)


def _complex(body: Form) -> Node:
    real, imaginary = (_node(part) for part in body)
    return Node("add", (real, Node("mul", (imaginary, Node("const", (), "i"))))) if imaginary.value else real


_PLAIN: dict[type, Callable[[Form], Node]] = {
    NoneType: lambda _: Node("none"),
    bool: lambda form: Node("bool", (), str(form).lower()),
    int: number,
    float: lambda form: number(Fraction(form), name="float"),
    str: _text,
    list: lambda form: Node("seq", tuple(_node(part) for part in form), "list"),
}
"""What JSON writes without a tag."""


def _sequence(kind: str) -> Callable[[Form], Node]:
    return lambda body: Node("seq", tuple(_node(part) for part in body), kind)


def _set(body: Form) -> Node:
    return Node("set", tuple(_node(part) for part in body), "typed") if body else Node("empty")


def _array(body: Form) -> Node:
    _, shape, items = body
    cells = [_node(item) for item in items]
    if len(shape) == 2:
        width = shape[1]
        return Node("matrix", tuple(Node("row", tuple(cells[r * width : (r + 1) * width])) for r in range(shape[0])))
    if len(shape) > 2:
        raise Unreadable("parse")
    return Node("seq", tuple(cells), "list") if shape else cells[0]


def _date(body: Form) -> Node:
    text = body[0] if isinstance(body, list) else body
    found = reading.read(text)
    return found if found.head in ("date", "time") else Node("word", (), text.lower())


def _range(body: Form) -> Node:
    start, stop, step = (_whole(part) for part in body)
    values = range(start, stop, step)
    if len(values) > 10_000:
        raise Unreadable("too_long")
    return Node("seq", tuple(number(value) for value in values), "list")


def _dict(body: Form) -> Node:
    return Node("dict", tuple(Node("pair", (_node(key), _node(part))) for key, part in body))


_TAGS: dict[str, Callable[[Form], Node]] = {
    "$int": lambda body: number(_whole(body)),
    "$float": _float,
    "$decimal": _decimal,
    "$fraction": _fraction,
    "$complex": _complex,
    "$tuple": _sequence("tuple"),
    "$deque": _sequence("list"),
    "$set": _set,
    "$frozenset": _set,
    "$dict": _dict,
    "$range": _range,
    "$date": _date,
    "$datetime": _date,
    "$time": _date,
    "$npscalar": lambda body: _node(body[1]),
    "$ndarray": _array,
    "$sympy": lambda body: sympy_node(body),
    "$bytes": lambda body: Node("word", (), f"bytes {body}"),
    "$bytearray": lambda body: Node("word", (), f"bytes {body}"),
    "$timedelta": lambda body: (
        Node("unit", (number(body[0] * 86400 + body[1]),), "seconds") if not body[2] else _raw(body)
    ),
}


def _raw(body: Form) -> Node:
    return Node("raw", (), json.dumps(body))


_SYMPY_NAMES = {"Pi": "pi", "Exp1": "e", "ImaginaryUnit": "i", "Infinity": "inf", "NaN": "nan",
                "ComplexInfinity": "nan", "GoldenRatio": "golden", "Reals": "set_R", "Integers": "set_Z",
                "Naturals": "set_N", "Naturals0": "set_N0", "Rationals": "set_Q", "Complexes": "set_C"}  # fmt: skip
_SYMPY_CONSTANTS = {name: Node("const", (), ours) for name, ours in _SYMPY_NAMES.items()} | {
    "NegativeInfinity": MINUS_INFINITY,
    "BooleanTrue": Node("bool", (), "true"),
    "BooleanFalse": Node("bool", (), "false"),
    "EmptySet": Node("empty"),
}
_SYMPY_CALLS = {"Add": "add", "Mul": "mul", "Pow": "pow", "Equality": "eq", "Unequality": "ne", "StrictLessThan": "lt",
                "LessThan": "le", "StrictGreaterThan": "gt", "GreaterThan": "ge", "FiniteSet": "set", "Union": "union",
                "Interval": "interval", "Intersection": "cap", "Complement": "setminus"}  # fmt: skip
_SYMPY_FUNCTIONS = {"log": "ln", "Abs": "abs", "ceiling": "ceil", "Max": "max", "Min": "min", "Mod": "mod"}


def sympy_node(form: Form) -> Node:
    """The tree of a sympy expression in canonical JSON."""
    name, *parts = form
    if name in _SYMPY_ATOMS:
        return _SYMPY_ATOMS[name](parts)
    if name == "Float":
        sign, mantissa, exponent, _ = parts
        return number(Fraction((-1) ** sign * int(mantissa, 16)) * Fraction(2) ** exponent, name="float")
    if "Dense" in name and "Matrix" in name:
        return _sympy_matrix(name, parts)
    return _sympy_call(name, tuple(sympy_node(part) for part in parts))


_SYMPY_ATOMS: dict[str, Callable[[list[Form]], Node]] = {
    "Integer": lambda parts: number(_whole(parts[0])),
    "Rational": lambda parts: number(Fraction(_whole(parts[0]), _whole(parts[1]))),
    **dict.fromkeys(("Symbol", "Dummy", "Wild", "Str"), lambda parts: Node("sym", (), parts[0])),
    "Poly": lambda parts: sympy_node(parts[0]),
    "AppliedUndef": lambda parts: Node("fn", tuple(sympy_node(part) for part in parts[1:]), "@" + parts[0]),
}


def _sympy_matrix(name: str, parts: list[Form]) -> Node:
    if name.startswith("Mutable"):
        height, width, cells = parts[0], parts[1], [sympy_node(part) for part in parts[2]]
    else:
        height, width = (_whole(part[1]) for part in parts[:2])
        cells = [sympy_node(part) for part in parts[2][1:]]
    return Node("matrix", tuple(Node("row", tuple(cells[r * width : (r + 1) * width])) for r in range(height)))


def _sympy_call(name: str, args: tuple[Node, ...]) -> Node:
    if name in _SYMPY_CONSTANTS:
        return _SYMPY_CONSTANTS[name]
    if name in ("Tuple", "Point", "Point2D", "Point3D"):
        return Node("seq", args, "tuple")
    if name in ("And", "Or"):
        return Node("items", args, name.lower())
    if name in _SYMPY_CALLS:
        return build(_SYMPY_CALLS[name], "", args)
    return call(_SYMPY_FUNCTIONS.get(name, name), args)
