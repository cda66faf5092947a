"""The value of a tree at a point, to hundreds of digits; gates stand before every step that could blow up.

Numeric equality: two trees are the same function where they agree, to hundreds of digits, at fixed points. Each value
is computed with 220 and with 800 bits. A value that stays is a number; one that shrinks with the precision is zero by
cancellation. So neither tiny numbers nor differences far behind the point are taken for equal.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from typing import Any

from caco.answers.tree import Node, Rational, TooLarge, rational, symbols

LOW, HIGH = 220, 800
"""Bits: a first look, and the second that tells a small number from a zero."""
MAX_EXPONENT_BITS = 400_000
MAX_MAG, MAX_MAG_FACTORIAL, MAX_MAG_EXPONENT = 2000, 24, 40
"""Bits of the largest argument and exponent: beyond, mpmath reduces angles for seconds, and powers fill memory."""


class Undefined(Exception):  # noqa: N818 - a finding about the point, not a fault
    """The tree has no value at this point, or none that this evaluator knows."""


@cache
def spare_contexts() -> deque[Any]:
    """mpmath contexts that no comparison is using (making one takes longer than using it)."""
    return deque(maxlen=32)


@contextmanager
def contexts() -> Iterator[tuple[Any, Any]]:
    """A context of low and one of high precision, for one comparison: mpmath's global one is shared between threads."""
    from mpmath import MPContext

    spare = spare_contexts()
    taken: list[Any] = []
    for precision in (LOW, HIGH):
        try:
            taken.append(spare.pop())
        except IndexError:  # none left: other threads have them, or this is the first comparison
            taken.append(MPContext())
        taken[-1].prec = precision
    try:
        yield taken[0], taken[1]
    finally:
        spare.extend(taken)


class Evaluator:
    """Evaluates trees at one point with one precision.

    Args:
        mp: the mpmath context to work in, with its precision.
        point: the value of each variable.
        real: only real values count (a root of a negative number is undefined); else principal complex values.
        log: what an unmarked logarithm means, "ln" or "lg".
    """

    def __init__(self, mp: Any, point: dict[str, Rational], real: bool = True, log: str = "ln") -> None:
        self.mp = mp
        self.point = point
        self.real = real
        self.log = log

    def value(self, node: Node) -> Any:
        """The value of `node`.

        Raises:
            Undefined: there is none here.
            TooLarge: a step would need too much time or memory.
        """
        try:
            found = self.visit(node)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError, NotImplementedError) as fault:
            raise Undefined from fault
        except self.mp.NoConvergence as fault:
            raise Undefined from fault
        if self.mp.isnan(found) or self.mp.isinf(found):
            raise Undefined
        return found

    def visit(self, node: Node) -> Any:
        """One node; its parts first."""
        visit = _VISITS.get(node.head)
        if visit is None:
            raise Undefined
        return visit(self, node)

    def number(self, value: Rational) -> Any:
        """An exact number at this precision."""
        return self.mp.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else self.mp.mpf(value)

    def exactly(self, node: Node) -> Any:
        """A written number."""
        value = rational(node)
        if value is None:
            raise Undefined
        return self.number(value)

    def variable(self, node: Node) -> Any:
        """The value of a variable at the point."""
        if node.name not in self.point:
            raise Undefined
        return self.number(self.point[node.name])

    def constant(self, node: Node) -> Any:
        """pi, e, i and the golden ratio."""
        if node.name == "i" and not self.real:
            return self.mp.mpc(0, 1)
        if node.name not in _CONSTANTS:
            raise Undefined
        return +getattr(self.mp, _CONSTANTS[node.name])  # the sign makes a number at this precision

    def product(self, node: Node) -> Any:
        """A product, factor by factor."""
        product = self.mp.mpf(1)
        for arg in node.args:
            product *= self.visit(arg)
        return product

    def power(self, node: Node) -> Any:
        """base ** exponent; odd roots of negative numbers are real."""
        base_node, exponent_node = node.args
        base = self.visit(base_node)
        exponent = closed(exponent_node)
        if exponent is None:
            return self.general_power(base, self.visit(exponent_node))
        self.gate(base, exponent)
        if isinstance(exponent, int):
            return base**exponent
        if self.negative(base) and exponent.denominator % 2:
            magnitude = (-base) ** self.number(exponent)
            return -magnitude if exponent.numerator % 2 else magnitude
        return self.general_power(base, self.number(exponent))

    def general_power(self, base: Any, exponent: Any) -> Any:
        """base ** exponent where the exponent is no exact number."""
        if self.real and self.negative(base) and not self.mp.isint(exponent):
            raise Undefined
        self.gate(base, exponent)
        return base**exponent

    def negative(self, value: Any) -> bool:
        """Whether `value` is a negative real number."""
        return not isinstance(value, self.mp.mpc) and value < 0

    def gate(self, base: Any, exponent: Any) -> None:
        """Refuse powers whose size in bits is out of bounds."""
        if base == 0 or abs(base) == 1:
            return
        if self.mp.mag(self.number(exponent) if isinstance(exponent, int | Fraction) else exponent) > MAX_MAG_EXPONENT:
            raise TooLarge
        if abs(self.mp.mag(base)) * abs(float(abs(exponent))) > MAX_EXPONENT_BITS:
            raise TooLarge

    def function(self, node: Node) -> Any:
        """A named function of evaluated arguments."""
        value = closed(node)
        if value is not None:
            return self.number(value)
        if node.name in _COMPLEX_PARTS and symbols(node):
            raise Undefined  # variables stand for real values here, and these functions would be the identity
        args = [self.visit(arg) for arg in node.args]
        name = self.log if node.name == "log" else node.name
        limit = MAX_MAG_FACTORIAL if name in _GROWING else MAX_MAG
        if any(self.mp.mag(arg) > limit for arg in args if arg):
            raise TooLarge
        if name in ("ln", "lg"):
            return self.logarithm(name, args[0])
        result = self.known(name)(*args)
        if self.real and isinstance(result, self.mp.mpc):
            raise Undefined
        return result

    def logarithm(self, name: str, value: Any) -> Any:
        """ln or lg."""
        if self.real and not value > 0:
            raise Undefined
        return self.mp.ln(value) / (self.mp.ln(10) if name == "lg" else 1)

    def known(self, name: str) -> Callable[..., Any]:
        """The function called `name`."""
        if name in _PYTHON_FUNCTIONS:
            return _PYTHON_FUNCTIONS[name]
        if name not in _MP_FUNCTIONS:
            raise Undefined
        return getattr(self.mp, _MP_FUNCTIONS[name])  # type: ignore[no-any-return]

    def determinant(self, node: Node) -> Any:
        """The determinant of a small square matrix."""
        (matrix,) = node.args
        if matrix.head != "matrix":
            raise Undefined
        rows = [row.args for row in matrix.args]
        if len(rows) != len(rows[0]) or len(rows) > 6:
            raise Undefined
        return self.mp.det(self.mp.matrix([[self.visit(cell) for cell in row] for row in rows]))


