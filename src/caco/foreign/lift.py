"""Values that a program writes into its logic, lifted into its inputs: the problem's quantities, not every constant.

With the problem's text at hand, a value is lifted where the text states it; a ratio word (`half`, `twice`), an index,
an exponent 2, a 100 of percent or a range's first bound is no quantity. Where nothing is stated, or there is no text,
what the program assigns to names comes first, then the constants of its expressions.
"""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from caco.foreign.draft import Draft, definition
from caco.foreign.naming import Place, exact, inline_name, places
from caco.foreign.script import block_text, chunks, indented
from caco.program.form import WIDTH, FormError
from caco.program.syntax import BUILTINS, Edit, Source, all_names, fresh_name, literal_value, names, parameters
from caco.text.mentions import mentions

_QUANTITIES = {"count", "money", "percent", "label", "range", "clock", "date", "scale", "length", "fraction"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a problem's text states."""

    text: str
    numbers: frozenset[Fraction]
    percent: bool

    def has(self, value: object) -> bool:
        """Whether a value, or most parts of a container, stand in the text."""
        if isinstance(value, str):
            return bool(value.strip()) and value.casefold() in self.text
        if isinstance(value, dict):
            return self.has([*value.keys(), *value.values()])
        if isinstance(value, (list, tuple, set)):
            return 2 * sum(map(self.has, value)) > len(value)
        number = exact(value)
        return number is not None and abs(number) in self.numbers


def stated(problem: str) -> Stated:
    """What `problem` states: its quantities (a percentage also as a share) and its words."""
    found = [m for m in mentions(problem) if m.kind in _QUANTITIES]
    numbers = {m.value for m in found} | {m.value / 100 for m in found if m.kind == "percent"}
    return Stated(problem.casefold(), frozenset(numbers), any(m.kind == "percent" for m in found))


def lifted(draft: Draft, problem: str, given: Collection[str] = ()) -> Draft:
    """The draft with values lifted from its entry into `inputs`: those of the names `given`, where there are any.

    Raises FormError where there is none to lift.
    """
    node = definition(draft.entry)
    text = block_text(draft.entry, _without_docstring(node.body, problem), node)
    known = stated(problem)
    for choice in _choices(known, given):
        result = _lift(draft, text, choice, problem)
        if result.inputs:
            return result
    raise FormError("no value to lift into `input`")


Choice = tuple[Callable[["Assigned"], bool], Callable[[Place], bool]]
"""Which assigned values and which constants of expressions to lift."""


def _choices(known: Stated, given: Collection[str]) -> Iterator[Choice]:
    """What to lift, from the surest to the last resort; the first that finds anything counts."""
    yield (lambda a: a.name in given), (lambda p: False)
    yield (lambda a: known.has(a.value) and not a.is_start), (lambda p: known.has(p.value) and _is_quantity(p, known))
    yield (lambda a: not a.is_start), (lambda p: False)
    yield (lambda a: not a.is_start), (lambda p: not p.structural and p.value not in (0, 1, 2))
    yield (lambda a: True), (lambda p: True)


def _is_quantity(place: Place, known: Stated) -> bool:
    if place.structural or place.value in (0, 1):
        return False
    return not (place.value == 100 and known.percent)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A name that the entry binds to a literal before it does anything else with it."""

    name: str
    value: object
    rebound: bool

    @property
    def is_start(self) -> bool:
        """Whether it is where a count, sum or list starts, or a flag: no quantity."""
        if self.value is None or isinstance(self.value, bool) or self.value in ([], {}):
            return True
        return self.rebound and self.value in (0, 1, "", set(), ())


def _lift(draft: Draft, text: str, choice: Choice, problem: str) -> Draft:
    wanted, inline = choice
    inputs: dict[str, object] = {}
    notes: dict[str, str] = {}
    kept: list[str] = []
    parts = chunks(text)
    for i, part in enumerate(parts):
        found = _assigned(part.node, [p.node for p in parts[:i]], [p.node for p in parts[i + 1 :]])
        if found and all(wanted(a) for a in found):
            inputs |= {a.name: a.value for a in found}
            notes |= _notes(part.text, found[0].name, problem)
        else:
            kept.append(part.text)
    body = "\n".join(kept).strip("\n")
    body, more = _inlined(body, inline, problem, draft)
    inputs |= more
    entry = f"{_header(draft.name, inputs)}\n{indented(_without_question(body, problem))}"
    return replace(draft, entry=entry, inputs=inputs, notes=notes)


def _assigned(node: ast.stmt, before: list[ast.stmt], after: list[ast.stmt]) -> list[Assigned]:
    """The names that a statement binds to literals, all new and read later; none for any other statement."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            pairs = [(name, value)]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            pairs = [(t.id, v) for t, v in zip(targets, values, strict=True) if isinstance(t, ast.Name)]
            if len(pairs) < len(targets):
                return []
        case _:
            return []
    earlier, later = names(before), names(after)
    if any(n in earlier.reads | earlier.writes | earlier.outer or n not in later.reads for n, _ in pairs):
        return []
    held = [(name, literal_value(value)) for name, value in pairs]
    found = [Assigned(n, value[0], n in later.writes | later.outer) for n, value in held if value]
    return found if len(found) == len(pairs) else []


def _inlined(body: str, chosen: Callable[[Place], bool], problem: str, draft: Draft) -> tuple[str, dict[str, object]]:
    """The body with the chosen constants replaced by names; equal values are one input."""
    source = Source(body)
    inputs: dict[str, object] = {}
    edits = []
    outside = ast.parse(f"{draft.imports}\n{draft.helpers}")
    entry = ast.parse(draft.entry)
    used = all_names(entry) | names(outside).writes | BUILTINS
    functions = [n for tree in (outside, entry) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    takes = {f.name: parameters(f) for f in functions}
    by_value: dict[str, str] = {}
    for place in places(ast.parse(body)):
        if not chosen(place):
            continue
        key = repr(place.value)
        if key not in by_value:
            by_value[key] = fresh_name(inline_name(place, problem, takes), used)
            used.add(by_value[key])
            inputs[by_value[key]] = place.value
        edits.append(Edit(*source.span(place.node), by_value[key]))
    return source.edited(edits), inputs


def _header(name: str, inputs: Iterable[str]) -> str:
    line = f"def {name}({', '.join(inputs)}):"
    if len(line) <= WIDTH:
        return line
    return f"def {name}(\n" + "".join(f"    {i},\n" for i in inputs) + "):"


def _notes(text: str, name: str, problem: str) -> dict[str, str]:
    """The comments around an assignment that is taken away."""
    rows = [r.strip() for r in text.split("\n")]
    above = [r for r in rows if r.startswith("#")]
    behind = re.search(r"#[^'\"]*$", rows[-1]) if rows and not rows[-1].startswith("#") else None
    found = "\n".join([*above, *([behind[0]] if behind else [])])
    found = _without_question(found, problem)
    return {name: found} if found.strip() else {}


def _without_question(text: str, problem: str) -> str:
    """Text without the comment lines that only repeat the problem."""
    rows = [r for r in text.split("\n") if not (r.lstrip().startswith("#") and repeats(r, problem))]
    return "\n".join(rows)


def _without_docstring(body: list[ast.stmt], problem: str) -> list[ast.stmt]:
    """The statements without a docstring that repeats the problem or has numbers, which fresh inputs would belie."""
    match body[0]:
        case ast.Expr(value=ast.Constant(value=str(text))) if len(body) > 1:
            if repeats(text, problem) or re.search(r"\d", text):
                return body[1:]
    return body


def repeats(text: str, problem: str) -> bool:
    """Whether a text of some length is mostly made of the problem's words.

    Shorter ones may say something of their own with words that the problem has too: `# the jars in the pantry`.
    """
    words = re.findall(r"\w+", text.casefold())
    known = set(re.findall(r"\w+", problem.casefold()))
    return len(words) >= 8 and sum(w in known for w in words) >= 0.85 * len(words)
