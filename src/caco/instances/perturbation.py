"""Do the inputs of a program matter? Each is changed in turn, and the runs show whether the output moves.

That a name occurs in the code proves nothing: `x * 0` reads `x`. A run with another value does.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import isclose

from caco.instances.arithmetic import Run, predictor
from caco.instances.bounds import is_number
from caco.instances.draws import candidates, fresh_containers, is_numbers
from caco.lineage import rng
from caco.program.form import FormError, Program, literal, parse, with_inputs
from caco.program.syntax import all_names, fresh_name
from caco.program.values import decode, encode
from caco.records import Check, Execution, Status

MOST = 5
"""Values tried for one input where nothing predicts what the program makes of them."""
CONFIRMING = 2
"""Values tried where none is predicted to move the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """One input of an execution with another value."""

    name: str
    value: object
    predicted: bool = False
    """Whether exact arithmetic knows that the program runs on it."""


@lru_cache(maxsize=256)  # asked once before the runs, and once to read them
def perturbations(execution: Execution) -> tuple[Perturbation, ...]:
    """For each input in turn, up to `MOST` other values of it alone.

    One is enough where exact arithmetic predicts that it moves the output; the run confirms it. The same execution
    always gives the same ones; there are none for a run that failed.
    """
    try:
        program = parse(execution.codecot.code)
    except FormError:
        return ()
    if execution.status is not Status.OK:
        return ()
    run = predictor(program.code)
    return tuple(p for name in program.inputs for p in _chosen(execution, program, name, run))


def _chosen(execution: Execution, program: Program, name: str, run: Run | None) -> list[Perturbation]:
    values = list(_others(execution, program, name))
    if run is None or not (before := run(program.inputs)):
        return [Perturbation(name=name, value=value) for value in values[:MOST]]
    still = []
    for value in values:
        after = run({**program.inputs, name: value})
        made = Perturbation(name=name, value=value, predicted=after is not None)
        if after and after["output"] != before["output"]:
            return [made]
        still.append(made)
    return still[:CONFIRMING]


def programs(execution: Execution, asked: Sequence[Perturbation]) -> list[str]:
    """What to run for these perturbations: one program that calls the entry for all that are predicted, and one each
    for the others, whose failure must not be theirs. `runs_of` reads the replies."""
    code = execution.codecot.code
    together, alone = _split(asked)
    single = [with_inputs(code, {**parse(code).inputs, p.name: p.value}) for p in alone]
    return [_all_in_one(code, together), *single] if together else single


def _split(asked: Sequence[Perturbation]) -> tuple[Sequence[Perturbation], Sequence[Perturbation]]:
    """Those that run in one program, if there are several, and those that each have their own."""
    together = [p for p in asked if p.predicted]
    return (together, [p for p in asked if not p.predicted]) if len(together) > 1 else ([], asked)


def _all_in_one(code: str, asked: Sequence[Perturbation]) -> str:
    """The program with an entry more, which gives the list of the old one's outputs."""
    program = parse(code)
    entry = fresh_name("outputs", all_names(program.tree))
    call, names = program.tree.body[-2], list(program.inputs)
    calls = [
        f"{program.entry}({', '.join(f'{n}={literal(p.value) if n == p.name else n}' for n in names)})" for p in asked
    ]
    function = f"def {entry}({', '.join(names)}):\n    return [{', '.join(calls)}]\n\n"
    head = "\n".join(code.split("\n")[: call.lineno - 1])
    return f"{head}\n{function}output = {entry}(**input)\nprint(output)\n"


def runs_of(
    execution: Execution, asked: Sequence[Perturbation], replies: Sequence[Execution]
) -> list[tuple[Perturbation, Execution]]:
    """The run of each perturbation, from the replies to `programs`."""
    together, alone = _split(asked)
    if not together:
        return list(zip(asked, replies, strict=True))
    inputs, whole = decode(execution.inputs), replies[0]
    outputs = decode(whole.output) if whole.status is Status.OK else [None] * len(together)
    parts = [
        (p, replace(whole, inputs=encode({**inputs, p.name: p.value}), output=encode(output)))
        for p, output in zip(together, outputs, strict=True)
    ]
    return [*parts, *zip(alone, replies[1:], strict=True)]


