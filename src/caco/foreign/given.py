"""Foreign programs that keep their inputs in a dict of their own: its items become plain assignments."""

import ast
import keyword
from collections.abc import Iterator

from caco.program.form import literal, syntax_tree
from caco.program.syntax import Edit, Source, names, parameters

_DICTS = ("input", "inputs", "input_data", "input_dict", "input_values", "params", "parameters")


def unpacked(code: str) -> tuple[str, tuple[str, ...]]:
    """A script in which `input = {"a": 1}` is `a = 1` and `input["a"]` is `a`, and the names that came out of the dict.

    The dict itself stays, made from the names, where it is used as a whole. A script without one is unchanged.
    """
    tree = syntax_tree(code)
    statement = next((s for s in tree.body if _holds_inputs(s)), None)
    if not isinstance(statement, ast.Assign):
        return code, ()
    name = ast.unparse(statement.targets[0])
    items: dict[str, object] = ast.literal_eval(statement.value)
    source = Source(code)
    edits, whole = [], False
    for use, parents in _uses(tree, name, ()):
        edit = _replaced(source, use, parents, items)
        edits += [edit] if edit else []
        whole = whole or edit is None
    rows = [f"{k} = {literal(v, len(k) + 3)}" for k, v in items.items()]
    rows += [f"{name} = {{{', '.join(f'{literal(k)}: {k}' for k in items)}}}"] if whole else []
    again = "\n".join(rows)
    return source.edited([Edit(*source.span(statement), again), *edits]), tuple(items)


def _holds_inputs(node: ast.stmt) -> bool:
    """Whether a statement is `input = {...}` with names as keys and literals as values."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as value) if name in _DICTS:
            try:
                items = ast.literal_eval(value)
            except (ValueError, TypeError, RecursionError):
                return False
            return bool(items) and all(
                isinstance(k, str) and k.isidentifier() and not keyword.iskeyword(k) for k in items
            )
    return False


def _uses(node: ast.AST, name: str, parents: tuple[ast.AST, ...]) -> Iterator[tuple[ast.Name, tuple[ast.AST, ...]]]:
    """Where a name is read, with the nodes around it, nearest first; not in functions with their own such name."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)) and name in parameters(node):
        return
    if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
        yield node, parents
    for child in ast.iter_child_nodes(node):
        yield from _uses(child, name, (node, *parents))


def _replaced(source: Source, use: ast.Name, parents: tuple[ast.AST, ...], items: dict[str, object]) -> Edit | None:
    """The edit that makes one use of the dict a use of its names; None where it is used as a whole."""
    parent, around = parents[0], parents[1] if len(parents) > 1 else parents[0]
    match parent:
        case ast.keyword(arg=None):
            start, end = source.span(parent)
            return Edit(start, end, ", ".join(f"{k}={k}" for k in items))
        case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Load()) if key in items:
            place: ast.AST = parent
        case ast.Attribute(attr="get"):
            match around:
                case ast.Call(args=[ast.Constant(value=str(key)), *_]) if key in items:
                    place = around
                case _:
                    return None
        case _:
            return None
    functions = [p for p in parents if isinstance(p, (ast.FunctionDef, ast.Lambda, ast.JoinedStr))]
    if any(isinstance(f, ast.JoinedStr) or key in _locals(f) for f in functions):
        return None
    outside = next(p for p in reversed(parents[:-1]) if isinstance(p, ast.stmt))
    if not functions and ast.unparse(outside) == f"{key} = {ast.unparse(place)}":
        return Edit(*source.span(outside), "")
    return Edit(*source.span(place), key)


def _locals(function: ast.AST) -> set[str]:
    if isinstance(function, ast.FunctionDef):
        return names(function.body).writes | set(parameters(function))
    return set(parameters(function)) if isinstance(function, ast.Lambda) else set()
