"""Do the inputs of a program matter? Each is changed in turn, and the runs show whether the output moves.

That a name occurs in the code proves nothing: `x * 0` reads `x`. A run with another value does.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

from caco.augment.arithmetic import Run, predictor
from caco.augment.container_draws import fresh_containers, is_numbers
from caco.augment.number_draws import candidates
from caco.codecot.bounds import is_number
from caco.codecot.program import FormError, Program, parse, with_inputs
from caco.codecot.values import decode
from caco.lineage import rng
from caco.records import Check, Execution, Status

MOST = 5
"""Values tried for one input where nothing predicts what the program makes of them."""
CONFIRMING = 2
"""Values tried where none is predicted to move the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """The program of an execution with one input changed."""

    name: str
    """The input that has another value."""
    code: str


def perturbations(execution: Execution) -> list[Perturbation]:
    """For each input in turn, up to `MOST` programs in which only that input has another value.

    One is enough where exact arithmetic predicts that it moves the output; the run confirms it. The same execution
    always gives the same list; it is empty for a run that failed.
    """
    try:
        program = parse(execution.codecot.code)
    except FormError:
        return []
    if execution.status is not Status.OK:
        return []
    run = predictor(program.code)
    return [
        Perturbation(name=name, code=with_inputs(program.code, {**program.inputs, name: value}))
        for name in program.inputs
        for value in _chosen(execution, program, name, run)
    ]


def _chosen(execution: Execution, program: Program, name: str, run: Run | None) -> list[object]:
    values = list(_others(execution, program, name))
    before = run(program.inputs) if run else None
    if run and before:
        for value in values:
            after = run({**program.inputs, name: value})
            if after and after["output"] != before["output"]:
                return [value]
        return values[:CONFIRMING]
    return values[:MOST]


def _others(execution: Execution, program: Program, name: str) -> Iterator[object]:
    """Other values of an input's own type: near ones, far ones, and last some that fit no text."""
    value = program.inputs[name]
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        items = [x for v in program.inputs.values() if is_numbers(v) for x in v]
        found = sorted(v for v in candidates(execution.codecot.text, name, value) if v != value)
        near = sorted(found, key=lambda v: abs(v - value))
        more = (value + 1, value * 2, value // 2, value // 3, value + 3) if isinstance(value, int) else (value / 2,)
        found = [*near[:2], *found[:1], *found[-1:], *(items[:1] + items[-1:] if value in items else [])]
        yield from (other for other in dict.fromkeys((*found, *more)) if other != value)
    else:
        inputs = program.inputs
        drawn = (fresh_containers(inputs, [name], rng(execution.id, f"{name} {n}")).get(name, value) for n in range(3))
        yield from (other for other in (*_named(value, program), *drawn, *_other_parts(value)) if other != value)


def _named(value: object, program: Program) -> list[object]:
    """Strings of the program's own that stand beside a string input there: the other days of a week."""
    groups = [n.elts for n in ast.walk(program.tree) if isinstance(n, ast.List | ast.Tuple | ast.Set)]
    strings = [[e.value for e in group if isinstance(e, ast.Constant)] for group in groups]
    return [
        v for group in strings if isinstance(value, str) and value in group for v in group[:3] if isinstance(v, str)
    ]


def _other_parts(value: object) -> Iterator[object]:
    """Other values of what is no number: a part alone, one fewer, one changed, all in another order."""
    match value:
        case str() if value:
            yield from (value[:1], value[:-1], value[::-1], value + value[:1])
        case list() | tuple() if value:
            yield from (value[:1], value[:-1], type(value)([*_moved(value[:1]), *value[1:]]), value[::-1])
        case dict() if value:
            first = next(iter(value))
            yield {**value, first: _moved([value[first]])[0]}
            yield {k: v for k, v in value.items() if k != first}
        case set() if value:
            yield value - {min(value, key=repr)}


def _moved(items: Sequence[object]) -> list[object]:
    return [
        item + 1 if isinstance(item, int) else item * 2 if isinstance(item, float | str) else item for item in items
    ]


def inputs_matter(execution: Execution, runs: Sequence[tuple[Perturbation, Execution]]) -> Check:
    """Whether for each input some run with another valid value of it gave another output, and for a distractor none.

    `runs` are the executions of `perturbations(execution)`. A run that failed shows nothing: its value was not valid.
    """
    distractors = execution.codecot.distractors
    names = [name for name in decode(execution.inputs) if name not in distractors]
    moved = {p.name for p, run in runs if run.status is Status.OK and not _same(run.output, execution.output)}
    if wrong := [name for name in distractors if name in moved]:
        return Check(name="inputs_matter", passed=False, evidence=f"{wrong[0]} is no distractor: it moved the output")
    still = [name for name in names if name not in moved]
    if not still:
        evidence = f"output changed for {len(names)} of {len(names)} inputs"
        beside = f", and for no value of {', '.join(distractors)}" if distractors else ""
        return Check(name="inputs_matter", passed=True, evidence=evidence + beside)
    tried = [decode(run.inputs)[p.name] for p, run in runs if p.name == still[0] and run.status is Status.OK]
    shown = (
        f"no other value ran (of {still[0]})" if not tried else f"{still[0]} = {', '.join(map(repr, tried))} left it"
    )
    evidence = f"output changed for {len(names) - len(still)} of {len(names)} inputs; {shown}"
    return Check(name="inputs_matter", passed=False, evidence=evidence[:300])


def not_trivial(execution: Execution, runs: Sequence[tuple[Perturbation, Execution]]) -> Check:
    """Whether the output is neither constant over all runs nor one of the inputs passed through in all of them."""
    valid = [(p.name, run) for p, run in runs if run.status is Status.OK]
    moved = sum(not _same(run.output, execution.output) for _, run in valid)
    if not moved:
        return Check(name="not_trivial", passed=False, evidence=f"the output is constant over {len(valid) + 1} runs")
    output, inputs = decode(execution.output), decode(execution.inputs)
    for name, value in inputs.items():
        passed = [_passed_through(run, name) for changed, run in valid if changed == name]
        if value == output and passed and all(passed):
            return Check(name="not_trivial", passed=False, evidence=f"the output is always the input {name}")
    evidence = f"the output moved in {moved} of {len(valid)} runs and is no input passed through"
    return Check(name="not_trivial", passed=True, evidence=evidence)


def _passed_through(run: Execution, name: str) -> bool:
    return bool(decode(run.inputs)[name] == decode(run.output))


def _same(one: str, other: str) -> bool:
    """Whether two outputs are one value: 24 and 24.0 are, and so are floats that differ by noise."""
    if one == other:
        return True
    x, y = decode(one), decode(other)
    return isclose(x, y, rel_tol=1e-9) if is_number(x) and is_number(y) else bool(x == y)
