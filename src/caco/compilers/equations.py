"""The equations of a worked solution, in order: calculator marks `<<48/2=24>>`, and those that the prose states.

Arithmetic is taken as people write it: read into a small tree, and evaluated in exact fractions.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
_NUMBER = r"(?:\d[\d,]*\d|\d)(?:\.\d+)?|\.\d+"
_PIECE = re.compile(
    rf"(?P<number>[$£€]?\s?(?:{_NUMBER})(?:\s?%)?)|(?P<sign>[-+*/×÷–−]|[xX](?=\s*[\d.($£€])(?<![A-Za-z].))|(?P<bracket>[()])"
    rf"|(?P<word>[A-Za-z'’]+(?:/[A-Za-z]+)*\.?)|(?P<other>\S)"
)
_STATED = re.compile(rf"\s*[$£€]?\s?(?P<number>-?(?:{_NUMBER}))(?!\s?[-+*/×÷(]\s?[\d($]|\s[xX]\s|[\d/])")
_LONGEST_UNIT = 5
_LONE = re.compile(r"^(-?\d+(?:\.\d+)?) = (-?\d+(?:\.\d+)?)(?=\.?$)", re.MULTILINE)
_SPOKEN = re.compile(r"\b(?:remainder|whole part) of\s*$")
_VARIABLE = re.compile(r"\d[A-Za-z]\b(?! ?\d)|[·²³^√]")


def unmarked(line: str) -> str:
    """A line as people read it."""
    return _MARK.sub("", line)


def equations(solution: str) -> tuple[Equation, ...]:
    """All equations of a solution that can be read, in the order of the text. A number stated alone is none."""
    found = []
    for index, line in enumerate(solution.split("\n")):
        marks = list(_marks(line))
        text = unmarked(line)
        in_line = [equation for mark in marks if (equation := _from_mark(mark, text, index))]
        taken = [(equation.start, equation.end) for equation in in_line]
        for equation in _from_prose(text, index):
            if all(equation.end <= start or end <= equation.start for start, end in taken):
                in_line.append(equation)
        found += sorted(in_line, key=lambda equation: (equation.end, equation.start))
    return tuple(found)


def _marks(line: str) -> Iterator[_Mark]:
    removed = 0
    for match in _MARK.finditer(line):
        yield _Mark(match[1], match.start() - removed)
        removed += len(match[0])


def _from_mark(mark: _Mark, text: str, index: int) -> Equation | None:
    left, _, right = mark.text.partition("=")
    try:
        expression = read(left)
        stated_by = read(right.rpartition("=")[2])
    except ArithmeticTextError:
        return None
    stated = evaluate(stated_by)
    if isinstance(expression, Number) or stated is None:
        written = _left_of(text[: mark.at], stated)
        if written is None or stated is None:
            return None
        expression = written
    value = evaluate(expression)
    if value is None:
        return None
    shown = re.match(rf"[$£€]?\s?(?:{_NUMBER})", text[mark.at :])
    end = mark.at + (shown.end() if shown else 0)
    before = _left(text[: mark.at].rstrip(" $£€"))
    start = before[0] if before else mark.at
    return Equation(expression=expression, value=value, stated=stated, line=index, start=start, end=end, result=mark.at)


def _left_of(text: str, stated: Fraction | None) -> Expression | None:
    """The expression that the prose states before a mark that repeats only its result."""
    written = _left(text.rstrip(" $£€"))
    return _agreeing(written[1], stated) if written and stated is not None else None


def _left(text: str) -> tuple[int, str] | None:
    """Where the arithmetic that ends with the last sign `=` of `text` starts, and the arithmetic without unit words."""
    if not text.endswith("="):
        return None
    text = text[:-1]
    kept: list[re.Match[str]] = []
    words, opened, start = 0, 0, None
    for piece in reversed(list(_PIECE.finditer(text))):
        kind, after = piece.lastgroup, kept[-1].lastgroup if kept else "end"
        if kind == "word":
            words += 1
            if words > _LONGEST_UNIT or after == "number":
                break
            continue
        if kind == "other" or (
            kind == "number" and after in ("number", "bracket") and kept[-1][0] != ")" and not opened
        ):
            break
        if kind == "sign" and (after == "end" or after == "sign"):
            break
        if piece[0] in "()":
            opened += 1 if piece[0] == ")" else -1
            if opened < 0:
                break
        words = 0
        kept.append(piece)
        if not opened and (kind == "number" or piece[0] == "("):
            start = len(kept)
    if start is None:
        return None
    kept = kept[:start][::-1]
    return kept[0].start(), " ".join(piece[0] for piece in kept)


def _agreeing(left: str, stated: Fraction) -> Expression | None:
    """The expression `left` if it comes to what is stated (as a percentage or not)."""
    try:
        expression = read(left)
    except ArithmeticTextError:
        return None
    if evaluate(expression) == stated:
        return expression
    return _percents_divided(expression) if evaluate(expression, percents=True) == stated else None


def _percents_divided(expression: Expression) -> Expression:
    if isinstance(expression, Number):
        return replace(expression, value=expression.value / 100, percent=False) if expression.percent else expression
    return replace(expression, left=_percents_divided(expression.left), right=_percents_divided(expression.right))


def _from_prose(text: str, index: int) -> Iterator[Equation]:
    for sign in re.finditer("=", text):
        right = _STATED.match(text, sign.end())
        left = _left(text[: sign.end()]) if right else None
        if right is None or left is None:
            continue
        stated = Fraction(right["number"].replace(",", ""))
        expression = _agreeing(left[1], stated)
        if expression is not None and not isinstance(expression, Number):
            yield Equation(
                expression=expression,
                value=stated,
                stated=stated,
                line=index,
                start=left[0],
                end=right.end("number"),
                result=right.start("number"),
                marked=False,
            )


def wrong_equations(text: str) -> list[str]:
    """The equations that `text` states and that do not hold, as they stand there; what cannot be read is passed over.

    A percentage may count as its number or as its share, and a result may be rounded to the decimals it shows.
    """
    wrong = [match[0] for match in _LONE.finditer(text) if Fraction(match[1]) != Fraction(match[2])]
    for line in text.split("\n"):
        for sign in re.finditer("=", line):
            right, left = _STATED.match(line, sign.end()), _left(line[: sign.end()])
            if left and right and _is_whole(line, left[0], sign.start()) and not _holds(left[1], right["number"]):
                wrong.append(line[left[0] : right.end()].strip())
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
    decimals = len(stated.partition(".")[2])
    rounding = Fraction(1, 2 * 10**decimals) if decimals else Fraction(0)
    value = Fraction(stated.replace(",", ""))
    results = (evaluate(expression, percents) for percents in (False, True))
    return any(r is None or r == value or abs(r - value) <= rounding or value == r * 100 for r in results)
