"""How difficult a program's problem is, measured: the chain of operations, their kinds, and the size of the numbers."""

import ast
import math

from caco.codecot.program import Program
from caco.codecot.scope import names, parameters

_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CONVERSIONS = frozenset({"round", "int", "float", "str"})
"""Calls that are no step of reasoning."""


def difficulty(chain: int, kinds: int, largest: float) -> int:
    """The longest chain of operations, one more for each kind of operation after the first and for each digit of the
    largest number after the third."""
    digits = math.floor(math.log10(max(largest, 1))) + 1 if math.isfinite(largest) else 300
    return chain + max(kinds - 1, 0) + max(digits - 3, 0)


def longest_chain(program: Program) -> int:
    """The most operations that must be done one after another on the way to the output, however they are split.

    A loop counts as one round of its body.
    """
    depths: dict[str, int] = {}
    for function in program.functions:
        depths[function.name] = _longest(function.body, dict.fromkeys(parameters(function), 0), 0, depths)
    return depths[program.entry]


def _longest(body: list[ast.stmt], known: dict[str, int], control: int, depths: dict[str, int]) -> int:
    """The longest chain to a `return` of the body; `known` learns the chains to the names that it assigns."""
    longest = 0
    for node in body:
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        length = max([control, *(_chain(part, known, depths) for part in parts)]) + isinstance(node, ast.AugAssign)
        if isinstance(node, ast.Return):
            longest = max(longest, length)
        known |= dict.fromkeys(names(parts).writes, length)
        for block in ("body", "orelse"):
            longest = max(longest, _longest(getattr(node, block, []), known, length, depths))
    return longest


def _chain(node: ast.AST, known: dict[str, int], depths: dict[str, int]) -> int:
    below = max((_chain(part, known, depths) for part in ast.iter_child_nodes(node)), default=0)
    match node:
        case ast.Name(id=name):
            return known.get(name, 0)
        case ast.Call(func=ast.Name(id=name)):
            return below + depths.get(name, name not in _CONVERSIONS)
        case ast.BinOp() | ast.Compare() | ast.BoolOp() | ast.Call():
            return below + 1
    return below


def kinds_of_operation(program: Program) -> tuple[str, ...]:
    """The kinds of operation that a program uses: operators, loops, branches, and functions that are not its own."""
    found: set[str] = set()
    for node in (n for f in program.functions for n in ast.walk(f)):
        match node:
            case ast.BinOp(op=op) | ast.AugAssign(op=op):
                found.add(type(op).__name__)
            case ast.Compare() | ast.BoolOp():
                found.add("Compare")
            case ast.If() | ast.IfExp() | ast.Match():
                found.add("Branch")
            case ast.Call(func=function):
                found.add(ast.unparse(function))
        if isinstance(node, _LOOPS):
            found.add("Loop")
    return tuple(sorted(found - _CONVERSIONS - {f.name for f in program.functions}))
