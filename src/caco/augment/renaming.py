"""Giving names of a program other names, in its code and in the slots of its comments."""

import ast
import re
from collections.abc import Iterator, Mapping

from caco.codecot.program import Program
from caco.codecot.source import Edit, Source

_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_SLOT = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)(?=[}:!])")


class RenamingError(ValueError):
    """The program has a construct whose names cannot be told apart in its text."""


def functions_renamed(program: Program, names: Mapping[str, str]) -> str:
    """The functions of a program as text, with the comments around them and with `names` (old: new) put through.

    Functions, parameters and variables share one space of names here: an old name is renamed wherever it stands.
    Raises RenamingError for a program with f-strings, whose names Python 3.11 does not place.
    """
    lines = _renamed(program, names).splitlines()
    functions = {id(f) for f in program.functions}
    for statement in reversed(program.tree.body):
        if id(statement) not in functions:
            del lines[statement.lineno - 1 : statement.end_lineno]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _renamed(program: Program, names: Mapping[str, str]) -> str:
    own = {f.name for f in program.functions}
    source = Source(program.code)
    edits = [edit for node in ast.walk(program.tree) for edit in _edits(node, source, names, own)]
    for comment in _COMMENT.finditer(program.code):
        for slot in _SLOT.finditer(comment[0]):
            if slot[1] in names:
                at = len(program.code[: comment.start() + slot.start(1)].encode())
                edits.append(Edit(at, at + len(slot[1]), names[slot[1]]))
    return source.edited(edits)


def _edits(node: ast.AST, source: Source, names: Mapping[str, str], own: set[str]) -> Iterator[Edit]:
    match node:
        case ast.JoinedStr():
            raise RenamingError("an f-string")
        case ast.Name(id=name) | ast.arg(arg=name) if name in names:
            at = source.offset(node.lineno, node.col_offset)
            yield Edit(at, at + len(name.encode()), names[name])
        case ast.FunctionDef(name=name) if name in names:
            at = source.offset(node.lineno, node.col_offset) + len("def ")
            yield Edit(at, at + len(name.encode()), names[name])
        case ast.Call(func=ast.Name(id=called), keywords=keywords) if called in own:
            for keyword in keywords:
                if keyword.arg and keyword.arg in names:
                    at = source.offset(keyword.lineno, keyword.col_offset)
                    yield Edit(at, at + len(keyword.arg.encode()), names[keyword.arg])
