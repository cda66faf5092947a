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
        match node.head:
            case "num" | "base":
                exactly = rational(node)
                if exactly is None:
                    raise Undefined
                return self.number(exactly)
            case "sym":
                if node.name not in self.point:
                    raise Undefined
                return self.number(self.point[node.name])
            case "const":
                return self.constant(node.name)
            case "add":
                return self.mp.fsum(self.visit(arg) for arg in node.args)
            case "mul":
                product = self.mp.mpf(1)
                for arg in node.args:
                    product *= self.visit(arg)
                return product
            case "pow":
                return self.power(*node.args)
            case "percent":
                return self.visit(node.args[0]) / 100
            case "degree":
                return self.visit(node.args[0]) * self.mp.pi / 180
            case "fn":
                return self.function(node)
            case "det" if node.args[0].head == "matrix":
                return self.determinant([list(row.args) for row in node.args[0].args])
        raise Undefined

    def number(self, value: Rational) -> Any:
        """An exact number at this precision."""
        return self.mp.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else self.mp.mpf(value)

    def constant(self, name: str) -> Any:
        """pi, e, i and the golden ratio."""
        match name:
            case "pi":
                return +self.mp.pi
            case "e":
                return +self.mp.e
            case "golden":
                return +self.mp.phi
            case "i" if not self.real:
                return self.mp.mpc(0, 1)
        raise Undefined

    def power(self, base_node: Node, exponent_node: Node) -> Any:
        """base ** exponent; odd roots of negative numbers are real."""
        base = self.visit(base_node)
        exponent = rational(exponent_node) if not symbols(exponent_node) else None
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
        if self.mp.mag(exponent if not isinstance(exponent, (int, Fraction)) else self.number(exponent)) > 40:
            raise TooLarge
        if abs(self.mp.mag(base)) * abs(float(abs(exponent))) > MAX_EXPONENT_BITS:
            raise TooLarge

    def function(self, node: Node) -> Any:
        """A named function of evaluated arguments."""
        exactly = rational(node) if not symbols(node) else None
        if exactly is not None:
            return self.number(exactly)
        if node.name in _COMPLEX_PARTS and symbols(node):
            raise Undefined  # variables stand for real values here, and these functions would be the identity
        args = [self.visit(arg) for arg in node.args]
        if any(self.mp.mag(arg) > 2000 for arg in args if arg):
            raise TooLarge
        name = self.log if node.name == "log" else node.name
        if name in ("ln", "lg"):
            if self.real and not args[0] > 0:
                raise Undefined
            return self.mp.ln(args[0]) / (self.mp.ln(10) if name == "lg" else 1)
        function = self.known(name)
        if name in ("factorial", "gamma", "binomial") and any(self.mp.mag(arg) > 24 for arg in args if arg):
            raise TooLarge
        result = function(*args)
        if self.real and isinstance(result, self.mp.mpc):
            raise Undefined
        return result

    def known(self, name: str) -> Callable[..., Any]:
        """The function called `name`."""
        mp = self.mp
        special = {"abs": abs, "re": mp.re, "im": mp.im, "conjugate": mp.conj, "max": max, "min": min,
                   "floor": mp.floor,
                   "ceil": mp.ceil, "sign": mp.sign, "mod": mp.fmod, "\\bar": mp.conj, "arg": mp.arg}  # fmt: skip
        if name in special:
            return special[name]  # type: ignore[no-any-return]
        if name not in _SMOOTH:
            raise Undefined
        return getattr(mp, name)  # type: ignore[no-any-return]

    def determinant(self, rows: list[list[Node]]) -> Any:
        """The determinant of a small square matrix."""
        if len(rows) != len(rows[0]) or len(rows) > 6:
            raise Undefined
        return self.mp.det(self.mp.matrix([[self.visit(cell) for cell in row] for row in rows]))


_COMPLEX_PARTS = frozenset(("\\bar", "conjugate", "re", "im", "arg"))
_SMOOTH = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "asin",
        "acos",
        "atan",
        "asec",
        "acsc",
        "acot",
        "sinh",
        "cosh",
        "tanh",
        "asinh",
        "acosh",
        "atanh",
        "factorial",
        "binomial",
        "gamma",
        "erf",
        "atan2",
    ]
)


MAX_NODES = 800
_STEPPED = frozenset(("floor", "ceil", "mod", "gcd", "lcm", "sign"))


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
        if a and b and low.mag(a) > -LOW // 2 and low.mag(b) > -LOW // 2:
            if _differ(low, a, b, LOW // 2):
                return False
            if not confirm:
                return True
        second = Evaluator(high, point, real, log)
        fine_a, fine_b = _settled(high, a, second.value(left)), _settled(high, b, second.value(right))
        if fine_a == 0 or fine_b == 0:
            return bool(fine_a == fine_b)
        return not _differ(high, fine_a, fine_b, HIGH // 2)


def _differ(mp: Any, a: Any, b: Any, bits: int) -> bool:
    return bool(abs(a - b) > mp.ldexp(max(abs(a), abs(b)), -bits))


def _settled(mp: Any, coarse: Any, fine: Any) -> Any:
    """`fine`, or 0 where the value came from cancellation: it moved with the precision."""
    if not fine or mp.mag(fine) > -LOW // 2:
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
            if not bottom or not top:
                return 0 if bool(bottom) != bool(top) else None
            found.append(top / bottom)
            if len(found) == 3:
                same = not any(_differ(low, value, found[0], 150) for value in found)
                return (1 if found[0] > 0 else -1) if same else 0
    return None
