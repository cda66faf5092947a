"""Are the numbers of a text those of the program? Problems state the inputs, not the answer; solutions no strangers."""

import ast
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

from caco.codecot import values
from caco.codecot.mentions import Mention, mentions
from caco.codecot.program import syntax_tree, without_inputs
from caco.codecot.syntax import walk
from caco.codecot.template import exact, is_number, show, slots
from caco.records import Execution

_ONE_OF_MANY = re.compile(r"(?<![\d.,:/*+×^–-])(?<![*/+×=–-] )\b1 ([a-z]{2,}[^suia\W]s)\b")
_NO_PLURALS = frozenset(
    {"adds", "comes", "costs", "equals", "gives", "goes", "has", "leaves", "makes", "means", "needs", "remains"}
    | {"stands", "takes", "times", "was"}
)
"""Words that end like plurals and are none."""
PROSE = ("1", "one", "two")
"""Not a quantity of the program in most sentences: `1 hour is 60 minutes`, `the other one`, `the two amounts`."""


def text_lacks(question: str, execution: Execution) -> list[str]:
    """Names of the inputs that `question` does not state: neither a slot of its template nor a value found in it."""
    slotted = {name for name, _ in slots(execution.codecot.text)}
    stated = _values(mentions(question))
    return [
        name
        for name, value in _inputs(execution).items()
        if name not in slotted and not _stated(value, question, stated)
    ]


def answer_given_away(question: str, execution: Execution) -> str:
    """The answer as `question` prints it, where it is a number that is no input's; empty where it is not there."""
    output = values.decode(execution.output)
    if not is_number(output):
        return ""
    known = set(_numbers(_inputs(execution).values()))
    found = next(
        (m for m in mentions(question) if m.movable and m.value == exact(output) and m.value not in known), None
    )
    return question[found.start : found.end] if found else ""


def numbers_from_nowhere(text: str, question: str, execution: Execution) -> list[str]:
    """Numbers of `text` that are no input, step, output or constant of the program, and not in the question either."""
    steps = (values.decode(step.value) for step in execution.trace)
    known = {
        *_numbers(_inputs(execution).values()),
        *_numbers(steps),
        *_numbers([values.decode(execution.output)]),
        *_constants(without_inputs(execution.codecot.code)),
        *_values(mentions(question)),
    }
    written = ((m, text[m.start : m.end]) for m in mentions(text) if m.movable)
    return sorted({words for m, words in written if words.lower() not in PROSE and not _grounded(m, words, known)})


def plural_slips(text: str) -> list[str]:
    """Places where a single thing stands in the plural: `1 hours`, but not `5 * 1 hours`, `1 less` or `1 gives`."""
    return [m[0] for m in _ONE_OF_MANY.finditer(text) if m[1] not in _NO_PLURALS]


def _inputs(execution: Execution) -> dict[str, object]:
    inputs = values.decode(execution.inputs)
    assert isinstance(inputs, dict)
    return inputs


def _stated(value: object, question: str, stated: set[Fraction]) -> bool:
    if is_number(value):
        return exact(value) in stated
    return any(show(value, style) in question for style in ("", "repr", "json", "items") if _fits(value, style))


def _fits(value: object, style: str) -> bool:
    return style != "items" or isinstance(value, list | tuple)


def _values(found: Iterable[Mention]) -> set[Fraction]:
    """Values of mentions; a percentage counts as its number and as its share."""
    return {v for m in found for v in ((m.value, m.value * 100, m.value / 100) if m.kind == "percent" else (m.value,))}


def _numbers(items: Iterable[object]) -> Iterator[Fraction]:
    """Every number in `items`, inside containers too; with its negative, as a percentage and as a share."""
    for item in items:
        if is_number(item):
            yield from _forms(exact(item))
        elif isinstance(item, dict):
            yield from _numbers([*item.keys(), *item.values()])
        elif isinstance(item, list | tuple | set | frozenset):
            yield from _numbers(item)


@lru_cache(maxsize=4096)
def _forms(number: Fraction) -> tuple[Fraction, ...]:
    return number, -number, number * 100, number / 100


@lru_cache(maxsize=64)
def _constants(code: str) -> frozenset[Fraction]:
    """The numbers that a program writes out."""
    return frozenset(_numbers(n.value for n in walk(syntax_tree(code)) if isinstance(n, ast.Constant)))


def _grounded(mention: Mention, written: str, known: set[Fraction]) -> bool:
    if mention.value in known:
        return True
    decimals = len(written.rpartition(".")[2].rstrip("%")) if "." in written else 0
    return decimals > 0 and any(round(number, decimals) == mention.value for number in known)
