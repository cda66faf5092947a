"""Worked solutions from traces: the program's comments as sentences with the run's values, its steps as equations."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from caco.program import values
from caco.program.form import FormError, Program, parse
from caco.program.syntax import walk
from caco.records import Assignment, Execution, Reason, Status
from caco.stage import Reject
from caco.text.formula import Notation, UnspokenError, is_plain, money_names, rounded, spoken
from caco.text.mentions import mentions
from caco.text.template import exact, is_number, render, slots

_MOST_STEPS, _MOST_CHARACTERS, _LONGEST_VALUE = 40, 3000, 80
"""Longer solutions are lists of states, which nobody reads; the value's length is in characters."""
_LOOPS = (ast.For, ast.AsyncFor, ast.With)
"""What gives names their values without telling a step."""
_UNKNOWN = object()
_HOW_MANY = re.compile(r"\bhow many (?!(?:\w+ )?dollars)[^.?!]*\?\s*$", re.IGNORECASE)
"""A text that ends by asking for a count."""


@dataclass(slots=True)
class _Narrator:
    """What is known while one run is told."""

    known: dict[str, object]
    """The inputs, and the last value of each name so far."""
    final: Mapping[str, object]
    """The value of each name that took just one."""
    notation: Notation
    comments: Mapping[int, Sequence[str]]
    """The comment lines directly above each line of the program."""
    headers: Mapping[int, Sequence[str]]
    """The comments above each `while` and `if`, by the line that their body starts with; each is told once."""
    statements: Mapping[int, ast.stmt]
    often: frozenset[str]
    """Names that took several values."""
    told: set[str] = field(default_factory=set)
    """Names whose value a comment has told."""
    sentences: list[str] = field(default_factory=list)
    loop: dict[str, object] = field(default_factory=dict)
    """Loop variables whose values no sentence has told yet."""
    once: set[str] = field(default_factory=set)
    """Comments that were met before."""
    constants: frozenset[Fraction] = frozenset()
    """The numbers that the program writes out."""


def narrate(execution: Execution) -> str | Reject:
    """The worked solution of one run, its last sentence `The answer is X.`; Reject where it would not read well."""
    steps = len(execution.trace)
    if execution.status is not Status.OK or not execution.trace_complete or steps > _MOST_STEPS:
        return Reject(Reason.CANNOT_NARRATE, f"the trace has {steps} steps or is not complete")
    try:
        return _told(execution, parse(execution.codecot.code))
    except (FormError, _UntoldError) as error:
        return Reject(Reason.CANNOT_NARRATE, str(error))


class _UntoldError(ValueError):
    """The run would not read well."""


def _told(execution: Execution, program: Program) -> str:
    output = values.decode(execution.output) if execution.output else None
    narrator = _narrator(execution, program)
    for assignment in execution.trace:
        _tell(narrator, assignment)
    _tell_return(narrator, program.body[-1], output)
    if not narrator.sentences:
        raise _UntoldError("there is no step to tell")
    answer = _answer(execution, program.body[-1], output, narrator)
    text = "\n".join([*_distinct(narrator.sentences), f"The answer is {answer}."])
    if len(text) > _MOST_CHARACTERS:
        raise _UntoldError(f"the narration has {len(text)} characters")
    if any(len(narrator.notation.number(value)) > _LONGEST_VALUE for value in narrator.known.values()):
        raise _UntoldError("a value is too long to be read")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """What stands where in a program, whatever its inputs are."""

    statements: Mapping[int, ast.stmt]
    bodies: Mapping[int, int]
    """The line of each `while` and `if`, by the line that its body starts with."""
    constants: frozenset[Fraction]


@lru_cache(maxsize=64)
def _places(shared: Sequence[ast.stmt]) -> _Places:
    nodes = [node for statement in shared for node in walk(statement)]
    return _Places(
        statements={s.lineno: s for s in nodes if isinstance(s, ast.stmt)},
        bodies={node.body[0].lineno: node.lineno for node in nodes if isinstance(node, ast.While | ast.If)},
        constants=_constants(nodes),
    )


def _constants(nodes: Iterable[ast.AST]) -> frozenset[Fraction]:
    return frozenset(exact(n.value) for n in nodes if isinstance(n, ast.Constant) and is_number(n.value))


