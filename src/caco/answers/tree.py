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

`show` writes a tree as short canonical text, for logs and for grouping answers; `Decision` is what a comparison of two
trees found.
"""

import math
import operator
from collections.abc import Callable, Container, Iterable
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from caco.records import Outcome


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
"""Digits that are turned into an int at once: Python refuses more than 4,300."""
ONE, MINUS_ONE = Node("num", value=1), Node("num", value=-1)
HALF = Node("num", value=Fraction(1, 2))
INFINITY, NAN = Node("const", (), "inf"), Node("const", (), "nan")
MINUS_INFINITY = Node("mul", (MINUS_ONE, INFINITY))


def whole(digits: str) -> int:
    """The integer that `digits` spell, at any length."""
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


MAX_SHOWN = 2000
_BRACKETS = {"list": "[]", "tuple": "()"}


def show(node: Node) -> str:
    """Canonical text of a tree, cut at `MAX_SHOWN` characters; sums, products and sets are in sorted order."""
    text = _text(node)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _text(node: Node) -> str:
    head = node.head
    if head == "num":
        return _number(node)
    if head in _NAMED:
        return node.name
    parts = [_text(arg) for arg in node.args]
    write = _WRITERS.get(head)
    return write(node, parts) if write is not None else f"{head}({', '.join(parts)})"


_NAMED = frozenset(("sym", "const", "word", "bool", "raw", "date", "time"))


def _power_text(node: Node, parts: list[str]) -> str:
    return "^".join(f"({part})" if _compound(arg) else part for arg, part in zip(node.args, parts, strict=True))


def _compound(node: Node) -> bool:
    """Whether a base or an exponent needs brackets (sums bring their own)."""
    return (
        node.head in ("mul", "pow", "pm")
        or isinstance(node.value, Fraction)
        or (isinstance(node.value, int) and node.value < 0)
    )


def _number(node: Node) -> str:
    value = node.value or 0
    if bits(value) > 3 * MAX_DIGITS:
        return f"number of {value.numerator.bit_length()} bits"  # its digits would take seconds, and no one reads them
    if node.name == "float" and isinstance(value, Fraction):
        try:
            return repr(float(value))
        except OverflowError:
            return str(value)
    return str(value)


def _bracketed(node: Node, parts: list[str]) -> str:
    brackets = _BRACKETS.get(node.name, node.name)
    return brackets[0] + ", ".join(parts) + brackets[1]


def _in_braces(_: Node, parts: list[str]) -> str:
    return "{" + ", ".join(sorted(parts)) + "}"


def _relation(node: Node, parts: list[str]) -> str:
    pieces = [parts[0]]
    for sign, part in zip(node.name.split(), parts[1:], strict=False):
        pieces += [sign, part]
    return " ".join(pieces)


_WRITERS: dict[str, Callable[[Node, list[str]], str]] = {
    "base": lambda node, _: f"{node.name}_{node.value}",
    "add": lambda _, parts: "(" + " + ".join(sorted(parts)) + ")",
    "mul": lambda _, parts: "*".join(sorted(parts)),
    "pow": _power_text,
    "percent": lambda _, parts: parts[0] + "%",
    "degree": lambda _, parts: parts[0] + " degree",
    "unit": lambda node, parts: f"{parts[0]} {node.name}",
    "fn": lambda node, parts: f"{node.name}({', '.join(parts)})",
    "seq": _bracketed,
    "interval": _bracketed,
    "set": _in_braces,
    "dict": _in_braces,
    "pair": lambda _, parts: ":".join(parts),
    "ratio": lambda _, parts: ":".join(parts),
    "items": lambda _, parts: ", ".join(parts),
    "rel": _relation,
    "pm": lambda _, parts: f"{parts[0]} ± {parts[1]}",
    "none": lambda *_: "none",
    "more": lambda *_: "...",
}
"""How each head is written, given its node and the texts of its parts."""


class Decision(NamedTuple):
    """A verdict with its reason, the route that found it, and the allowances it needed."""

    outcome: Outcome
    reason: str
    route: str = "none"
    allowances: frozenset[str] = frozenset()

    @property
    def is_equal(self) -> bool:
        return self.outcome is Outcome.EQUAL

    @property
    def is_unequal(self) -> bool:
        return self.outcome is Outcome.NOT_EQUAL

    def using(self, allowance: str) -> "Decision":
        """The same decision with one more allowance (none where `allowance` is empty)."""
        return self._replace(allowances=self.allowances | {allowance}) if allowance else self


def equal(route: str, reason: str) -> Decision:
    """Equal, by `route`."""
    return Decision(Outcome.EQUAL, reason, route)


def unequal(reason: str, route: str = "exact") -> Decision:
    """Not equal."""
    return Decision(Outcome.NOT_EQUAL, reason, route)


def unsure(reason: str) -> Decision:
    """Undecided."""
    return Decision(Outcome.UNDECIDED, reason)


def every(decisions: Iterable[Decision], reason: str) -> Decision:
    """All parts together: unequal where one is, else undecided where one is, else equal with all allowances."""
    allowances: frozenset[str] = frozenset()
    doubt = None
    for decision in decisions:
        if decision.is_unequal:
            return unequal(decision.reason, "structure")
        if not decision.is_equal:
            doubt = doubt or decision
        allowances |= decision.allowances
    return doubt or Decision(Outcome.EQUAL, reason, "structure", allowances)


def leading(heads: Container[str], left: Node, right: Node) -> tuple[Node, Node]:
    """Both sides, the one that has one of `heads` first (the left one where both do)."""
    return (left, right) if left.head in heads else (right, left)


class Comparer(Protocol):
    """What a rule needs for the parts of its two trees."""

    def same(self, left: Node, right: Node) -> Decision: ...


MAX_BITS = 60_000
"""Size of the largest exact value: some 18,000 digits."""
MAX_FACTORIAL = 2_000

Rational = int | Fraction


def rational(node: Node) -> Rational | None:
    """The exact value of `node`; None where it is not rational or not closed.

    >>> rational(Node("pow", (number(4), HALF)))
    2

    Raises:
        TooLarge: the value would pass the gate of `MAX_BITS`.
    """
    if node.head == "num":
        return node.value
    evaluate = _RATIONAL.get(node.head)
    return evaluate(node) if evaluate is not None else None


def _folded(node: Node, start: int, step: Callable[[Any, Any], Rational]) -> Rational | None:
    """The parts of a sum or a product put together, behind the gate at each step."""
    total: Rational = start
    for arg in node.args:
        value = rational(arg)
        if value is None:
            return None
        total = step(total, value)
        if bits(total) > MAX_BITS:
            raise TooLarge
    return exact(total)


def _percent(node: Node) -> Rational | None:
    value = rational(node.args[0])
    return None if value is None else exact(Fraction(value) / 100)


def based(node: Node) -> int | None:
    """The value of digits in a base; None where a digit does not exist in it."""
    try:
        return int(node.name, int(node.value or 0)) if len(node.name) <= 4000 else None
    except ValueError:
        return None


def bits(value: Rational) -> int:
    """Size of a number: the bits of its larger half."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _power(node: Node) -> Rational | None:
    base, exponent = rational(node.args[0]), rational(node.args[1])
    if base is None or exponent is None or (base == 0 and exponent <= 0):
        return None
    if isinstance(exponent, Fraction):
        root = perfect_root(base, exponent.denominator)
        return None if root is None else _raised(root, exponent.numerator)
    return _raised(base, exponent)


