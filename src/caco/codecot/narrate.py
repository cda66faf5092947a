"""Worked solutions from traces: the program's comments as sentences with the run's values, its steps as equations."""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from caco.codecot import values
from caco.codecot.formula import Notation, UnspokenError, is_plain, money_names, rounded, spoken
from caco.codecot.mentions import mentions
from caco.codecot.program import FormError, parse
from caco.codecot.template import exact, is_number, render, slots
from caco.records import Assignment, Execution, Reason, Status
from caco.stage import Reject

_MOST_STEPS = 40
_MOST_CHARACTERS = 3000
_LONGEST_VALUE = 80


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
    statements: Mapping[int, ast.stmt]
    often: frozenset[str]
    """Names that took several values."""
    told: set[str] = field(default_factory=set)
    """Names whose value a comment has told."""
    sentences: list[str] = field(default_factory=list)
    loop: list[str] = field(default_factory=list)
    """Values of loop variables that no sentence has told yet."""


def narrate(execution: Execution) -> str | Reject:
    """The worked solution of one run, its last sentence `The answer is X.`; Reject where it would not read well."""
    output = values.decode(execution.output) if execution.output else None
    trace = execution.trace
    if execution.status is not Status.OK or not execution.trace_complete or len(trace) > _MOST_STEPS:
        return Reject(Reason.CANNOT_NARRATE, f"the trace has {len(trace)} steps or is not complete")
    try:
        program = parse(execution.codecot.code)
    except FormError as error:
        return Reject(Reason.CANNOT_NARRATE, str(error))
    narrator = _narrator(execution, program.tree, program.functions[-1])
    for assignment in trace:
        _tell(narrator, assignment)
    _tell_return(narrator, program.body[-1], output)
    if not narrator.sentences:
        return Reject(Reason.CANNOT_NARRATE, "there is no step to tell")
    answer = _answer(execution, program.body[-1], output, narrator)
    if answer is None:
        return Reject(Reason.CANNOT_NARRATE, "the answer has no short exact decimal")
    text = "\n".join([*_distinct(narrator.sentences), f"The answer is {answer}."])
    fault = _fault(text, narrator)
    return Reject(Reason.CANNOT_NARRATE, fault) if fault else text


def _narrator(execution: Execution, tree: ast.Module, entry: ast.FunctionDef) -> _Narrator:
    inputs = values.decode(execution.inputs)
    counts = Counter(assignment.name for assignment in execution.trace)
    counts.update(inputs.keys())
    final = {a.name: values.decode(a.value) for a in execution.trace if counts[a.name] == 1}
    text = render(execution.codecot.text, inputs)
    return _Narrator(
        known=dict(inputs),
        final={**{name: value for name, value in inputs.items() if counts[name] == 1}, **final},
        notation=Notation(money_names(entry, _money_inputs(inputs, text)), _sets_off(text, execution.codecot.code)),
        comments=_comments(execution.codecot.code),
        statements={s.lineno: s for s in ast.walk(tree) if isinstance(s, ast.stmt)},
        often=frozenset(name for name, count in counts.items() if count > 1),
    )


def _sets_off(text: str, code: str) -> bool:
    """Whether thousands have commas, as in the problem and in the comments."""
    return bool(re.search(r"\d,\d{3}|\{\w+:[^}]*,", text + code))


def _money_inputs(inputs: Mapping[str, object], text: str) -> dict[str, str]:
    """Inputs that the text mentions as money alone, with the sign that stands before them."""
    found = {}
    for name, value in inputs.items():
        if is_number(value):
            mine = [mention for mention in mentions(text) if mention.value == exact(value)]
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
    for comment in narrator.comments.get(assignment.line, ()):
        sentence = _comment(narrator, comment)
        if sentence:
            narrator.sentences.append(sentence)
    statement = narrator.statements.get(assignment.line)
    if isinstance(statement, ast.For | ast.AsyncFor | ast.With):
        narrator.loop = [part for part in narrator.loop if not part.startswith(f"{_words(name)} = ")]
        narrator.loop.append(f"{_words(name)} = {narrator.notation.name(name, value)}")
    elif name not in narrator.told:
        narrator.sentences.append(_step(narrator, name, value, statement))
    narrator.known[name] = value


def _comment(narrator: _Narrator, comment: str) -> str:
    """A comment as a sentence; empty where it is no prose, or speaks of numbers that are not the run's."""
    try:
        named = [name for name, _ in slots(comment)]
    except ValueError:
        named = []
    if named and all(name in narrator.final for name in named):
        told = {name: narrator.final[name] for name in named}
        if not all(is_plain(value) for value in told.values() if is_number(value)):
            return ""
        clean = {name: _clean(value) for name, value in told.items()}
        narrator.told.update(named)
        return _sentence(render(comment, clean))
    if named or "_" in comment or re.search(r"[\w\])] ?=[^=]|\w\(", comment) or not re.search(r"[A-Za-z]{2}", comment):
        return ""
    return "" if any(mention.movable for mention in mentions(comment)) else _sentence(comment)


def _clean(value: object) -> object:
    """A number without binary noise."""
    return rounded(value) if is_number(value) else value


def _step(narrator: _Narrator, name: str, value: object, statement: ast.stmt | None) -> str:
    """One assignment as a sentence: `Total cost = 3 * $2.50 = $7.50.`"""
    notation = narrator.notation
    shown = notation.name(name, value)
    equals = "=" if not is_number(value) or is_plain(value) else "≈"
    formula = ""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        formula = _formula(narrator, statement.value)
    elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        formula = _formula(narrator, ast.BinOp(statement.target, statement.op, statement.value))
    parts = [formula, shown] if formula and formula != shown else [shown]
    told = f" {equals} ".join(parts)
    lead = f"With {' and '.join(narrator.loop)}, " if narrator.loop else ""
    narrator.loop = []
    if name in narrator.often:
        first = name not in narrator.known
        return _sentence(f"{lead}{'start with ' if first else ''}{_words(name)} {'=' if first else 'becomes'} {told}")
    return _sentence(f"{lead}{_words(name)} {'=' if len(parts) > 1 else equals} {told}")


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
        if sentence := _comment(narrator, comment):
            narrator.sentences.append(sentence)
    if not isinstance(last.value, ast.Name | ast.Constant):
        formula = _formula(narrator, last.value)
        if formula and is_number(output) and is_plain(output):
            narrator.sentences.append(_sentence(f"{formula} = {narrator.notation.number(output)}"))


def _answer(execution: Execution, last: ast.stmt, output: object, narrator: _Narrator) -> str | None:
    if is_number(output):
        name = last.value.id if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) else ""
        return narrator.notation.name(name, output) if is_plain(output) else None
    return values.show(output)


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


def _fault(text: str, narrator: _Narrator) -> str:
    """What keeps a text from being read with pleasure; empty where nothing does."""
    if len(text) > _MOST_CHARACTERS:
        return f"the narration has {len(text)} characters"
    if any(len(narrator.notation.number(value)) > _LONGEST_VALUE for value in narrator.known.values()):
        return "a value is too long to be read"
    return ""
