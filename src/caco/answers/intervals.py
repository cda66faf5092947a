"""Sets of real numbers: intervals, unions and relations in one variable, as ordered pieces with open or closed ends."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from caco.answers import evaluate as sample
from caco.answers.evaluate import Undefined
from caco.answers.tree import (
    INFINITY,
    MINUS_INFINITY,
    Comparer,
    Decision,
    Node,
    TooLarge,
    every,
    negative,
    rational,
    symbols,
    unequal,
    unsure,
)

REALS = Node("const", (), "set_R")
SETS = frozenset(("interval", "union", "cap", "setminus", "builder"))
"""Heads that can be nothing else than a set of numbers."""
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


class Piece(NamedTuple):
    """One interval; `low == high` with both ends closed is a point."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


LINE = Piece(MINUS_INFINITY, INFINITY, False, False)


def position(node: Node) -> Fraction | float | None:
    """Where an end lies on the line, to 200 bits; None where that is not known."""
    if node == INFINITY:
        return float("inf")
    if node == MINUS_INFINITY:
        return float("-inf")
    if symbols(node):
        return None
    try:
        exactly = rational(node)
        return Fraction(exactly) if exactly is not None else sample.real_value(node)
    except (TooLarge, Undefined):
        return None


def ascending(node: Node) -> bool:
    """Whether a pair can be an interval: its ends are in order, or not known."""
    low, high = position(node.args[0]), position(node.args[1])
    return low is None or high is None or low < high


