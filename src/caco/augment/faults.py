"""Programs made wrong on purpose: an operator or a constant changed, or an input misread."""

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caco.codecot.program import FormError, parse, with_inputs
from caco.codecot.source import Edit, Source

_OTHER = (("+", "-"), ("-", "+"), ("*", "+"), ("/", "*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed program, and what was changed in words."""

    code: str
    fault: str


def edits(functions: Sequence[ast.FunctionDef], source: Source) -> Iterator[Edit]:
    """Every change of one operator into another, and of one whole constant into the next."""
    for node in (n for function in functions for n in ast.walk(function)):
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right=right):
                start, end = source.span(left)[1], source.span(right)[0]
                old = source.data[start:end].decode()
                for sign, other in _OTHER:
                    if old.strip() == sign:
                        yield Edit(start, end, old.replace(sign, other))
            case ast.Constant(value=int(value)) if not isinstance(value, bool):
                yield Edit(*source.span(node), str(value + 1))


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
