"""What a run shows to be true of its values, and whether another run of the program keeps it.

A bound is observed, never guessed: 24 eggs show that the eggs are whole, positive and not one; 0.25 shows a share.
A fresh run that keeps all bounds of the seed's run can be told in the seed's words.
"""

import ast
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from numbers import Real
from typing import Any, TypeAlias, TypeGuard

from caco.program.form import FormError, parse
from caco.program.syntax import walk
from caco.program.values import decode
from caco.records import Bound, Execution, Status
from caco.text.template import slots

Number: TypeAlias = int | float | Fraction
Values: TypeAlias = Mapping[str, Sequence[Any]]
"""All values that each name took, in order: an input has one, a name assigned in a loop may have many."""

EPSILON = 1e-9
"""Two numbers closer than this (relative to 1 or their size) are one number to these rules: floats carry noise."""
FINEST = 3
"""The most decimal places that are a precision; a number with more (a third, a square root) shows none."""


def _close(x: Number, y: Number) -> bool:
    if x == y or not (isinstance(x, float) or isinstance(y, float)):
        return x == y
    return math.isclose(x, y, rel_tol=EPSILON, abs_tol=EPSILON)


def _places(x: Number, most: int = FINEST) -> int:
    """Decimal places of a number; `most` + 1 where it has more than `most`."""
    if type(x) is int:
        return 0  # most numbers are, and these rules are asked for each of millions of proposals
    return next((p for p in range(most + 1) if _close(x * 10**p, round(x * 10**p))), most + 1)


RULES: Mapping[str, Callable[[Number, Number], bool]] = {
    "whole": lambda x, _: type(x) is int or _close(x, round(x)),
    "decimals": lambda x, places: _places(x, int(places)) <= places,
    "positive": lambda x, _: x > 0,
    "nonnegative": lambda x, _: x >= 0,
    "negative": lambda x, _: x < 0,
    "share": lambda x, _: 0 < x < 1,
    "percent": lambda x, _: 0 < x < 100,
    "one": lambda x, _: _close(x, 1),
    "not_one": lambda x, _: not _close(x, 1),
    "zero": lambda x, _: _close(x, 0),
    "at_most": lambda x, y: x <= y or _close(x, y),
    "below": lambda x, y: x < y and not _close(x, y),
}
"""The rules on numbers by name. The second number is that of `Bound.other`: another name's value, or a number as text.
One more rule, `type`, is on any value: its type has the name in `Bound.other`."""
_SIGNS = ("share", "positive", "negative", "nonnegative")
"""Of these rules the first that holds is the one shown: a share is positive too."""
_GRAMMAR: Mapping[Number, str] = {0: "zero", 1: "one"}
"""Numbers with words of their own (`no eggs`, `1 egg`); any other has the rule `not_one`."""

WORDS: Mapping[str, str] = {
    "whole": "whole",
    "decimals": "a number of at most {} decimals",
    "positive": "positive",
    "nonnegative": "not negative",
    "negative": "negative",
    "share": "between 0 and 1",
    "percent": "a percentage between 0 and 100",
    "one": "one, as the text puts it in the singular",
    "not_one": "other than one, as the text puts it in the plural",
    "zero": "zero",
    "at_most": "at most {}",
    "below": "below {}",
    "type": "of type {}",
}


LARGEST = sys.float_info.max / 10
"""Magnitudes are compared up to this one: five times of it is a float still."""


def observe(execution: Execution) -> tuple[Bound, ...]:
    """The bounds that a run shows: of each input, each assigned name and the output, alone and against each other."""
    values = values_of(execution)
    cot = execution.codecot
    bounds = [bound for name in values for bound in bounds_of(name, values[name])]
    bounds += _of_text(cot.text, values)
    bounds += (b for pair in compared(cot.code, values) if (b := order(*pair, values)))
    return tuple(dict.fromkeys(bounds))


def broken(bounds: Iterable[Bound], execution: Execution) -> str | None:
    """The first bound that a run breaks, in words; None where it keeps them all. A run that failed keeps none."""
    if execution.status is not Status.OK:
        return f"the run ended with {execution.status}"
    values = values_of(execution)
    for bound in bounds:
        if not holds(bound, values):
            shown = ", ".join(map(_shown, values[bound.name][:3]))
            return f"{bound.name} is {shown}; it must be {WORDS[bound.rule].format(bound.other)}"
    return None


def values_of(execution: Execution) -> dict[str, list[Any]]:
    """All values that each name took in a run: the inputs, the assigned names, and `output`."""
    values: dict[str, list[Any]] = {name: [value] for name, value in decode(execution.inputs).items()}
    for step in execution.trace:
        values.setdefault(step.name, []).append(decode(step.value))
    values["output"] = [decode(execution.output)]
    return values


