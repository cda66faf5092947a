"""Are the numbers of a text those of the program? Problems state the inputs, not the answer; solutions no strangers.

`align` tells how far a worked solution follows a program: its numbers matched, in order, to the values of the steps.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from caco.program import values
from caco.program.form import syntax_tree, without_inputs
from caco.program.syntax import walk
from caco.records import Assignment, Execution
from caco.text.mentions import Mention, mentions
from caco.text.template import exact, is_number, show, slots

# Not behind a digit or sign (`5 * 1 hours`, `2.1 hours`); words in -ss, -us, -is and -as, and `its`, are no plurals.
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


MOST_STEPS = 200
"""Steps of a trace that are looked at: matching takes time with their number times that of the text's numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How many steps there are, how many of them the text tells in their order, and the others in words."""

    steps: int
    matched: int
    gaps: tuple[str, ...]


def align(text: str, execution: Execution) -> Alignment:
    """Match the numbers of `text` to the trace: the longest common subsequence (Hunt and Szymanski's problem)."""
    steps = _steps(execution)
    told = [mention.value for mention in mentions(text)]
    kept = _common(steps, told)
    gaps = [f"{step.name} = {values.show(values.decode(step.value))}" for i, step in enumerate(steps) if i not in kept]
    return Alignment(steps=len(steps), matched=len(kept), gaps=tuple(gaps))


def _steps(execution: Execution) -> list[Assignment]:
    """Assignments of numbers; inputs as they come in are no steps, and a value that stays is one."""
    given = values.decode(execution.inputs)
    found: list[Assignment] = []
    for step in execution.trace:
        value = values.decode(step.value)
        if not is_number(value) or (step.name in given and value == given[step.name]):
            continue
        if not found or (found[-1].name, found[-1].value) != (step.name, step.value):
            found.append(step)
    return found[:MOST_STEPS]


def _common(steps: Sequence[Assignment], told: Sequence[Fraction]) -> set[int]:
    """Indices of the steps in one longest common subsequence."""
    taken = [exact(values.decode(step.value)) for step in steps]
    longest = _longest(taken, told)
    kept, i, j = set(), 0, 0
    while i < len(taken) and j < len(told):
        if _same(taken[i], told[j]):
            kept.add(i)
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return kept


def _longest(taken: Sequence[Fraction], told: Sequence[Fraction]) -> list[list[int]]:
    """How many numbers the rest of both sequences has in common, from each pair of places on."""
    longest = [[0] * (len(told) + 1) for _ in range(len(taken) + 1)]
    for i in range(len(taken) - 1, -1, -1):
        for j in range(len(told) - 1, -1, -1):
            skipped = max(longest[i + 1][j], longest[i][j + 1])
            longest[i][j] = longest[i + 1][j + 1] + 1 if _same(taken[i], told[j]) else skipped
    return longest


def _same(step: Fraction, number: Fraction) -> bool:
    """A text rounds (to three digits or more), drops signs and writes shares as percentages."""
    return number in (step, -step, step * 100) or abs(step - number) * 1000 < abs(step)
