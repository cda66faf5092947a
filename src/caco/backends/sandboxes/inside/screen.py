"""Which programs may share a process: those of a small part of Python that their syntax tree shows to be harmless.

The part is *first order*: what a name, a container or a call can hold is a plain value (number, text, list, tuple,
dict, range, Fraction, date). Functions, iterators, modules, types and exceptions are never values: they stand only
where they are called, gone through at once, or raised. A name has one role in the whole program, so each callee is
known. It follows that a program reaches nothing but its own values and the pure functions of `screened.txt`, that
nothing it shows depends on an address, and that it cannot catch what stops it. What is not named here is refused, which
costs a program nothing: it runs in a process of its own.
"""

import ast
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MAX_TEXT = 1 << 14
"""Longer programs are not looked at."""


def _table() -> dict[str, dict[str, str]]:
    """The names of `screened.txt` by kind, each with how it takes its arguments."""
    kinds: dict[str, dict[str, str]] = {}
    for line in (Path(__file__).parent / "screened.txt").read_text().splitlines():
        if line[0] != "#":
            kind, takes, *names = line.split()
            kinds.setdefault(kind, {}).update(dict.fromkeys(names, takes))
    return kinds


_TABLE = _table()
_BUILTINS, _METHODS, _OF_TYPES = _TABLE["builtin"], _TABLE["method"], _TABLE["type_method"]
_TYPES, _PROPERTIES, _KEYED, _KEYWORDS = _TABLE["type"], _TABLE["property"], _TABLE["keyed"], _TABLE["keyword"]
_MODULES = {name: _TABLE[name] for name in ("math", "fractions", "functools", "itertools", "collections", "datetime")}
RAISED = _TABLE["raised"]
"""Exceptions that a program may raise, and that a verdict of a shared process may rest on."""
BUILTINS = (*_BUILTINS, *RAISED, *_TYPES, "__import__")
"""Builtins that the program finds."""
_TAKEN = _BUILTINS.keys() | RAISED.keys()
_FIELDS = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*(?:![rsa])?(?::[^{}]*)?\})*")
"""Text for `format` with plain fields: none looks into its value."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The program runs in a process of its own; the message says what it holds."""


def screen(tree: ast.Module) -> int:
    """The place in the body of the first assignment to `input`, -1 where there is none. Raises Refused."""
    screened = _Screen()
    screened.body(tree.body)
    screened.settle()
    return _input_place(tree.body, "input" in screened.stored)


def _input_place(body: Sequence[ast.stmt], stored: bool) -> int:
    """`input` may be set at the top alone, on lines of its own, so that it can be written down before it is used."""
    if not stored:
        return -1
    for place, statement in enumerate(body):
        if isinstance(statement, ast.Assign) and any(_last_name(target) == "input" for target in statement.targets):
            if place + 1 < len(body) and body[place + 1].lineno == statement.end_lineno:
                break
            return place
    raise Refused("input set elsewhere than at the top")


