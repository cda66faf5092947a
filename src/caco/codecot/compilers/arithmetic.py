"""Arithmetic as people write it in worked solutions: read into a small tree, evaluated in exact fractions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


class ArithmeticTextError(ValueError):
    """The text is no arithmetic."""


@dataclass(frozen=True, slots=True)
class Number:
    """A written number. `text[start:end]` is its place in what was read."""

    value: Fraction
    start: int = 0
    end: int = 0
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions joined by one of `+ - * /`."""

    sign: str
    left: "Expression"
    right: "Expression"


Expression: TypeAlias = Number | Operation

_TOKEN = re.compile(r"\s*(?:(?P<number>(?:\d[\d,]*\d|\d)(?:\.\d*)?|\.\d+)(?P<percent>\s?%)?|(?P<sign>[-+*/()]))")
_SIGNS = str.maketrans(
    {"×": "*", "x": "*", "X": "*", "÷": "/", "–": "-", "−": "-", "—": "-", "$": " ", "£": " ", "€": " "}
)
_DEEPEST = 40


def read(text: str) -> Expression:
    """The expression that `text` is; `x`, `×` and `2(3)` multiply, currency signs mean nothing.

    Raises ArithmeticTextError where it is none.
    """
    tokens = list(_tokens(text.translate(_SIGNS).replace("//", "/")))
    if len(tokens) > _DEEPEST * 2:
        raise ArithmeticTextError("too long")
    expression, rest = _sum(tokens)
    if rest:
        raise ArithmeticTextError(f"more than one expression in {text!r}")
    return expression


def _tokens(text: str) -> Iterator[Number | str]:
    at, end = 0, len(text.rstrip())
    previous: Number | str = "("
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise ArithmeticTextError(f"no arithmetic: {text!r}")
        token: Number | str = match["sign"] or ""
        if match["number"]:
            value = Fraction(match["number"].replace(",", "").rstrip(".") or "0")
            token = Number(value, match.start("number"), match.end("number"), bool(match["percent"]))
        opens = token == "(" or isinstance(token, Number)
        if opens and (previous == ")" or (token == "(" and isinstance(previous, Number))):
            yield "*"
        yield token
        previous, at = token, match.end()


_Tokens: TypeAlias = list[Number | str]


def _sum(tokens: _Tokens) -> tuple[Expression, _Tokens]:
    return _chain(tokens, "+-", _product)


def _product(tokens: _Tokens) -> tuple[Expression, _Tokens]:
    return _chain(tokens, "*/", _atom)


def _chain(
    tokens: _Tokens, signs: str, part: Callable[[_Tokens], tuple[Expression, _Tokens]]
) -> tuple[Expression, _Tokens]:
    left, tokens = part(tokens)
    while tokens and isinstance(tokens[0], str) and tokens[0] in signs:
        right, rest = part(tokens[1:])
        left, tokens = Operation(tokens[0], left, right), rest
    return left, tokens


def _atom(tokens: _Tokens) -> tuple[Expression, _Tokens]:
    if not tokens:
        raise ArithmeticTextError("an operand is missing")
    head, *rest = tokens
    if isinstance(head, Number):
        return head, rest
    if head == "(":
        inside, rest = _sum(rest)
        if not rest or rest[0] != ")":
            raise ArithmeticTextError("a bracket is not closed")
        return inside, rest[1:]
    if head == "-":
        inside, rest = _atom(rest)
        return Operation("-", Number(Fraction(0)), inside), rest
    raise ArithmeticTextError(f"an operand is missing before {head!r}")


def evaluate(expression: Expression, percents: bool = False) -> Fraction | None:
    """The exact value, None where it divides by zero; with `percents`, 20% counts as 0.2 and not as 20."""
    if isinstance(expression, Number):
        return expression.value / 100 if percents and expression.percent else expression.value
    left, right = evaluate(expression.left, percents), evaluate(expression.right, percents)
    if left is None or right is None or (expression.sign == "/" and not right):
        return None
    return combine(expression.sign, left, right)


def combine(sign: str, left: Fraction, right: Fraction) -> Fraction:
    """The result of one operation."""
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    return left * right if sign == "*" else left / right


def numbers(expression: Expression) -> list[Number]:
    """The numbers of an expression, left to right."""
    if isinstance(expression, Number):
        return [expression]
    return numbers(expression.left) + numbers(expression.right)