def _others(execution: Execution, program: Program, name: str) -> Iterator[object]:
    """Other values of an input's own type: near ones, far ones, and last some that fit no text."""
    value, inputs = program.inputs[name], program.inputs
    found: Iterable[object]
    if isinstance(value, bool):
        found = [not value]
    elif isinstance(value, int | float):
        more = (value + 1, value * 2, value // 2, value // 3, value + 3) if isinstance(value, int) else (value / 2,)
        found = dict.fromkeys((*_in_its_place(execution.codecot.text, name, value, inputs), *more))
    else:
        drawn = (fresh_containers(inputs, [name], rng(execution.id, f"{name} {n}")).get(name, value) for n in range(3))
        found = (*_named(value, program), *drawn, *_other_parts(value))
    return (other for other in found if other != value)


def _in_its_place(text: str, name: str, value: int | float, inputs: Mapping[str, object]) -> list[int | float]:
    """The two nearest candidates, the least and the largest; for an item of a list also its first and last."""
    items = [x for v in inputs.values() if is_numbers(v) for x in v]
    found = sorted(v for v in candidates(text, name, value) if v != value)
    near = sorted(found, key=lambda v: abs(v - value))
    return [*near[:2], *found[:1], *found[-1:], *(items[:1] + items[-1:] if value in items else [])]


def _named(value: object, program: Program) -> list[object]:
    """Strings of the program's own that stand beside a string input there: the other days of a week."""
    groups = [n.elts for n in ast.walk(program.tree) if isinstance(n, ast.List | ast.Tuple | ast.Set)]
    strings = [[e.value for e in group if isinstance(e, ast.Constant)] for group in groups]
    beside = [group[:3] for group in strings if isinstance(value, str) and value in group]
    return [other for group in beside for other in group if isinstance(other, str)]


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

    `runs` are those of `perturbations(execution)`. A run that failed shows nothing: its value was not valid.
    """
    distractors = execution.codecot.distractors
    names = [name for name in decode(execution.inputs) if name not in distractors]
    valid = [(p.name, run) for p, run in runs if run.status is Status.OK]
    moved = {name for name, run in valid if not _same(run.output, execution.output)}
    if wrong := [name for name in distractors if name in moved]:
        return Check(name="inputs_matter", passed=False, evidence=f"{wrong[0]} is no distractor: it moved the output")
    still = [name for name in names if name not in moved]
    evidence = f"output changed for {len(names) - len(still)} of {len(names)} inputs"
    if still:
        evidence = f"{evidence}; {_left_it(still[0], valid)}"[:300]
    elif distractors:
        evidence = f"{evidence}, and for no value of {', '.join(distractors)}"
    return Check(name="inputs_matter", passed=not still, evidence=evidence)


def _left_it(name: str, valid: Sequence[tuple[str, Execution]]) -> str:
    """The values of an input that left the output as it was."""
    tried = [repr(decode(run.inputs)[name]) for changed, run in valid if changed == name]
    return f"{name} = {', '.join(tried)} left it" if tried else f"no other value ran (of {name})"


def not_trivial(execution: Execution, runs: Sequence[tuple[Perturbation, Execution]]) -> Check:
    """Whether the output is neither constant over all runs nor one of the inputs passed through in all of them."""
    valid = [(p.name, run) for p, run in runs if run.status is Status.OK]
    moved = sum(not _same(run.output, execution.output) for _, run in valid)
    if not moved:
        return Check(name="not_trivial", passed=False, evidence=f"the output is constant over {len(valid) + 1} runs")
    output, inputs = decode(execution.output), decode(execution.inputs)
    same = [name for name, value in inputs.items() if _equal(value, output) and _passed_through(name, valid)]
    if same:
        return Check(name="not_trivial", passed=False, evidence=f"the output is always the input {same[0]}")
    evidence = f"the output moved in {moved} of {len(valid)} runs and is no input passed through"
    return Check(name="not_trivial", passed=True, evidence=evidence)


def _passed_through(name: str, valid: Sequence[tuple[str, Execution]]) -> bool:
    """Whether the output is the input in every run with another value of it, of which there must be one."""
    seen = [_equal(decode(run.inputs)[name], decode(run.output)) for changed, run in valid if changed == name]
    return bool(seen) and all(seen)


def _same(one: str, other: str) -> bool:
    """Whether two outputs are one value: 24 and 24.0 are, and so are floats that differ by noise."""
    if one == other:
        return True
    x, y = decode(one), decode(other)
    return _equal(x, y) or (is_number(x) and is_number(y) and _close(x, y))


def _close(x: float | Fraction, y: float | Fraction) -> bool:
    try:
        return isclose(x, y, rel_tol=1e-9)
    except OverflowError:  # whole numbers beyond all floats are exact: these are not equal
        return False


def _equal(x: object, y: object) -> bool:
    try:
        return bool(x == y)
    except ValueError:  # arrays have no single truth; equal ones are equal as text
        return False