def bounds_of(name: str, values: Sequence[Any]) -> Iterator[Bound]:
    """What the values of one name show without regard to any other. Only a single value can be told in the singular."""
    if not all(map(is_number, values)):
        kinds = {type(v).__name__ for v in values}
        yield from (Bound(name=name, rule="type", other=kind) for kind in kinds if len(kinds) == 1)
        return
    places = max(map(_places, values))
    if not places:
        yield Bound(name=name, rule="whole")
    elif places <= FINEST:  # at least two: a price of $2.5 could be $2.25
        yield Bound(name=name, rule="decimals", other=str(max(2, places)))
    sign = next((rule for rule in _SIGNS if all(RULES[rule](v, 0) for v in values)), None)
    if sign:
        yield Bound(name=name, rule=sign)
    if len(values) == 1 and sign != "share":
        yield Bound(name=name, rule=_GRAMMAR.get(values[0], "not_one"))
        yield Bound(name=name, rule="at_most", other=str(_ceiling(_size(values[0]))))


def holds(bound: Bound, values: Values) -> bool:
    """Whether every value of the bound's name keeps it; a name that took no value breaks nothing, nor is broken.

    >>> holds(Bound(name="sold", rule="below", other="eggs"), {"eggs": [24], "sold": [9]})
    True
    """
    own, other = values.get(bound.name, ()), bound.other
    if bound.rule == "type":
        return all(type(v).__name__ == other for v in own)
    if other not in values and other.isidentifier():
        return True
    limit = values[other][-1] if other in values else written(other)
    rule = RULES[bound.rule]
    return is_number(limit) and all(is_number(v) and rule(v, limit) for v in own)


def written(number: str) -> int | float:
    """The number of a bound's `other` that is no name; 0 for an empty one. Raises ValueError for anything else."""
    return int(number) if number.isdecimal() else float(number or 0)


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value is a real, finite number (a truth value is none)."""
    if type(value) in (int, Fraction):
        return True
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def order(name: str, other: str, values: Values) -> Bound | None:
    """Which of two names has the smaller number; None where they are equal or have not a single number each.

    `other` may be a number as text: then only a name that is below it has a bound, as 20 is in `20 / 100`.
    """
    is_name = other in values or other.isidentifier()
    one, two = _single(name, values), _single(other, values) if is_name else float(other)
    if one is None or two is None or _close(one, two):
        return None
    if one < two:
        return Bound(name=name, rule="below", other=other)
    return Bound(name=other, rule="below", other=name) if is_name else None


def compared(code: str, values: Values) -> Iterator[tuple[str, str]]:
    """Pairs of names whose order means something: a part and its whole, two numbers that a choice is made between.

    These are operands of a subtraction, division, comparison, `min` or `max`. A result that nothing uses was worked
    out to be compared with the answer ("200 < 220, so Lola wins"), so it forms a pair with the output.
    """
    try:
        pairs, unused = _told_apart(parse(code).shared)
    except FormError:
        return
    yield from pairs
    yield from ((name, "output") for name in values if name in unused)


@lru_cache(maxsize=256)
def _told_apart(statements: Sequence[ast.stmt]) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Of a program the operands whose order means something, in pairs, and the names that nothing reads."""
    nodes = [node for statement in statements for node in walk(statement)]
    return tuple(_operands(nodes)), _names(nodes, ast.Store) - _names(nodes, ast.Load)


def _operands(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Sub() | ast.Div(), left=left, right=right):
                yield from _named(left, right)
            case ast.Compare(left=left, comparators=[right]):
                yield from _named(left, right)
            case ast.Call(func=ast.Name(id="min" | "max"), args=[left, right]):
                yield from _named(left, right)


def _names(nodes: Sequence[ast.AST], context: type[ast.expr_context]) -> frozenset[str]:
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, context))


def _named(left: ast.expr, right: ast.expr) -> Iterator[tuple[str, str]]:
    """Two operands by name, or one by name and the other by the number it is."""
    match left, right:
        case ast.Name(id=name), ast.Name(id=other):
            yield name, other
        case (ast.Name(id=name), ast.Constant(value=number)) | (ast.Constant(value=number), ast.Name(id=name)):
            if is_number(number):
                yield name, str(number)


