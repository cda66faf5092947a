"""Composition: the answer of one program becomes an input of another, in one program and one text.

A program is a template here: a skeleton whose inputs are holes, each with a kind (dollars, or a count) and a domain,
which other programs of the corpus fill. A composition is a template too, so chains of n programs, and problems that
join two others, are the same step again.

What is preserved: both programs, and what the second one's run showed of its inputs: an answer is only taken where the
input it replaces could have had it. Both must be straight-line arithmetic, so that this is known before any run.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, log

from caco.instances.arithmetic import exact_output
from caco.instances.bounds import is_number
from caco.instances.fresh import InputDomain, expected, input_domain
from caco.lineage import digest
from caco.program.form import Program, parse, render
from caco.program.syntax import Edit, Source, fresh_name
from caco.program.values import decode
from caco.records import Bound, CodeCoT, Execution
from caco.text.story import answer_kind, chained, free_letter, letters_in, names_in, slot_kind

_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_SLOT = re.compile(r"(?<!\{)\{([^\W\d]\w*)(?=[}:!])")


class RenamingError(ValueError):
    """The program has a construct whose names cannot be told apart in its text."""


def functions_renamed(program: Program, names: Mapping[str, str]) -> str:
    """The functions of a program as text, with the comments around them and with `names` (old: new) put through.

    Functions, parameters and variables share one space of names here: an old name is renamed wherever it stands.
    Raises RenamingError for a program with f-strings, whose names Python 3.11 does not place.
    """
    lines = _with_new_names(program, names).splitlines()
    functions = {id(f) for f in program.functions}
    for statement in reversed(program.tree.body):
        if id(statement) not in functions:
            del lines[statement.lineno - 1 : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _with_new_names(program: Program, names: Mapping[str, str]) -> str:
    own = {f.name for f in program.functions}
    source = Source(program.code)
    edits = [edit for node in ast.walk(program.tree) for edit in _edits(node, source, names, own)]
    for comment in _COMMENT.finditer(program.code):
        for slot in _SLOT.finditer(comment[0]):
            if slot[1] in names:
                at = len(program.code[: comment.start() + slot.start(1)].encode())
                edits.append(Edit(at, at + len(slot[1]), names[slot[1]]))
    return source.edited(edits)


def _edits(node: ast.AST, source: Source, names: Mapping[str, str], own: set[str]) -> Iterator[Edit]:
    match node:
        case ast.JoinedStr():
            raise RenamingError("an f-string")
        case ast.Name(id=name) | ast.arg(arg=name) if name in names:
            at = source.offset(node.lineno, node.col_offset)
            yield Edit(at, at + len(name.encode()), names[name])
        case ast.FunctionDef(name=name) if name in names:
            at = source.offset(node.lineno, node.col_offset) + len("def ")
            yield Edit(at, at + len(name.encode()), names[name])
        case ast.Call(func=ast.Name(id=called), keywords=keywords) if called in own:
            for keyword in keywords:
                if keyword.arg and keyword.arg in names:
                    at = source.offset(keyword.lineno, keyword.col_offset)
                    yield Edit(at, at + len(keyword.arg.encode()), names[keyword.arg])


MOST_INPUTS = 12
LONGEST_TEXT = 1200
"""A problem with more numbers or characters is no longer read with pleasure."""
FURTHEST = 2.0
"""How many times larger or smaller than the number it replaces an answer may be."""
TRIES = 12
"""Partners that are looked at for each program before it goes without."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The first program's answer, and the input of the second that takes it."""

    name: str
    letter: str
    as_int: bool
    """Whether the answer is a whole number in a float, where the second program has an int."""
    domain: InputDomain
    gold: str
    """What the second program makes of the answer, as it is predicted."""