def _narrator(execution: Execution, program: Program) -> _Narrator:
    inputs = values.decode(execution.inputs)
    counts = Counter(assignment.name for assignment in execution.trace)
    counts.update(inputs.keys())
    final = {a.name: values.decode(a.value) for a in execution.trace if counts[a.name] == 1}
    text = render(execution.codecot.text, inputs)
    comments, places = _comments(execution.codecot.code), _places(program.shared)
    return _Narrator(
        known=dict(inputs),
        final={**{name: value for name, value in inputs.items() if counts[name] == 1}, **final},
        notation=Notation(
            money_names(program.functions[-1], _money_inputs(inputs, text)), _sets_off(text, execution.codecot.code)
        ),
        comments=comments,
        headers={body: comments.get(line, []) for body, line in places.bodies.items()},
        statements=places.statements,
        often=frozenset(name for name, count in counts.items() if count > 1),
        constants=places.constants | _constants(walk(program.given)),
    )


def _sets_off(text: str, code: str) -> bool:
    """Whether thousands have commas, as in the problem and in the comments."""
    return bool(re.search(r"\d,\d{3}|\{\w+:[^}]*,", text + code))


def _money_inputs(inputs: Mapping[str, object], text: str) -> dict[str, str]:
    """Inputs that the text mentions as money alone, with the sign that stands before them."""
    found, stated = {}, mentions(text)
    for name, value in inputs.items():
        if is_number(value):
            mine = [mention for mention in stated if mention.value == exact(value)]
            if mine and all(mention.kind == "money" for mention in mine):
                found[name] = next((sign for sign in "£€" if text[: mine[0].start].rstrip().endswith(sign)), "$")
    return found


def _comments(code: str) -> dict[int, list[str]]:
    """The comment lines directly above each line of code."""
    found: dict[int, list[str]] = {}
    above: list[str] = []
    for number, line in enumerate(code.split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("#"):
            above.append(bare.lstrip("#").strip())
        elif bare:
            found[number], above = above, []
    return found


def _tell(narrator: _Narrator, assignment: Assignment) -> None:
    """Tell one assignment: the comments above it, then the step itself where no comment has told it."""
    name, value = assignment.name, values.decode(assignment.value)
    if name in narrator.often:
        narrator.told.discard(name)
    _tell_comments(narrator, assignment.line, name, value)
    statement = narrator.statements.get(assignment.line)
    if isinstance(statement, _LOOPS):
        narrator.loop = {**narrator.loop, name: value}
    elif name not in narrator.told and not isinstance(value, range):
        narrator.sentences.append(_step(narrator, name, value, statement))
    narrator.known[name] = value


def _tell_comments(narrator: _Narrator, line: int, name: str, value: object) -> None:
    """Tell the comments above a line that gives a name its value; those of a loop are not told in each round."""
    statement = narrator.statements.get(line)
    again = narrator.once if isinstance(statement, _LOOPS) else ()
    own = [comment for comment in narrator.comments.get(line, ()) if comment not in again]
    headers = [comment for comment in narrator.headers.get(line, ()) if comment not in narrator.once]
    for comment in headers + own:
        _tell_comment(narrator, comment, {**narrator.known, **narrator.final, name: value})
    if own and _begins(statement):
        narrator.told.add(name)


def _begins(statement: ast.stmt | None) -> bool:
    """Whether a name gets a first value, that a comment has told: `# No week has passed yet.` above `weeks = 0`."""
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant | ast.List)


def _tell_comment(narrator: _Narrator, comment: str, told: Mapping[str, object]) -> None:
    """A comment as a sentence, where it is prose and speaks of the run's numbers; one without slots is told once."""
    named = _slot_names(comment)
    if not named:
        if comment not in narrator.once and _is_prose(comment, narrator):
            narrator.sentences.append(_sentence(comment))
    elif (mine := _plain_values(named, told)) is not None:
        comment = _with_cents(comment, mine, narrator.notation)
        text = render(comment, {name: _clean(value) for name, value in mine.items()})
        narrator.told.update(named)
        lead = _lead(narrator, named)
        narrator.sentences.append(_sentence(f"{lead}: {text}" if lead else text))
    narrator.once.add(comment)


def _slot_names(comment: str) -> list[str]:
    try:
        return [name for name, _ in slots(comment)]
    except ValueError:
        return []


def _plain_values(named: Iterable[str], told: Mapping[str, object]) -> dict[str, object] | None:
    """The values of a comment's slots; None where one is not known yet, or has no end of decimals."""
    mine = {name: told.get(name, _UNKNOWN) for name in named}
    plain = (value is not _UNKNOWN and (not is_number(value) or is_plain(value)) for value in mine.values())
    return mine if all(plain) else None


