"""The trace of a program: its tree rewritten so that each assignment is written down as it happens."""

import ast
from collections.abc import Callable
from typing import Any

from caco.program import values

HOOK = "__caco_assigned__"
PARTS = 200
"""Values with more parts than this are left out of a trace."""
NOT_STEPS = ("input", "output")


class Tracer:
    """Collects `[line, name, value as canonical JSON]` for the first `cap` assignments."""

    def __init__(self, cap: int) -> None:
        self.steps: list[list[Any]] = []
        self.complete = True
        self._cap = cap
        self._encode: Callable[..., str] = values.encode

    def record(self, line: int, name: str, value: object) -> None:
        """Write down one assignment; a value that has no form, or is large, is left out."""
        if len(self.steps) >= self._cap:
            self.complete = False
            return
        try:
            self.steps.append([line, name, self._encode(value, parts=PARTS)])
        except Exception:  # noqa: BLE001 - the value is the program's and may raise anything
            return


def instrument(tree: ast.Module) -> ast.Module:
    """`tree` with a call of the hook after each assignment; changes `tree`."""
    return ast.fix_missing_locations(_Instrument().visit(tree))  # type: ignore[no-any-return]


class _Instrument(ast.NodeTransformer):
    def __init__(self) -> None:
        self.inside = False

    def visit_FunctionDef(self, node: Any) -> Any:
        outside, self.inside = self.inside, True
        self.generic_visit(node)
        self.inside = outside
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's name

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.body = [self.visit(part) if isinstance(part, ast.FunctionDef) else part for part in node.body]
        return node

    def skip(self, node: ast.AST) -> ast.AST:
        """Nothing is assigned in an expression that a statement could follow."""
        return node

    visit_Lambda = visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = skip  # noqa: N815 - ast's

    def visit_Assign(self, node: ast.Assign) -> Any:
        return [node, *self._calls(node, node.targets)]

    def visit_AugAssign(self, node: Any) -> Any:
        return [node, *self._calls(node, [node.target])]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        return [node, *self._calls(node, [node.target] if node.value else [])]

    def visit_For(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body[:0] = self._calls(node, [node.target])
        return node

    visit_AsyncFor = visit_For  # noqa: N815 - ast's name

    def visit_With(self, node: ast.With) -> Any:
        self.generic_visit(node)
        node.body[:0] = self._calls(node, [item.optional_vars for item in node.items if item.optional_vars])
        return node

    def _calls(self, node: ast.stmt, targets: list[Any]) -> list[ast.stmt]:
        names = [name for target in targets for name in _names(target)]
        if not self.inside:
            names = [name for name in names if name not in NOT_STEPS]
        return [ast.copy_location(_call(node.lineno, name), node) for name in dict.fromkeys(names)]


def _names(target: ast.expr) -> list[str]:
    """The names that a target sets; for `a[i]` and `a.x` the name of what is changed."""
    if isinstance(target, ast.Name):
        return [target.id]
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in _names(part)]
    if isinstance(target, ast.Starred | ast.Subscript | ast.Attribute):
        return _names(target.value)
    return []


def _call(line: int, name: str) -> ast.stmt:
    arguments: list[ast.expr] = [ast.Constant(line), ast.Constant(name), ast.Name(name, ast.Load())]
    return ast.Expr(ast.Call(ast.Name(HOOK, ast.Load()), arguments, []))