_VISITS: dict[str, Callable[[Evaluator, Node], Any]] = {
    "num": Evaluator.exactly,
    "base": Evaluator.exactly,
    "sym": Evaluator.variable,
    "const": Evaluator.constant,
    "add": lambda at, node: at.mp.fsum(at.visit(arg) for arg in node.args),
    "mul": Evaluator.product,
    "pow": Evaluator.power,
    "percent": lambda at, node: at.visit(node.args[0]) / 100,
    "degree": lambda at, node: at.visit(node.args[0]) * at.mp.pi / 180,
    "fn": Evaluator.function,
    "det": Evaluator.determinant,
}
_CONSTANTS = {"pi": "pi", "e": "e", "golden": "phi"}
_COMPLEX_PARTS = frozenset(("\\bar", "conjugate", "re", "im", "arg"))
_GROWING = frozenset(("factorial", "gamma", "binomial"))
_PYTHON_FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "max": max, "min": min}
_SAME_NAME = ("sin", "cos", "tan", "asin", "acos", "atan", "asec", "acsc", "acot", "sinh", "cosh", "tanh", "asinh",
              "acosh", "atanh", "factorial", "binomial", "gamma", "erf", "atan2", "re", "im", "floor", "ceil", "sign",
              "arg")  # fmt: skip
_MP_FUNCTIONS = {name: name for name in _SAME_NAME} | {"conjugate": "conj", "\\bar": "conj", "mod": "fmod"}
"""Our names of functions -> mpmath's."""


MAX_NODES = 800
RATIOS = 3
"""Points at which two sides of equations must have one ratio."""
_STEPPED = frozenset(("floor", "ceil", "mod", "gcd", "lcm", "sign"))


def closed(node: Node) -> Rational | None:
    """The exact value of a tree without variables; None where it has some or is not rational."""
    return rational(node) if not symbols(node) else None


