"""Loops: a product or power worked out step by step in a loop, and a loop that adds up as one formula.

What is preserved: the text, the inputs, and the answer. That both ways do the same is shown on other inputs of the
program's domain, in exact arithmetic, before anything is made.
"""

import ast
import random
from collections.abc import Iterator
from itertools import islice

from caco.instances.arithmetic import predictor
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


def reloop(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs that work one value out in a loop, or by a formula in the place of a loop."""
    cot = execution.codecot
    domain = input_domain(execution) if execution.status is Status.OK and cot.text else None
    if domain is None:
        return []
    gold = cot.gold or expected(decode(execution.output))
    ways = [*_with_loops(cot), *((code, ()) for code in _without_loops(cot.code))]
    ways = [(code, bounds) for code, bounds in ways if _same_behaviour(cot.code, code, domain, rng)]
    chosen = rng.sample(ways, min(n, len(ways)))
    return [derived(cot, "loops", code=code, gold=gold, bounds=(*cot.bounds, *bounds)) for code, bounds in chosen]


def _same_behaviour(old: str, new: str, domain: InputDomain, rng: random.Random) -> bool:
    """Whether both give one output on the seed's inputs and on `_PROBES` others."""
    runs = predictor(old, loops=True), predictor(new, loops=True)
    if not (runs[0] and runs[1]):
        return False
    found = (inputs for inputs in islice(domain.walk(rng), _STEPS) if inputs is not None)
    probes = [dict(domain.seed), *islice(found, _PROBES)]
    outputs = [[steps and steps["output"] for steps in map(run, probes)] for run in runs if run]
    return len(probes) > _PROBES and None not in outputs[0] and outputs[0] == outputs[1]


def _with_loops(cot: CodeCoT) -> Iterator[tuple[str, tuple[Bound, ...]]]:
    """The programs that add, or multiply, one time after the other what a step multiplies, or raises, at once.

    With each the bound of its turns, which are a count in the text: nothing is done seven dollars often.
    """
    steps = steps_of(cot.code)
    run = predictor(cot.code)
    values = run(steps.inputs) if steps and run else None
    for step in steps.steps if steps and values else ():
        assert steps and values
        match step.value:
            case ast.BinOp(ast.Name(id=one), ast.Mult(), ast.Name(id=other)) if one != other:
                ways = [(one, other), (other, one)]
            case ast.BinOp(ast.Name(id=one), ast.Pow(), ast.Name(id=other)) if one != other:
                ways = [(one, other)]
            case _:
                continue
        for each, times in ways:
            turns = steps.inputs.get(times)
            counted = type(turns) is int and 1 < turns <= _MOST_TURNS and slot_kind(cot.text, times) == "count"
            if counted and type(values[each][0]) is int:
                few = Bound(name=times, rule="at_most", other=str(_MOST_TURNS))
                yield _looped(steps, step, each, times), (few,)
                break


def _looped(steps: Steps, looped: Step, each: str, times: str) -> str:
    """The program with one step as a loop; what was said of the step is said after it."""
    turn = fresh_name("turn", {*steps.inputs, *(step.name for step in steps.steps)})
    power = isinstance(looped.value, ast.BinOp) and isinstance(looped.value.op, ast.Pow)
    start, sign, told = ("1", "*", "multiply by") if power else ("0", "+", "add")
    lines, said = [], list[str]()
    for step in steps.steps:
        lines += [*said, *step.comments] if step is not looped else said
        said = list(step.comments) if step is looped else []
        if step is looped:
            lines += [
                f"# Start from {start}, and {told} {{{each}}} in each of {{{times}}} turns.",
                f"{step.name} = {start}",
            ]
            lines += [
                f"for {turn} in range(1, {times} + 1):",
                f"    # Turn {{{turn}}} makes it {{{step.name}:,}}.",
                f"    {step.name} {sign}= {each}",
            ]
        else:
            lines.append(f"{step.name} = {ast.unparse(step.value)}")
    body = "\n".join(f"    {line}" for line in (*lines, *said, f"return {steps.result}"))
    return render(steps.inputs, "solve", f"def solve({', '.join(steps.inputs)}):\n{body}")


def _without_loops(code: str) -> Iterator[str]:
    """The programs with a formula in the place of a loop that adds or multiplies."""
    program = parse(code)
    for loop in (node for node in program.body if isinstance(node, ast.For)):
        match loop:
            case ast.For(
                target=ast.Name(id=count),
                iter=ast.Call(ast.Name(id="range"), [_, *_] as ends),
                body=[ast.AugAssign(ast.Name(id=name), (ast.Add() | ast.Mult()) as op, value)],
                orelse=[],
            ) if len(ends) < 3 and name not in names_in(value) and not _reads(program, count, outside=loop):
                whole = _closed(op, value, count, ends)
                if whole is not None:
                    yield _replaced(code, loop, f"{name} {'+' if isinstance(op, ast.Add) else '*'}= {whole}")


def _reads(program: Program, name: str, outside: ast.For) -> bool:
    """Whether the entry reads a name anywhere but in a loop."""
    inside = {id(node) for node in ast.walk(outside)}
    return any(
        isinstance(n, ast.Name) and n.id == name and id(n) not in inside for n in ast.walk(program.functions[-1])
    )


def _closed(op: ast.operator, value: ast.expr, count: str, ends: list[ast.expr]) -> str | None:
    """What a loop from `ends` adds, or multiplies by, in all; None where that has no short formula."""
    first, last = ("0", f"({ast.unparse(ends[-1])})") if len(ends) == 1 else (f"({ast.unparse(e)})" for e in ends)
    turns = last if first == "0" else f"({last} - {first})"
    parts = _linear(value, count)
    if parts is None or (isinstance(op, ast.Mult) and parts[1]):
        return None
    still, slope = parts
    if isinstance(op, ast.Mult):
        return _tidy(f"({still}) ** {turns}")
    terms = [f"({still}) * {turns}"] if still else []
    terms += [f"({slope}) * ({first} + {last} - 1) * {turns} // 2"] if slope else []
    return _tidy(" + ".join(terms))


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
            if one is None or other is None:
                return None
            return " + ".join(filter(None, (one[0], other[0]))), " + ".join(filter(None, (one[1], other[1])))
        case ast.BinOp(left, ast.Mult(), right):
            if count in names_in(left):
                left, right = right, left
            parts = _linear(right, count) if count not in names_in(left) else None
            if parts is None:
                return None
            still, slope = (f"({ast.unparse(left)}) * ({part})" if part else "" for part in parts)
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
