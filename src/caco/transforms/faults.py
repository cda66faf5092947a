"""Programs made wrong on purpose: an operator, order, boundary, condition or constant changed, or an input misread.

They are never problems of their own: nothing shows that a text changed to match would still be true of a story. They
are the wrong halves of preference pairs, and negative controls.
"""

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from caco.program.form import FormError, parse, with_inputs
from caco.program.syntax import Edit, Source

_OTHER = (("+", "-"), ("-", "+"), ("*", "+"), ("/", "*"))
_BOUNDARIES = (("<", "<="), ("<=", "<"), (">", ">="), (">=", ">"))
_WHOLE = (ast.Name, ast.Constant, ast.Call)
"""Operands that can change places without brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed program, and what was changed in words."""

    code: str
    fault: str


def edits(functions: Sequence[ast.FunctionDef], source: Source) -> Iterator[Edit]:
    """Every change of one operator into another, of the order of two operands, of a boundary (`<` for `<=`), of a
    condition into its opposite, and of one whole constant into the next."""
    for node in chain.from_iterable(map(ast.walk, functions)):
        match node:
            case ast.BinOp(left=left, right=right):
                yield from _signs(source, left, right, _OTHER)
                yield from _swapped(source, left, right)
            case ast.Compare(left=left, ops=[_], comparators=[right]):
                yield from _signs(source, left, right, _BOUNDARIES)
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                yield Edit(*source.span(node), str(value + 1))
            case ast.If(test=test) | ast.IfExp(test=test):
                start, end = source.span(test)
                yield Edit(start, end, f"not ({source.data[start:end].decode()})")


def _signs(source: Source, left: ast.expr, right: ast.expr, others: Sequence[tuple[str, str]]) -> Iterator[Edit]:
    start, end = source.span(left)[1], source.span(right)[0]
    old = source.data[start:end].decode()
    for sign, other in others:
        if old.strip("() ") == sign:
            yield Edit(start, end, old.replace(sign, other))


def _swapped(source: Source, left: ast.expr, right: ast.expr) -> Iterator[Edit]:
    """Two operands that bind tighter than any operator, the other way round where that is another step."""
    (start, middle), (after, end) = source.span(left), source.span(right)
    one, between, other = (source.data[i:j].decode() for i, j in ((start, middle), (middle, after), (after, end)))
    if between.strip() in ("-", "/") and isinstance(left, _WHOLE) and isinstance(right, _WHOLE):
        yield Edit(start, end, f"{other}{between}{one}")


def mutants(code: str, rng: random.Random) -> list[Mutant]:
    """Programs that take another step than `code`, in random order. Comments above a changed line go: they tell the
    step that is no longer taken. Raises FormError where `code` is not in the form."""
    source = Source(code)
    found = [_mutant(source, edit) for edit in edits(parse(code).functions, source)]
    rng.shuffle(found)
    return found


def _mutant(source: Source, edit: Edit) -> Mutant:
    old = source.data[edit.start : edit.end].decode().strip()
    line = source.data[: edit.start].count(b"\n")
    lines = source.edited([edit]).split("\n")
    above = line
    while above and lines[above - 1].strip().startswith("#"):
        above -= 1
    fault = f"{old} became {edit.text.strip()} in line {line + 1} of the program"
    return Mutant(code="\n".join(lines[:above] + lines[line:]), fault=fault)


def misread(code: str, rng: random.Random) -> list[Mutant]:
    """The program with one whole input read as another: off by one, or as another input, in random order."""
    try:
        inputs = parse(code).inputs
    except FormError:
        return []
    whole = {name: value for name, value in inputs.items() if type(value) is int and value > 1}
    found = []
    for name, value in whole.items():
        for read in {value + 1, value - 1, *whole.values()} - {value}:
            fault = f"{name} was read as {read}, not as {value}"
            found.append(Mutant(code=with_inputs(code, {**inputs, name: read}), fault=fault))
    found.sort(key=lambda mutant: mutant.fault)
    rng.shuffle(found)
    return found