def size(node: Node) -> int:
    """How many nodes the tree has."""
    return 1 + sum(size(arg) for arg in node.args)


def stepped(node: Node) -> bool:
    """Whether agreement at points proves nothing: the tree has steps."""
    return (node.head == "fn" and node.name in _STEPPED) or any(stepped(arg) for arg in node.args)


def complex_valued(node: Node) -> bool:
    """Whether the tree mentions the imaginary unit."""
    return (node.head == "const" and node.name == "i") or any(complex_valued(arg) for arg in node.args)


def points(names: frozenset[str]) -> Iterator[tuple[bool, dict[str, Rational]]]:
    """Points with all variables positive (marked True), then with signs, then whole numbers."""
    ordered = sorted(names)
    draw = random.Random(20)
    for scale in (1, 3, 1, 10, 40):
        yield True, {name: Fraction(draw.randrange(1, 1 << 40), 1 << 40) * scale for name in ordered}
    for scale in (1, 5, 2, 20):
        yield False, {name: Fraction(draw.randrange(-(1 << 40), 1 << 40), 1 << 40) * scale for name in ordered}
    for _ in range(4):
        yield True, {name: draw.randrange(2, 12) for name in ordered}


def same_value(
    left: Node, right: Node, point: dict[str, Rational], real: bool, log: str = "ln", confirm: bool = True
) -> bool:
    """Whether both trees have the same value at `point`.

    Args:
        left: a tree.
        right: a tree.
        point: the value of each variable.
        real: only real values count.
        log: what an unmarked logarithm means, "ln" or "lg".
        confirm: look again with more digits where the first look sees no difference.

    Raises:
        Undefined: at least one has no value here.
        TooLarge: a step would pass a gate.
    """
    with contexts() as (low, high):
        first = Evaluator(low, point, real, log)
        a, b = first.value(left), first.value(right)
        if _is_plain(low, a) and _is_plain(low, b):
            if _differ(low, a, b, LOW // 2):
                return False
            if not confirm:
                return True
        second = Evaluator(high, point, real, log)
        fine_a, fine_b = _settled(high, a, second.value(left)), _settled(high, b, second.value(right))
        if fine_a == 0 or fine_b == 0:
            return bool(fine_a == fine_b)
        return not _differ(high, fine_a, fine_b, HIGH // 2)


def _is_plain(mp: Any, value: Any) -> bool:
    """Whether a value is too large for what cancellation leaves at the low precision."""
    return bool(value and mp.mag(value) > -LOW // 2)


def _differ(mp: Any, a: Any, b: Any, bits: int) -> bool:
    return bool(abs(a - b) > mp.ldexp(max(abs(a), abs(b)), -bits))


def _settled(mp: Any, coarse: Any, fine: Any) -> Any:
    """`fine`, or 0 where the value came from cancellation: it moved with the precision."""
    if not fine or _is_plain(mp, fine):
        return fine
    return fine if not _differ(mp, mp.mpmathify(coarse), fine, 60) else mp.mpf(0)


def real_value(node: Node) -> Fraction:
    """The value of a closed tree as a binary fraction, exact to 200 bits.

    Raises:
        Undefined: it has no real value.
        TooLarge: a step would pass a gate.
    """
    from mpmath.libmp import to_rational

    with contexts() as (low, _):
        found = Evaluator(low, {}).value(node)
        if not hasattr(found, "_mpf_"):
            raise Undefined
        return Fraction(*to_rational(found._mpf_))


def sign_of_ratio(left: Node, right: Node) -> int | None:
    """Sign of the constant c with left = c * right; 0 where there is no such constant, None where it cannot be told."""
    if max(size(left), size(right)) > MAX_NODES:
        return None
    found: list[Any] = []
    with contexts() as (low, _):
        for _positive, point in points(symbols(left) | symbols(right)):
            try:
                evaluator = Evaluator(low, point)
                top, bottom = evaluator.value(left), evaluator.value(right)
            except (Undefined, TooLarge):
                continue
            if 0 in (top, bottom):
                return 0 if bool(bottom) != bool(top) else None
            found.append(top / bottom)
            if len(found) == RATIOS:
                return _sign_of_all(low, found)
    return None


def _sign_of_all(mp: Any, ratios: list[Any]) -> int:
    """The sign of ratios that are one number but for rounding, else 0."""
    if any(_differ(mp, ratio, ratios[0], 150) for ratio in ratios):
        return 0
    return 1 if ratios[0] > 0 else -1
