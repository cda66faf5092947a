"""Restructuring: the same computation, with some of its steps in a function of their own.

What is preserved: the inputs, the text, the steps and their values. Only the shape of the program is another.
"""

import ast
import random

from caco.instances.fresh import derived, expected
from caco.program.form import render
from caco.program.steps import Step, Steps, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.transforms import Transform


def restructure(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs that work out one of the intermediate values, and all it takes, in a helper."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK else None
    if steps is None:
        return []
    names = [name for name in (step.name for step in steps.steps[:-1]) if _moved(steps, name)]
    gold = cot.gold or expected(decode(execution.output))
    return [
        derived(cot, "restructuring", code=_with_helper(steps, name), gold=gold)
        for name in rng.sample(names, min(n, len(names)))
    ]


def _moved(steps: Steps, name: str) -> list[Step]:
    """The steps that lead to `name`, it last, where there are several and nothing else takes from them but from it."""
    inside = [step for step in steps.steps if step.name in steps.upstream(name)]
    hidden = {step.name for step in inside} - {name}
    taken = set[str]().union(*(step.reads for step in steps.steps if step not in inside))
    return inside if hidden and name in taken and hidden.isdisjoint(taken) else []


def _with_helper(steps: Steps, name: str) -> str:
    *inside, last = _moved(steps, name)
    helper = fresh_name(f"find_{name}", {*steps.inputs, *(step.name for step in steps.steps)})
    given = ", ".join(n for n in steps.inputs if n in steps.upstream(name))
    call = Step(name, ast.parse(f"{helper}({given})", mode="eval").body, last.comments)
    lines = "".join(step.code for step in inside)
    body = "".join((call if step is last else step).code for step in steps.steps if step not in inside)
    functions = (
        f"def {helper}({given}):\n{lines}    return {ast.unparse(last.value)}\n\n"
        f"def solve({', '.join(steps.inputs)}):\n{body}    return {steps.result}"
    )
    return render(steps.inputs, "solve", functions)


TRANSFORM = Transform(restructure, frozenset({"text", "inputs", "values", "answer"}))
