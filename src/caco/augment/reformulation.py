"""Reformulation: a number is told in another way: a percentage as a fraction, two hours as 120 minutes.

What is preserved: the computation from the old number on, and the answer. The program takes the new number or numbers,
and first works out the old one.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from caco.augment.derivation import derived, expected
from caco.augment.steps import Step, Steps, steps_of
from caco.augment.story import answer_kind, question_of
from caco.codecot.scope import fresh_name
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
    made = [told for name in cot.varies for way in (_as_fraction, _in_other_unit) for told in way(cot, steps, name)]
    return rng.sample(made, min(n, len(made)))


def _as_fraction(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`20% of` becomes `1/5 of`."""
    value = steps.inputs[name]
    share = Fraction(value, 100) if isinstance(value, int) and 0 < value < 100 else Fraction(1, 2)
    text, mentions = rf"\{{{name}\}} ?(?:%|percent) of\b", _mentions(cot.text, name)
    if share.denominator > _LARGEST or share == Fraction(1, 2) or mentions != len(re.findall(text, cot.text)):
        return
    taken = {*steps.inputs, *(step.name for step in steps.steps)}
    above, below = fresh_name("parts", taken), fresh_name("of_parts", taken)
    told = f"# As a percentage, {{{above}}}/{{{below}}} is {{{above}}} * 100 / {{{below}}} = {{{name}}}%."
    new = {above: share.numerator, below: share.denominator}
    step = Step(name, ast.parse(f"{above} * 100 / {below}", mode="eval").body, (told,))
    yield _reformulated(cot, steps, step, new, re.sub(text, f"{{{above}}}/{{{below}}} of", cot.text), ())


def _in_other_unit(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`2 hours` becomes `120 minutes`, where the text mentions the number only so, and the other unit nowhere."""
    value: Any = steps.inputs[name]
    mentions = _mentions(cot.text, name)
    for unit in _UNITS if isinstance(value, int) else ():
        text = rf"(?<!by )(?<!x )\{{{name}(?::,|:word|:Word)?\}} ({unit.words})\b{_NOT_AFTER}"
        found = re.findall(text, cot.text)
        fits = 1 < value <= unit.most and mentions == len(found) and not re.search(rf"\b{unit.other}\b", cot.text)
        if not fits or not _asks_in_unit(cot.text, found[0]):
            continue
        new = fresh_name(unit.other, {*steps.inputs, *(step.name for step in steps.steps)})
        told = f"# {{{new}:,}} {unit.other} are {{{new}:,}} / {unit.factor} = {{{name}}} {found[0]}."
        step = Step(name, ast.parse(f"{new} / {unit.factor}", mode="eval").body, (told,))
        other = re.sub(text, f"{{{new}:,}} {unit.other}", cot.text)
        yield _reformulated(cot, steps, step, {new: value * unit.factor}, other, (new,))


def _asks_in_unit(text: str, unit: str) -> bool:
    """Whether the question says what it wants: with two units in the text, `how long` would leave it open."""
    asked = rf"how many|percent|%|\bin {re.escape(unit)}"
    return answer_kind(text) == "money" or re.search(asked, question_of(text), re.IGNORECASE) is not None


def _mentions(text: str, name: str) -> int:
    """How often a template mentions an input; an input without a mention never fits."""
    return len(re.findall(rf"\{{{name}[:}}]", text)) or -1


def _reformulated(
    cot: CodeCoT, steps: Steps, step: Step, new: Mapping[str, object], text: str, varies: tuple[str, ...]
) -> CodeCoT:
    """The program that takes the new inputs in the old one's place, and works the old one out first."""
    inputs: dict[str, object] = {}
    for old, value in steps.inputs.items():
        inputs |= new if old == step.name else {old: value}
    return derived(
        cot,
        "reformulation",
        code=Steps(inputs, (step, *steps.steps), steps.result).code(),
        text=text,
        solution="",
        varies=(*(n for n in cot.varies if n != step.name), *varies),
    )
