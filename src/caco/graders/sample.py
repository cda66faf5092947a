"""Numeric equality: two trees are the same function where they agree, to hundreds of digits, at fixed points.

Each value is computed with 220 and with 800 bits. A value that stays is a number; one that shrinks with the precision
is zero by cancellation. So neither tiny numbers nor differences far behind the point are taken for equal.
"""

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from caco.graders.evaluate import HIGH, LOW, Evaluator, Undefined, contexts
from caco.graders.exact import Rational
from caco.graders.tree import Node, TooLarge, symbols

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
