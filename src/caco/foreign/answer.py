"""What a foreign program gives as its answer, as one expression: its last print, last expression or answer variable."""

import ast
from collections.abc import Collection

from caco.foreign.blocks import is_print
from caco.foreign.script import Chunk, chunks, joined
from caco.program.form import FormError, syntax_tree
from caco.program.syntax import Edit, Source, all_names, fresh_name

_NAMES = ("ans", "answer")
_LESSER_NAMES = ("final_answer", "output", "result", "res", "final_result", "total")
_EFFECTS = {
    "pop",
    "append",
    "add",
    "update",
    "remove",
    "discard",
    "insert",
    "extend",
    "popleft",
    "write",
    "next",
    "sort",
}
_SHOWING = ("print", "display", "show", "output")


def answered(code: str) -> tuple[str, str]:
    """The statements of a script without those that only show values, and the expression that is its answer.

    What counts is what its reader sees last. Raises FormError where nothing is shown and no variable is an answer.
    """
    parts = chunks(code)
    if not parts:
        raise FormError("nothing but comments")
    found = _shown_last(parts) or _named(parts, _NAMES) or _shown_somewhere(parts) or _printed_inside(code)
    found = found or _named(parts, _LESSER_NAMES) or _assigned_last(parts)
    if not found:
        raise FormError("no result: nothing is printed, returned or assigned at the end")
    body, result = found
    return joined(_without_shows(chunks(body))), result


def _shown_last(parts: list[Chunk]) -> tuple[str, str] | None:
    *rest, last = parts
    result = _shown(last)
    return (joined(rest) + _comments(last), result) if result else None


def _shown(chunk: Chunk) -> str:
    """The expression that a statement shows, or nothing."""
    if is_print(chunk.node):
        return printed(chunk.node.value)  # type: ignore[attr-defined]
    if isinstance(chunk.node, ast.Expr) and not _is_text(chunk.node) and not _changes(chunk.node):
        return ast.unparse(chunk.node.value)
    return ""


def _named(parts: list[Chunk], wanted: Collection[str]) -> tuple[str, str] | None:
    """The answer variable, where one is assigned outside of loops and branches."""
    for chunk in reversed(parts):
        if isinstance(chunk.node, ast.Assign):
            targets = [t.id for t in chunk.node.targets if isinstance(t, ast.Name) and t.id in wanted]
            if targets:
                return joined(parts), targets[0]
    return None


def _shown_somewhere(parts: list[Chunk]) -> tuple[str, str] | None:
    """The last print that statements without a result follow."""
    for i in range(len(parts) - 1, -1, -1):
        if is_print(parts[i].node) and (result := _shown(parts[i])):
            return joined([*parts[:i], *parts[i + 1 :]]) + _comments(parts[i]), result
        if any(is_print(n) for n in ast.walk(parts[i].node)) and not isinstance(parts[i].node, ast.FunctionDef):
            return None
    return None


def _assigned_last(parts: list[Chunk]) -> tuple[str, str] | None:
    match parts[-1].node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AugAssign(target=ast.Name(id=name)):
            return joined(parts), name
    return None


def _printed_inside(code: str) -> tuple[str, str] | None:
    """Prints in loops and branches: each becomes an assignment to one variable, so that the last one counts."""
    tree = syntax_tree(code)
    prints = [n for n in _own_nodes(tree) if is_print(n)]
    if not prints:
        return None
    name = fresh_name("answer", all_names(tree))
    source = Source(code)
    edits = [Edit(*source.span(p), f"{name} = {printed(p.value) or 'None'}") for p in prints]  # type: ignore[attr-defined]
    leaves = [n for n in _own_nodes(tree) if isinstance(n, ast.Return) and n.value is None]
    edits += [Edit(*source.span(r), f"return {name}") for r in leaves]
    return f"{name} = None\n{source.edited(edits)}", name


def _own_nodes(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a script at any depth, but not those of its functions and classes."""
    found: list[ast.stmt] = []
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.stmt):
            found.append(node)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def printed(call: ast.Call) -> str:
    """One expression for what a print shows: the value where only words stand before it, else the line as text."""
    arguments = [a for a in call.args if not (isinstance(a, ast.Constant) and a.value == "")]
    while len(arguments) > 1 and _is_label(arguments[0]):
        arguments = arguments[1:]
    if not arguments:
        return ""
    if len(arguments) == 1:
        return _unwrapped(arguments[0])
    if any(isinstance(a, ast.Starred) for a in arguments):
        return f'" ".join(map(str, [{", ".join(map(ast.unparse, arguments))}]))'
    line = [ast.Constant(" "), *[p for a in arguments for p in (_piece(a), ast.Constant(" "))]]
    return ast.unparse(ast.fix_missing_locations(ast.JoinedStr(line[1:-1])))


def _piece(argument: ast.expr) -> ast.expr:
    text = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    return argument if text else ast.FormattedValue(argument, -1)


def _is_label(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def _unwrapped(argument: ast.expr) -> str:
    """The value in `f"The answer is {value}"` or in `"... {}".format(value)`; any other expression as it is."""
    match argument:
        case ast.JoinedStr(values=[*labels, ast.FormattedValue(value=value, format_spec=spec)]):
            if all(isinstance(p, ast.Constant) for p in labels):
                return _unwrapped(value) if spec is None else ast.unparse(ast.JoinedStr([argument.values[-1]]))
        case ast.JoinedStr(
            values=[*labels, ast.FormattedValue(value=value, format_spec=None), ast.Constant(value=".")]
        ):
            if all(isinstance(p, ast.Constant) for p in labels):
                return _unwrapped(value)
        case ast.Call(func=ast.Name(id="str"), args=[value], keywords=[]):
            return ast.unparse(value)
        case ast.BinOp(
            left=ast.Constant(value=str(label)), op=ast.Add(), right=ast.Call(func=ast.Name(id="str"), args=[v])
        ):
            if label.rstrip().endswith((":", "=", "is")):
                return ast.unparse(v)
    return ast.unparse(argument)


def _without_shows(parts: list[Chunk]) -> list[Chunk]:
    """Statements less those that only show a value: a print without effects, a name or sum on its own line."""
    return [Chunk(c.node, _comments(c)) if _only_shows(c) else c for c in parts]


def _only_shows(chunk: Chunk) -> bool:
    if not isinstance(chunk.node, ast.Expr) or _is_text(chunk.node) or _changes(chunk.node):
        return False
    calls = any(isinstance(n, ast.Call) for n in ast.walk(chunk.node))
    return is_print(chunk.node) or not calls


def _is_text(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _changes(node: ast.AST) -> bool:
    """Whether an expression may change something: a method known for its effect, or an assignment within."""
    called = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return bool(called & _EFFECTS) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(node))


def _comments(chunk: Chunk) -> str:
    """The comment lines above a statement that is taken away, less those about showing the value."""
    rows = chunk.text.split("\n")
    above = rows[: next((i for i, r in enumerate(rows) if r.strip() and not r.lstrip().startswith("#")), len(rows))]
    kept = [r for r in above if not r.strip() or not any(w in r.lower() for w in _SHOWING)]
    return "\n" + "\n".join(kept).rstrip() if any(r.strip() for r in kept) else ""