def _raised(base: Rational, exponent: int) -> Rational:
    """base ** exponent, unless it would pass the gate; 1 and -1 never grow."""
    if abs(base) == 1:
        return base if exponent % 2 else 1
    if base and bits(base) * abs(exponent) > MAX_BITS:
        raise TooLarge
    return exact(Fraction(base) ** exponent)


def perfect_root(value: Rational, degree: int) -> Rational | None:
    """The rational `degree`-th root of `value` (the real one), or None where there is none."""
    if degree > 64 or (value < 0 and degree % 2 == 0):
        return None
    top, bottom = _whole_root(abs(value.numerator), degree), _whole_root(value.denominator, degree)
    if top is None or bottom is None:
        return None
    return exact(Fraction(-top if value < 0 else top, bottom))


def _whole_root(value: int, degree: int) -> int | None:
    if degree == 2:
        root = math.isqrt(value)
    else:
        low, high = 0, 1 << (value.bit_length() // degree + 1)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if middle**degree <= value else (low, middle - 1)
        root = low
    return root if root**degree == value else None


def _function(node: Node) -> Rational | None:
    if node.name not in _EXACT:
        return None
    values = []
    for arg in node.args:
        value = rational(arg)
        if value is None:
            return None
        values.append(value)
    return _apply(node.name, values)


_OF_WHOLE: dict[str, Callable[..., int]] = {"factorial": math.factorial, "binomial": math.comb, "gcd": math.gcd,
                                            "lcm": math.lcm}  # fmt: skip
_GROWING = frozenset(("factorial", "binomial"))
_OF_ALL: dict[str, Callable[..., Rational]] = {"max": max, "min": min}
_OF_ONE: dict[str, Callable[..., Rational]] = {"floor": math.floor, "ceil": math.ceil, "abs": abs,
                                               "sign": lambda value: (value > 0) - (value < 0)}  # fmt: skip
_EXACT = frozenset((*_OF_WHOLE, *_OF_ALL, *_OF_ONE, "mod"))


def _apply(name: str, values: list[Rational]) -> Rational | None:
    """An exact function of exact values; None outside its domain."""
    if name in _OF_WHOLE:
        return _of_whole(name, values)
    if name in _OF_ALL:
        return _OF_ALL[name](values)
    if name in _OF_ONE:
        return _OF_ONE[name](values[0])
    return exact(values[0] % values[1]) if values[1] else None


def _of_whole(name: str, values: list[Rational]) -> int | None:
    if not all(isinstance(value, int) for value in values):
        return None
    if name in _GROWING and min(values) < 0:
        return None
    if name in _GROWING and max(values) > MAX_FACTORIAL:
        raise TooLarge
    return _OF_WHOLE[name](*values)


_RATIONAL: dict[str, Callable[[Node], Rational | None]] = {
    "base": based,
    "add": lambda node: _folded(node, 0, operator.add),
    "mul": lambda node: _folded(node, 1, operator.mul),
    "pow": _power,
    "percent": _percent,
    "fn": _function,
}
