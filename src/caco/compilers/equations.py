"""The equations of a worked solution, in order: calculator marks `<<48/2=24>>`, and those that the prose states.

Arithmetic is taken as people write it: read into a small tree, and evaluated in exact fractions.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from caco.text.mentions import MOST_DIGITS


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
_MOST_TOKENS = 80
"""More than authors write in one computation; brackets so deep would end Python's own recursion."""


def read(text: str) -> Expression:
    """The expression that `text` is; `x`, `×` and `2(3)` multiply, currency signs mean nothing.

    Raises ArithmeticTextError where it is none.
    """
    tokens = list(_tokens(text.translate(_SIGNS).replace("//", "/")))
    if len(tokens) > _MOST_TOKENS:
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
        token = _token(match)
        if _multiply(previous, token):
            yield "*"
        yield token
        previous, at = token, match.end()


def _token(match: re.Match[str]) -> Number | str:
    if not match["number"]:
        return match["sign"]
    if len(match["number"]) > MOST_DIGITS:
        raise ArithmeticTextError("a number of too many digits")
    value = Fraction(match["number"].replace(",", "").rstrip("."))
    return Number(value, match.start("number"), match.end("number"), bool(match["percent"]))


def _multiply(previous: Number | str, token: Number | str) -> bool:
    """Whether two tokens multiply by standing side by side: `2(3)`, `(2)(3)` and `(2)3`, but not `2 3`."""
    if token == "(":
        return previous == ")" or isinstance(previous, Number)
    return previous == ")" and isinstance(token, Number)


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
    try:
        return _value(expression, percents)
    except ZeroDivisionError:
        return None


def _value(expression: Expression, percents: bool = False) -> Fraction:
    if isinstance(expression, Number):
        return expression.value / 100 if percents and expression.percent else expression.value
    return combine(expression.sign, _value(expression.left, percents), _value(expression.right, percents))


_OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def combine(sign: str, left: Fraction, right: Fraction) -> Fraction:
    """The result of one operation. Raises ZeroDivisionError."""
    return _OPERATORS[sign](left, right)


