"""How a program takes a number in another form: it works out the old one first, and all else stays."""

import re
from collections.abc import Mapping

from caco.augment.derivation import derived
from caco.augment.steps import Step, Steps
from caco.codecot.scope import fresh_name
from caco.records import CodeCoT


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
