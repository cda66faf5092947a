"""The unified form of a program: reading it, writing it, and giving it other inputs.

A program in the form has, at its top level: a literal dict `input`; functions that hold all the logic, the last of them
the entry; `output = entry(**input)`; and `print(output)`. Imports, classes and constants may stand beside them.
"""

import ast
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from caco.program import syntax as scope
from caco.program.syntax import Edit, Source, walk

WIDTH = 100
"""The most characters of a line that is written here."""
_PLAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Expr)


class FormError(ValueError):
    """A program is not in the unified form, or cannot be brought into it; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program in the unified form, taken apart."""

    code: str
    tree: ast.Module
    inputs: dict[str, object]
    """The values of the dict `input`."""
    input_line: int
    """Line of the statement `input = {...}`, counted from 1."""
    functions: tuple[ast.FunctionDef, ...]
    """The top-level functions in the order of the text, entry last."""

    @property
    def entry(self) -> str:
        """Name of the function that is called with the inputs."""
        return self.functions[-1].name

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of the entry."""
        return self.functions[-1].body

    @property
    def given(self) -> ast.stmt:
        """The statement `input = {...}`."""
        return next(s for s in self.tree.body if _target(s) == "input")

    @property
    def shared(self) -> tuple[ast.stmt, ...]:
        """The statements but for `input = {...}`: the same objects for all instances of a program, as long as they are
        read one after the other. What is computed of them alone can be remembered by them."""
        given = self.given
        return tuple(s for s in self.tree.body if s is not given)


def syntax_tree(code: str) -> ast.Module:
    """The syntax tree of any Python text; raises FormError where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a string is the program's own affair
        try:
            return ast.parse(code)
        except SyntaxError as error:
            raise FormError(f"no Python: {error.msg} (line {error.lineno})") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise FormError(f"no Python: {error or type(error).__name__}") from None


_GIVEN = re.compile(r"^input = (?:\{[^\n]*\}|\{\n(?: [^\n]*\n)*\})$", re.MULTILINE)
"""The statement that gives the inputs, as it is written nearly always."""


@lru_cache(maxsize=32)  # a row's program is asked about by one function after the other
def parse(code: str) -> Program:
    """Read a program in the unified form; raises FormError, which says what is missing.

    What it returns is shared: do not change the tree or the inputs.
    """
    return _instance(code) or _parse(code)


def without_inputs(code: str) -> str:
    """The program with its dict `input` empty: one text for all instances of a program."""
    return _GIVEN.sub("input = {}", code, count=1)


def _instance(code: str) -> Program | None:
    """The program as an instance of one that may be known; None where it has to be read as a whole."""
    given = _GIVEN.search(code)
    if given is None:
        return None
    try:
        (statement,) = syntax_tree(given[0]).body
        inputs = _literal_inputs(statement)
        # 0 for each value, on as many lines: one text for all instances, in which all else has its place.
        zeros = f"input = {dict.fromkeys(inputs, 0)}".replace("}", "\n" * given[0].count("\n") + "}")
        of = _pattern(code[: given.start()] + zeros + code[given.end() :])
    except (FormError, ValueError, AttributeError):
        return None
    if of.input_line != code.count("\n", 0, given.start()) + 1:
        return None  # what was found stands in a string of the program
    ast.increment_lineno(statement, of.input_line - 1)
    body = [statement if s.lineno == of.input_line else s for s in of.tree.body]
    return Program(code, ast.Module(body, []), inputs, of.input_line, of.functions)


def _parse(code: str) -> Program:
    tree = syntax_tree(code)
    if len(tree.body) < 2:
        raise FormError("no `output = entry(**input)` and `print(output)` at the end")
    *rest, call, shown = tree.body
    entry = _called(call)
    if not _shows(shown):
        raise FormError("the last statement is not `print(output)`")
    given = _given(rest)
    for statement in rest:
        _check_plain(statement, of_input=statement is given)
    functions = tuple(s for s in rest if isinstance(s, ast.FunctionDef))
    if not functions or functions[-1].name != entry:
        raise FormError(f"the last function is not the entry `{entry}`")
    inputs = _literal_inputs(given)
    _check_binding(functions[-1].args, inputs)
    return Program(code, tree, inputs, given.lineno, functions)


