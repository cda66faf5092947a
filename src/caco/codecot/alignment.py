"""How far a worked solution follows a program: its numbers matched, in order, to the values of the program's steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from caco.codecot import values
from caco.codecot.mentions import mentions
from caco.codecot.template import exact, is_number
from caco.records import Assignment, Execution

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
    best = [[0] * (len(told) + 1) for _ in range(len(taken) + 1)]
    for i in range(len(taken) - 1, -1, -1):
        for j in range(len(told) - 1, -1, -1):
            skipped = max(best[i + 1][j], best[i][j + 1])
            best[i][j] = best[i + 1][j + 1] + 1 if _same(taken[i], told[j]) else skipped
    kept, i, j = set(), 0, 0
    while i < len(taken) and j < len(told):
        if _same(taken[i], told[j]):
            kept.add(i)
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return kept


def _same(step: Fraction, number: Fraction) -> bool:
    """A text rounds, drops signs and writes shares as percentages."""
    return number in (step, -step, step * 100) or abs(step - number) * 1000 < abs(step)
