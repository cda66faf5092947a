"""Inversion: the answer is given, and one of the inputs is asked for.

What is preserved: every relation between the numbers, and what the run showed of them. The unknown is unique, as the
answer depends on it through one chain of additions, subtractions, multiplications and divisions with known other
operands, each undone in turn.
"""

import ast
import random
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice

from caco.instances.arithmetic import exact, predictor
from caco.instances.bounds import is_number, observe
from caco.instances.fresh import derived
from caco.program.form import parse
from caco.program.steps import Step, Steps, names_in, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode, show
from caco.records import CodeCoT, Execution, Status
from caco.text.formula import money_names
from caco.text.story import answer_kind, free_letter, lettered, question_of, slot_kind, unit_in_doubt
from caco.text.template import slots
from caco.transforms import Transform

_ROUNDED = re.compile(
    r"\b(?:minimum|maximum|at least|at most|fewest|strictly|can|could|able|enough|afford|fit|round\w*|nearest|about"
    r"|approximately|(?:box|bag|pack|can|carton|bus|trip|van|tray|bottle|case|jar|batch|page|table|roll)(?:e?s|ages?)?)\b",
    re.IGNORECASE,
)
"""Words of a question whose answer is a whole number of things, so that several inputs may lead to one answer."""


def invert(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs and texts that give the answer and ask for one of the inputs that vary."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK and cot.varies else None
    letter = free_letter(cot.text)
    if steps is None or not letter or not is_number(decode(execution.output)) or _is_vague(cot):
        return []
    made = map(partial(_inverted, execution, steps, letter), rng.sample(cot.varies, len(cot.varies)))
    return list(islice(filter(None, made), n))


def _is_vague(cot: CodeCoT) -> bool:
    """Whether more than one input could lead to the answer as it is told: its unit is in doubt, or it is rounded."""
    question = question_of(cot.text)
    return unit_in_doubt(cot.text, question) or (_ROUNDED.search(question) is not None and "/" in cot.code)


def _inverted(execution: Execution, steps: Steps, letter: str, unknown: str) -> CodeCoT | None:
    cot = execution.codecot
    text = lettered(cot.text, unknown, letter)
    answer = fresh_name("answer", {*steps.inputs, *(step.name for step in steps.steps)})
    chain = _chain(steps, unknown, answer, letter)
    if not text or not chain:
        return None
    solved = _backwards(steps, chain, {answer: decode(execution.output)})
    code = solved.code()
    told = {name for name, _ in slots(text)} <= set(solved.inputs)
    right = told and _gives(code, solved.inputs, steps.inputs[unknown])
    if not right or _told_as_money(cot.text, code, unknown, answer):
        return None
    bounds = (replace(b, name=answer) if b.name == "output" else b for b in observe(execution) if b.other != "output")
    return derived(
        cot,
        "inversion",
        code=code,
        text=f"{text}\n\n{_given(cot.text, answer)} What is {letter}?",
        gold=show(steps.inputs[unknown]),
        solution="",
        bounds=tuple(bounds),
        varies=(*(name for name in cot.varies if name != unknown), answer),
    )


def _gives(code: str, inputs: Mapping[str, object], value: object) -> bool:
    run = predictor(code)
    found = run(inputs) if run else None
    return found is not None and found["output"] == [exact(value)]


def _given(text: str, answer: str) -> str:
    """The sentence that gives the answer, as the question has asked for it."""
    question = question_of(text)
    said = "The answer to this question" if question.endswith("?") else "The result"
    if answer_kind(text) == "money":
        return f"{said} is ${{{answer}:money}}."
    percent = "%" if re.search(r"\b(?:what|which)\b(?: \w+){0,2} percent", question, re.IGNORECASE) else ""
    return f"{said} is {{{answer}:,}}{percent}."


def _told_as_money(text: str, code: str, unknown: str, answer: str) -> bool:
    """Whether a solution would tell an unknown count in dollars: where a price reads as a plain number."""
    if slot_kind(text, unknown) == "money":
        return False
    program = parse(code)
    kinds = {name: answer_kind(text) if name == answer else slot_kind(text, name) for name in program.inputs}
    plain = {value for name, value in program.inputs.items() if kinds[name] != "money"}
    money = {name: "$" for name, value in program.inputs.items() if kinds[name] == "money" and value not in plain}
    return unknown in money_names(program.functions[-1], money)


def _backwards(steps: Steps, chain: Iterable[Step], answer: dict[str, object]) -> Steps:
    """The program that works out what the chain takes, as before, and then follows the chain."""
    chain = tuple(chain)
    made = {step.name for step in chain}
    needed = set().union(*(steps.upstream(name) for step in chain for name in step.reads - made - set(answer)))
    inputs = {name: value for name, value in steps.inputs.items() if name in needed} | answer
    before = tuple(_without_words_of(made, step) for step in steps.steps if step.name in needed)
    return Steps(inputs, before + chain, chain[-1].name)


def _without_words_of(names: Collection[str], step: Step) -> Step:
    """The step without comments that tell of values which are not known yet."""
    known = (c for c in step.comments if not set(re.findall(r"\{(\w+)", c)) & set(names))
    return replace(step, comments=tuple(known))


def _chain(steps: Steps, unknown: str, answer: str, letter: str) -> list[Step]:
    """The steps from the answer back to the unknown; none where there is no single way."""
    values = {step.name: step.value for step in steps.steps}
    dependent = {name for name in (*values, unknown) if unknown in steps.upstream(name)}
    node: ast.expr = ast.Name(steps.result)
    known: ast.expr = ast.Name(answer)
    chain: list[Step] = []
    while True:
        match node:
            case ast.Name(id=name) if name == unknown:
                return [*chain, _step(name, known, f"So {letter} is", steps)]
            case ast.Name(id=name) if name in dependent:
                if not isinstance(known, ast.Name):
                    chain.append(_step(name, known, "Going back,", steps))
                    known = ast.Name(name)
                node = values[name]
            case ast.Call(func=ast.Name(id="round"), args=[inner, ast.Constant(value=int(places))]) if places > 3:
                node = inner  # only binary noise is rounded away
            case ast.BinOp() if undone := _undone(node, known, dependent):
                node, known = undone
            case _:
                return []


_INVERSE: Mapping[type, type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def _undone(node: ast.BinOp, known: ast.expr, dependent: Collection[str]) -> tuple[ast.expr, ast.expr] | None:
    """Of `known = left op right` the operand with the unknown, and what it is by the other; None where neither or both
    have it, or nothing undoes the operation."""
    left, right = node.left, node.right
    of_left, of_right = (not names_in(side).isdisjoint(dependent) for side in (left, right))
    if of_left == of_right or type(node.op) not in _INVERSE:
        return None
    inverse = _INVERSE[type(node.op)]()
    if of_left:
        return left, ast.BinOp(known, inverse, right)
    if isinstance(node.op, ast.Sub | ast.Div):  # from 10 - x = 4 to x = 10 - 4
        return right, ast.BinOp(left, node.op, known)
    return right, ast.BinOp(known, inverse, left)


def _step(name: str, value: ast.expr, words: str, steps: Steps) -> Step:
    """A step with its sentence; rounded where decimals could leave binary noise."""
    formula = re.sub(r"[^\W\d]\w*", r"{\g<0>}", ast.unparse(value))
    constants = (n.value for step in steps.steps for n in ast.walk(step.value) if isinstance(n, ast.Constant))
    noisy = any(isinstance(number, float) for number in (*steps.inputs.values(), *constants))
    if noisy:
        value = ast.Call(ast.Name("round"), [value, ast.Constant(6)], [])
    return Step(name, value, (f"# {words} {formula} = {{{name}}}.",))


TRANSFORM = Transform(invert, frozenset({"way back"}))
