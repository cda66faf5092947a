"""Foreign programs that keep their inputs in a dict of their own: its items become plain assignments."""

import ast
import keyword
from collections.abc import Iterator

from caco.program.form import literal, syntax_tree
from caco.program.syntax import Edit, Source, literal_value, names, parameters

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
    replaced = [_replaced(source, parents, items) for parents in _uses(tree, name, ())]
    rows = [f"{k} = {literal(v, len(k) + 3)}" for k, v in items.items()]
    if None in replaced:
        rows.append(f"{name} = {{{', '.join(f'{literal(k)}: {k}' for k in items)}}}")
    given = Edit(*source.span(statement), "\n".join(rows))
    return source.edited([given, *filter(None, replaced)]), tuple(items)


def _holds_inputs(node: ast.stmt) -> bool:
    """Whether a statement is `input = {...}` with names as keys and literals as values."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as value) if name in _DICTS:
            (items,) = literal_value(value) or ({},)
            return bool(items) and all(map(_is_name, items))
    return False


def _is_name(key: object) -> bool:
    return isinstance(key, str) and key.isidentifier() and not keyword.iskeyword(key)


def _uses(node: ast.AST, name: str, parents: tuple[ast.AST, ...]) -> Iterator[tuple[ast.AST, ...]]:
    """The nodes around each place where a name is read, nearest first; not in functions with their own such name."""
    if isinstance(node, (ast.FunctionDef, ast.Lambda)) and name in parameters(node):
        return
    if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
        yield parents
    for child in ast.iter_child_nodes(node):
        yield from _uses(child, name, (node, *parents))


def _replaced(source: Source, parents: tuple[ast.AST, ...], items: dict[str, object]) -> Edit | None:
    """The edit that makes one use of the dict a use of its names; None where it is used as a whole."""
    match parents[:2]:
        case (ast.keyword(arg=None) as spread, *_):
            return Edit(*source.span(spread), ", ".join(f"{k}={k}" for k in items))
        case (ast.Subscript(slice=ast.Constant(str(key)), ctx=ast.Load()) as place, *_) if key in items:
            return _named(source, place, key, parents)
        case (ast.Attribute(attr="get"), ast.Call(args=[ast.Constant(str(key)), *_]) as place) if key in items:
            return _named(source, place, key, parents)
    return None


def _named(source: Source, place: ast.expr, key: str, parents: tuple[ast.AST, ...]) -> Edit | None:
    """The edit that puts a name in the place of the item; None where the name means something else there."""
    around = [p for p in parents if isinstance(p, (ast.FunctionDef, ast.Lambda, ast.JoinedStr))]
    if any(_hides(a, key) for a in around):
        return None
    outside = next(p for p in reversed(parents[:-1]) if isinstance(p, ast.stmt))
    if not around and ast.unparse(outside) == f"{key} = {ast.unparse(place)}":
        return Edit(*source.span(outside), "")
    return Edit(*source.span(place), key)


def _hides(node: ast.FunctionDef | ast.Lambda | ast.JoinedStr, name: str) -> bool:
    """Whether a name is a function's own; in an f-string, no node has a place where the name could be put."""
    if isinstance(node, ast.JoinedStr) or name in parameters(node):
        return True
    return isinstance(node, ast.FunctionDef) and name in names(node.body).writes
