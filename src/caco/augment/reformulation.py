"""Reformulation: a percentage is told as a fraction.

What is preserved: the computation from the percentage on, and the answer. `20% of` becomes `1/5 of`; the program takes
the fraction's two numbers and works out the percentage.
"""

import ast
import random
import re
from dataclasses import replace
from fractions import Fraction

from caco.augment.steps import Step, Steps, steps_of
from caco.codecot.scope import fresh_name
from caco.records import CodeCoT, Execution, Status

_LARGEST = 10
"""Fractions with a larger denominator are percentages for a reason."""


def reformulate(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs and texts, each with another percentage told as a fraction."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK else None
    if steps is None:
        return []
    names = [name for name in cot.varies if _can_be_told(cot.text, name) and _fraction(steps, name)]
    return [_reformulated(cot, steps, name) for name in rng.sample(names, min(n, len(names)))]


def _can_be_told(text: str, name: str) -> bool:
    """Whether every mention of the input reads `20% of`."""
    mentions = re.findall(rf"\{{{name}[:}}]", text)
    return 0 < len(mentions) == len(re.findall(rf"\{{{name}\}} ?(?:%|percent) of\b", text))


def _fraction(steps: Steps, name: str) -> Fraction | None:
    value = steps.inputs[name]
    share = Fraction(value, 100) if isinstance(value, int) and 0 < value < 100 else None
    return share if share and share.denominator <= _LARGEST and share != Fraction(1, 2) else None


def _reformulated(cot: CodeCoT, steps: Steps, name: str) -> CodeCoT:
    share = _fraction(steps, name)
    assert share is not None
    taken = {*steps.inputs, *(step.name for step in steps.steps)}
    above, below = fresh_name("parts", taken), fresh_name("of_parts", taken)
    inputs: dict[str, object] = {}
    for old, value in steps.inputs.items():
        inputs |= {above: share.numerator, below: share.denominator} if old == name else {old: value}
    step = Step(
        name,
        ast.parse(f"{above} * 100 / {below}", mode="eval").body,
        (f"# As a percentage, {{{above}}}/{{{below}}} is {{{above}}} * 100 / {{{below}}} = {{{name}}}%.",),
    )
    told = re.sub(rf"\{{{name}\}} ?(?:%|percent) of\b", f"{{{above}}}/{{{below}}} of", cot.text)
    return replace(
        cot,
        id="",
        parents=(),
        made_by="",
        code=Steps(inputs, (step, *steps.steps), steps.result).code(),
        text=told,
        origin="transformed",
        transform="reformulation",
        solution="",
        varies=tuple(n for n in cot.varies if n != name),
    )
