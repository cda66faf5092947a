"""Origins written as Python: as the author put it, but so that no binary noise shows."""

from collections.abc import Mapping
from fractions import Fraction

from caco.codecot.compilers.origins import Compound, Constant, FromStep, FromText, Origin, value_of
from caco.codecot.template import plain

_PLACES = 6
"""Results are rounded to so many places where floats could leave noise; a value with more keeps all its digits."""


def expression_code(origin: Origin, names: Mapping[Origin, str]) -> str:
    """The Python expression of one step; `names` has the variable of each input and step."""
    ordered = _divided_last(origin)
    code = _code(ordered, names, 0)
    exact_in_places = (value_of(ordered) * 10**_PLACES).denominator == 1
    return f"round({code}, {_PLACES})" if exact_in_places and _noisy(ordered) else code


def literal(value: Fraction) -> str:
    """A terminating decimal as a Python literal."""
    return plain(value)


def _divided_last(origin: Origin) -> Origin:
    """The same value with products before quotients: `95 * 20 / 100` is exact where `20 / 100 * 95` need not be."""
    if not isinstance(origin, Compound):
        return origin
    if origin.sign in "+-":
        return Compound(origin.sign, _divided_last(origin.left), _divided_last(origin.right))
    above, below = _factors(origin)
    kept = [factor for factor in above if factor != Constant(Fraction(1))]
    above = kept or above[:1]
    result = above[0]
    for factor in above[1:]:
        result = Compound("*", result, factor)
    for factor in below:
        result = Compound("/", result, factor)
    return result


def _factors(origin: Origin) -> tuple[list[Origin], list[Origin]]:
    """What is multiplied and what is divided by; quotients inside brackets stay together on the right of a division."""
    if not (isinstance(origin, Compound) and origin.sign in "*/"):
        return [_divided_last(origin)], []
    above, below = _factors(origin.left)
    if origin.sign == "*":
        more_above, more_below = _factors(origin.right)
        return above + more_above, below + more_below
    return above, [*below, _divided_last(origin.right)]


def _code(origin: Origin, names: Mapping[Origin, str], binding: int) -> str:
    if isinstance(origin, Constant):
        return literal(origin.value)
    if isinstance(origin, FromText):
        return names.get(origin) or literal(origin.value)  # what only a comparison beside the answer uses is no input
    if isinstance(origin, FromStep):
        return names[origin]
    mine = 1 if origin.sign in "+-" else 2
    left = _code(origin.left, names, mine)
    right = _code(origin.right, names, mine + 1 if origin.sign in "-/" else mine)
    if origin.sign == "-" and origin.left == Constant(Fraction(0)):
        text = f"-{_code(origin.right, names, 3)}"
    else:
        text = f"{left} {origin.sign} {right}"
    return f"({text})" if mine < binding else text


def _noisy(origin: Origin) -> bool:
    """Whether floats could leave noise: some operation has an operand that is not whole."""
    if not isinstance(origin, Compound):
        return False
    parts = (origin.left, origin.right)
    return any(_noisy(part) or value_of(part).denominator != 1 for part in parts)