def compare(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two answers of which at least one is an interval or a union."""
    a, b = pieces(left), pieces(right)
    if a is None or b is None:
        return unsure("set_and_other") if {left.head, right.head} & {"word", "items", "rel"} else unequal("kind")
    return same_pieces(rules, a, b)


def same_pieces(rules: Comparer, a: list[Piece], b: list[Piece]) -> Decision:
    """Piece by piece, in order along the line."""
    a, b = _merged(a), _merged(b)
    if len(a) != len(b):
        return unequal("pieces", "structure")
    if any((x.low_closed, x.high_closed) != (y.low_closed, y.high_closed) for x, y in zip(a, b, strict=True)):
        return unequal("ends", "structure")
    ends = [pair for x, y in zip(a, b, strict=True) for pair in ((x.low, y.low), (x.high, y.high))]
    return every((rules.same(*pair) for pair in ends), "same_set")


def pieces(node: Node) -> list[Piece] | None:
    """The pieces of a set of reals; None for what is none."""
    read = _PIECES.get(node.head)
    return read(node) if read is not None else None


def _interval(node: Node) -> list[Piece]:
    (low, high), brackets = node.args, node.name
    return [Piece(low, high, brackets[0] == "[" and low != MINUS_INFINITY, brackets[1] == "]" and high != INFINITY)]


def _pair(node: Node) -> list[Piece] | None:
    """(1, 2) as an interval."""
    return _interval(node) if len(node.args) == 2 and node.name in ("()", "[]") else None


def _union(node: Node) -> list[Piece] | None:
    parts = [pieces(arg) for arg in node.args]
    return None if None in parts else [piece for part in parts for piece in part or ()]


def _common(node: Node) -> list[Piece] | None:
    found: list[Piece] | None = [LINE]
    for arg in node.args:
        found = _intersection(found, pieces(arg))
    return found


def _items(node: Node) -> list[Piece] | None:
    """`x > 1, x < 3`: relations that all hold, unless "or" stands between them; other lists of sets are unions."""
    if node.name != "and" and not any(arg.head in ("interval", "union", "rel") for arg in node.args):
        return None
    if node.name != "or" and all(arg.head == "rel" for arg in node.args):
        return _common(node)
    return _union(node)


def _relation(node: Node) -> list[Piece] | None:
    """The solutions of a chain of relations in one variable."""
    operators = node.name.split()
    first = node.args[0]
    if len(operators) == 1 and first.head == "fn" and first.name == "abs":
        return _absolute(first.args[0], operators[0], node.args[1])
    if operators == ["in"] and first.head == "sym":
        return pieces(node.args[1])
    places = [place for place, arg in enumerate(node.args) if symbols(arg)]
    if len(places) != 1 or node.args[places[0]].head != "sym":
        return None
    return _solutions(node.args, operators, places[0])


def _solutions(args: tuple[Node, ...], operators: list[str], variable: int) -> list[Piece] | None:
    """Where all relations of a chain hold, whose only variable is the argument at place `variable`."""
    found: list[Piece] | None = [LINE]
    for index, operator in enumerate(operators):
        half = _half(FLIPPED.get(operator, ""), args[index]) if index < variable else _half(operator, args[index + 1])
        found = _intersection(found, half)
    return found


def _absolute(inner: Node, operator: str, bound: Node) -> list[Piece] | None:
    """|x| < b and its like."""
    place = position(bound)
    if inner.head != "sym" or place is None or place <= 0 or operator not in ("<", "<=", ">", ">="):
        return None
    closed = operator.endswith("=")
    if operator[0] == "<":
        return [Piece(negative(bound), bound, closed, closed)]
    return [Piece(MINUS_INFINITY, negative(bound), False, closed), Piece(bound, INFINITY, closed, False)]


def _half(operator: str, bound: Node) -> list[Piece] | None:
    """The numbers that stand in `operator` to `bound`."""
    match operator:
        case "<" | "<=":
            return [Piece(MINUS_INFINITY, bound, False, operator == "<=" and bound != INFINITY)]
        case ">" | ">=":
            return [Piece(bound, INFINITY, operator == ">=" and bound != MINUS_INFINITY, False)]
        case "=":
            return [Piece(bound, bound, True, True)]
        case "!=":
            return [Piece(MINUS_INFINITY, bound, False, False), Piece(bound, INFINITY, False, False)]
    return None


def _without(node: Node) -> list[Piece] | None:
    """A set less single points or less an interval."""
    base, removed = pieces(node.args[0]), pieces(node.args[1])
    if base is None or removed is None:
        return None
    found: list[Piece] | None = base
    for piece in removed:
        outside = [Piece(MINUS_INFINITY, piece.low, False, not piece.low_closed),
                   Piece(piece.high, INFINITY, not piece.high_closed, False)]  # fmt: skip
        found = _intersection(found, outside)
    return found


def _intersection(a: list[Piece] | None, b: list[Piece] | None) -> list[Piece] | None:
    """All non-empty intersections; None where a side is not known or its ends cannot be placed."""
    if a is None or b is None:
        return None
    found = []
    for x, y in product(a, b):
        places = [position(end) for end in (x.low, y.low, x.high, y.high)]
        if None in places:
            return None
        # an open low end lies above a closed one at the same place, an open high end below it
        low, low_open, by_low = max((places[0], not x.low_closed, 0), (places[1], not y.low_closed, 1))
        high, high_closed, by_high = min((places[2], x.high_closed, 0), (places[3], y.high_closed, 1))
        if low < high or (low == high and high_closed and not low_open):  # type: ignore[operator]
            found.append(Piece((x, y)[by_low].low, (x, y)[by_high].high, not low_open, high_closed))
    return found


def _merged(parts: list[Piece]) -> list[Piece]:
    """The pieces in order, touching ones joined; as they are where an end cannot be placed."""
    keyed = [_Placed(position(piece.low), position(piece.high), piece) for piece in parts]
    if any(None in placed for placed in keyed):
        return parts
    keyed.sort(key=lambda placed: (placed.low, not placed.piece.low_closed, placed.high))
    merged = keyed[:1]
    for right in keyed[1:]:
        if _touch(merged[-1], right):
            merged[-1] = _joined(merged[-1], right)
        else:
            merged.append(right)
    return [placed.piece for placed in merged]


class _Placed(NamedTuple):
    """A piece with the places of its ends."""

    low: Any
    high: Any
    piece: Piece


def _touch(left: _Placed, right: _Placed) -> bool:
    """Whether nothing lies between two pieces, of which the right one begins no earlier."""
    closed = left.piece.high_closed or right.piece.low_closed
    return bool(right.low < left.high or (right.low == left.high and closed))


def _joined(left: _Placed, right: _Placed) -> _Placed:
    """One piece for two that touch."""
    if right.high < left.high or (right.high == left.high and not right.piece.high_closed):
        return left
    piece = left.piece._replace(high=right.piece.high, high_closed=right.piece.high_closed)
    return _Placed(left.low, right.high, piece)


_PIECES: dict[str, Callable[[Node], list[Piece] | None]] = {
    "interval": _interval,
    "seq": _pair,
    "set": lambda node: [Piece(arg, arg, True, True) for arg in node.args],
    "empty": lambda _: [],
    "const": lambda node: [LINE] if node == REALS else None,
    "union": _union,
    "cap": _common,
    "setminus": _without,
    "rel": _relation,
    "builder": lambda node: pieces(node.args[1]),
    "items": _items,
}
