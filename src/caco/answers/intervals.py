"""Sets of real numbers: intervals, unions and relations in one variable, as ordered pieces with open or closed ends."""

from fractions import Fraction
from typing import NamedTuple

from caco.answers import evaluate as sample
from caco.answers.evaluate import Undefined
from caco.answers.tree import Comparer, Decision, Node, TooLarge, every, negative, rational, symbols, unequal, unsure

INFINITY = Node("const", (), "inf")
MINUS_INFINITY = Node("mul", (Node("num", value=-1), INFINITY))
REALS = Node("const", (), "set_R")
_FLIP = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}


class Piece(NamedTuple):
    """One interval; `low == high` with both ends closed is a point."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


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
    match node.head:
        case "interval":
            return [_piece(node.args, node.name)]
        case "seq" if len(node.args) == 2 and node.name in ("()", "[]"):
            return [_piece(node.args, node.name)]
        case "set":
            return [Piece(arg, arg, True, True) for arg in node.args]
        case "empty":
            return []
        case "const" if node == REALS:
            return [Piece(MINUS_INFINITY, INFINITY, False, False)]
        case "union":
            parts = [pieces(arg) for arg in node.args]
            return None if any(part is None for part in parts) else [p for part in parts for p in part or []]
        case "cap":
            return _common(node)
        case "setminus":
            return _without(node)
        case "rel":
            return relation_pieces(node)
        case "builder":
            return pieces(node.args[1])
        case "items" if node.name != "and" and any(arg.head in ("interval", "union", "rel") for arg in node.args):
            return pieces(Node("union", node.args)) if node.name == "or" else _conjunction(node)
        case "items" if node.name == "and":
            return _conjunction(node)
    return None


def _conjunction(node: Node) -> list[Piece] | None:
    """`x > 1, x < 3`: relations that all hold."""
    if all(arg.head == "rel" for arg in node.args):
        return _common(node)
    return pieces(Node("union", node.args))


def _piece(ends: tuple[Node, ...], brackets: str) -> Piece:
    low, high = ends
    return Piece(low, high, brackets[0] == "[" and low != MINUS_INFINITY, brackets[1] == "]" and high != INFINITY)


def relation_pieces(node: Node) -> list[Piece] | None:
    """The solutions of a chain of relations in one variable."""
    operators = node.name.split()
    if len(operators) == 1 and node.args[0].head == "fn" and node.args[0].name == "abs":
        return _absolute(node.args[0].args[0], operators[0], node.args[1])
    variable = [arg for arg in node.args if arg.head == "sym"]
    if operators == ["in"] and node.args[0].head == "sym":
        return pieces(node.args[1])
    if len(variable) != 1 or any(symbols(arg) for arg in node.args if arg.head != "sym"):
        return None
    found: list[Piece] | None = [Piece(MINUS_INFINITY, INFINITY, False, False)]
    at = node.args.index(variable[0])
    for index, operator in enumerate(operators):
        bound = node.args[index] if index < at else node.args[index + 1]
        half = _half(_FLIP.get(operator, "") if index < at else operator, bound)
        found = _intersection(found, half) if found is not None and half is not None else None
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


def _common(node: Node) -> list[Piece] | None:
    found: list[Piece] | None = [Piece(MINUS_INFINITY, INFINITY, False, False)]
    for arg in node.args:
        part = pieces(arg)
        found = _intersection(found, part) if found is not None and part is not None else None
    return found


def _without(node: Node) -> list[Piece] | None:
    """A set less single points or less an interval."""
    base, removed = pieces(node.args[0]), pieces(node.args[1])
    if base is None or removed is None:
        return None
    for piece in removed:
        outside = [Piece(MINUS_INFINITY, piece.low, False, not piece.low_closed),
                   Piece(piece.high, INFINITY, not piece.high_closed, False)]  # fmt: skip
        kept = _intersection(base, outside)
        if kept is None:
            return None
        base = kept
    return base


def _intersection(a: list[Piece], b: list[Piece]) -> list[Piece] | None:
    """All non-empty intersections; None where the ends cannot be placed."""
    found = []
    for x in a:
        for y in b:
            places = [position(end) for end in (x.low, y.low, x.high, y.high)]
            if any(place is None for place in places):
                return None
            # an open low end lies above a closed one at the same place, an open high end below it
            low, low_open, by_low = max((places[0], not x.low_closed, 0), (places[1], not y.low_closed, 1))
            high, high_closed, by_high = min((places[2], x.high_closed, 0), (places[3], y.high_closed, 1))
            if low < high or (low == high and high_closed and not low_open):  # type: ignore[operator]
                found.append(Piece((x, y)[by_low].low, (x, y)[by_high].high, not low_open, high_closed))
    return found


def _merged(parts: list[Piece]) -> list[Piece]:
    """The pieces in order, touching ones joined; as they are where an end cannot be placed."""
    keyed = [(position(p.low), position(p.high), p) for p in parts]
    if any(low is None or high is None for low, high, _ in keyed):
        return parts
    merged: list[Piece] = []
    for low, high, piece in sorted(keyed, key=lambda k: (k[0], not k[2].low_closed, k[1])):
        if merged:
            last = merged[-1]
            end = position(last.high)
            if low < end or (low == end and (last.high_closed or piece.low_closed)):  # type: ignore[operator]
                if high > end or (high == end and piece.high_closed):  # type: ignore[operator]
                    merged[-1] = last._replace(high=piece.high, high_closed=piece.high_closed)
                continue
        merged.append(piece)
    return merged
