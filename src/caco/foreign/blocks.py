"""Python out of what a model or a notebook wrote: fenced blocks, cells, and the cells that the last result needs."""

import ast
import re
import textwrap
from collections.abc import Iterable, Sequence

from caco.foreign.script import Chunk, chunks
from caco.program.form import FormError, syntax_tree
from caco.program.syntax import changed, names

# A fence may be indented (in a list), is closed by one of its own length, or by the end of a text that was cut off.
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*(?P<tag>[^\n`]*)\n(?P<body>.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.M | re.S)
_PYTHON_TAGS = re.compile(r"\{?\.?(?:i?py(?:thon)?\d*(?:\.\d+)?|py-?con|tool_code|code)\b", re.I)
# Cells as Jupyter, VS Code and the old IPython write them into a script.
_CELL = re.compile(r"^#[ \t]*(?:%%.*|In\s?\[[\d ]*\]:?.*|<codecell>.*)$", re.M)
_MAGIC = re.compile(r"^[!%].*$", re.M)
_COMPOUND = (ast.If, ast.For, ast.While, ast.Try, ast.Match)


def unfenced(text: str) -> str:
    """The Python in `text`: all of it, or its fenced blocks (those marked as Python, where any are) as cells.

    Raises FormError where there is none.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _parses(text):
        return text
    blocks = [(m["tag"].strip(), textwrap.dedent(m["body"])) for m in _FENCE.finditer(text)]
    marked = [body for tag, body in blocks if _PYTHON_TAGS.match(tag)]
    plain = [body for tag, body in blocks if not tag]
    return _cells_that_parse(marked or plain or _CELL.split(text))


def _cells_that_parse(cells: Sequence[str]) -> str:
    """Cells joined by cell marks; those that are no Python are left out, as a notebook goes on after them."""
    tidy = [textwrap.dedent(_MAGIC.sub("", cell)).strip("\n") for cell in cells if cell.strip()]
    good = [cell for cell in tidy if _parses(cell)]
    if not good:
        syntax_tree(tidy[-1] if tidy else "")  # raises with the fault of the last one
        raise FormError("no Python: nothing but blanks")
    return "\n# %%\n".join(good)


def _parses(text: str) -> bool:
    try:
        return bool(syntax_tree(text).body)
    except FormError:
        return False


def needed_cells(text: str) -> str:
    """The last cell with a result and what it needs of the cells before it; a text without cells is unchanged.

    A notebook holds attempts that were given up and goes on after a cell that failed. What no later statement reads, or
    what is bound anew before it is read, is left out.
    """
    cells = [cell for cell in _CELL.split(text) if _parses(cell)]
    if len(cells) < 2:
        return text
    last = max((i for i, cell in enumerate(cells) if _shows(syntax_tree(cell).body)), default=len(cells) - 1)
    earlier = [c for cell in cells[:last] for c in chunks(cell.strip("\n"))]
    wanted = exposed(syntax_tree(cells[last]).body)
    kept = _needed(earlier, wanted)
    while not (more := _read_by_definitions(kept)) <= wanted:
        wanted |= more  # a function may call one that is defined after it
        kept = _needed(earlier, wanted)
    return "\n".join([*(c.text for c in kept), cells[last].strip("\n")])


def _read_by_definitions(parts: Sequence[Chunk]) -> set[str]:
    return names(c.node for c in parts if isinstance(c.node, (ast.FunctionDef, ast.ClassDef))).reads


def _needed(parts: Sequence[Chunk], wanted: set[str]) -> list[Chunk]:
    """The statements that bind or change what is wanted after them, and what these need in turn."""
    kept = []
    for chunk in reversed(parts):
        statement = [chunk.node]
        if (names(statement).writes | changed(statement, any_call=False)) & wanted or "*" in names(statement).writes:
            kept.append(chunk)
            wanted = wanted - _surely_bound(statement) | exposed(statement)
    return kept[::-1]


def _shows(body: Sequence[ast.stmt]) -> bool:
    """Whether a cell displays something: its last expression, or a print anywhere outside of functions."""
    return bool(body) and (
        isinstance(body[-1], ast.Expr) or any(is_print(n) for n in ast.walk(ast.Module([*body], [])))
    )


def is_print(node: ast.AST) -> bool:
    """Whether a node is a statement that prints."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display" | "pprint"))):
            return True
    return False


def exposed(body: Iterable[ast.stmt]) -> set[str]:
    """Names that statements read before they have surely bound them."""
    found: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        found |= _exposed(statement) - bound
        bound |= _surely_bound([statement])
    return found


def _exposed(node: ast.stmt) -> set[str]:
    match node:
        case ast.For(target=target, iter=over, body=body, orelse=orelse):
            return names(over).reads | (exposed(body) - names(target).writes) | exposed(orelse)
        case ast.While(test=test, body=body, orelse=orelse) | ast.If(test=test, body=body, orelse=orelse):
            return names(test).reads | exposed(body) | exposed(orelse)
    return names(node).reads


def _surely_bound(body: Iterable[ast.stmt]) -> set[str]:
    return names([s for s in body if not isinstance(s, _COMPOUND)]).writes
