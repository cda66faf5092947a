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
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, Protocol

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


MAX_SHOWN = 2000
_MAX_DIGITS = 4000
_BRACKETS = {
    "()": ("(", ")"),
    "[]": ("[", "]"),
    "list": ("[", "]"),
    "tuple": ("(", ")"),
    "[)": ("[", ")"),
    "(]": ("(", "]"),
}


def show(node: Node) -> str:
    """Canonical text of a tree, cut at `MAX_SHOWN` characters; sums, products and sets are in sorted order."""
    text = _text(node)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _text(node: Node) -> str:
    head = node.head
    if head == "num":
        return _number(node)
    if head in ("sym", "const", "word", "bool", "raw", "date", "time"):
        return node.name
    if head == "base":
        return f"{node.name}_{node.value}"
    parts = [_text(arg) for arg in node.args]
    match head:
        case "add":
            return "(" + " + ".join(sorted(parts)) + ")"
        case "mul":
            return "*".join(sorted(parts))
        case "pow":
            return "^".join(f"({p})" if _compound(a) else p for a, p in zip(node.args, parts, strict=True))
        case "percent":
            return parts[0] + "%"
        case "degree":
            return parts[0] + " degree"
        case "unit":
            return f"{parts[0]} {node.name}"
        case "fn":
            return f"{node.name}({', '.join(parts)})"
        case "seq" | "interval":
            opening, closing = _BRACKETS[node.name]
            return opening + ", ".join(parts) + closing
        case "set":
            return "{" + ", ".join(sorted(parts)) + "}"
        case "dict":
            return "{" + ", ".join(sorted(parts)) + "}"
        case "pair" | "ratio":
            return ":".join(parts)
        case "items":
            return ", ".join(parts)
        case "rel":
            return _relation(node, parts)
        case "pm":
            return f"{parts[0]} ± {parts[1]}"
        case "none":
            return "none"
        case "more":
            return "..."
    return f"{head}({', '.join(parts)})"


def _compound(node: Node) -> bool:
    """Whether a base or an exponent needs brackets (sums bring their own)."""
    return (
        node.head in ("mul", "pow", "pm")
        or isinstance(node.value, Fraction)
        or (isinstance(node.value, int) and node.value < 0)
    )


def _number(node: Node) -> str:
    value = node.value or 0
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 3 * _MAX_DIGITS:
        return f"number of {value.numerator.bit_length()} bits"
    if node.name == "float" and isinstance(value, Fraction):
        try:
            return repr(float(value))
        except OverflowError:
            return str(value)
    return str(value)


def _relation(node: Node, parts: list[str]) -> str:
    pieces = [parts[0]]
    for operator, part in zip(node.name.split(), parts[1:], strict=False):
        pieces += [operator, part]
    return " ".join(pieces)


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


class Comparer(Protocol):
    """What a rule needs for the parts of its two trees."""

    def same(self, left: Node, right: Node) -> Decision: ...


MAX_BITS = 60_000
MAX_FACTORIAL = 2_000

Rational = int | Fraction


def rational(node: Node) -> Rational | None:
    """The exact value of `node`; None where it is not rational or not closed.

    Raises:
        TooLarge: the value would pass the gate.
    """
    head = node.head
    if head == "num" or head == "base":
        return node.value if head == "num" else based(node)
    if head == "add":
        total: Rational = 0
        for arg in node.args:
            value = rational(arg)
            if value is None:
                return None
            total = _gated(total + value)
        return exact(total)
    if head == "mul":
        product: Rational = 1
        for arg in node.args:
            value = rational(arg)
            if value is None:
                return None
            product = _gated(product * value)
        return exact(product)
    if head == "pow":
        return _power(node)
    if head == "percent":
        value = rational(node.args[0])
        return None if value is None else exact(Fraction(value) / 100)
    return _function(node) if head == "fn" else None


def based(node: Node) -> int | None:
    """The value of digits in a base; None where a digit does not exist in it."""
    try:
        return int(node.name, int(node.value or 0)) if len(node.name) <= 4000 else None
    except ValueError:
        return None


def bits(value: Rational) -> int:
    """Size of a number: the bits of its larger half."""
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _gated(value: Rational) -> Rational:
    if bits(value) > MAX_BITS:
        raise TooLarge
    return value


def _power(node: Node) -> Rational | None:
    base, exponent = rational(node.args[0]), rational(node.args[1])
    if base is None or exponent is None or (base == 0 and exponent <= 0):
        return None
    if isinstance(exponent, Fraction):
        root = perfect_root(base, exponent.denominator)
        if root is None:
            return None
        base, exponent = root, exponent.numerator
    if abs(base) != 1 and base != 0 and (abs(exponent) > MAX_BITS or bits(base) * abs(exponent) > MAX_BITS):
        raise TooLarge
    if abs(base) == 1:
        return base if exponent % 2 else 1
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
    name = node.name
    if name not in _EXACT:
        return None
    values = []
    for arg in node.args:
        value = rational(arg)
        if value is None:
            return None
        values.append(value)
    return _apply(name, values)


_EXACT = frozenset(["factorial", "binomial", "floor", "ceil", "abs", "gcd", "lcm", "max", "min", "mod", "sign"])


def _apply(name: str, values: list[Rational]) -> Rational | None:
    """An exact function of exact values; None outside its domain."""
    first = values[0]
    if name in ("factorial", "binomial", "gcd", "lcm"):
        if not all(isinstance(v, int) for v in values) or (name in ("factorial", "binomial") and min(values) < 0):
            return None
        if name in ("factorial", "binomial") and max(values) > MAX_FACTORIAL:
            raise TooLarge
        function = {"factorial": math.factorial, "binomial": math.comb, "gcd": math.gcd, "lcm": math.lcm}[name]
        return function(*values)  # type: ignore[operator, no-any-return]
    if name == "mod":
        return exact(first % values[1]) if values[1] else None
    if name in ("max", "min"):
        return max(values) if name == "max" else min(values)
    if name == "sign":
        return (first > 0) - (first < 0)
    return {"floor": math.floor, "ceil": math.ceil, "abs": abs}[name](first)  # type: ignore[operator, no-any-return]
