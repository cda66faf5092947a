"""What a foreign program gives as its answer, as one expression: its last print, last expression or answer variable."""

import ast
from collections.abc import Collection
from itertools import takewhile

from caco.foreign.blocks import is_print
from caco.foreign.script import Chunk, chunks, joined
from caco.program.form import FormError, syntax_tree
from caco.program.syntax import Edit, Source, all_names, fresh_name, is_text

_NAMES = ("ans", "answer")
_LESSER_NAMES = ("final_answer", "output", "result", "res", "final_result", "total")
_EFFECTS = frozenset(
    ("add", "append", "discard", "extend", "insert", "next", "pop", "popleft", "remove", "sort", "update", "write")
)
_SHOWING = ("print", "display", "show", "output")


def answered(code: str) -> tuple[str, str]:
    """The statements of a script without those that only show values, and the expression that is its answer.

    What counts is what its reader sees last. Raises FormError where nothing is shown and no variable is an answer.
    """
    parts = chunks(code)
    if not parts:
        raise FormError("nothing but comments")
    found = _found(parts, code)
    if not found:
        raise FormError("no result: nothing is printed, returned or assigned at the end")
    body, result = found
    return joined(_without_shows(chunks(body))), result


def _found(parts: list[Chunk], code: str) -> tuple[str, str] | None:
    """From what can only be meant as the answer to what may be: `ans` has its name for it, `total` is like others."""
    found = _shown_last(parts) or _named(parts, _NAMES) or _shown_somewhere(parts) or _printed_inside(code)
    return found or _named(parts, _LESSER_NAMES) or _assigned_last(parts)


def _shown_last(parts: list[Chunk]) -> tuple[str, str] | None:
    *rest, last = parts
    result = _shown(last)
    return (joined(rest) + _comments(last), result) if result else None


def _shown(chunk: Chunk) -> str:
    """The expression that a statement shows, or nothing."""
    if is_print(chunk.node):
        return printed(chunk.node.value)  # type: ignore[attr-defined]
    if isinstance(chunk.node, ast.Expr) and not is_text(chunk.node.value) and not _changes(chunk.node):
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
    while len(arguments) > 1 and is_text(arguments[0]):
        arguments = arguments[1:]
    if len(arguments) < 2:
        return _unwrapped(arguments[0]) if arguments else ""
    return _line(arguments)


def _line(arguments: list[ast.expr]) -> str:
    """Several arguments as the one text that a print makes of them."""
    if any(isinstance(a, ast.Starred) for a in arguments):
        return f'" ".join(map(str, [{", ".join(map(ast.unparse, arguments))}]))'
    pieces = [a if is_text(a) else ast.FormattedValue(a, -1) for a in arguments]
    line = [part for piece in pieces for part in (ast.Constant(" "), piece)][1:]
    return ast.unparse(ast.fix_missing_locations(ast.JoinedStr(line)))


def _unwrapped(argument: ast.expr) -> str:
    """The value in `f"The answer is {value}."`, `"The answer is " + str(value)` or `str(value)`; else all of it."""
    match argument:
        case ast.JoinedStr(values=[*labels, ast.FormattedValue(value=value, format_spec=spec) as shown]):
            if all(map(is_text, labels)):
                return _unwrapped(value) if spec is None else ast.unparse(ast.JoinedStr([shown]))
        case ast.JoinedStr(values=[*labels, ast.FormattedValue(value=value, format_spec=None), ast.Constant(".")]):
            if all(map(is_text, labels)):
                return _unwrapped(value)
        case ast.Call(func=ast.Name(id="str"), args=[value], keywords=[]):
            return ast.unparse(value)
        case ast.BinOp(left=ast.Constant(str(label)), op=ast.Add(), right=ast.Call(func=ast.Name("str"), args=[value])):
            if label.rstrip().endswith((":", "=", "is")):  # else the words are part of the answer
                return ast.unparse(value)
    return ast.unparse(argument)


def _without_shows(parts: list[Chunk]) -> list[Chunk]:
    """Statements less those that only show a value: a print without effects, a name or sum on its own line."""
    return [Chunk(c.node, _comments(c)) if _only_shows(c) else c for c in parts]


def _only_shows(chunk: Chunk) -> bool:
    if not isinstance(chunk.node, ast.Expr) or is_text(chunk.node.value) or _changes(chunk.node):
        return False
    calls = any(isinstance(n, ast.Call) for n in ast.walk(chunk.node))
    return is_print(chunk.node) or not calls


def _changes(node: ast.AST) -> bool:
    """Whether an expression may change something: a method known for its effect, or an assignment within."""
    called = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in ast.walk(node) if isinstance(n, ast.Call)}
    return bool(called & _EFFECTS) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(node))


def _comments(chunk: Chunk) -> str:
    """The comment lines above a statement that is taken away, less those about showing the value."""
    above = takewhile(lambda row: not row.strip() or row.lstrip().startswith("#"), chunk.text.split("\n"))
    kept = [row for row in above if not any(word in row.lower() for word in _SHOWING)]
    return "\n" + "\n".join(kept).rstrip() if any(map(str.strip, kept)) else ""