class _Screen:
    """One walk over a program, and the roles of its names."""

    def __init__(self) -> None:
        self.stored: set[str] = set()
        self.read: set[str] = {"__name__"}
        self.defined: set[str] = set()
        self.called: set[str] = set()
        self.modules: dict[str, str] = {}
        self.imported: dict[str, tuple[str, str]] = {}

    def settle(self) -> None:
        """Each name has one role, and each that is used has one."""
        imports = self.modules.keys() | self.imported.keys()
        roles = (self.stored, self.defined, self.modules.keys(), self.imported.keys(), _TAKEN)
        if sum(map(len, roles)) > len(set().union(*roles)):
            raise Refused("a name with two roles")
        if not self.read <= self.stored | {"__name__"} or not self.called <= self.defined:
            raise Refused("a name that is not known")
        if any(name.startswith("__") for name in self.stored | self.defined | imports):
            raise Refused("a name of Python's own")

    def body(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            check: _Check = _STATEMENTS.get(type(statement), _refuse)
            check(self, statement)

    def assign(self, node: ast.Assign) -> None:
        unpacked = all(isinstance(target, ast.Tuple | ast.List) for target in node.targets)
        (self.gone_through if unpacked else self.value)(node.value)
        for target in node.targets:
            self.target(target)

    def annotated(self, node: ast.AnnAssign) -> None:
        self.annotation(node.annotation)
        self.values((node.value,))
        self.target(node.target)

    def augmented(self, node: ast.AugAssign) -> None:
        self.value(node.value)
        self.target(node.target)
        if isinstance(node.target, ast.Name):
            self.read.add(node.target.id)

    def target(self, node: ast.expr) -> None:
        kind = type(node)
        if kind is ast.Name:
            self.stored.add(node.id)  # type: ignore[attr-defined]
        elif kind is ast.Tuple or kind is ast.List:
            for part in node.elts:  # type: ignore[attr-defined]
                self.target(part)
        elif kind is ast.Starred:
            self.target(node.value)  # type: ignore[attr-defined]
        elif kind is ast.Subscript:
            self.subscript(node)  # type: ignore[arg-type]
        else:
            raise Refused(f"an assignment to {kind.__name__}")

    def loop(self, node: ast.For) -> None:
        self.gone_through(node.iter)
        self.target(node.target)
        self.body((*node.body, *node.orelse))

    def branch(self, node: ast.If | ast.While) -> None:
        self.value(node.test)
        self.body((*node.body, *node.orelse))

    def define(self, node: ast.FunctionDef) -> None:
        if node.decorator_list or getattr(node, "type_params", []):
            raise Refused("a decorator or a type parameter")
        self.defined.add(node.name)
        self.parameters(node.args)
        self.annotation(node.returns)
        self.body(node.body)

    def parameters(self, node: ast.arguments) -> None:
        for arg in (*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg):
            if arg is not None:
                self.stored.add(arg.arg)
                self.annotation(arg.annotation)
        self.values((*node.defaults, *node.kw_defaults))

    def annotation(self, node: ast.expr | None) -> None:
        if isinstance(node, ast.Subscript):
            self.annotation(node.value)
            self.annotation(node.slice)
        elif isinstance(node, ast.Tuple):
            for part in node.elts:
                self.annotation(part)
        elif isinstance(node, ast.Name) and node.id not in _TYPES:
            raise Refused(f"the annotation {node.id}")
        elif node is not None and not isinstance(node, ast.Name | ast.Constant):
            raise Refused("an annotation that is worked out")

    def raised(self, node: ast.Raise) -> None:
        made = node.exc
        if isinstance(made, ast.Call) and not made.keywords:
            self.values(made.args)
            made = made.func
        if not isinstance(made, ast.Name) or made.id not in RAISED or node.cause:
            raise Refused("what is raised")

    def import_(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if alias.name not in _MODULES or self.modules.setdefault(name, alias.name) != alias.name:
                raise Refused(f"import of {alias.name}")

    def import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            entry = (node.module or "", alias.name)
            known = node.level == 0 and alias.name in _MODULES.get(entry[0], ())
            if not known or self.imported.setdefault(alias.asname or alias.name, entry) != entry:
                raise Refused(f"import of {alias.name} from {node.module}")

    def value(self, node: Any) -> None:
        """An expression that gives a plain value."""
        check: _Check = _EXPRESSIONS.get(type(node), _refuse)
        check(self, node)

    def values(self, nodes: Sequence[ast.expr | None]) -> None:
        for node in nodes:
            if node is not None:
                self.value(node)

    def gone_through(self, node: ast.expr) -> None:
        """An expression that is gone through at once: a plain value, or what cannot be one."""
        kind = type(node)
        if kind is ast.GeneratorExp:
            self.comprehension(node)  # type: ignore[arg-type]
        elif kind is ast.Call:
            self.call(node)  # type: ignore[arg-type]
        else:
            self.value(node)

    def function(self, node: ast.expr) -> None:
        """An expression that is only called, by a callable named here, and gives a plain value."""
        kind = type(node)
        if kind is ast.Lambda:
            self.parameters(node.args)  # type: ignore[attr-defined]
            self.value(node.body)  # type: ignore[attr-defined]
        elif kind is ast.Name or kind is ast.Attribute:
            if self.callee(node)[:1] in (">", "="):
                raise Refused("a function of functions")
        elif not (isinstance(node, ast.Constant) and node.value is None):
            raise Refused("a function that is worked out")

    def type_(self, node: ast.expr) -> None:
        """A type by its name, or a tuple of such."""
        for part in node.elts if isinstance(node, ast.Tuple) else (node,):
            name = part.id if isinstance(part, ast.Name) else ""
            if name not in _TYPES and self.imported.get(name, ("",))[0] not in ("fractions", "collections", "datetime"):
                raise Refused("a type that is worked out")

    def name(self, node: ast.Name) -> None:
        entry = self.imported.get(node.id)
        if entry is None:
            self.read.add(node.id)
        elif _MODULES[entry[0]][entry[1]] != "=":
            raise Refused(f"{node.id} as a value")

    def attribute(self, node: ast.Attribute) -> None:
        owner = self.modules.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if owner is not None:
            if _MODULES[owner].get(node.attr) != "=":
                raise Refused(f"{owner}.{node.attr} as a value")
        elif node.attr in _PROPERTIES:
            self.value(node.value)
        else:
            raise Refused(f"the attribute {node.attr}")

    def plain_call(self, node: ast.Call) -> None:
        if self.call(node):
            raise Refused("an iterator as a value")

    def call(self, node: ast.Call) -> bool:
        """Check a call; True where it gives something to go through."""
        takes = self.callee(node.func)
        if takes == "v" and len(node.args) == 1 and isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
            takes = "c"
        if takes == "=":
            raise Refused("a constant that is called")
        gives = takes[:1] == ">"
        letters = takes[1:] if gives else takes
        self.arguments(node.args, letters or "v")
        for keyword in node.keywords:
            if takes and keyword.arg == "key" and _last_name(node.func) in _KEYED:
                self.function(keyword.value)
            elif not takes or keyword.arg in _KEYWORDS:
                self.value(keyword.value)
            else:
                raise Refused(f"the keyword {keyword.arg}")
        return gives

    def arguments(self, nodes: Sequence[ast.expr], letters: str) -> None:
        last = len(letters) - 1
        for place, node in enumerate(nodes):
            if type(node) is ast.Starred:
                if letters[min(place, last) :].strip("cv"):
                    raise Refused("a function among arguments that are unpacked")
                self.gone_through(node.value)
            else:
                _ARGUMENTS[letters[min(place, last)]](self, node)

    def callee(self, node: ast.expr) -> str:
        """How what is called takes its arguments: empty for a function of the program's own, which takes values."""
        if isinstance(node, ast.Name):
            return self.named_callee(node.id)
        if not isinstance(node, ast.Attribute):
            raise Refused("a call of something worked out")
        owner, attribute = node.value, node.attr
        named = owner.id if isinstance(owner, ast.Name) else ""
        if named in self.modules:
            functions = _MODULES[self.modules[named]]
            if attribute not in functions:
                raise Refused(f"{named}.{attribute}")
            return functions[attribute]
        of_type = named in _TYPES or named in self.imported
        if of_type and attribute in _OF_TYPES:
            return _OF_TYPES[attribute]
        if attribute == "format":
            text = getattr(owner, "value", None)  # of a literal; what any other node has there is no text
            if not isinstance(text, str) or not _FIELDS.fullmatch(text):
                raise Refused("format with fields that look into values")
            return ""
        if attribute not in _METHODS:
            raise Refused(f"the method {attribute}")
        if not of_type:
            self.value(owner)
        return _METHODS[attribute]

    def named_callee(self, name: str) -> str:
        if name in _BUILTINS:
            return _BUILTINS[name]
        if name in self.imported:
            module, name = self.imported[name]
            return _MODULES[module][name]
        self.called.add(name)
        return ""

    def comprehension(self, node: ast.ListComp | ast.DictComp | ast.GeneratorExp) -> None:
        for part in node.generators:
            if part.is_async:
                raise Refused("an async comprehension")
            self.gone_through(part.iter)
            self.target(part.target)
            self.values(part.ifs)
        self.values((node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,))

    def subscript(self, node: ast.Subscript) -> None:
        self.value(node.value)
        part = node.slice
        self.values((part.lower, part.upper, part.step) if isinstance(part, ast.Slice) else (part,))

    def compared(self, node: ast.Compare) -> None:
        self.value(node.left)
        sides = (node.left, *node.comparators)
        for place, operator in enumerate(node.ops):
            kind = type(operator)
            check = self.gone_through if kind in (ast.In, ast.NotIn) else self.value
            check(node.comparators[place])
            if kind in (ast.Is, ast.IsNot) and not any(map(_is_singleton, sides[place : place + 2])):
                raise Refused("identity of values")

    def sequence(self, node: ast.List | ast.Tuple) -> None:
        for part in node.elts:
            if type(part) is ast.Starred:
                self.gone_through(part.value)
            else:
                self.value(part)


def _refuse(_: Any, node: ast.AST) -> None:
    raise Refused(type(node).__name__)


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _last_name(node: ast.expr) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


_Check = Callable[[Any, Any], object]
_STATEMENTS: dict[type, _Check] = {
    ast.Assign: _Screen.assign,
    ast.AnnAssign: _Screen.annotated,
    ast.Assert: lambda self, node: self.values((node.test, node.msg)),
    ast.AugAssign: _Screen.augmented,
    ast.Break: lambda *_: None,
    ast.Continue: lambda *_: None,
    ast.Delete: lambda self, node: [self.target(target) for target in node.targets],
    ast.Expr: lambda self, node: self.value(node.value),
    ast.For: _Screen.loop,
    ast.FunctionDef: _Screen.define,
    ast.Global: lambda self, node: self.stored.update(node.names),
    ast.If: _Screen.branch,
    ast.Import: _Screen.import_,
    ast.ImportFrom: _Screen.import_from,
    ast.Nonlocal: lambda self, node: self.stored.update(node.names),
    ast.Pass: lambda *_: None,
    ast.Raise: _Screen.raised,
    ast.Return: lambda self, node: self.values((node.value,)),
    ast.While: _Screen.branch,
}
_EXPRESSIONS: dict[type, _Check] = {
    ast.Attribute: _Screen.attribute,
    ast.BinOp: lambda self, node: self.values((node.left, node.right)),
    ast.BoolOp: lambda self, node: self.values(node.values),
    ast.Call: _Screen.plain_call,
    ast.Compare: _Screen.compared,
    ast.Constant: lambda *_: None,
    ast.Dict: lambda self, node: self.values((*node.keys, *node.values)),
    ast.DictComp: _Screen.comprehension,
    ast.FormattedValue: lambda self, node: self.values((node.value, node.format_spec)),
    ast.IfExp: lambda self, node: self.values((node.test, node.body, node.orelse)),
    ast.JoinedStr: lambda self, node: self.values(node.values),
    ast.List: _Screen.sequence,
    ast.ListComp: _Screen.comprehension,
    ast.Name: _Screen.name,
    ast.NamedExpr: lambda self, node: (self.value(node.value), self.target(node.target)),
    ast.Subscript: _Screen.subscript,
    ast.Tuple: _Screen.sequence,
    ast.UnaryOp: lambda self, node: self.value(node.operand),
}
_ARGUMENTS: dict[str, _Check] = {
    "v": _Screen.value,
    "c": _Screen.gone_through,
    "f": _Screen.function,
    "t": _Screen.type_,
}
