"""Where each number of a worked solution comes from: the problem's text, an earlier step, or general knowledge.

A number is looked up by its value, so one value with two possible origins is in doubt. The program is right for the
seed's own numbers either way; what is in doubt keeps its value (`Origins.frozen`), so that no fresh text can be false.

Origins are written as Python as the author put them, but so that no binary noise shows.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from caco.compilers.equations import Equation, Expression, Number, Operation, combine
from caco.text.mentions import Mention, mentions
from caco.text.template import implied, plain


@dataclass(frozen=True, slots=True)
class FromText:
    """A number of the problem's text, named by its value: equal numbers are one input."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class FromStep:
    """The result of an earlier step."""

    index: int
    value: Fraction


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that stands in the program itself."""

    value: Fraction
    explained: bool = True
    """Whether it is known why: a ratio word or fraction of the text, or general knowledge that the text calls for."""


@dataclass(frozen=True, slots=True)
class Compound:
    """Two parts joined by `+ - * /`."""

    sign: str
    left: "Origin"
    right: "Origin"


NO_QUANTITY = ("ratio", "fraction", "ordinal")
"""Kinds of mentions whose values no input has: `half`, `2/3`, `third`."""
Leaf: TypeAlias = FromText | FromStep | Constant
Origin: TypeAlias = Leaf | Compound


@dataclass(frozen=True, slots=True)
class Step:
    """One equation with the origins of its numbers."""

    equation: Equation
    origin: Origin


@dataclass(slots=True)
class Origins:
    """The steps of a solution, and the values of the text that must not change."""

    text: str
    found: tuple[Mention, ...]
    steps: list[Step] = field(default_factory=list)
    uses: Counter[Leaf] = field(default_factory=Counter)
    """How often each number is an operand of the steps so far."""
    doubts: list[tuple[Origin, tuple[Origin, ...]]] = field(default_factory=list)
    """Each operand that has other possible origins than the chosen one."""
    line: str = ""

    def stated(self, value: Fraction) -> bool:
        """Whether the text has a number (not a fraction, ratio word or ordinal) of this value."""
        return any(m.value == value and m.kind not in NO_QUANTITY for m in self.found)

    def percents(self) -> list[Fraction]:
        """The percentages of the text."""
        return [mention.value for mention in self.found if mention.kind == "percent"]

    def ratios(self) -> set[Fraction]:
        """Fractions and ratio words of the text (`half`, `twice`, `2/3`)."""
        return {m.value for m in self.found if m.kind in ("ratio", "fraction") and m.value}


def trace_origins(problem: str, steps: Sequence[Equation], lines: Sequence[str]) -> Origins:
    """The origins of all numbers of `steps`; `lines` are the lines of the solution without marks."""
    origins = Origins(problem, mentions(problem))
    for equation in steps:
        origins.line = lines[equation.line]
        origin = _resolve(equation.expression, origins)
        origins.steps.append(Step(equation, origin))
        origins.uses.update(leaves(origin))
    return origins


def leaves(origin: Origin) -> Iterator[Leaf]:
    """The parts of an origin that are not compound, left to right."""
    if isinstance(origin, Compound):
        yield from leaves(origin.left)
        yield from leaves(origin.right)
    else:
        yield origin


def parts(origin: Origin) -> Iterator[Origin]:
    """An origin and all its parts."""
    yield origin
    if isinstance(origin, Compound):
        yield from parts(origin.left)
        yield from parts(origin.right)


def value_of(origin: Origin) -> Fraction:
    """The exact value of an origin in the seed's own run."""
    if isinstance(origin, Compound):
        return combine(origin.sign, value_of(origin.left), value_of(origin.right))
    return origin.value


_HUNDRED, _HUNDREDTH, _ONE = Constant(Fraction(100)), Fraction(1, 100), Constant(Fraction(1))


