"""Expressions of a program as a teacher writes them: with the values in place of the names (`3 * $2.50`)."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from caco.program import values
from caco.program.syntax import walk
from caco.text.template import exact, fixed, is_number, plain

_PLACES = 6
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
_BINDING = {ast.Add: 1, ast.Sub: 1, ast.Pow: 3}
_ROUNDED = {"ceil": "{} rounded up", "floor": "{} rounded down", "int": "{} rounded down"}
_CHOSEN = {"min": "the smallest of {}", "max": "the largest of {}", "sum": "the sum of {}", "len": "the length of {}"}


class UnspokenError(ValueError):
    """The expression cannot be put in words."""


@dataclass(frozen=True, slots=True)
class Notation:
    """How the numbers of one problem are written."""

    money: Mapping[str, str]
    """The currency sign of each name whose value is an amount of money."""
    commas: bool = False

    def number(self, value: object, sign: str = "") -> str:
        """A value as it stands in a sentence: `1,200`, `$3.50`, `[1, 2]`."""
        if not is_number(value):
            return f'"{value}"' if isinstance(value, str) else values.show(value)
        if isinstance(value, Fraction) and value.denominator != 1:
            return str(value)
        number = rounded(value)
        if sign and number.denominator != 1 and (number * 100).denominator == 1:
            text = fixed(abs(number), 2, self.commas)
        else:
            text = plain(abs(number), self.commas) if is_plain(value) else fixed(abs(number), 4, self.commas)
        return ("-" if number.numerator < 0 else "") + sign + text

    def name(self, name: str, value: object) -> str:
        """The value of a name."""
        return self.number(value, self.money.get(name, ""))


@lru_cache(maxsize=4096, typed=True)
def rounded(value: int | float | Fraction) -> Fraction:
    """A number without binary noise; one with no end of decimals to four of them."""
    number = exact(value)
    if number.denominator == 1:
        return number
    near = Fraction(round(number * 10**_PLACES), 10**_PLACES)
    if _close(near, number):
        return near
    return Fraction(round(number * 10**4), 10**4)


@lru_cache(maxsize=4096, typed=True)
def is_plain(value: int | float | Fraction) -> bool:
    """Whether a number can be written exactly: as a fraction, or as a decimal of few places."""
    return isinstance(value, int | Fraction) or _close(rounded(value), exact(value))


def _close(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) * 10**9 <= max(Fraction(1), abs(other))


def spoken(node: ast.expr, known: Mapping[str, object], notation: Notation) -> str:
    """`node` with the values of `known` in it. Raises UnspokenError for what is no arithmetic."""
    return _spoken(node, known, notation, 0)


def _spoken(node: ast.expr, known: Mapping[str, object], notation: Notation, binding: int) -> str:
    match node:
        case ast.Constant(value=value):
            return notation.number(value)
        case ast.Name(id=name) if name in known:
            text = notation.name(name, known[name])
            return f"({text})" if text.startswith("-") and binding else text
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{_spoken(operand, known, notation, 4)}"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            mine = _BINDING.get(type(op), 2)
            more = 0 if isinstance(op, ast.Add | ast.Mult) else 1
            parts = [_spoken(left, known, notation, mine), _spoken(right, known, notation, mine + more)]
            text = _joined(op, *parts)
            return f"({text})" if mine < binding else text
        case ast.Call(func=function, args=args, keywords=[]) if args:
            return _called(ast.unparse(function).rpartition(".")[2], args, known, notation, binding)
    raise UnspokenError(ast.unparse(node))


def _joined(op: ast.operator, left: str, right: str) -> str:
    if isinstance(op, ast.FloorDiv):
        return f"the whole part of {left} / {right}"
    if isinstance(op, ast.Mod):
        return f"the remainder of {left} / {right}"
    return f"{left}^{right}" if isinstance(op, ast.Pow) else f"{left} {_SIGNS[type(op)]} {right}"


def _called(name: str, args: list[ast.expr], known: Mapping[str, object], notation: Notation, binding: int) -> str:
    if name == "round":
        places = ast.literal_eval(args[1]) if len(args) > 1 and isinstance(args[1], ast.Constant) else 0
        text = _spoken(args[0], known, notation, binding)
        return text if places == _PLACES else f"{text} rounded to {places} decimals" if places else f"{text} rounded"
    if name in _ROUNDED and len(args) == 1:
        text = _spoken(args[0], known, notation, 0)
        return text.strip('"') if text.startswith('"') else _ROUNDED[name].format(text)
    if name == "abs" and len(args) == 1:
        return f"|{_spoken(args[0], known, notation, 0)}|"
    if name == "sqrt" and len(args) == 1:
        return f"the square root of {_spoken(args[0], known, notation, 0)}"
    if name in _CHOSEN and binding == 0:
        parts = [_spoken(arg, known, notation, 0) for arg in args]
        return _CHOSEN[name].format(" and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts))
    raise UnspokenError(name)


def money_names(tree: ast.AST, given: Mapping[str, str]) -> dict[str, str]:
    """The names that hold money, from the inputs that do: sums of money, multiples and parts of it are money."""
    money = dict(given)
    for node in walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            sign = _sign(node.value, money)
            if sign:
                money[node.targets[0].id] = sign
    return money


def _sign(node: ast.expr, money: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return money.get(name, "")
        case ast.Call(func=ast.Name(id="round"), args=[first, *_]):
            return _sign(first, money)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _sign(left, money), _sign(right, money)
            if isinstance(op, ast.Add | ast.Sub):
                return one or other
            if isinstance(op, ast.Mult):
                return (one or other) if not (one and other) else ""
            return one if isinstance(op, ast.Div) and not other else ""
    return ""
