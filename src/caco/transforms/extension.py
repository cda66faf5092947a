"""Extension: one step more after the answer.

What is preserved: the program up to its answer, and the text. The step more is asked of the answer as a number, so that
it is right for any unit: a percentage, a part or a multiple of it.
"""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

from caco.instances.arithmetic import exact, predictor
from caco.instances.bounds import is_number
from caco.instances.fresh import derived, expected
from caco.program.steps import Step, Steps, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.text.story import answer_kind, free_letter, named
from caco.transforms import Transform


@dataclass(frozen=True, slots=True)
class Question:
    """A step more: its input, the values that may be tried for it, what is asked, and how it is worked out."""

    name: str
    values: tuple[int, ...]
    asked: str
    formula: str
    told: str


_QUESTIONS = (
    Question("percent", (20, 25, 40, 50, 10, 30, 60, 75), "What is {x}% of {n}?", "{n} * {x} / 100", "{x}% of {n} is"),
    Question("parts", (3, 4, 5, 6, 8, 12), "What is {n} divided by {x}?", "{n} / {x}", "Divided by {x}, that is"),
    Question("times", (3, 4, 5, 6, 7), "What is {x} times {n}?", "{x} * {n}", "{x} times {n} is"),
)


def extend(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs with a step more whose result is whole like the answer, and texts that ask for it."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK and cot.text else None
    letter = free_letter(cot.text)
    if steps is None or not letter or not answer_kind(cot.text) or not is_number(decode(execution.output)):
        return []
    questions = rng.sample(_QUESTIONS, len(_QUESTIONS))
    return [made for question in questions for made in _extended(cot, steps, question, letter)][:n]


def _extended(cot: CodeCoT, steps: Steps, question: Question, letter: str) -> Iterator[CodeCoT]:
    """The program with the first value for the step that leaves its result whole and new."""
    taken = {*steps.inputs, *(step.name for step in steps.steps)}
    name, result = fresh_name(question.name, taken), fresh_name("result", taken)
    formula = ast.parse(question.formula.format(n=steps.result, x=name), mode="eval").body
    told = question.told.format(n=f"{{{steps.result}}}", x=f"{{{name}}}")
    step = Step(result, formula, (f"# {told} {_slotted(question, steps.result, name)} = {{{result}}}.",))
    for value in question.values:
        longer = Steps({**steps.inputs, name: value}, (*steps.steps, step), result)
        run = predictor(longer.code())
        found = run(longer.inputs) if run else None
        if value in steps.inputs.values() or not found or exact(value) == 0:
            continue
        if isinstance(found["output"][0], int) and found["output"][0] > 1:
            asked = question.asked.format(n=letter, x=f"{{{name}}}")
            yield derived(
                cot,
                "extension",
                code=longer.code(),
                text=f"{named(cot.text, letter)} {asked}",
                gold=expected(found["output"][0]),
                solution="",
                varies=(*cot.varies, name),
            )
            return


def _slotted(question: Question, result: str, name: str) -> str:
    return question.formula.format(n=f"{{{result}}}", x=f"{{{name}}}")


TRANSFORM = Transform(extend, frozenset({"values"}))
