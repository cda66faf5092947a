"""Mutation: one relation of the problem is another one, in the text and in the program alike.

`5 more than` becomes `5 fewer than`, `twice as` becomes `three times as`: who solves the problem from memory, or takes
the usual path, gets another answer. What is preserved: all other relations, and what the run showed of its values.
"""

import ast
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from caco.augment.arithmetic import predictor
from caco.augment.input_domain import input_domain
from caco.augment.steps import Step, Steps, steps_of
from caco.codecot.program import with_inputs
from caco.codecot.template import slots
from caco.records import Bound, CodeCoT, Execution, Status

WALK = 60
"""Steps of the walk through the input domain that are tried for each instance."""
_OPPOSITES = {
    "more": "fewer",
    "fewer": "more",
    "less": "more",
    "older": "younger",
    "younger": "older",
    "taller": "shorter",
    "heavier": "lighter",
    "lighter": "heavier",
    "faster": "slower",
    "slower": "faster",
}
_COMPARED = re.compile(
    rf"(?P<sign>\$)?\{{(?P<name>\w+)(?::[^{{}}]*)?\}} (?P<unit>\w+ )?(?P<word>{'|'.join(_OPPOSITES)}) "
    r"(?P<noun>(?:\w+ ){0,4}?)than\b"
)
_MEASURES = re.compile(r"(?:feet|foot|inch|yard|mile|pound|ounce|gram|kg|gallon|liter|dollar|cent|minute|hour|percent)")
_KIN = re.compile(r"\b(?:mom|mother|dad|father|parent|grand\w+|son|daughter|uncle|aunt)s?\b", re.IGNORECASE)
"""Whose ages have an order that no problem may turn round."""
_RATIOS = {"twice as": "three times as", "half as": "a third as", "Half of": "A third of", "half of": "a third of"}
_TWO = re.compile(
    r"\b(?:2|two|twice|half|halves|halved|double[ds]?|both|pairs?|couple|second|bi\w+|each other)\b", re.I
)
_TOLD = re.compile(rf"\b(?:{'|'.join(_OPPOSITES)}|2|two|twice|half|doubl\w*)\b|\b1/2\b|\.5\b", re.IGNORECASE)
"""Words of a comment that may tell of the relation as it was."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text and its steps with one relation changed."""

    text: str
    steps: Steps


def mutate(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs and texts with one relation changed, their inputs drawn so that the bounds still hold."""
    cot, domain = execution.codecot, input_domain(execution)
    steps = steps_of(cot.code) if execution.status is Status.OK else None
    if domain is None or steps is None or domain.predict is None:
        return []
    made: list[CodeCoT] = []
    for mutant in (*_opposites(cot.text, steps), *_ratios(cot.text, steps)):
        changed = replace(domain, nested=(), predict=predictor(mutant.steps.code()))
        walk = islice(changed.walk(rng), WALK * n)
        made += (_program(cot, mutant, inputs, domain.bounds) for inputs in islice(filter(None, walk), n))
    return made[:n]


def _program(cot: CodeCoT, mutant: Mutant, inputs: Mapping[str, object], bounds: tuple[Bound, ...]) -> CodeCoT:
    return replace(
        cot,
        id="",
        parents=(),
        made_by="",
        code=with_inputs(mutant.steps.code(), inputs),
        text=mutant.text,
        origin="transformed",
        transform="mutation",
        gold="",
        solution="",
        bounds=bounds,
    )


def _opposites(text: str, steps: Steps) -> Iterator[Mutant]:
    """`n more than` as `n fewer than`: what was added is taken away, in the one place where it is used."""
    for match in _COMPARED.finditer(text):
        name, word = match["name"], match["word"]
        readers = [step for step in steps.steps if name in step.reads]
        once = len(readers) == 1 and [slot for slot, _ in slots(text)].count(name) == 1
        new = _Negated(name).visit(_copied(readers[0].value)) if once else None
        if new is None or ast.dump(new) == ast.dump(readers[0].value):
            continue
        if word in ("older", "younger") and _KIN.search(text):
            continue
        less = match["sign"] or _MEASURES.match(match["unit"] or "") or not (match["unit"] or match["noun"])
        other = "less" if word == "more" and less else _OPPOSITES[word]
        at = match.start("word")
        yield Mutant(text[:at] + other + text[at + len(word) :], _changed(steps, readers[0], new))


class _Negated(ast.NodeTransformer):
    """Puts `- name` for `+ name` and the other way about; leaves any other use as it is."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        match node:
            case ast.BinOp(left, ast.Add(), ast.Name(id=name)) if name == self.name:
                return ast.BinOp(left, ast.Sub(), node.right)
            case ast.BinOp(ast.Name(id=name), ast.Add(), right) if name == self.name:
                return ast.BinOp(right, ast.Sub(), node.left)
            case ast.BinOp(left, ast.Sub(), ast.Name(id=name)) if name == self.name:
                return ast.BinOp(left, ast.Add(), node.right)
        node.left, node.right = self.visit(node.left), self.visit(node.right)
        return node


def _ratios(text: str, steps: Steps) -> Iterator[Mutant]:
    """`twice as` as `three times as`: the program's one 2 is a 3, where one word of the text says it."""
    words = [(old, new) for old, new in _RATIOS.items() if old in text]
    readers = [step for step in steps.steps if 2 in _constants(step.value)]
    constants = [number for step in readers for number in _constants(step.value)]
    if len(words) != 1 or len(_TWO.findall(text)) != 1 or constants.count(2) != 1 or len(constants) > 1:
        return
    value = _copied(readers[0].value)
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and node.value == 2:
            node.value = 3
    yield Mutant(text.replace(*words[0]), _changed(steps, readers[0], value))


def _constants(value: ast.expr) -> list[object]:
    return [node.value for node in ast.walk(value) if isinstance(node, ast.Constant)]


def _copied(value: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(value), mode="eval").body


def _changed(steps: Steps, old: Step, value: ast.expr) -> Steps:
    """The steps with another value in one of them, without the comments that may tell of the relation as it was."""
    new = (replace(step, value=value, comments=()) if step is old else step for step in steps.steps)
    told = (replace(s, comments=tuple(c for c in s.comments if not _TOLD.search(c))) for s in new)
    return replace(steps, steps=tuple(told))
