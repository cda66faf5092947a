"""Where each number of a worked solution comes from: the problem's text, an earlier step, or general knowledge.

A number is looked up by its value, so one value with two possible origins is in doubt. The program is right for the
seed's own numbers either way; what is in doubt keeps its value (`Origins.frozen`), so that no fresh text can be false.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from caco.compilers.equations import Equation, Expression, Number, Operation, combine
from caco.text.mentions import Mention, mentions
from caco.text.template import implied


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


Origin: TypeAlias = FromText | FromStep | Constant | Compound


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
    uses: Counter[Origin] = field(default_factory=Counter)
    doubts: list[tuple[Origin, tuple[Origin, ...]]] = field(default_factory=list)
    """Each operand that has other possible origins than the chosen one."""
    line: str = ""

    def stated(self, value: Fraction) -> bool:
        """Whether the text has a number (not a fraction, ratio word or ordinal) of this value."""
        return any(m.value == value and m.kind not in ("ratio", "fraction", "ordinal") for m in self.found)

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


def leaves(origin: Origin) -> Iterator[FromText | FromStep | Constant]:
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


def _resolve(expression: Expression, origins: Origins) -> Origin:
    if isinstance(expression, Number):
        return _origin(expression.value, origins)
    fraction = _written_fraction(expression, origins)
    if fraction is not None:
        return fraction
    percent = _percent_of(expression, origins)
    if percent is not None:
        return percent
    left = expression.left
    if expression.sign == "*" and _is_hundredth(expression.right) and isinstance(left, Operation) and left.sign == "*":
        return _resolve(Operation("*", left.left, Operation("*", left.right, expression.right)), origins)
    right = _hundred(expression, origins) or _resolve(expression.right, origins)
    return Compound(expression.sign, _resolve(expression.left, origins), right)


def _hundred(expression: Operation, origins: Origins) -> Constant | None:
    """The 100 of `/ 100` in a text with percentages, even where a quantity of 100 (then in doubt) stands there too."""
    right, hundred = expression.right, Fraction(100)
    if expression.sign != "/" or not isinstance(right, Number) or right.value != hundred or not origins.percents():
        return None
    if origins.stated(hundred):
        origins.doubts.append((Constant(hundred), (FromText(hundred),)))
    return Constant(hundred)


def _is_hundredth(expression: Expression) -> bool:
    return isinstance(expression, Number) and expression.value == Fraction(1, 100)


def _written_fraction(expression: Operation, origins: Origins) -> Origin | None:
    """`2/3` where the text says `2/3` or `two thirds`, or the 1/2 of `half`: its two numbers are no quantities."""
    left, right = expression.left, expression.right
    if expression.sign != "/" or not (isinstance(left, Number) and isinstance(right, Number)) or not right.value:
        return None
    value = left.value / right.value
    whole = left.value == right.value and any(ratio.denominator == right.value for ratio in origins.ratios())
    if whole or (value in origins.ratios() | {1 - r for r in origins.ratios()} and right.value != 1 and value < 1):
        return Compound("/", Constant(left.value), Constant(right.value))
    return None


def _percent_of(expression: Operation, origins: Origins) -> Origin | None:
    """`20/100` and `20*.01` where the text says 20%."""
    left, right = expression.left, expression.right
    if not (isinstance(left, Number) and isinstance(right, Number)):
        return None
    for first, second in ((left.value, right.value), (right.value, left.value)):
        divides = expression.sign == "/" and second == 100 and first == left.value
        scales = expression.sign == "*" and second == Fraction(1, 100)
        if (divides or scales) and first in origins.percents():
            return Compound("/", _origin(first, origins), Constant(Fraction(100)))
    return None


def _origin(value: Fraction, origins: Origins) -> Origin:
    """The most likely origin of a number: an unused step, an unused number of the text, the last step, a constant."""
    steps: list[Origin] = [
        FromStep(index, step.equation.value)
        for index, step in reversed(list(enumerate(origins.steps)))
        if value in (step.equation.value, step.equation.stated)
    ]
    text: list[Origin] = [FromText(value)] if origins.stated(value) else []
    candidates = steps + text
    unused = [candidate for candidate in candidates if not origins.uses[candidate]]
    if candidates:
        chosen = _told(candidates, origins) or (unused or candidates)[0]
        others = tuple(candidate for candidate in candidates if candidate != chosen)
        if steps and (constant := _constant(value, origins)).explained and value != 1:
            others += (constant,)
        if others:
            origins.doubts.append((chosen, others))
        return chosen
    return _share(value, origins) or _constant(value, origins)


def _told(candidates: Sequence[Origin], origins: Origins) -> Origin | None:
    """The one candidate whose noun in the text follows the number in this line too (`$20 bills`)."""
    if len(candidates) < 2:
        return None
    named = []
    for candidate in candidates:
        if isinstance(candidate, FromText) and any(
            noun and re.search(rf"(?<![\d.,]){re.escape(origins.text[m.start : m.end])}[ -]{noun[1]}", origins.line)
            for m in origins.found
            if m.value == candidate.value and (noun := re.match(r"[ -]([a-z]{3,})", origins.text[m.end :]))
        ):
            named.append(candidate)
    return named[0] if len(named) == 1 else None


def _share(value: Fraction, origins: Origins) -> Origin | None:
    """0.2, 0.8, 1.2, 80 and 120 where the text (or a step that is a percentage) has 20%."""
    if value in origins.ratios():
        return None
    found = [
        shape for percent in origins.percents() for shape in _shares(FromText(percent)) if value_of(shape) == value
    ]
    if not found and value < 2 and origins.percents():
        steps = [FromStep(index, step.equation.value) for index, step in reversed(list(enumerate(origins.steps)))]
        percents = [step for step in steps if step.value == value * 100 and _is_percentage(step, origins)]
        found = [Compound("/", step, Constant(Fraction(100))) for step in percents[:1]]
    if len(found) > 1:
        origins.doubts.append((found[0], tuple(found[1:])))
    return found[0] if found else None


def _shares(percent: FromText) -> Iterator[Origin]:
    """What 20% can stand for in a product, the likeliest first: 0.2, 0.8, 1.2, 80 and 120."""
    hundred, one = Constant(Fraction(100)), Constant(Fraction(1))
    yield Compound("/", percent, hundred)
    for sign in "-+":
        yield Compound(sign, one, Compound("/", percent, hundred))
        yield Compound(sign, hundred, percent)


def _is_percentage(step: FromStep, origins: Origins) -> bool:
    """Whether a step works with percentages of the text alone (`100 - 20`)."""
    return any(
        isinstance(x, FromText) and x.value in origins.percents() for x in leaves(origins.steps[step.index].origin)
    )


def _constant(value: Fraction, origins: Origins) -> Constant:
    ratios = origins.ratios()
    known = {1 / ratio for ratio in ratios} | {1 - ratio for ratio in ratios} | {1 + ratio for ratio in ratios} | ratios
    known |= {Fraction(ratio.denominator) for ratio in ratios} | {Fraction(ratio.numerator) for ratio in ratios}
    explained = value in known or implied(value, origins.text) or implied(value, origins.line)
    return Constant(value, explained or (value in (100, Fraction(1, 100)) and bool(origins.percents())))