_SLOT = r"\{(\w+)(?::[^{}]*)?\}"
_OF_A_WHOLE = re.compile(
    _SLOT + r"(?:/| (?:out )?of (?:the |his |her |their |its |these |those |every )?| (to|and) )" + _SLOT
)
_RANGE = re.compile(r"\b(?:from|between) $")
_KIND = re.compile(r"([$£€])?\{(\w+)((?::[^{}]*)?)\}(?:( ?%| percent\b)|[ -]([A-Za-z]+))?")
_SUPERLATIVE = re.compile(
    r"\b(?:(?:long|short|tall|old|young|larg|small|bigg|high|low|fast|slow|cheap|great|few|heavi|light|near|strong|b|wid)est"
    r"|(?:the |at )?(?:most|least) (?:expensive|\w+ly|of the)|maximum|minimum|threshold|winner|loser|more than the)\b",
    re.IGNORECASE,
)
"""Words that rank things, so that any other order of any two numbers could make them false."""
_SOME_OF = re.compile(r"\bhow many of\b", re.IGNORECASE)
_PERCENT = re.compile(_SLOT + r" ?(?:%|percent\b|per cent\b)")
_PER = r"(?: \w+)?,? (?:a|per|each|every|in a|in the) "
_LIMITS = tuple(
    (re.compile(_SLOT + pattern), limits)
    for pattern, limits in (
        (rf"[ -]hours?{_PER}(?:week)?(?:day|night)", (12, 24)),
        (rf"[ -]hours?{_PER}week\b", (60, 168)),
        (rf" (?:days|times|nights){_PER}week\b", (7,)),
        (rf" days{_PER}month", (28, 31)),
        (rf" (?:months|times){_PER}year", (12,)),
        (rf" weeks{_PER}month", (4,)),
        (rf" weeks{_PER}year", (50, 52)),
        (r"(?: degrees Celsius| ?°C)", (100,)),
        (r" ?(?:a\.?m\b|p\.?m\b|o'clock)", (12,)),
        (r"[ -](?:years?|yrs?)[ -](?:old|of age)", (100,)),
    )
)
"""What a number cannot pass in the world, by the words after it: the lowest limit that the seed itself keeps."""
_SCALES = re.compile(
    r"\byears?[ -]old\b|\b(?:older|younger|ages?)\b"
    r"|\b(?:exam|test|quiz|grade|score)\b.*\b(?:points?|score|grade|average)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Texts on a scale that ends at 100: ages of people, results of tests."""


def _percentages(text: str, values: Values) -> Iterator[Bound]:
    for name in _PERCENT.findall(text):
        percent = Bound(name=name, rule="percent")
        if _single(name, values) is not None and holds(percent, values):
            yield percent


def _limits_of_the_world(text: str, values: Values) -> Iterator[Bound]:
    for pattern, limits in _LIMITS:
        for name in pattern.findall(text):
            yield from _limit(name, limits, values)


def _parts_of_wholes(text: str, values: Values) -> Iterator[Bound]:
    """`{a} of the {b}` and `{a}/{b}`; `{a} to {b}` and `{a} and {b}` only where they are the ends of a range."""
    for match in _OF_A_WHOLE.finditer(text):
        if match[2] is None or _RANGE.search(text, 0, match.start()):
            yield from filter(None, [order(match[1], match[3], values)])


def _ages_and_scores(text: str, values: Values) -> Iterator[Bound]:
    for name in values if _SCALES.search(text) else ():
        yield from _limit(name, (100,), values)


def _in_order(names: Iterable[str], values: Values) -> Iterator[Bound]:
    """That names of a single number each keep their order of size."""
    by_size = sorted(names, key=lambda name: values[name][0])
    return filter(None, (order(*pair, values) for pair in pairwise(by_size)))


def _of_one_kind(text: str, values: Values) -> Iterator[Bound]:
    """Inputs of one kind keep their order: amounts of money, percentages, counts before one noun.

    Much is said of their order without a number ("only", "raised to", "the cheaper one"), and a car costs more than its
    petrol.
    """
    kinds: dict[str, dict[str, None]] = {}
    for match in _KIND.finditer(text):
        if _single(match[2], values) is not None:
            kinds.setdefault(_kind(match), {})[match[2]] = None
    for names in kinds.values():
        yield from _in_order(names, values)


def _kind(match: re.Match[str]) -> str:
    """What an input counts: money, per cent, or the noun after it."""
    if match[1] or "$" in match[3]:
        return "$"
    return "%" if match[4] else (match[5] or "").lower()


def _ranked(text: str, values: Values) -> Iterator[Bound]:
    names = (name for name in values if _single(name, values) is not None)
    return _in_order(names, values) if _SUPERLATIVE.search(text) else iter(())


def _some_of(text: str, values: Values) -> Iterator[Bound]:
    """`How many of them ...?` has an answer below any larger number of the text."""
    pairs = (order("output", name, values) for name, _ in slots(text)) if _SOME_OF.search(text) else ()
    return (bound for bound in pairs if bound and bound.name == "output")


_TOLD = (_percentages, _limits_of_the_world, _parts_of_wholes, _ages_and_scores, _of_one_kind, _ranked, _some_of)
"""What the words of a problem show; a rejected row is told the first broken bound in this order."""


def _of_text(text: str, values: Values) -> Iterator[Bound]:
    return (bound for read in _TOLD for bound in read(text, values))


def _limit(name: str, limits: Sequence[int], values: Values) -> Iterator[Bound]:
    value = _single(name, values)
    fitting = [limit for limit in limits if value is not None and value <= limit]
    yield from (Bound(name=name, rule="at_most", other=str(limit)) for limit in fitting[:1])


def _single(name: str, values: Values) -> Number | None:
    own = values.get(name, ())
    return own[0] if len(own) == 1 and is_number(own[0]) else None


def _size(value: Number) -> float:
    """The magnitude of a number; of a whole number beyond all floats, the largest float's."""
    try:
        return min(abs(float(value)), LARGEST)
    except OverflowError:
        return LARGEST


def _ceiling(size: float) -> int:
    """The magnitude that a fresh value stays within: 1, 2 or 5 times a power of ten, at least five times the seed's."""
    power: int = 10 ** max(0, math.floor(math.log10(max(1, 5 * size))))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= 5 * size)


def _shown(value: object) -> str:
    return str(float(value)) if isinstance(value, Fraction) else repr(value)
