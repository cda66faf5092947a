"""The constants in a program's expressions: where each stands, whether it is structural, and what to call it."""

import ast
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

from caco.program.syntax import literal_value
from caco.text.mentions import mentions

_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second")
_DATE_TYPES = dict.fromkeys(("date", "datetime", "time"), _DATE_PARTS)
_TIMES = (*_DATE_PARTS, "years", "months", "weeks", "days", "hours", "minutes", "seconds")
# What is given to these is part of the program: a format, a separator, the name of a symbol.
_NO_TEXT = re.compile(
    r"Function|Idx|Symbol|__import__|decode|encode|endswith|format|getattr|hasattr|join|open|print|replace|"
    r"split|startswith|strftime|strip|strptime|symbols|var"
)
# Words that name nothing, in texts and in their LaTeX.
_STOP = re.compile(
    r"a|an|and|are|as|at|be|but|by|cdot|do|does|dollars|each|every|find|for|frac|from|had|has|have|he|her|his|"
    r"how|if|in|into|is|it|its|left|less|more|of|on|or|out|per|percent|she|so|sqrt|than|that|the|their|then|"
    r"they|times|to|total|was|were|what|when|where|which|who|with"
)
_SKIPPED = (ast.JoinedStr, ast.match_case)
_NO_VALUES = ("annotation", "returns", "decorator_list", "ctx", "op", "ops")
_BEHIND = re.compile(r"(?:%|-|\s)*([A-Za-z-]+)?(?: ([A-Za-z-]+))?")
"""The two words behind a number; `8-hour` and `20% fat` have their first word right there."""
_REACH = 60  # two words are not longer
_KINDS: dict[type, str] = {str: "text", list: "values", set: "values", tuple: "values"}
_UNITS = {"percent": "percent", "money": "price"}
_ROLES = {ast.Mult: "factor", ast.Mod: "modulus"}
_ROLES_ON_THE_RIGHT = {**_ROLES, ast.Div: "divisor", ast.FloorDiv: "divisor", ast.Pow: "exponent"}


@dataclass(frozen=True, slots=True)
class Place:
    """A literal inside an expression."""

    node: ast.expr
    value: object
    parents: tuple[ast.AST, ...]
    """The nodes around it, the nearest first."""
    structural: bool
    """Whether it is part of how the program works: an index, an exponent 2, a half, a number of digits."""


def places(tree: ast.AST) -> list[Place]:
    """The literals in the expressions of a tree, in text order; those in f-strings and types are left out."""
    found = list(_places(tree, ()))
    return sorted(found, key=lambda p: (p.node.lineno, p.node.col_offset))


