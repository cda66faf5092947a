"""A plain script cut into its top-level statements with their comments, and text moved in and out of blocks."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from caco.program.form import FormError, syntax_tree
from caco.program.syntax import Source, names, unbound


def _each(statement: str, words: str) -> dict[str, str]:
    return {word: statement.format(word) for word in words.split()}


_MODULES = {
    "np": "import numpy as np",
    "sp": "import sympy as sp",
    "pd": "import pandas as pd",
    "nx": "import networkx as nx",
    "plt": "import matplotlib.pyplot as plt",
    "Fraction": "from fractions import Fraction",
    "Decimal": "from decimal import Decimal",
    "relativedelta": "from dateutil.relativedelta import relativedelta",
    "timedelta": "from datetime import timedelta",
    "date": "from datetime import date",
    **_each("import {}", "math cmath datetime sympy numpy scipy random string re"),
    **_each("import {}", "itertools functools collections heapq bisect statistics operator"),
    **_each("from typing import {}", "List Dict Tuple Set Optional Union Any"),
    **_each("from itertools import {}", "combinations permutations product accumulate"),
    **_each("from collections import {}", "Counter defaultdict deque"),
    **_each("from functools import {}", "reduce lru_cache cache"),
    **_each("from math import {}", "sqrt gcd lcm factorial comb perm ceil floor pi"),
    **_each("from math import {}", "sin cos tan asin acos atan log log10 exp isqrt"),
    **_each("from sympy import {}", "Symbol symbols Eq solve simplify Rational expand integrate diff limit summation"),
    **_each("from sympy import {}", "factorint isprime nsolve solveset oo Matrix binomial Sum latex factor sympify"),
}
"""The usual names that programs use as if they were there, and the import that each of them means."""

_SOLVE_IT = """def solve_it(equations, variable):
    solutions = solve(equations, variable, dict=True)
    return solutions[0] if solutions else {variable: None}"""
"""The helper that Program-of-Thoughts prompts promise to their programs."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One top-level statement with the comment lines above it and behind it."""

    node: ast.stmt
    text: str


def chunks(code: str) -> list[Chunk]:
    """The top-level statements of a script; comments after the last one go with it."""
    body = syntax_tree(code).body
    source = Source(code)
    lines = code.split("\n")
    found: list[Chunk] = []
    line = 0
    for i, node in enumerate(body):
        start, end = first_line(node) - 1, node.end_lineno or node.lineno
        alone = start >= line and (i + 1 == len(body) or first_line(body[i + 1]) > end)
        upto = len(lines) if i + 1 == len(body) else end
        # what shares its line with another statement is its own text, with the comments above the line
        rows = lines[line:upto] if alone else [*lines[line:start], source.text(node)]
        found.append(Chunk(node, "\n".join(rows)))
        line = max(line, end)
    return found


def first_line(node: ast.stmt) -> int:
    """The line a statement starts at, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *[d.lineno for d in decorators]])


def joined(parts: Iterable[Chunk]) -> str:
    """Chunks as one text again."""
    return "\n".join(c.text for c in parts).strip("\n")


def indented(code: str, by: int = 4) -> str:
    """A script's text moved right; the inner lines of long strings stay as they are."""
    inside = _string_lines(syntax_tree(code))
    rows = enumerate(code.split("\n"), start=1)
    return "\n".join(row if n in inside or not row.strip() else " " * by + row for n, row in rows)


def block_text(code: str, body: list[ast.stmt], whole: ast.stmt) -> str:
    """The statements of a block of `whole`, with their comments, moved to the left margin."""
    source = Source(code)
    lines = code.split("\n")
    header = _header_end(source, body[0])
    if header == body[0].lineno:  # a block on its header's own line
        return "\n".join(source.text(s) for s in body)
    rows = list(enumerate(lines, start=1))[header : body[-1].end_lineno]
    inside = {n for s in body for n in _string_lines(s)}
    margin = body[0].col_offset
    return "\n".join(row if n in inside else _unindented(row, margin) for n, row in rows)


def _header_end(source: Source, first: ast.stmt) -> int:
    """The line of the colon that opens the block of `first`."""
    start = source.offset(first_line(first), 0)
    before = source.data[: start + first.col_offset].decode("utf-8", "surrogatepass")
    rows = before.split("\n")
    if rows[-1].strip():
        return first.lineno
    return next(n for n in range(len(rows) - 1, 0, -1) if (row := rows[n - 1].strip()) and not row.startswith("#"))


def _unindented(row: str, margin: int) -> str:
    return row[margin:] if not row[:margin].strip() else row.lstrip()


def _string_lines(tree: ast.AST) -> set[int]:
    """Lines that begin inside a string, where blanks are part of the value."""
    texts = [n for n in ast.walk(tree) if isinstance(n, (ast.Constant, ast.JoinedStr)) and hasattr(n, "lineno")]
    return {n for t in texts for n in range(t.lineno + 1, (t.end_lineno or t.lineno) + 1)}


def unguarded(code: str) -> str:
    """The script with the body of a main guard in the place of the guard."""
    parts = chunks(code)
    if not any(_is_guard(c.node) for c in parts):
        return code
    texts = [block_text(code, c.node.body, c.node) if _is_guard(c.node) else c.text for c in parts]  # type: ignore[attr-defined]
    return "\n".join(texts)


def _is_guard(node: ast.stmt) -> bool:
    if not isinstance(node, ast.If):
        return False
    return ast.unparse(node.test) in ("__name__ == '__main__'", "'__main__' == __name__")


def completed(code: str) -> str:
    """The script with the imports that it takes for granted (`math`, `np`, `Fraction`, ...).

    Raises FormError where it reads standard input, which no sandboxed program has.
    """
    tree = syntax_tree(code)
    if _asks(tree):
        raise FormError("it reads standard input")
    missing = unbound(tree)
    if "solve_it" in missing:
        code = f"{_SOLVE_IT}\n\n{code}"
        missing |= {"solve"}
    if "*" in names(tree).writes:  # it may bring any of these names with it, but no module's
        missing = {n for n in missing if _MODULES.get(n, "").startswith("import ")}
    return "\n".join([*[_MODULES[n] for n in sorted(missing) if n in _MODULES], code])


def _asks(tree: ast.Module) -> bool:
    """Whether the program calls Python's own `input()` or names `stdin`."""
    own = "input" not in names(tree.body).writes
    return any(
        (isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "input" and own)
        or (isinstance(n, ast.Attribute) and n.attr == "stdin")
        for n in ast.walk(tree)
    )
