"""Syntax trees of programs: walked fast, placed in the text, and read for the names they use and bind.

`walk` and `children` do what `ast.walk` and `ast.iter_child_nodes` do in less than half the time. Operators and
contexts (`+`, `<`, "this name is read") are no nodes here: they have no parts and no place. Edits leave every other
character of a program as it was.
"""

import ast
import builtins
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

_NO_NODES = frozenset(
    ("ctx", "op", "ops", "id", "arg", "attr", "kind", "type_comment", "type_ignores", "module", "level")
)
_LEAVES = (ast.Name, ast.Constant)
_PARTS = {
    kind: () if kind in _LEAVES else tuple(f for f in kind._fields if f not in _NO_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The fields of each kind of node that may hold other nodes."""


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes that stand directly in a node, in their order."""
    found: list[ast.AST] = []
    for name in _PARTS[node.__class__]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all nodes in it, level by level."""
    found = [node]
    for outer in found:
        found += children(outer)
    return found


_LINE_END = re.compile(rb"\r\n|\r|\n")  # no others: `ast` counts neither form feeds nor Unicode's line ends


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of the bytes from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A program's text with the byte offset of each line, which is how `ast` counts columns."""

    code: str
    data: bytes = field(init=False)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        data = self.code.encode("utf-8", "surrogatepass")
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "starts", (0, *(m.end() for m in _LINE_END.finditer(data)), len(data)))

    def offset(self, line: int, column: int) -> int:
        """Byte offset of a place as `ast` gives it (lines from 1, columns in bytes from 0)."""
        return self.starts[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Byte offsets of the start and the end of a node; decorators count as part of what they decorate."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda n: (n.lineno, n.col_offset))
        at = 1 if first is not node else 0  # the `@` sign stands before the decorator's expression
        return (
            self.offset(first.lineno, first.col_offset) - at,
            self.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def text(self, node: ast.AST) -> str:
        """The characters of a node."""
        start, end = self.span(node)
        return self.data[start:end].decode("utf-8", "surrogatepass")

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with all `edits` made; they must not overlap."""
        parts, at = [], 0
        for edit in sorted(edits, key=lambda e: (e.start, e.end)):
            parts += [self.data[at : edit.start], edit.text.encode("utf-8", "surrogatepass")]
            at = edit.end
        return b"".join([*parts, self.data[at:]]).decode("utf-8", "surrogatepass")


BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__"}


@dataclass(slots=True)
class Names:
    """Names read from, and bound in, the scope that some statements stand in."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    """Names that a function inside rebinds by `global` or `nonlocal`."""


def names(nodes: ast.AST | Iterable[ast.AST]) -> Names:
    """Names that `nodes`, taken as parts of one scope, read and bind; what a function keeps to itself is left out."""
    found = Names()
    for node in [nodes] if isinstance(nodes, ast.AST) else nodes:
        _visit(node, found)
    return found


def bound(statement: ast.stmt) -> set[str]:
    """Names that one statement binds in the scope it stands in."""
    if isinstance(statement, ast.FunctionDef) and not any(isinstance(n, ast.NamedExpr) for n in walk(statement)):
        return {statement.name}
    return names(statement).writes


def _visit(node: ast.AST, found: Names) -> None:
    _VISITS.get(node.__class__, _visit_parts)(node, found)


def _visit_parts(node: ast.AST, found: Names) -> None:
    for child in children(node):
        _visit(child, found)


def _visit_name(node: ast.Name, found: Names) -> None:
    (found.reads if isinstance(node.ctx, ast.Load) else found.writes).add(node.id)


def _visit_binding(node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping, found: Names) -> None:
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    if name:
        found.writes.add(name)
    _visit_parts(node, found)


def _visit_change(node: ast.AugAssign, found: Names) -> None:
    if isinstance(node.target, ast.Name):
        found.reads.add(node.target.id)
    _visit_parts(node, found)


def _visit_comprehension(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, found: Names) -> None:
    inner = names(children(node))
    bound = names(g.target for g in node.generators).writes
    found.reads |= inner.reads - bound
    found.writes |= inner.writes - bound  # a walrus binds outside
    found.outer |= inner.outer


def _visit_class(node: ast.ClassDef, found: Names) -> None:
    found.writes.add(node.name)
    inner = names(children(node))
    found.reads |= inner.reads - (inner.writes - inner.outer)
    found.outer |= inner.outer


def _visit_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, found: Names) -> None:
    if not isinstance(node, ast.Lambda):
        found.writes.add(node.name)
    types = [a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)] + [getattr(node, "returns", None)]
    defaults = [*node.args.defaults, *node.args.kw_defaults]
    outside = [part for part in (*defaults, *types, *getattr(node, "decorator_list", [])) if part]
    for part in outside:
        _visit(part, found)
    inner = names(node.body)
    local = (inner.writes | set(parameters(node))) - inner.outer
    found.reads |= inner.reads - local
    found.outer |= inner.outer - local
    found.reads |= inner.outer


_VISITS: dict[type[ast.AST], Callable[[Any, Names], None]] = {
    ast.Name: _visit_name,
    ast.alias: lambda node, found: found.writes.add((node.asname or node.name).split(".")[0]),
    ast.AugAssign: _visit_change,
    ast.ClassDef: _visit_class,
    **dict.fromkeys((ast.Global, ast.Nonlocal), lambda node, found: found.outer.update(node.names)),
    **dict.fromkeys((ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping), _visit_binding),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _visit_comprehension),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda), _visit_function),
}
"""What a kind of node reads and binds; all other kinds only hold others that do."""


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[str]:
    """The parameter names of a function in their order, starred ones last."""
    args = function.args
    stars = [a for a in (args.vararg, args.kwarg) if a]
    return [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs, *stars)]


def changed(body: Iterable[ast.AST], any_call: bool = True) -> set[str]:
    """Names whose values code may change in place: a method of them is called, they are passed on, a part is set.

    Without `any_call`, calls count only where they stand alone, for their effect, and not where their value is used.
    """
    found: set[str] = set()
    for node in (n for part in body for n in walk(part)):
        call = node if any_call else node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call):
            holders = [call.func, *call.args] if isinstance(call.func, ast.Attribute) else call.args
            found.update(map(root, holders))
        elif sets_part(node):
            found.add(root(node))
    return found - {""}


def sets_part(node: ast.AST) -> bool:
    """Whether a node is an item or an attribute that is set or deleted."""
    return isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del))


def is_text(node: ast.AST | None) -> bool:
    """Whether a node is a text written out."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def literal_value(node: ast.expr) -> tuple[Any] | None:
    """The value of a literal, in a tuple of one; None where it is none."""
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def root(node: ast.AST) -> str:
    """The name that an item, an attribute or a starred value belongs to, or nothing."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def unbound(tree: ast.Module) -> set[str]:
    """Names that a module reads though nothing binds them: neither it, nor one of its functions, nor Python itself."""
    top = names(tree.body)
    inner = {n for f in ast.walk(tree) if isinstance(f, ast.Global) for n in f.names}
    return top.reads - top.writes - inner - BUILTINS


def all_names(tree: ast.AST) -> set[str]:
    """Every name that occurs anywhere in a tree, whatever its scope: a fresh name must be none of these."""
    nodes = walk(tree)
    found = {n.id for n in nodes if isinstance(n, ast.Name)} | {n.arg for n in nodes if isinstance(n, ast.arg)}
    inside = [names(n.body).writes for n in nodes if isinstance(n, ast.FunctionDef)]
    return found.union(names(tree).writes, *inside)


def fresh_name(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or the first of `wanted_2`, `wanted_3`, ... that is not taken."""
    taken = set(taken)
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
