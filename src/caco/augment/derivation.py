"""How a transformed program comes from the one it was made of."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from caco.codecot.bounds import is_number
from caco.codecot.values import show
from caco.records import CodeCoT


def derived(cot: CodeCoT, transform: str, **changes: Any) -> CodeCoT:
    """`cot` with these fields changed, as a new row that `transform` made; origin and licence stay."""
    return replace(cot, id="", parents=(), made_by="", origin="transformed", transform=transform, **changes)


def expected(value: object) -> str:
    """The answer that a transform knows its program must give, as gold that the run is graded against.

    Empty for a number without a short decimal, which no text would state.
    """
    if is_number(value):
        number = Fraction(value)
        if number.denominator != 1 and (number * 10**6).denominator != 1:
            return ""
        return show(int(number) if number.denominator == 1 else float(number))
    return show(value)