def compose(first: Execution, second: Execution) -> CodeCoT | str:
    """The program and text that feed the first's answer into the second, or the reason why there are none.

    A composition that has run can be composed again: chains of n programs come from n - 1 calls.
    """
    if apart := _apart(first.codecot, second.codecot):
        return apart
    if exact_output(first.codecot.code) is None:
        return "the first program is no straight-line arithmetic"
    fit = _fit(first, second)
    if isinstance(fit, str):
        return fit
    try:
        return _joined(first.codecot, second.codecot, fit)
    except RenamingError as error:
        return f"names cannot be told apart in {error}"


def _apart(one: CodeCoT, two: CodeCoT) -> str:
    """Why two problems cannot be told as one, whatever their numbers; empty where they can."""
    if set(one.seeds) & set(two.seeds):
        return "both descend from one seed"
    if len(one.text + two.text) > LONGEST_TEXT:
        return "together they are too long"
    if letters_in(one.text) & letters_in(two.text):
        return "both use a letter as a name"
    if shared := names_in(one.text) & names_in(two.text):
        return f"both speak of {min(shared)}"
    return ""


def _fit(first: Execution, second: Execution) -> Fit | str:
    one, two = first.codecot, second.codecot
    answer, kind = _whole_as_int(decode(first.output)), answer_kind(one.text)
    letter = free_letter(one.text + two.text)
    if not is_number(answer) or not kind or not letter:
        return "the first answer is no amount that a text could take up"
    domain = input_domain(second)
    if domain is None or domain.predict is None:
        return "nothing can vary in the second program, or it is no straight-line arithmetic"
    if len(decode(first.inputs)) + len(domain.seed) - 1 > MOST_INPUTS:
        return "together they are too long"
    for name in _near(answer, domain):
        inputs = {**domain.seed, name: answer}
        if slot_kind(two.text, name) == kind and domain.admits(inputs) and (found := domain.predict(inputs)):
            as_int = type(domain.seed[name]) is int and type(decode(first.output)) is float
            return Fit(name, letter, as_int, domain, expected(found["output"][0]))
    return "no input of the second program could have the first's answer"


def _near(answer: object, domain: InputDomain) -> list[str]:
    """The inputs whose number is of the answer's size, the nearest first."""
    away = {name: _distance(answer, domain.seed[name]) for name in domain.numbers}
    return sorted((name for name in away if away[name] <= log(FURTHEST)), key=away.__getitem__)


def _whole_as_int(number: object) -> object:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _distance(answer: object, seed: object) -> float:
    """How far apart two positive numbers are, as the logarithm of their ratio."""
    if not (is_number(answer) and is_number(seed)) or answer <= 0 or seed <= 0:
        return float("inf")
    return abs(log(answer / seed))


def _joined(one: CodeCoT, two: CodeCoT, fit: Fit) -> CodeCoT:
    first, second = parse(one.code), parse(two.code)
    new = _new_names(first, second)
    inputs = {**first.inputs, **{new.get(n, n): v for n, v in second.inputs.items() if n != fit.name}}
    answer = {"output": new.get(fit.name, fit.name)}
    bounds = (*_renamed(one.bounds, answer), *_renamed(fit.domain.bounds, new))
    return CodeCoT(
        code=_program(first, second, new, inputs, fit),
        origin="transformed",
        transform="composition",
        text=chained(one.text, two.text, fit.name, fit.letter, new),
        gold=fit.gold,
        bounds=tuple(dict.fromkeys(bounds)),
        varies=(*one.varies, *(new.get(n, n) for n in two.varies if n != fit.name)),
        distractors=(*one.distractors, *(new.get(n, n) for n in two.distractors)),
        domain=_both(one.domain, two.domain, "+"),
        source=_both(one.source, two.source, "+"),
        licence=_both(one.licence, two.licence, " AND "),
        seeds=tuple(dict.fromkeys((*one.seeds, *two.seeds))),
    )


def _renamed(bounds: Sequence[Bound], new: Mapping[str, str]) -> list[Bound]:
    return [replace(b, name=new.get(b.name, b.name), other=new.get(b.other, b.other)) for b in bounds]


