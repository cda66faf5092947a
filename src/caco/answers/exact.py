"""Exact values: rational arithmetic on trees, with a gate before every step that could grow without bound."""

import math
from fractions import Fraction

from caco.answers.tree import Node, TooLarge, exact

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
