"""The constants in a program's expressions: where each stands, whether it is structural, and what to call it."""

import ast
import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caco.text.mentions import mentions

_DATE_PARTS = ("year", "month", "day", "hour", "minute", "second")
_DATE_TYPES = ("date", "datetime", "time")
_SPANS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_NO_TEXT = re.compile(
    r"Function|Idx|Symbol|__import__|decode|encode|endswith|format|getattr|hasattr|join|open|print|replace|"
    r"split|startswith|strftime|strip|strptime|symbols|var"
)
_STOP = re.compile(
    r"a|an|and|are|as|at|be|but|by|cdot|do|does|dollars|each|every|find|for|frac|from|had|has|have|he|her|his|"
    r"how|if|in|into|is|it|its|left|less|more|of|on|or|out|per|percent|she|so|sqrt|than|that|the|their|then|"
    r"they|times|to|total|was|were|what|when|where|which|who|with"
)
_SKIPPED = (ast.JoinedStr, ast.match_case)


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
    for name, child in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "ctx", "op", "ops"):
            continue
        for item in child if isinstance(child, list) else [child]:
            if isinstance(item, ast.AST):
                yield from _places(item, (node, *parents))


def _held(node: ast.expr) -> tuple[object] | None:
    """The value of a number, a text, or a container of at least two of them."""
    if isinstance(node, ast.Constant):
        return (node.value,) if type(node.value) in (int, float, str) else None
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and len(node.elts) > 1 and not _is_target(node):
        try:
            return (ast.literal_eval(node),)
        except (ValueError, TypeError, RecursionError):
            return None
    return None


def _is_target(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _is_docstring(node: ast.expr, parents: tuple[ast.AST, ...]) -> bool:
    return bool(parents) and isinstance(parents[0], ast.Expr) and isinstance(node, ast.Constant)


def _is_structural(node: ast.expr, value: object, parents: tuple[ast.AST, ...]) -> bool:
    """Whether a literal belongs to the way of computing rather than to the problem."""
    parent = parents[0] if parents else None
    around = parents[1] if len(parents) > 1 else None
    if isinstance(parent, ast.UnaryOp) and isinstance(around, (ast.BinOp, ast.Call, ast.Subscript, ast.Slice)):
        return _is_structural(parent, value, parents[1:])
    match parent:
        case ast.Subscript(slice=inner) if inner is node:
            return True
        case ast.Slice():
            return True
        case ast.BinOp(op=ast.Pow(), right=right) if right is node:
            return value in (2, 3, 0.5, 1)
        case ast.BinOp(op=ast.Div(), left=ast.Constant(value=1)) if isinstance(around, ast.BinOp):
            return isinstance(around.op, ast.Pow)
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv()):
            return value == 2 or isinstance(value, str)
        case ast.BinOp(op=ast.Mod()):
            return value == 2 or isinstance(value, str)
        case ast.keyword(arg=name):
            return name not in _SPANS and name not in _DATE_PARTS
        case ast.Call(func=function):
            return _is_structural_argument(called(function), node, value, parent)
        case ast.Dict(keys=keys) if node in keys:
            return True
    return isinstance(value, str) or value in (0, 1)


def _is_structural_argument(name: str, node: ast.expr, value: object, call: ast.Call) -> bool:
    if isinstance(value, str):
        return bool(_NO_TEXT.fullmatch(name)) or len(value) < 3
    if name == "range":
        return value in (0, 1, 2)
    if name in ("round", "log", "combinations", "permutations", "N", "isclose", "get", "evalf", "int"):
        return bool(call.args) and call.args[0] is not node
    return name in ("sqrt_mod", "evalf", "n", "symbols")


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
        case ast.Call(func=function, args=args) if called(function) in _DATE_TYPES and place.node in args:
            return _DATE_PARTS[args.index(place.node)] if args.index(place.node) < len(_DATE_PARTS) else ""
        case ast.Call(func=function, args=args) if called(function) in takes and place.node in args:
            known = takes[called(function)]
            return known[args.index(place.node)] if args.index(place.node) < len(known) else ""
        case ast.Compare(left=ast.Name(id=name), comparators=[right]) if right is place.node:
            return f"{name}_value" if len(name) > 1 else ""
    return ""


def noun(value: object, problem: str) -> str:
    """The words that follow the number in the text, as a name."""
    if not isinstance(value, (int, float)) or value != value or value in (float("inf"), float("-inf")):
        return ""
    number = Fraction(repr(value))
    for mention in mentions(problem):
        if mention.value in (number, number * 100 if mention.kind == "percent" else number):
            words = re.match(r"(?:%|-|\s)*([A-Za-z-]+)?(?: ([A-Za-z-]+))?", problem[mention.end : mention.end + 60])
            found = [w.lower().strip("-").replace("-", "_") for w in (words.groups() if words else ()) if w]
            kept = found[
                : 0 if not found or _STOP.fullmatch(found[0]) else 1 if found[1:] and _STOP.fullmatch(found[1]) else 2
            ]
            unit = {"percent": "percent", "money": "price"}.get(mention.kind, "")
            name = "_".join(kept[:2]) or unit
            return name if name.isidentifier() and not keyword.iskeyword(name) and len(name) > 1 else ""
    return ""


def _role(place: Place) -> str:
    """A name after the part that a constant plays."""
    if isinstance(place.value, str):
        return "text"
    if isinstance(place.value, (list, set)):
        return "values"
    if isinstance(place.value, tuple):
        return "point" if len(place.value) in (2, 3) else "values"
    match place.parents[0]:
        case ast.BinOp(op=ast.Mult()):
            return "factor"
        case ast.BinOp(op=ast.Div() | ast.FloorDiv(), right=right) if right is place.node:
            return "divisor"
        case ast.BinOp(op=ast.Mod()):
            return "modulus"
        case ast.BinOp(op=ast.Pow(), right=right) if right is place.node:
            return "exponent"
        case ast.Call(func=function) if called(function) == "range":
            return "limit"
    return "number"
