"""Extension: one step more after the answer.

What is preserved: the program up to its answer, and the text. The step more is asked of the answer as a number, so that
it is right for any unit: a percentage, a part or a multiple of it.
"""

import ast
import random
from dataclasses import dataclass
from functools import partial
from itertools import islice

from caco.instances.arithmetic import exact_output
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
    made = map(partial(_extended, cot, steps, letter), rng.sample(_QUESTIONS, len(_QUESTIONS)))
    return list(islice(filter(None, made), n))


def _extended(cot: CodeCoT, steps: Steps, letter: str, question: Question) -> CodeCoT | None:
    """The program with the first value for the step that leaves its result whole and new."""
    taken = {*steps.inputs, *(step.name for step in steps.steps)}
    name, result = fresh_name(question.name, taken), fresh_name("result", taken)
    formula = ast.parse(question.formula.format(n=steps.result, x=name), mode="eval").body
    told = question.told.format(n=f"{{{steps.result}}}", x=f"{{{name}}}")
    step = Step(result, formula, (f"# {told} {_slotted(question, steps.result, name)} = {{{result}}}.",))
    for value in question.values:
        longer = Steps({**steps.inputs, name: value}, (*steps.steps, step), result)
        answer = exact_output(longer.code())
        if value not in steps.inputs.values() and isinstance(answer, int) and answer > 1:
            asked = question.asked.format(n=letter, x=f"{{{name}}}")
            return derived(
                cot,
                "extension",
                code=longer.code(),
                text=f"{named(cot.text, letter)} {asked}",
                gold=expected(answer),
                solution="",
                varies=(*cot.varies, name),
            )
    return None


def _slotted(question: Question, result: str, name: str) -> str:
    return question.formula.format(n=f"{{{result}}}", x=f"{{{name}}}")


TRANSFORM = Transform(extend, frozenset({"values"}))