def _with_cents(comment: str, mine: Mapping[str, object], notation: Notation) -> str:
    """A comment whose amounts of money get two decimals where they have any."""
    for name, value in mine.items():
        if name in notation.money and is_number(value) and rounded(value).denominator > 1:
            comment = comment.replace(f"{{{name}}}", f"{{{name}:.2}}")
    return comment


def _lead(narrator: _Narrator, named: Collection[str] = ()) -> str:
    """The loop's variables that are new and that a sentence does not name: `With i = 1`."""
    fresh = {name: value for name, value in narrator.loop.items() if name not in named}
    narrator.loop = {}
    told = " and ".join(f"{_words(name)} = {narrator.notation.name(name, value)}" for name, value in fresh.items())
    return f"With {told}" if told else ""


def _is_prose(comment: str, narrator: _Narrator) -> bool:
    """Whether a comment without slots is a sentence (and no code put aside) whose numbers are the program's."""
    if "_" in comment or not re.search(r"[A-Za-z]{2}.* ", comment):
        return False
    try:
        ast.parse(comment)
    except SyntaxError:
        return all(m.value in narrator.constants for m in mentions(comment) if m.movable and m.value != 1)
    return False


def _clean(value: object) -> object:
    """A number without binary noise; a fraction as it is written."""
    if isinstance(value, Fraction) and value.denominator != 1:
        return str(value)
    return rounded(value) if is_number(value) else value


def _step(narrator: _Narrator, name: str, value: object, statement: ast.stmt | None) -> str:
    """One assignment as a sentence: `Total cost = 3 * $2.50 = $7.50.`"""
    shown = narrator.notation.name(name, value)
    formula = _computed(narrator, statement)
    lead = f"{lead}, " if (lead := _lead(narrator)) else ""
    if formula in ("", shown):
        verb = "is" if name in narrator.often else _equals(value)
        return _sentence(f"{lead}{_words(name)} {verb} {shown}")
    told = f"{formula} {_equals(value)} {shown}"
    if _words(name) == "result" and name not in narrator.often:
        return _sentence(f"{lead}{told}")  # the word says nothing that the equation does not
    return _sentence(f"{lead}{_words(name)} = {told}")


def _equals(value: object) -> str:
    return "=" if not is_number(value) or is_plain(value) else "≈"


def _computed(narrator: _Narrator, statement: ast.stmt | None) -> str:
    """What a statement computes; empty where it is no assignment to a name, or cannot be put in words."""
    match statement:
        case ast.Assign(targets=[ast.Name(), *_], value=value):
            return _formula(narrator, value)
        case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
            return _formula(narrator, ast.BinOp(target, op, value))
    return ""


def _formula(narrator: _Narrator, node: ast.expr) -> str:
    try:
        return spoken(node, narrator.known, narrator.notation)
    except UnspokenError:
        return ""


def _tell_return(narrator: _Narrator, last: ast.stmt, output: object) -> None:
    """The comments above the `return`, and what it computes."""
    if not isinstance(last, ast.Return) or last.value is None:
        return
    for comment in narrator.comments.get(last.lineno, ()):
        _tell_comment(narrator, comment, {**narrator.known, **narrator.final})
    if not isinstance(last.value, ast.Name | ast.Constant):
        formula = _formula(narrator, last.value)
        if formula and is_number(output) and is_plain(output):
            narrator.sentences.append(_sentence(f"{formula} = {narrator.notation.number(output)}"))


def _answer(execution: Execution, last: ast.stmt, output: object, narrator: _Narrator) -> str:
    if not is_number(output):
        return values.show(output)
    if not is_plain(output):
        raise _UntoldError("the answer has no short exact decimal")
    name = last.value.id if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) else ""
    counted = _HOW_MANY.search(execution.codecot.text)  # a count, whatever the numbers it comes from look like
    return narrator.notation.name("" if counted else name, output)


def _words(name: str) -> str:
    return re.sub(r"_\d+$", "", name).replace("_", " ").strip()


def _sentence(text: str) -> str:
    text = re.sub(r"(?<=\d)//(?=\d)", "/", text)
    text = re.sub(r"(?<=[\w%)])=(?= )", " =", re.sub(r"\$ ?\$", "$", re.sub(r"\s+", " ", text))).strip().rstrip(",;:")
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def _distinct(sentences: Sequence[str]) -> Iterator[str]:
    """The sentences without direct repetition."""
    yield from sentences[:1]
    yield from (after for before, after in pairwise(sentences) if after != before)