def _resolve(expression: Expression, origins: Origins) -> Origin:
    match expression:
        case Number(value):
            return _origin(value, origins)
        case Operation(sign, Number(left), Number(right)) if idiom := _idiom(sign, left, right, origins):
            return idiom
        case Operation("/", first, Number(value)) if value == _HUNDRED.value and origins.percents():
            # With percentages about, a quantity of 100 is not meant, and would not vary anyway.
            return Compound("/", _resolve(first, origins), _HUNDRED)
        case Operation("*", Operation("*", first, second), Number(value) as last) if value == _HUNDREDTH:
            # The hundredth belongs to the percentage beside it, which only `second` can be.
            return _resolve(Operation("*", first, Operation("*", second, last)), origins)
        case Operation(sign, first, second):
            operand = _resolve(second, origins)
            return Compound(sign, _resolve(first, origins), operand)


def _idiom(sign: str, left: Fraction, right: Fraction, origins: Origins) -> Origin | None:
    """Two numbers that are one part or percentage of the text, if they are."""
    if sign == "*":
        return _percent_of(left, right, origins)
    return _written_fraction(left, right, origins.ratios()) if sign == "/" and right else None


def _written_fraction(above: Fraction, below: Fraction, ratios: set[Fraction]) -> Origin | None:
    """`2/3` where the text says `2/3` or `two thirds`, or the 1/2 of `half`: its two numbers are no quantities."""
    value = above / below
    if value == 1:  # all of the parts, as in `3/3 - 2/3`
        named = any(ratio.denominator == below for ratio in ratios)
    else:
        named = value < 1 and below != 1 and (value in ratios or 1 - value in ratios)
    return Compound("/", Constant(above), Constant(below)) if named else None


def _percent_of(left: Fraction, right: Fraction, origins: Origins) -> Origin | None:
    """`20*.01` where the text says 20%."""
    for number, by in ((left, right), (right, left)):
        if by == _HUNDREDTH and number in origins.percents():
            return Compound("/", _origin(number, origins), _HUNDRED)
    return None


def _origin(value: Fraction, origins: Origins) -> Origin:
    """The most likely origin of a number: an unused step, an unused number of the text, the last step, a constant."""
    candidates: list[FromStep | FromText] = [
        FromStep(index, step.equation.value)
        for index, step in reversed(list(enumerate(origins.steps)))
        if value in (step.equation.value, step.equation.stated)
    ]
    if origins.stated(value):
        candidates.append(FromText(value))
    if not candidates:
        return _share(value, origins) or _constant(value, origins)
    unused = [candidate for candidate in candidates if not origins.uses[candidate]]
    chosen = _told(candidates, origins) or (unused or candidates)[0]
    _doubt(chosen, candidates, value, origins)
    return chosen


def _doubt(chosen: Origin, candidates: Sequence[Leaf], value: Fraction, origins: Origins) -> None:
    """Note what else the operand could be; beside a step that comes to 60, also the 60 of an hour."""
    others: list[Origin] = [candidate for candidate in candidates if candidate != chosen]
    if isinstance(candidates[0], FromStep) and value != 1 and (constant := _constant(value, origins)).explained:
        others.append(constant)
    if others:
        origins.doubts.append((chosen, tuple(others)))


def _told(candidates: Sequence[Leaf], origins: Origins) -> FromText | None:
    """The number of the text among several candidates, if its noun there follows it in this line too (`$20 bills`)."""
    last = candidates[-1]
    if len(candidates) < 2 or not isinstance(last, FromText):
        return None
    mine = (mention for mention in origins.found if mention.value == last.value)
    return last if any(_noun_again(mention, origins) for mention in mine) else None


def _noun_again(mention: Mention, origins: Origins) -> bool:
    """Whether a number and its noun stand in the line as they do in the text."""
    noun = re.match(r"[ -]([a-z]{3,})", origins.text[mention.end :])
    written = re.escape(origins.text[mention.start : mention.end])
    return noun is not None and re.search(rf"(?<![\d.,]){written}[ -]{noun[1]}", origins.line) is not None


def _share(value: Fraction, origins: Origins) -> Origin | None:
    """0.2, 0.8, 1.2, 80 and 120 where the text (or a step that is a percentage) has 20%."""
    percents = origins.percents()
    if not percents or value in origins.ratios():
        return None
    found = [shape for percent in percents for shape in _shares(FromText(percent)) if value_of(shape) == value]
    if len(found) > 1:
        origins.doubts.append((found[0], tuple(found[1:])))
    return found[0] if found else _share_of_step(value, origins)


