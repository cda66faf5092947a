"""What a run shows to be true of its values, and whether another run of the program keeps it.

A bound is observed, never guessed: 24 eggs show that the eggs are whole, positive and not one; 0.25 shows a share.
A fresh run that keeps all bounds of the seed's run can be told in the seed's words.
"""

import ast
import math
import re
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
        return 0
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
    numbers = [v for v in values if is_number(v)]
    if len(numbers) < len(values):
        kinds = {type(v).__name__ for v in values}
        yield from (Bound(name=name, rule="type", other=kind) for kind in kinds if len(kinds) == 1)
        return
    places = max(map(_places, numbers))
    if places <= FINEST:
        yield Bound(name=name, rule="decimals", other=str(max(2, places))) if places else Bound(name=name, rule="whole")
    signs = [r for r in ("share", "positive", "negative", "nonnegative") if all(RULES[r](v, 0) for v in numbers)]
    yield from (Bound(name=name, rule=r) for r in signs[:1])
    if len(numbers) == 1 and "share" not in signs:
        number: Any = numbers[0]
        yield Bound(name=name, rule="one" if number == 1 else "zero" if number == 0 else "not_one")
        yield Bound(name=name, rule="at_most", other=str(_ceiling(float(abs(number)))))


def holds(bound: Bound, values: Values) -> bool:
    """Whether every value of the bound's name keeps it; a name that took no value breaks nothing, nor is broken."""
    own = values.get(bound.name, ())
    if bound.rule == "type":
        return all(type(v).__name__ == bound.other for v in own)
    other: Any = 0
    if bound.other in values:
        other = values[bound.other][-1]
        if not is_number(other):
            return False
    elif bound.other:
        if bound.other.isidentifier():
            return True
        other = int(bound.other) if bound.other.isdecimal() else float(bound.other)
    rule = RULES[bound.rule]
    return all(is_number(v) and rule(v, other) for v in own)


def is_number(value: object) -> TypeGuard[Number]:
    """Whether a value is a real, finite number (a truth value is none)."""
    if type(value) in (int, Fraction):
        return True
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def order(name: str, other: str, values: Values) -> Bound | None:
    """Which of two names has the smaller number; None where they are equal or have not a single number each.

    `other` may be a number as text: then only a name that is below it has a bound, as 20 is in `20 / 100`.
    """
    one, two = _single(name, values), _single(other, values)
    if two is None and other not in values and one is not None and not other.isidentifier():
        return Bound(name=name, rule="below", other=other) if RULES["below"](one, float(other)) else None
    if one is None or two is None or _close(one, two):
        return None
    return Bound(name=name, rule="below", other=other) if one < two else Bound(name=other, rule="below", other=name)


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
    _SLOT + r"(?:/| (?:out )?of (?:the |his |her |their |its |these |those |every )?| to | and )" + _SLOT
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


def _of_text(text: str, values: Values) -> Iterator[Bound]:
    """What the problem's words show: percentages, hours in a day and the like, `{a} of the {b}`, ages and scores."""
    for name in _PERCENT.findall(text):
        if _single(name, values) is not None and holds(percent := Bound(name=name, rule="percent"), values):
            yield percent
    for pattern, limits in _LIMITS:
        for name in pattern.findall(text):
            yield from _limit(name, limits, values)
    for match in _OF_A_WHOLE.finditer(text):
        is_range = _RANGE.search(text, 0, match.start()) is not None
        if is_range or match[0].split("}")[1].split("{")[0].strip() not in ("to", "and"):
            yield from filter(None, [order(match[1], match[2], values)])
    if _SCALES.search(text):
        for name in values:
            yield from _limit(name, (100,), values)
    for group in _of_one_kind(text, values):
        yield from filter(None, (order(*pair, values) for pair in pairwise(group)))
    if _SUPERLATIVE.search(text):
        names = [name for name in values if _single(name, values) is not None]
        yield from filter(None, (order(*pair, values) for pair in pairwise(sorted(names, key=lambda n: values[n][0]))))
    if _SOME_OF.search(text):
        pairs = (order("output", name, values) for name, _ in slots(text))
        yield from (bound for bound in pairs if bound and bound.name == "output")


def _of_one_kind(text: str, values: Values) -> Iterator[list[str]]:
    """Inputs of one kind, by size: amounts of money, percentages, counts before one noun.

    Much is said of their order without a number ("only", "raised to", "the cheaper one"), and a car costs more than its
    petrol.
    """
    kinds: dict[str, list[str]] = {}
    for match in _KIND.finditer(text):
        kind = "$" if match[1] or "$" in match[3] else "%" if match[4] else (match[5] or "").lower()
        if _single(match[2], values) is not None and match[2] not in kinds.setdefault(kind, []):
            kinds[kind].append(match[2])
    yield from (sorted(names, key=lambda n: values[n][0]) for names in kinds.values())


def _limit(name: str, limits: Sequence[int], values: Values) -> Iterator[Bound]:
    value = _single(name, values)
    fitting = [limit for limit in limits if value is not None and value <= limit]
    yield from (Bound(name=name, rule="at_most", other=str(limit)) for limit in fitting[:1])


def _single(name: str, values: Values) -> Number | None:
    own = values.get(name, ())
    return own[0] if len(own) == 1 and is_number(own[0]) else None


def _ceiling(size: float) -> int:
    """The magnitude that a fresh value stays within: 1, 2 or 5 times a power of ten, at least five times the seed's."""
    power: int = 10 ** max(0, math.floor(math.log10(max(1, 5 * size))))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= 5 * size)


def _shown(value: object) -> str:
    return str(float(value)) if isinstance(value, Fraction) else repr(value)
