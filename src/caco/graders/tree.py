"""The one value that all answers are read into: a tree of named heads, hashable and compared by content.

Heads and what they hold:

    num        value (exact), places (decimals that were written; None for a whole number), name "float" for a float
    const      name: pi, e, i, inf, nan, golden       sym    name                word   name (no mathematics)
    bool       name: true, false                      none   "no answer exists"  empty  the empty set
    add mul    two or more args                       pow    base, exponent      pm     left, right (both signs meant)
    fn         name, args                             percent, degree  one arg   unit   one arg, name: the unit's text
    base       name: digits, value: the base          recurring decimals are read as num
    items      a bare list "1, 2" (name "or" when the writer said so)
    seq        bracketed, name "()" or "[]"           set    braces              pair   key, value (inside `dict`)
    interval   two args, name: its brackets           union  two or more         dict   pairs
    matrix     rows of `row`                          det    a matrix            ratio  two or more args
    rel        args and name: operators joined by spaces, as in "< <="           builder  its relation
    date       name: year-month-day, "?" where unsaid  time  name: hour:minute[:second][ am|pm]
    more       the dots of "1, 2, ..."                raw    text that could not be read
"""

from fractions import Fraction
from typing import NamedTuple


class Node(NamedTuple):
    """A part of an answer; see the module's list of heads."""

    head: str
    args: "tuple[Node, ...]" = ()
    name: str = ""
    value: "int | Fraction | None" = None
    places: int | None = None


class TooLarge(Exception):  # noqa: N818 - a size, not a fault
    """The exact value would need more time or memory than a comparison may take."""


class Unreadable(Exception):  # noqa: N818 - a finding about the text, not a fault
    """The text is no answer that the grammar knows."""


MAX_DIGITS = 4000
ZERO, ONE, MINUS_ONE = Node("num", value=0), Node("num", value=1), Node("num", value=-1)
HALF = Node("num", value=Fraction(1, 2))


def whole(digits: str) -> int:
    """The integer that `digits` spell, at any length (Python's own `int` refuses more than 4,300)."""
    value = 0
    for start in range(0, len(digits), MAX_DIGITS):
        chunk = digits[start : start + MAX_DIGITS]
        value = value * 10 ** len(chunk) + int(chunk)
    return value


def exact(value: int | Fraction) -> int | Fraction:
    """The same number, as an int where it is whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def number(value: int | Fraction, places: int | None = None, name: str = "") -> Node:
    """A number's node."""
    return Node("num", (), name, exact(value), places)


def negative(node: Node) -> Node:
    """The node with its sign changed; a written number stays a written number."""
    if node.head == "num" and node.value is not None:
        return node._replace(value=-node.value)
    if node.head in ("percent", "unit", "degree"):
        return node._replace(args=(negative(node.args[0]),))
    return Node("mul", (MINUS_ONE, node))


def quotient(top: Node, bottom: Node) -> Node:
    """top / bottom; two whole numbers make one exact number."""
    plain = top.head == bottom.head == "num" and top.places is None and bottom.places is None
    if plain and isinstance(top.value, int) and isinstance(bottom.value, int) and bottom.value:
        return number(Fraction(top.value, bottom.value))
    return Node("mul", (top, Node("pow", (bottom, MINUS_ONE))))


def symbols(node: Node) -> frozenset[str]:
    """Names of the variables in `node`."""
    if node.head == "sym":
        return frozenset((node.name,))
    if not node.args:
        return frozenset()
    return frozenset().union(*(symbols(arg) for arg in node.args))


def contains(node: Node, heads: frozenset[str]) -> bool:
    """Whether any part of `node` has one of `heads`."""
    return node.head in heads or any(contains(arg, heads) for arg in node.args)
