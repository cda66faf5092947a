"""A program's computation in one layout: no comments, short names in the order in which they come."""

import ast
from collections.abc import Iterator, Mapping
from itertools import count, product
from string import ascii_lowercase

from caco.program.fingerprint import graph_fingerprint
from caco.program.form import parse
from caco.program.syntax import BUILTINS


def plain(code: str) -> str:
    """The program with its inputs and variables called a, b, c, ...; raises FormError where it is not in the form.

    Functions, modules and what belongs to them keep their names. Where other names would make it another computation,
    names stay as they are.
    """
    layout = ast.unparse(parse(code).tree) + "\n"
    tree = ast.parse(layout)  # its own, to be changed
    renamed = ast.unparse(_Renaming(_short_names(tree)).visit(tree)) + "\n"
    return renamed if graph_fingerprint(renamed) == graph_fingerprint(layout) else layout


def _short_names(tree: ast.Module) -> Mapping[str, str]:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    bound = list(dict.fromkeys(name for function in reversed(functions) for name in _bound(function)))
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(bound) | BUILTINS
    taken |= {function.name for function in functions}
    free = (name for name in _letters() if name not in taken)
    return dict(zip(bound, free, strict=False))


def _bound(function: ast.FunctionDef) -> Iterator[str]:
    """Parameters and variables, as they come in the text."""
    yield from (argument.arg for argument in (*function.args.args, *function.args.kwonlyargs))
    stores = [n for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    yield from (n.id for n in sorted(stores, key=lambda n: (n.lineno, n.col_offset)))


def _letters() -> Iterator[str]:
    for length in count(1):
        yield from ("".join(letters) for letters in product(ascii_lowercase, repeat=length))


class _Renaming(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._names.get(node.arg, node.arg))

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        return ast.keyword(self._names.get(node.arg or "", node.arg), self.visit(node.value))

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        match node:
            case ast.Assign(targets=[ast.Name(id="input")], value=ast.Dict(keys=keys)):
                for key in keys:
                    if isinstance(key, ast.Constant):
                        key.value = self._names.get(str(key.value), key.value)
                return node
        return self.generic_visit(node)