def _share_of_step(value: Fraction, origins: Origins) -> Origin | None:
    """0.8 where the last step that comes to 80 works with percentages alone (`100 - 20`)."""
    for index, step in reversed(list(enumerate(origins.steps))):
        result = FromStep(index, step.equation.value)
        if value < 2 and result.value == value * 100 and _is_percentage(step, origins):
            return Compound("/", result, _HUNDRED)
    return None


def _shares(percent: FromText) -> Iterator[Origin]:
    """What 20% can stand for in a product, the likeliest first: 0.2, 0.8, 1.2, 80 and 120."""
    yield Compound("/", percent, _HUNDRED)
    for sign in "-+":
        yield Compound(sign, _ONE, Compound("/", percent, _HUNDRED))
        yield Compound(sign, _HUNDRED, percent)


def _is_percentage(step: Step, origins: Origins) -> bool:
    return any(isinstance(leaf, FromText) and leaf.value in origins.percents() for leaf in leaves(step.origin))


def _constant(value: Fraction, origins: Origins) -> Constant:
    """A constant, and whether the text or this line explains it: `half` explains 2, 1/2 and 3/2, a percentage 100."""
    explained = (
        any(value in (r, 1 / r, 1 - r, 1 + r, r.denominator, r.numerator) for r in origins.ratios())
        or implied(value, origins.text)
        or implied(value, origins.line)
        or (value in (_HUNDRED.value, _HUNDREDTH) and bool(origins.percents()))
    )
    return Constant(value, explained)


_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
_PLACES = 6
"""Results are rounded to so many places where floats could leave noise; a value with more keeps all its digits."""


def expression_code(origin: Origin, names: Mapping[Origin, str]) -> str:
    """The Python expression of one step; `names` has the variable of each input and step."""
    ordered = _divided_last(origin)
    code = _code(ordered, names, 0)
    exact_in_places = (value_of(ordered) * 10**_PLACES).denominator == 1
    return f"round({code}, {_PLACES})" if exact_in_places and _noisy(ordered) else code


def literal(value: Fraction) -> str:
    """A terminating decimal as a Python literal."""
    return plain(value)


def _divided_last(origin: Origin) -> Origin:
    """The same value with products before quotients: `95 * 20 / 100` is exact where `20 / 100 * 95` need not be."""
    if not isinstance(origin, Compound):
        return origin
    if origin.sign in "+-":
        return Compound(origin.sign, _divided_last(origin.left), _divided_last(origin.right))
    above, below = _factors(origin)
    kept = [factor for factor in above if factor != Constant(Fraction(1))]
    above = kept or above[:1]
    result = above[0]
    for factor in above[1:]:
        result = Compound("*", result, factor)
    for factor in below:
        result = Compound("/", result, factor)
    return result


def _factors(origin: Origin) -> tuple[list[Origin], list[Origin]]:
    """What is multiplied and what is divided by; quotients inside brackets stay together on the right of a division."""
    if not (isinstance(origin, Compound) and origin.sign in "*/"):
        return [_divided_last(origin)], []
    above, below = _factors(origin.left)
    if origin.sign == "*":
        more_above, more_below = _factors(origin.right)
        return above + more_above, below + more_below
    return above, [*below, _divided_last(origin.right)]


def _code(origin: Origin, names: Mapping[Origin, str], binding: int) -> str:
    """The expression, in brackets where it binds less than `binding`."""
    if not isinstance(origin, Compound):
        return names.get(origin) or literal(origin.value)  # what only a comparison beside the answer uses is no input
    mine = _BINDING[origin.sign]
    if origin.sign == "-" and origin.left == Constant(Fraction(0)):
        text = f"-{_code(origin.right, names, 3)}"
    else:
        right = _code(origin.right, names, mine + 1 if origin.sign in "-/" else mine)
        text = f"{_code(origin.left, names, mine)} {origin.sign} {right}"
    return f"({text})" if mine < binding else text


def _noisy(origin: Origin) -> bool:
    """Whether floats could leave noise: some operation has an operand that is not whole."""
    if not isinstance(origin, Compound):
        return False
    parts = (origin.left, origin.right)
    return any(_noisy(part) or value_of(part).denominator != 1 for part in parts)
