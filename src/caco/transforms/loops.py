"""Loops: a product or power worked out step by step in a loop, and a loop that adds up as one formula.

What is preserved: the text, the inputs, and the answer. That both ways do the same is shown on other inputs of the
program's domain, in exact arithmetic, before anything is made.
"""

import ast
import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeAlias

from caco.instances.arithmetic import Run, predictor
from caco.instances.fresh import InputDomain, derived, expected, input_domain
from caco.program.form import Program, parse, render
from caco.program.steps import Step, Steps, names_in, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode
from caco.records import Bound, CodeCoT, Execution, Status
from caco.text.story import slot_kind
from caco.transforms import Transform

_MOST_TURNS = 8
"""How often a loop may turn for its solution to be read with pleasure."""
_PROBES = 5
_STEPS = 100
"""Steps of the walk through the domain that are tried for the probes."""
_Way: TypeAlias = tuple[str, tuple[Bound, ...]]
"""A program, and bounds that it has beside those of the old one."""


def reloop(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs that work one value out in a loop, or by a formula in the place of a loop."""
    cot = execution.codecot
    domain = input_domain(execution) if execution.status is Status.OK and cot.text else None
    if domain is None:
        return []
    gold = cot.gold or expected(decode(execution.output))
    tried = (*_with_loops(cot), *_without_loops(cot.code))
    ways = [(code, bounds) for code, bounds in tried if _same_behaviour(cot.code, code, domain, rng)]
    chosen = rng.sample(ways, min(n, len(ways)))
    return [derived(cot, "loops", code=code, gold=gold, bounds=(*cot.bounds, *bounds)) for code, bounds in chosen]


def _same_behaviour(old: str, new: str, domain: InputDomain, rng: random.Random) -> bool:
    """Whether both give one output on the seed's inputs and on `_PROBES` others."""
    before, after = predictor(old, loops=True), predictor(new, loops=True)
    if not before or not after:
        return False
    probes = [domain.seed, *islice(filter(None, islice(domain.walk(rng), _STEPS)), _PROBES)]
    outputs = [[_output(run, inputs) for inputs in probes] for run in (before, after)]
    return len(probes) > _PROBES and None not in outputs[0] and outputs[0] == outputs[1]


def _output(run: Run, inputs: Mapping[str, object]) -> object:
    values = run(inputs)
    return values and values["output"][0]


def _with_loops(cot: CodeCoT) -> Iterator[_Way]:
    """The programs that add, or multiply, one time after the other what a step multiplies, or raises, at once.

    With each the bound of its turns, which are a count in the text: nothing is done seven dollars often.
    """
    steps, run = steps_of(cot.code), predictor(cot.code)
    if not steps or not run or not (values := run(steps.inputs)):
        return
    for step in steps.steps:
        ways = [way for way in _ways(step.value) if type(values[way[0]][0]) is int and _is_few(cot, steps, way[1])]
        for each, times in ways[:1]:
            yield _looped(steps, step, each, times), (Bound(name=times, rule="at_most", other=str(_MOST_TURNS)),)


def _is_few(cot: CodeCoT, steps: Steps, name: str) -> bool:
    """Whether a name is an input that counts, in the text too, and no more turns than can be read."""
    turns = steps.inputs.get(name)
    return type(turns) is int and 1 < turns <= _MOST_TURNS and slot_kind(cot.text, name) == "count"


def _ways(value: ast.expr) -> tuple[tuple[str, str], ...]:
    """What a product, or power, of two names takes each time, and how many times."""
    match value:
        case ast.BinOp(ast.Name(id=one), ast.Mult(), ast.Name(id=other)) if one != other:
            return (one, other), (other, one)
        case ast.BinOp(ast.Name(id=one), ast.Pow(), ast.Name(id=other)) if one != other:
            return ((one, other),)
    return ()


def _looped(steps: Steps, looped: Step, each: str, times: str) -> str:
    """The program with one step as a loop; what was said of the step is said after it."""
    turn = fresh_name("turn", {*steps.inputs, *(step.name for step in steps.steps)})
    power = isinstance(looped.value, ast.BinOp) and isinstance(looped.value.op, ast.Pow)
    start, sign, told = ("1", "*", "multiply by") if power else ("0", "+", "add")
    loop = (
        f"# Start from {start}, and {told} {{{each}}} in each of {{{times}}} turns.",
        f"{looped.name} = {start}",
        f"for {turn} in range(1, {times} + 1):",
        f"    # Turn {{{turn}}} makes it {{{looped.name}:,}}.",
        f"    {looped.name} {sign}= {each}",
        *looped.comments,
    )
    lines = "".join(f"    {line}\n" for line in loop)
    body = "".join(lines if step is looped else step.code for step in steps.steps)
    return render(steps.inputs, "solve", f"def solve({', '.join(steps.inputs)}):\n{body}    return {steps.result}")


def _without_loops(code: str) -> Iterator[_Way]:
    """The programs with a formula in the place of a loop that adds or multiplies."""
    program = parse(code)
    for loop in program.body:
        match loop:
            case ast.For(
                target=ast.Name(id=count),
                iter=ast.Call(ast.Name(id="range"), [_] | [_, _] as ends),
                body=[ast.AugAssign(ast.Name(id=name), (ast.Add() | ast.Mult()) as op, value)],
                orelse=[],
            ) if name not in names_in(value) and not _reads(program, count, outside=loop):
                if whole := _closed(op, value, count, ends):
                    yield _replaced(code, loop, f"{name} {'+' if isinstance(op, ast.Add) else '*'}= {whole}"), ()


def _reads(program: Program, name: str, outside: ast.For) -> bool:
    """Whether the entry reads a name anywhere but in a loop."""
    inside = {id(node) for node in ast.walk(outside)}
    return any(
        isinstance(n, ast.Name) and n.id == name and id(n) not in inside for n in ast.walk(program.functions[-1])
    )


def _closed(op: ast.operator, value: ast.expr, count: str, ends: list[ast.expr]) -> str | None:
    """What a loop from `ends` adds, or multiplies by, in all; None where that has no short formula."""
    *start, last = (f"({ast.unparse(end)})" for end in ends)
    first = start[0] if start else "0"
    turns = f"({last} - {first})" if start else last
    parts = _linear(value, count)
    if parts is None:
        return None
    still, slope = parts
    if isinstance(op, ast.Mult):
        return None if slope else _tidy(f"({still}) ** {turns}")
    return _tidy(_sum(_times(still, turns), _times(slope, f"({first} + {last} - 1) * {turns} // 2")))


def _sum(*terms: str) -> str:
    return " + ".join(filter(None, terms))


def _times(term: str, formula: str) -> str:
    return term and f"({term}) * {formula}"


def _tidy(formula: str) -> str:
    """The formula with no brackets that it does not need."""
    return ast.unparse(ast.parse(formula, mode="eval"))


def _linear(node: ast.expr, count: str) -> tuple[str, str] | None:
    """Two expressions a, b such that the node is a + b * count, empty for 0; None for what is no such sum."""
    if count not in names_in(node):
        return ast.unparse(node), ""
    match node:
        case ast.Name():
            return "", "1"
        case ast.BinOp(left, ast.Add(), right):
            one, other = _linear(left, count), _linear(right, count)
            return (_sum(one[0], other[0]), _sum(one[1], other[1])) if one and other else None
        case ast.BinOp(left, ast.Mult(), right):
            factor, rest = (right, left) if count in names_in(left) else (left, right)
            parts = _linear(rest, count)
            if count in names_in(factor) or parts is None:
                return None
            still, slope = (part and f"({ast.unparse(factor)}) * ({part})" for part in parts)
            return still, slope
    return None


def _replaced(code: str, loop: ast.For, line: str) -> str:
    """The code with one line in a loop's place, without the comments that speak of each turn."""
    lines = code.split("\n")
    start = loop.lineno - 1
    while lines[start - 1].strip().startswith("#"):
        start -= 1
    return "\n".join([*lines[:start], " " * loop.col_offset + line, *lines[loop.end_lineno :]])


TRANSFORM = Transform(reloop, frozenset({"text", "inputs", "answer"}))
