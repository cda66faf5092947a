"""Expressions of a program as a teacher writes them: with the values in place of the names (`3 * $2.50`)."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from caco.program import values
from caco.program.syntax import walk
from caco.text.template import exact, fixed, is_number, plain

_PLACES = 6
"""Programs of compiled seeds round to so many places, where floats could leave noise."""
_OPERATIONS: Mapping[type[ast.operator], tuple[str, int, int]] = {
    ast.Add: ("{} + {}", 1, 1),
    ast.Sub: ("{} - {}", 1, 2),
    ast.Mult: ("{} * {}", 2, 2),
    ast.Div: ("{} / {}", 2, 3),
    ast.FloorDiv: ("the whole part of {} / {}", 2, 3),
    ast.Mod: ("the remainder of {} / {}", 2, 3),
    ast.Pow: ("{}^{}", 3, 4),
}
"""How each operation is written, how tightly it binds, and how tightly its right operand must."""
_ROUNDED = {"ceil": "{} rounded up", "floor": "{} rounded down", "int": "{} rounded down"}
_OF_ONE = {**_ROUNDED, "abs": "|{}|", "sqrt": "the square root of {}"}
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
        return ("-" if rounded(value) < 0 else "") + sign + self._digits(value, bool(sign))

    def _digits(self, value: int | float | Fraction, money: bool) -> str:
        """A number without its sign; an amount of money has no cents or two."""
        number = abs(rounded(value))
        if money and number.denominator != 1 and (number * 100).denominator == 1:
            return fixed(number, 2, self.commas)
        return plain(number, self.commas) if is_plain(value) else fixed(number, 4, self.commas)

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
    # Floats have 15 to 17 digits, and some operations lose a few of them.
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
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            shape, mine, of_right = _OPERATIONS[type(op)]
            text = shape.format(_spoken(left, known, notation, mine), _spoken(right, known, notation, of_right))
            return f"({text})" if mine < binding else text
        case ast.Call(func=function, args=args, keywords=[]) if args:
            return _called(ast.unparse(function).rpartition(".")[2], args, known, notation, binding)
    raise UnspokenError(ast.unparse(node))


def _called(name: str, args: list[ast.expr], known: Mapping[str, object], notation: Notation, binding: int) -> str:
    if name == "round":
        return _spoken(args[0], known, notation, binding) + _rounding(args)
    if name in _OF_ONE and len(args) == 1:
        text = _spoken(args[0], known, notation, 0)
        quoted = name in _ROUNDED and text.startswith('"')  # `int("5")` is 5
        return text.strip('"') if quoted else _OF_ONE[name].format(text)
    if name in _CHOSEN and binding == 0:
        parts = [_spoken(arg, known, notation, 0) for arg in args]
        return _CHOSEN[name].format(" and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])))
    raise UnspokenError(name)


def _rounding(args: Sequence[ast.expr]) -> str:
    """What a call of `round` does, in words; rounding to _PLACES only takes binary noise away, and is not told."""
    places = ast.literal_eval(args[1]) if len(args) > 1 and isinstance(args[1], ast.Constant) else 0
    if places == _PLACES:
        return ""
    return f" rounded to {places} decimals" if places else " rounded"


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
            return _sign_of_both(op, _sign(left, money), _sign(right, money))
    return ""


def _sign_of_both(op: ast.operator, one: str, other: str) -> str:
    """A sum with money is money; so is a product or quotient of money and a number, but not of two amounts."""
    if isinstance(op, ast.Add | ast.Sub):
        return one or other
    if isinstance(op, ast.Mult) and not (one and other):
        return one or other
    return one if isinstance(op, ast.Div) and not other else ""
