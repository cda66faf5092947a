"""What a program is like, in a few words: the tags by which CodeGen can be asked for a program, and its prompts.

The pre-query form has nothing but the head of a conversation before the program, which is then written as the user's
turn. The conditional form states tags in place of the system's words.
"""

import ast
from collections.abc import Iterable, Sequence

from caco.program.fingerprint import features
from caco.program.form import parse

NAMES = ("domain", "difficulty", "concepts", "sketch")
SYSTEM = "You are a helpful assistant."
END = "<|im_end|>"
"""What ends a program."""
_MOST = 12
"""The highest difficulty, and the most operations of a sketch."""
_SIGNS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**"}


def tags(code: str, domain: str = "") -> tuple[str, ...]:
    """The tags of a program, one line each, in the order of `NAMES`; raises FormError where it is not in the form.

    Difficulty is the number of its steps (assignments and returns), a sketch its operations as they stand in the text,
    each between places for numbers, so that its tokens are those of a program.
    """
    program = parse(code)
    found = features(program)
    shape = [name for name in ("loops", "branches", "recursive") if getattr(found, name)]
    values = {
        "domain": domain,
        "difficulty": str(min(found.steps, _MOST)),
        "concepts": " ".join([*shape, *found.concepts]) or "arithmetic",
        "sketch": _sketch(_operations(program.functions)),
    }
    return tuple(f"{name}: {values[name]}" for name in NAMES if values[name])


def codegen_prompt(wanted: Sequence[str] = ()) -> str:
    """What stands before a program: with tags the conditional form, without the pre-query form."""
    system = "\n".join(wanted) or SYSTEM
    return f"<|im_start|>system\n{system}{END}\n<|im_start|>user\n"


def _sketch(signs: Sequence[str]) -> str:
    return " ".join(["_", *(f"{sign} _" for sign in signs)]) if signs else ""


def _operations(functions: Iterable[ast.FunctionDef]) -> list[str]:
    nodes = [n for function in functions for n in ast.walk(function) if isinstance(n, ast.expr | ast.stmt)]
    signs = [_sign(node) for node in sorted(nodes, key=_done)]
    return [sign for sign in signs if sign][:_MOST]


def _done(node: ast.expr | ast.stmt) -> tuple[int, ...]:
    """Where a node's work is done: at its end, after what is inside of it."""
    return node.end_lineno or 0, node.end_col_offset or 0, -node.lineno, -node.col_offset


def _sign(node: ast.AST) -> str:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return _SIGNS.get(type(op).__name__, "")
        case ast.Compare():
            return "?"
        case ast.Call(func=ast.Name(id=name)):
            return name
    return ""
