"""Reformulation: a number is told in another way.

A percentage becomes a fraction, two hours 120 minutes, 12 pages an hour one page every 5 minutes, 36 eggs 3 dozen eggs.

What is preserved: the computation from the old number on, and the answer. The program takes the new number or numbers,
and first works out the old one.
"""

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from caco.augment.derivation import expected
from caco.augment.rates_and_scales import as_time_of_one, in_larger_number
from caco.augment.retelling import new_name, only_mentions, retold
from caco.augment.steps import Step, Steps, steps_of
from caco.augment.story import asks_how_many
from caco.codecot.values import decode
from caco.records import CodeCoT, Execution, Status

_LARGEST = 10
"""Fractions with a larger denominator are percentages for a reason."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is told in another: `factor` of `other` are one; amounts up to `most` read well so."""

    words: str
    other: str
    factor: int
    most: int


_UNITS = (
    Unit("hours", "minutes", 60, 5),
    Unit("weeks", "days", 7, 8),
    Unit("years", "months", 12, 4),
    Unit("feet", "inches", 12, 10),
    Unit("yards", "feet", 3, 100),
    Unit("pounds", "ounces", 16, 10),
    Unit("gallons", "quarts", 4, 20),
    Unit("kilograms|kg", "grams", 1000, 20),
    Unit("kilomet(?:er|re)s|km", "meters", 1000, 20),
    Unit("meters|metres", "centimeters", 100, 20),
    Unit("liters|litres", "milliliters", 1000, 20),
)
_NOT_AFTER = r"(?!-|,? (?:and )?(?:\{|\d|an? |half)|,? (?:old|ago|older|younger|by|x|long and|wide and)\b)"
"""What would read badly after another unit: `120 minutes and 30 minutes`, `24 months old`, `36 inches by 4 feet`."""


def reformulate(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs and texts, each with another number told in another way."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK else None
    if steps is None:
        return []
    cot = replace(cot, gold=cot.gold or expected(decode(execution.output)))
    made = [told for name in cot.varies for way in _WAYS for told in way(cot, steps, name)]
    return rng.sample(made, min(n, len(made)))


def _as_fraction(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`20% of` becomes `1/5 of`."""
    value = steps.inputs[name]
    share = Fraction(value, 100) if isinstance(value, int) and 0 < value < 100 else Fraction(1, 2)
    text = rf"\{{{name}\}} ?(?:%|percent) of\b"
    if share.denominator > _LARGEST or share == Fraction(1, 2) or not only_mentions(cot.text, name, text):
        return
    above, below = new_name(steps, "parts"), new_name(steps, "of_parts")
    told = f"# As a percentage, {{{above}}}/{{{below}}} is {{{above}}} * 100 / {{{below}}} = {{{name}}}%."
    new = {above: share.numerator, below: share.denominator}
    step = Step(name, ast.parse(f"{above} * 100 / {below}", mode="eval").body, (told,))
    yield retold(cot, steps, step, new, re.sub(text, f"{{{above}}}/{{{below}}} of", cot.text), ())


def _in_other_unit(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`2 hours` becomes `120 minutes`, where the text mentions the number only so, and the other unit nowhere."""
    value: Any = steps.inputs[name]
    for unit in _UNITS if isinstance(value, int) else ():
        text = rf"(?<!by )(?<!x )\{{{name}(?::,|:word|:Word)?\}} ({unit.words})\b{_NOT_AFTER}"
        found = only_mentions(cot.text, name, text)
        fits = found and 1 < value <= unit.most and not re.search(rf"\b{unit.other}\b", cot.text)
        if not fits or not asks_how_many(cot.text, found[0][1]):
            continue
        new = new_name(steps, unit.other)
        told = f"# {{{new}:,}} {unit.other} are {{{new}:,}} / {unit.factor} = {{{name}}} {found[0][1]}."
        step = Step(name, ast.parse(f"{new} / {unit.factor}", mode="eval").body, (told,))
        other = re.sub(text, f"{{{new}:,}} {unit.other}", cot.text)
        yield retold(cot, steps, step, {new: value * unit.factor}, other, (new,))


_WAYS = (_as_fraction, _in_other_unit, as_time_of_one, in_larger_number)
