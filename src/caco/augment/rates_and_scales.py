"""Two more ways of telling a number: a rate as the time that one takes, and a count in dozens or thousands."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from caco.augment.retelling import new_name, only_mentions, retold
from caco.augment.steps import Step, Steps
from caco.augment.story import asks_how_many
from caco.records import CodeCoT

_FINER = {"hour": ("minutes", r"\bminutes?\b"), "minute": ("seconds", r"\bseconds?\b")}
"""What an hour and a minute have sixty of, and how a text would speak of it already."""
_COMPARED = r"(?<!than )(?<!least )(?<!most )(?<!another )(?<!additional )(?<!and )(?<!to )(?<!by )"
_NOT_COMPARED = r"(?! (?:faster|slower|more|less|than|over|above|below)\b)"


@dataclass(frozen=True, slots=True)
class Scale:
    """A word for many: `size` of them, told so from 2 up to `most`; `taken` says that a text has it already."""

    word: str
    size: int
    most: int
    taken: str


_SCALES = (Scale("dozen", 12, 12, r"dozen|\b12\b|twelve"), Scale("thousand", 1000, 99, r"thousand"))
_UNITS = re.compile(
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
    if not found or not isinstance(value, int) or not (1 < value <= 30 and 60 % value == 0):
        return
    things, unit = found[0][1], found[0][2]
    finer, taken = _FINER[unit]
    one = "once" if things == "times" else f"one {_singular(things)}"
    if (
        one == "one "
        or things in ("dollars", "cents")
        or re.search(taken, _words(cot.text))
        or not asks_how_many(cot.text, unit)
    ):
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


def _singular(things: str) -> str:
    """One of them; empty where the plural does not tell (`pies`, but `candies`; `houses`, but `buses`)."""
    if re.fullmatch(r"\w+(?:ch|sh|x|ss)es", things):
        return things[:-2]
    return "" if re.search(r"(?:ie|ve|oe|se|ze|s|u|i)s$", things) else things[:-1]


def in_larger_number(cot: CodeCoT, steps: Steps, name: str) -> Iterator[CodeCoT]:
    """`36 eggs` becomes `3 dozen eggs`, and `5,000 tickets` `5 thousand tickets`."""
    value = steps.inputs[name]
    pattern = rf"(?<!\b[Aa] )(?<!\b[Aa]n )(?<![-$£€])\{{{name}(?::,)?\}} ([a-z]+[^\Wsui]s)\b(?! (?:of age|old|tall)\b)"
    found = only_mentions(cot.text, name, pattern)
    for scale in _SCALES if found and isinstance(value, int) else ():
        assert isinstance(value, int)
        many, rest = divmod(value, scale.size)
        things = found[0][1]
        if rest or not 1 < many <= scale.most or _UNITS.fullmatch(things) or re.search(scale.taken, _words(cot.text)):
            continue
        new = new_name(steps, f"{scale.word}s")
        told = f"# {{{new}}} {scale.word} {things} are {{{new}}} * {scale.size:,} = {{{name}:,}} {things}."
        step = Step(name, ast.parse(f"{new} * {scale.size}", mode="eval").body, (told,))
        text = re.sub(pattern, rf"{{{new}}} {scale.word} \g<1>", cot.text)
        yield retold(cot, steps, step, {new: many}, text, (new,))