_pattern = lru_cache(maxsize=64)(_parse)  # instances of a program come one after the other


def _given(body: list[ast.stmt]) -> ast.stmt:
    """The one assignment to `input`."""
    places = [s for s in body if _target(s) == "input"]
    if len(places) != 1:
        raise FormError("no dict `input`" if not places else "several assignments to `input`")
    return places[0]


def _called(statement: ast.stmt) -> str:
    """Name of the entry in `output = entry(**input)`."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id="output")],
            value=ast.Call(
                func=ast.Name(id=entry), args=[], keywords=[ast.keyword(arg=None, value=ast.Name(id="input"))]
            ),
        ):
            return entry
    raise FormError("no `output = entry(**input)` before the last statement")


def _shows(statement: ast.stmt) -> bool:
    """Whether a statement is `print(output)`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[ast.Name(id="output")], keywords=[])):
            return True
    return False


def _target(statement: ast.stmt) -> str:
    """The one plain name that a statement assigns to, or nothing."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _check_plain(statement: ast.stmt, of_input: bool) -> None:
    """Only definitions stand at the top level, and none but the call of the entry reads `input`."""
    kind = type(statement).__name__
    if not isinstance(statement, _PLAIN):
        raise FormError(f"logic outside of functions: {kind} at line {statement.lineno}")
    if of_input:
        return
    if taken := scope.bound(statement) & {"input", "output", "print"}:
        raise FormError(f"line {statement.lineno} takes the name `{sorted(taken)[0]}`")
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return
    names = {n.id for n in walk(statement) if isinstance(n, ast.Name)}
    if names & {"input", "output", "print"}:
        raise FormError(f"logic outside of functions: line {statement.lineno} uses {sorted(names)[0]}")


def _literal_inputs(statement: ast.stmt) -> dict[str, object]:
    """The dict `input`; its values are literals and its keys are names."""
    value = statement.value  # type: ignore[attr-defined]
    if not isinstance(value, ast.Dict):
        raise FormError("`input` is not a literal dict")
    held = scope.literal_value(value)
    if held is None:
        raise FormError("a value of `input` is not a literal")
    inputs: dict[str, object] = held[0]
    if not inputs:
        raise FormError("`input` is empty")
    if len(inputs) < len(value.keys):
        raise FormError("a key of `input` occurs twice")
    for key in inputs:
        if not (isinstance(key, str) and key.isidentifier()):
            raise FormError(f"key {key!r} of `input` is not a name")
    return inputs


def _check_binding(args: ast.arguments, inputs: Mapping[str, object]) -> None:
    """The entry takes exactly the inputs by name."""
    if args.posonlyargs:
        raise FormError(f"the entry takes `{args.posonlyargs[0].arg}` by position only")
    if missing := [n for n in _required(args) if n not in inputs]:
        raise FormError(f"`input` lacks `{missing[0]}`, which the entry takes")
    names = {a.arg for a in (*args.args, *args.kwonlyargs)}
    extra = [k for k in inputs if k not in names]
    if extra and not args.kwarg:
        raise FormError(f"the entry does not take the input `{extra[0]}`")


def _required(args: ast.arguments) -> list[str]:
    """The parameters without a default, in their order."""
    first = args.args[: len(args.args) - len(args.defaults)]
    keyword_only = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return [a.arg for a in (*first, *(a for a, default in keyword_only if default is None))]


def with_inputs(code: str, inputs: Mapping[str, object]) -> str:
    """The program with other values in its dict `input`; every other character stays.

    Where the keys are the same, only the values that differ are written anew, so comments between them stay too.
    Raises FormError where `code` is not in the form or a value has no literal.
    """
    program = parse(code)
    source = Source(code)
    node = program.given.value  # type: ignore[attr-defined]
    if list(inputs) != list(program.inputs):
        return source.edited([Edit(*source.span(node), literal(dict(inputs), used=len("input = ")))])
    values = zip(node.values, inputs.items(), strict=True)
    return source.edited(
        Edit(*source.span(old), literal(new, used=old.col_offset))
        for old, (name, new) in values
        if repr(program.inputs[name]) != repr(new)
    )


def render(
    inputs: Mapping[str, object],
    entry: str,
    functions: str,
    imports: str = "",
    notes: Mapping[str, str] | None = None,
) -> str:
    """Write a program in the unified form from its parts.

    `functions` is the text of all definitions, entry last; `notes` are comment lines to stand above inputs.
    """
    given = _noted(inputs, notes) if notes else literal(dict(inputs), used=len("input = "))
    parts = [imports.strip(), f"input = {given}", functions.strip(), f"output = {entry}(**input)\nprint(output)\n"]
    return "\n\n".join(p for p in parts if p)


def _noted(inputs: Mapping[str, object], notes: Mapping[str, str]) -> str:
    rows = []
    for name, value in inputs.items():
        key = f"    {literal(name)}: "
        rows += [f"    {note.strip()}\n" for note in notes.get(name, "").split("\n") if note.strip()]
        rows.append(f"{key}{literal(value, len(key), 4)},\n")
    return "{\n" + "".join(rows) + "}"


def literal(value: object, used: int = 0, indent: int = 0) -> str:
    """A value as readable Python text, wrapped where the line, `used` characters of it taken, would be over WIDTH.

    Values are numbers, strings, bytes, None and containers of them; anything else raises FormError.
    """
    line = _one_line(value)
    if used + len(line) <= WIDTH or not isinstance(value, (dict, list, tuple, set)) or len(value) < 2:
        return line
    rows = "".join(f"{' ' * (indent + 4)}{row},\n" for row in _items(value, indent + 4))
    return f"{line[0]}\n{rows}{' ' * indent}{line[-1]}"


def _items(value: Any, indent: int) -> list[str]:
    """The rows of a wrapped container: one for each key of a dict, as many items as there is room for of others."""
    if not isinstance(value, dict):
        return _filled([literal(v, indent, indent) for v in _ordered(value)], WIDTH - indent)
    keys = [f"{_one_line(k)}: " for k in value]
    return [k + literal(v, indent + len(k), indent) for k, v in zip(keys, value.values(), strict=True)]


def _filled(items: list[str], width: int) -> list[str]:
    """Items joined into lines of at most `width` characters; one that has several lines stays alone."""
    rows: list[str] = []
    for item in items:
        fits = rows and "\n" not in rows[-1] + item and len(rows[-1]) + len(item) + 3 <= width
        rows[-1:] = [f"{rows[-1]}, {item}"] if fits else [*rows[-1:], item]
    return rows


def _ordered(value: list[object] | tuple[object, ...] | set[object]) -> list[object]:
    """The items of a container; those of a set in the order of their text, which no hash seed changes."""
    return sorted(value, key=_one_line) if isinstance(value, set) else list(value)


def _one_line(value: object) -> str:
    return _LITERALS.get(type(value), _no_literal)(value)


def _no_literal(value: object) -> str:
    raise FormError(f"a {type(value).__name__} has no literal that an input can hold")


def _whole(value: int) -> str:
    try:
        return repr(value)
    except ValueError:  # more digits than Python writes in decimal
        return hex(value)


def _finite(value: complex) -> str:
    return repr(value) if math.isfinite(abs(value)) else _no_literal(value)


def _quoted(value: str) -> str:
    text = repr(value)
    return f'"{text[1:-1]}"' if '"' not in text else text


def _joined(values: Iterable[object]) -> str:
    return ", ".join(map(_one_line, values))


_LITERALS: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys((type(None), bool, bytes), repr),
    **dict.fromkeys((float, complex), _finite),
    int: _whole,
    str: _quoted,
    dict: lambda value: "{" + ", ".join(f"{_one_line(k)}: {_one_line(v)}" for k, v in value.items()) + "}",
    list: lambda value: f"[{_joined(value)}]",
    tuple: lambda value: f"({_joined(value)},)" if len(value) == 1 else f"({_joined(value)})",
    set: lambda value: "{" + _joined(_ordered(value)) + "}" if value else "set()",
}
"""By the type itself: a value of a subclass would not come back as what it was."""