def _places(node: ast.AST, parents: tuple[ast.AST, ...]) -> Iterator[Place]:
    if isinstance(node, _SKIPPED):
        return
    if isinstance(node, ast.expr) and (held := _held(node)) and not _is_docstring(node, parents):
        yield Place(node, held[0], parents, _is_structural(node, held[0], parents))
        return
    for part in _parts(node):
        yield from _places(part, (node, *parents))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes in a node that compute values."""
    for name, child in ast.iter_fields(node):
        items = child if isinstance(child, list) else [child]
        yield from (i for i in items if isinstance(i, ast.AST) and name not in _NO_VALUES)


def _held(node: ast.expr) -> tuple[object] | None:
    """The value of a number, a text, or a container of at least two of them."""
    if isinstance(node, ast.Constant):
        return (node.value,) if type(node.value) in (int, float, str) else None
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and len(node.elts) > 1 and not _is_target(node):
        return literal_value(node)
    return None


def _is_target(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _is_docstring(node: ast.expr, parents: tuple[ast.AST, ...]) -> bool:
    return bool(parents) and isinstance(parents[0], ast.Expr) and isinstance(node, ast.Constant)


def _is_structural(node: ast.expr, value: object, parents: tuple[ast.AST, ...]) -> bool:
    """Whether a literal belongs to the way of computing rather than to the problem."""
    parent, around, *_ = (*parents, None, None)
    if isinstance(parent, ast.UnaryOp) and isinstance(around, (ast.BinOp, ast.Call, ast.Subscript, ast.Slice)):
        return _is_structural(parent, value, parents[1:])
    if _is_index(node, parent):
        return True
    match parent:
        case ast.BinOp():
            return _is_structural_operand(node, value, parent, around)
        case ast.keyword(arg=name):
            return name not in _TIMES
        case ast.Call(func=function):
            return _is_structural_argument(called(function), node, value, parent)
    return _is_start(value)


def _is_index(node: ast.expr, parent: ast.AST | None) -> bool:
    """Whether a literal says where in a container something lies."""
    match parent:
        case ast.Subscript(slice=place):
            return place is node
        case ast.Dict(keys=keys):
            return node in keys
    return isinstance(parent, ast.Slice)


def _is_start(value: object) -> bool:
    """What sums, products and counts start from; texts are labels."""
    return isinstance(value, str) or value in (0, 1)


def _is_structural_operand(node: ast.expr, value: object, operation: ast.BinOp, around: ast.AST | None) -> bool:
    match operation:
        case ast.BinOp(op=ast.Pow(), right=right) if right is node:
            return value in (2, 3, 0.5, 1)  # squares, cubes, roots
        case ast.BinOp(op=ast.Div(), left=ast.Constant(1)) if isinstance(around, ast.BinOp):
            return isinstance(around.op, ast.Pow)  # the 3 of `x ** (1 / 3)`
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Mod()):
            return value == 2 or isinstance(value, str)  # halves and doubles, even and odd
    return _is_start(value)


def _is_structural_argument(name: str, node: ast.expr, value: object, call: ast.Call) -> bool:
    if isinstance(value, str):
        return bool(_NO_TEXT.fullmatch(name)) or len(value) < 3
    if name == "range":
        return value in (0, 1, 2)
    if name in ("round", "log", "combinations", "permutations", "N", "isclose", "get", "evalf", "int"):
        return bool(call.args) and call.args[0] is not node
    return name in ("sqrt_mod", "n", "symbols")


def called(function: ast.expr) -> str:
    """The last part of the name of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def inline_name(place: Place, problem: str, takes: Mapping[str, Sequence[str]]) -> str:
    """What to call a lifted constant: a name that the code gives it, else the text's noun, else its part in the sum.

    `takes` holds the parameter names of the program's own functions.
    """
    return _name_in_code(place, takes) or noun(place.value, problem) or _role(place)


def _name_in_code(place: Place, takes: Mapping[str, Sequence[str]]) -> str:
    match place.parents[0]:
        case ast.keyword(arg=str(name)):
            return name
        case ast.Call(func=function, args=args) if place.node in args:
            known = _DATE_TYPES.get(called(function)) or takes.get(called(function), ())
            at = args.index(place.node)
            return known[at] if at < len(known) else ""
        case ast.Compare(left=ast.Name(id=name), comparators=[right]) if right is place.node:
            return f"{name}_value" if len(name) > 1 else ""
    return ""


def noun(value: object, problem: str) -> str:
    """The words that follow the number in the text, as a name."""
    number = exact(value)
    if number is None:
        return ""
    for mention in mentions(problem):
        if mention.value == number or (mention.kind == "percent" and mention.value == number * 100):
            name = _words_behind(problem[mention.end : mention.end + _REACH]) or _UNITS.get(mention.kind, "")
            return name if _can_be_name(name) else ""
    return ""


def _can_be_name(word: str) -> bool:
    return len(word) > 1 and word.isidentifier() and not keyword.iskeyword(word)


def exact(value: object) -> Fraction | None:
    """A number as it is written; None for nan, the infinities and what is no number (`True` is none here)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Fraction(repr(value)) if abs(value) < float("inf") else None


def _words_behind(text: str) -> str:
    found = [w.lower().strip("-").replace("-", "_") for w in _BEHIND.findall(text)[0] if w]
    return "_".join(takewhile(lambda word: not _STOP.fullmatch(word), found))


def _role(place: Place) -> str:
    """A name after the part that a constant plays."""
    if isinstance(place.value, tuple) and len(place.value) in (2, 3):
        return "point"
    if type(place.value) in _KINDS:
        return _KINDS[type(place.value)]
    match place.parents[0]:
        case ast.BinOp(op=op, right=right):
            roles = _ROLES_ON_THE_RIGHT if right is place.node else _ROLES
            return roles.get(type(op), "number")
        case ast.Call(func=function) if called(function) == "range":
            return "limit"
    return "number"
