"""Reformulation: a number is told in another way.

A percentage becomes a fraction, two hours 120 minutes, 12 pages an hour one page every 5 minutes, 36 eggs 3 dozen eggs.

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

from caco.instances.fresh import derived, expected
from caco.program.steps import Step, Steps, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.text.story import asks_how_many
from caco.transforms import Transform


def retold(
    cot: CodeCoT, steps: Steps, step: Step, new: Mapping[str, object], text: str, varies: tuple[str, ...]
) -> CodeCoT:
    """The program that takes the inputs `new` in the place of the one that `step` now works out first.

    Those of them that may take other values are in `varies`.
    """
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


def only_mentions(text: str, name: str, pattern: str) -> list[re.Match[str]]:
    """The places of a template that match `pattern`, where these are all its mentions of an input; else none."""
    found = list(re.finditer(pattern, text))
    return found if len(found) == len(re.findall(rf"\{{{name}[:}}]", text)) else []


def new_name(steps: Steps, wanted: str) -> str:
    """`wanted`, or a name like it that the program has not yet."""
    return fresh_name(wanted, {*steps.inputs, *(step.name for step in steps.steps)})


_FINER = {"hour": ("minutes", r"\bminutes?\b"), "minute": ("seconds", r"\bseconds?\b")}
"""What an hour and a minute have sixty of, and how a text would speak of it already."""
_PARTS_OF_SIXTY = frozenset({2, 3, 4, 5, 6, 10, 12, 15, 20, 30})
_COMPARED = r"(?<!than )(?<!least )(?<!most )(?<!another )(?<!additional )(?<!and )(?<!to )(?<!by )"
_NOT_COMPARED = r"(?! (?:faster|slower|more|less|than|over|above|below)\b)"
"""Before and after a rate that is told by itself: `2 more pages an hour than` is no page every 30 minutes."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A word for many: `size` of them, for these `numbers`; `taken` says that a text has it already."""

    word: str
    size: int
    numbers: range
    taken: str


_SCALES = (
    Scale("dozen", 12, range(24, 145, 12), r"dozen|\b12\b|twelve"),
    Scale("thousand", 1000, range(2000, 99_001, 1000), r"thousand"),
)
_RATE_UNITS = re.compile(
    r"(?:second|minute|hour|day|week|month|year|decade|inche|yard|mile|meter|metre|gram|ounce|pound|liter|litre|gallon"
    r"|quart|pint|cup|cent|dollar|degree|point|time|percent|calorie|watt|volt|stud|\w*(?:meter|metre|gram|byte|liter))s"
    r"|was|has|does|plus|times|tons|kilos|lbs|others|copies"
)
"""No things that are sold and counted by the dozen."""


def as_time_of_one(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`12 pages an hour` becomes `one page every 5 minutes`, where that is whole and no comparison."""
    value = steps.inputs[name]
    pattern = rf"{_COMPARED}\{{{name}\}} ([a-z]+s) (?:per|an?|each|every) (hour|minute)\b{_NOT_COMPARED}"
    found = only_mentions(cot.text, name, pattern)
    if not found or not isinstance(value, int) or value not in _PARTS_OF_SIXTY:
        return
    things, unit = found[0][1], found[0][2]
    finer, taken = _FINER[unit]
    one = _one(things)
    if not one or re.search(taken, _words(cot.text)) or not asks_how_many(cot.text, unit):
        return
    each = new_name(steps, f"{finer}_each")
    told = f"# {one.capitalize()} every {{{each}}} {finer} is 60 / {{{each}}} = {{{name}}} {things} {_an(unit)}."
    step = Step(name, ast.parse(f"60 / {each}", mode="eval").body, (told,))
    text = re.sub(pattern, f"{one} every {{{each}}} {finer}", cot.text)
    yield retold(cot, steps, step, {each: 60 // value}, text, (each,))


def _words(text: str) -> str:
    """A template without its slots, whose names may be any word."""
    return re.sub(r"\{[^{}]*\}", "", text)


def _an(unit: str) -> str:
    return "an hour" if unit == "hour" else f"a {unit}"


def _one(things: str) -> str:
    """`one box`; empty for money, and where the plural does not tell (`pies`, but `candies`; `houses`, but `buses`)."""
    if things == "times":
        return "once"
    if re.fullmatch(r"\w+(?:ch|sh|x|ss)es", things):
        return f"one {things[:-2]}"
    return "" if re.search(r"^(?:dollars|cents)$|(?:ie|ve|oe|se|ze|s|u|i)s$", things) else f"one {things[:-1]}"


def in_larger_number(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`36 eggs` becomes `3 dozen eggs`, and `5,000 tickets` `5 thousand tickets`."""
    value = steps.inputs[name]
    pattern = rf"(?<!\b[Aa] )(?<!\b[Aa]n )(?<![-$£€])\{{{name}(?::,)?\}} ([a-z]+[^\Wsui]s)\b(?! (?:of age|old|tall)\b)"
    found = only_mentions(cot.text, name, pattern)
    if not found or not isinstance(value, int) or _RATE_UNITS.fullmatch(found[0][1]):
        return
    things = found[0][1]
    for scale in _SCALES:
        if value not in scale.numbers or re.search(scale.taken, _words(cot.text)):
            continue
        new = new_name(steps, f"{scale.word}s")
        told = f"# {{{new}}} {scale.word} {things} are {{{new}}} * {scale.size:,} = {{{name}:,}} {things}."
        step = Step(name, ast.parse(f"{new} * {scale.size}", mode="eval").body, (told,))
        text = re.sub(pattern, rf"{{{new}}} {scale.word} \g<1>", cot.text)
        yield retold(cot, steps, step, {new: value // scale.size}, text, (new,))


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


TRANSFORM = Transform(reformulate, frozenset({"values", "answer"}))