def _both(one: str, other: str, sign: str) -> str:
    """Two labels as one, each part of them once."""
    return sign.join(dict.fromkeys(filter(None, (*one.split(sign), *other.split(sign)))))


def _program(first: Program, second: Program, new: Mapping[str, str], inputs: Mapping[str, object], fit: Fit) -> str:
    """Both programs' functions, and an entry that calls one after the other."""
    parts = [new[f"part {number}"] for number in (1, 2)]
    answer = new.get(fit.name, fit.name)
    later = [new.get(name, name) for name in second.inputs]
    taken = f"{parts[0]}({', '.join(f'{n}={n}' for n in first.inputs)})"
    if fit.as_int:
        taken = f"round({taken})"
    entry = (
        f"def {new['entry']}({', '.join(inputs)}):\n"
        f"    # Call this answer {fit.letter}: {fit.letter} = {{{answer}}}.\n"
        f"    {answer} = {taken}\n"
        f"    return {parts[1]}({', '.join(f'{n}={n}' for n in later)})"
    )
    functions = (
        functions_renamed(first, {first.entry: parts[0]}),
        functions_renamed(second, {**new, second.entry: parts[1]}),
        entry,
    )
    lines = [
        ast.unparse(s) for s in (*first.tree.body, *second.tree.body) if isinstance(s, ast.Import | ast.ImportFrom)
    ]
    return render(inputs, new["entry"], "\n\n".join(functions), "\n".join(dict.fromkeys(lines)))


def _new_names(first: Program, second: Program) -> dict[str, str]:
    """New names for what the second program binds and the first does too, and those of the entries."""
    taken = _bound(first) | _bound(second)
    new: dict[str, str] = {}
    for name in sorted(_bound(first) & _bound(second)):
        new[name] = fresh_name(name, taken)
        taken.add(new[name])
    for role in ("part 1", "part 2"):
        numbers = (f"part_{number}" for number in range(1, 100))
        new[role] = next(name for name in numbers if name not in taken)
        taken.add(new[role])
    return {**new, "entry": fresh_name("solve", taken - {first.entry, second.entry})}


def _bound(program: Program) -> set[str]:
    """Every name that a program's functions bind, and those of its functions and inputs."""
    names = {f.name for f in program.functions} | set(program.inputs)
    for node in (n for f in program.functions for n in ast.walk(f)):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
    return names


def answer_place(first: Execution) -> tuple[str, int] | None:
    """The kind and size of the amount that a program's answer is; None where no other can take it up."""
    kind = answer_kind(first.codecot.text)
    return (kind, _size(decode(first.output))) if kind else None


def open_places(second: Execution) -> list[tuple[str, int]] | None:
    """The kinds and sizes of the inputs that could take another program's answer; None where it cannot be composed."""
    domain = input_domain(second)
    if domain is None or domain.predict is None:
        return None
    kinds = {name: slot_kind(second.codecot.text, name) for name in domain.numbers}
    return list(dict.fromkeys((kind, _size(domain.seed[name])) for name, kind in kinds.items() if kind))


def _size(number: object) -> int:
    """Numbers of one size are within a factor of 1.5 of each other."""
    return floor(log(number, 1.5)) if is_number(number) and number > 0 else -1


def partners(first: str, takers: Sequence[Sequence[int]], per_row: int) -> list[int]:
    """Whom to try to feed an answer into, drawn by the id of the first program from lists of those with a place for it.

    The draw comes from ids alone, and looks at a few of each list, so that the work grows with the number of rows.
    """
    size = sum(map(len, takers))
    start = int(digest(first, "partner"), 16)
    # A prime apart, as neighbours of one list are much alike.
    drawn = ((start + i * 7919) % size for i in range(min(TRIES * per_row, size)))
    return list(dict.fromkeys(int(_at(takers, place)) for place in drawn))


def _at(lists: Sequence[Sequence[int]], place: int) -> int:
    """The item at a place of several lists put end to end."""
    for items in lists:
        if place < len(items):
            return items[place]
        place -= len(items)
    raise IndexError(place)