def numbers(expression: Expression) -> list[Number]:
    """The numbers of an expression, left to right."""
    if isinstance(expression, Number):
        return [expression]
    return numbers(expression.left) + numbers(expression.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One computation of a solution, at `line[start:end]` of the line without marks, the stated result included."""

    expression: Expression
    value: Fraction
    """What the expression comes to, exactly."""
    stated: Fraction
    """The result that the author wrote."""
    line: int
    start: int
    end: int
    result: int
    """Where the stated result starts."""
    marked: bool = True


@dataclass(frozen=True, slots=True)
class _Mark:
    text: str
    at: int


_MARK = re.compile(r"<<([^<>]*)>>")
# A comma at the end is the sentence's: `20, and`.
_NUMBER = r"(?:\d[\d,]*\d|\d)(?:\.\d+)?|\.\d+"
# An `x` multiplies only before an operand and not inside of a word: neither `x = 3` nor `box 3`.
_PIECE = re.compile(
    rf"(?P<number>[$£€]?\s?(?:{_NUMBER})(?:\s?%)?)|(?P<sign>[-+*/×÷–−]|[xX](?=\s*[\d.($£€])(?<![A-Za-z].))|(?P<bracket>[()])"
    rf"|(?P<word>[A-Za-z'’]+(?:/[A-Za-z]+)*\.?)|(?P<other>\S)"
)
_SHOWN = re.compile(rf"[$£€]?\s?(?:{_NUMBER})")
# What goes on with a sign (`= 4 * 5 = 20`) states no result yet.
_STATED = re.compile(rf"\s*[$£€]?\s?(?P<number>-?(?:{_NUMBER}))(?!\s?[-+*/×÷(]\s?[\d($]|\s[xX]\s|[\d/])")
_LONGEST_UNIT = 5
"""Words between a number and the next sign: `5 boxes of red pens * 4`; more of them are a sentence."""
_LONE = re.compile(r"^(-?\d+(?:\.\d+)?) = (-?\d+(?:\.\d+)?)(?=\.?$)", re.MULTILINE)
"""A line that is nothing but `7 = 7`."""
_SPOKEN = re.compile(r"\b(?:remainder|whole part) of\s*$")
"""Narration has words for these operations: `The remainder of 60 / 8 = 4.`"""
_VARIABLE = re.compile(r"\d[A-Za-z]\b(?! ?\d)|[·²³^√]")
"""Signs of algebra, which is not evaluated: `4c`, `11²`."""


def unmarked(line: str) -> str:
    """A line as people read it."""
    return _MARK.sub("", line)


def equations(solution: str) -> tuple[Equation, ...]:
    """All equations of a solution that can be read, in the order of the text. A number stated alone is none."""
    lines = enumerate(solution.split("\n"))
    return tuple(equation for index, line in lines for equation in _of_line(line, index))


def _of_line(line: str, index: int) -> list[Equation]:
    """The equations of one line; what a mark has computed is not read from the prose again."""
    text = unmarked(line)
    found = [equation for mark in _marks(line) if (equation := _from_mark(mark, text, index))]
    taken = [(equation.start, equation.end) for equation in found]
    for equation in _from_prose(text, index):
        if all(equation.end <= start or end <= equation.start for start, end in taken):
            found.append(equation)
    return sorted(found, key=lambda equation: (equation.end, equation.start))


def _marks(line: str) -> Iterator[_Mark]:
    removed = 0
    for match in _MARK.finditer(line):
        yield _Mark(match[1], match.start() - removed)
        removed += len(match[0])


def _from_mark(mark: _Mark, text: str, index: int) -> Equation | None:
    before = _left(text[: mark.at].rstrip(" $£€"))
    left, _, right = mark.text.partition("=")
    try:
        expression, stated = read(left), _value(read(right.rpartition("=")[2]))
        if isinstance(expression, Number):  # `<<20=20>>` repeats its result: the prose has the computation
            expression = _agreeing(before[1] if before else "", stated)
        value = _value(expression)
    except (ArithmeticTextError, ZeroDivisionError):
        return None
    shown = _SHOWN.match(text, mark.at)
    return Equation(
        expression=expression,
        value=value,
        stated=stated,
        line=index,
        start=before[0] if before else mark.at,
        end=shown.end() if shown else mark.at,
        result=mark.at,
    )


_NEVER_BEFORE = {
    "word": ("number",),
    "number": ("number", "bracket"),
    "sign": ("sign", "end"),
    "bracket": (),
    "other": ("number", "sign", "bracket", "end"),
}
"""For each kind of piece those that it never stands before in one expression; `end` is the sign `=`."""
_OPENED = {")": 1, "(": -1}


def _left(text: str) -> tuple[int, str] | None:
    """Where the arithmetic that ends with the last sign `=` of `text` starts, and the arithmetic without unit words."""
    pieces = _last_arithmetic(text[:-1]) if text.endswith("=") else []
    return (pieces[0].start(), " ".join(piece[0] for piece in pieces)) if pieces else None


def _last_arithmetic(text: str) -> list[re.Match[str]]:
    """The pieces of the arithmetic that `text` ends with, read from its end while they can belong together."""
    kept: list[re.Match[str]] = []
    after, words, opened, whole = "end", 0, 0, 0
    for piece in reversed(list(_PIECE.finditer(text))):
        kind = piece.lastgroup or ""
        opened += _OPENED.get(piece[0], 0)
        words = words + 1 if kind == "word" else 0
        if words > _LONGEST_UNIT or _ends(kind, after, opened):
            break
        if not words:
            kept.append(piece)
            after = kind
            if not opened and kind != "sign":
                whole = len(kept)
    return kept[:whole][::-1]


def _ends(kind: str, after: str, opened: int) -> bool:
    """Whether a piece no longer belongs to the arithmetic after it, inside of so many brackets that it closes."""
    if kind == "number" and opened:
        return False  # whatever is wrong inside brackets, the reader of arithmetic finds it
    return opened < 0 or after in _NEVER_BEFORE[kind]


def _statements(line: str) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Each `left = result` of a line: where the left side starts, its arithmetic, and the match of the result."""
    for sign in re.finditer("=", line):
        right = _STATED.match(line, sign.end())
        left = _left(line[: sign.end()]) if right else None
        if left and right:
            yield *left, right


def _agreeing(left: str, stated: Fraction) -> Expression:
    """The expression `left` (percentages divided, where they must be) if it comes to what is stated.

    Raises ArithmeticTextError where it does not.
    """
    expression = read(left)
    if evaluate(expression) == stated:
        return expression
    if evaluate(expression, percents=True) == stated:
        return _percents_divided(expression)
    raise ArithmeticTextError(f"{left!r} does not come to {stated}")


def _percents_divided(expression: Expression) -> Expression:
    if isinstance(expression, Number):
        return replace(expression, value=expression.value / 100, percent=False) if expression.percent else expression
    return replace(expression, left=_percents_divided(expression.left), right=_percents_divided(expression.right))


def _from_prose(text: str, index: int) -> Iterator[Equation]:
    for start, left, right in _statements(text):
        stated = Fraction(right["number"].replace(",", ""))
        try:
            expression = _agreeing(left, stated)
        except ArithmeticTextError:
            continue
        if not isinstance(expression, Number):
            yield Equation(
                expression=expression,
                value=stated,
                stated=stated,
                line=index,
                start=start,
                end=right.end("number"),
                result=right.start("number"),
                marked=False,
            )


def wrong_equations(text: str) -> list[str]:
    """The equations that `text` states and that do not hold, as they stand there; what cannot be read is passed over.

    A percentage may count as its number or as its share, and a result may be rounded to the decimals it shows.

    >>> wrong_equations("He has 50x8 = 350 of 2 * 200 = 400, and 10 / 3 = 3.33.")
    ['50x8 = 350']
    """
    wrong = [match[0] for match in _LONE.finditer(text) if Fraction(match[1]) != Fraction(match[2])]
    for line in text.split("\n"):
        for start, left, right in _statements(line):
            if _is_whole(line, start, right.start() - 1) and not _holds(left, right["number"]):
                wrong.append(line[start : right.end()].strip())
    return wrong


def _is_whole(line: str, start: int, end: int) -> bool:
    """Whether `line[start:end]` is all of a left side: no algebra (`4c + 40`), nothing joined to it (`11² - 4`)."""
    glued = line[:start] if line[start] != " " else ""
    before = line[:start].rstrip()[-1:]
    joined = (
        _SPOKEN.search(line[:start]) or before.isdigit() or before in tuple("+-−–*/×÷^²³√%()") or glued[-1:].isalpha()
    )
    return not joined and not _VARIABLE.search(line[start:end])


def _holds(left: str, stated: str) -> bool:
    try:
        expression = read(left)
    except ArithmeticTextError:
        return True
    if isinstance(expression, Number):
        return True  # `3 shirts = $78` is a price, no equation
    results = (evaluate(expression, percents) for percents in (False, True))
    return any(result is None or _may_state(stated, result) for result in results)


def _may_state(stated: str, result: Fraction) -> bool:
    """Whether a result may be written so: rounded to the decimals that are shown, or as a percentage."""
    decimals = len(stated.partition(".")[2])
    rounding = Fraction(1, 2 * 10**decimals) if decimals else 0
    value = Fraction(stated.replace(",", ""))
    return abs(result - value) <= rounding or value == result * 100
