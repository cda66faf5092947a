"""Values that could stand in an input's place: numbers, strings and lists.

Numbers that could stand in a number's place: like it in size, in roundness and in how they are written.
30 people become 15 to 75 people in steps of 5, $3.50 becomes another price in halves, 20% another multiple of 5.
Facts of the world that a problem states must not change: units ("16 ounces in a pound"), bank notes.

A text says more of a list than its type: "sorted", "each occurs twice but one", "rotated", "a tree's edges". So a list
gets new values in the old order of size with the old repetitions, an arithmetic progression another one, the edges of a
graph new node names; items change places only where no order is seen. What nothing is known of stays as it is.
"""

import itertools
import random
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import TypeAlias, TypeGuard

from caco.instances.arithmetic import UnpredictableError, exact

_UNITS = {
    "length": "inch(?:es)? foot feet yards? miles? mm cm km millimeters? centimeters? meters? metres? kilometers?",
    "weight": "ounces? oz pounds? lbs? grams? g kg kilograms? milligrams? mg kilos? tons? tonnes?",
    "volume": "ounces? oz cups? pints? quarts? gallons? ml milliliters? liters? litres? tablespoons? teaspoons? foot",
    "money": "cents? dollars? pennies penny nickels? dimes? quarters?",
    "data": "bits? bytes? kb mb gb tb kilobytes? megabytes? gigabytes? terabytes?",
    "time": "seconds? minutes? hours? days? weeks? months? years?",
}
_TIME_FACTS = (60, 24, 7, 12, 52, 365, 30, 31, 4)
"""Hours in a day and the like: any other number of hours a day is a habit, and may change."""
_SLOT = r"\{(\w+)(?::[^{}]*)?\}"
_OTHERS = re.compile(
    rf"{_SLOT}[- ](?:dollar |cent )?(?:bills?\b(?! (?:for|of))|notes?\b|coins?\b)|{_SLOT}[- ]cent piece"
    rf"|\b(?:gallon|liter|litre|pint|cup|quart)s? of water weighs? (?:about )?{_SLOT}",
    re.IGNORECASE,
)
"""Money as it is printed and struck, and the weight of water."""


def _pattern(units: str) -> re.Pattern[str]:
    unit = rf"(?:fluid |square |cubic )?(?:{'|'.join(units.split())})\b(?: of [a-z]+)?"
    equals = r"(?:is|are|=|equals?|contains?|has|have|makes?|weighs?)(?: equal to| about| approximately)?"
    one = "(?:an?|one|each|every|1)"
    return re.compile(
        rf"{_SLOT} {unit} (?:(?:in|to|per|for|{equals}) {one}|per) {unit}|\b{one} {unit} {equals} {_SLOT} {unit}",
        re.IGNORECASE,
    )


_CONVERSIONS = {dimension: _pattern(units) for dimension, units in _UNITS.items()}


def is_fact(text: str, name: str, value: int | float) -> bool:
    """Whether a template states with the input `name` how many of one unit make another, or another such fact."""
    timed, others = _stated(text)
    return name in others or (name in timed and value in _TIME_FACTS)


@lru_cache(maxsize=512)  # asked for each input of a text, by one function after the other
def _stated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The inputs that a template states to be conversions of time, and those of other facts."""
    found = {
        dimension: frozenset(name for match in conversions.finditer(text) for name in match.groups() if name)
        for dimension, conversions in _CONVERSIONS.items()
    }
    others = (name for match in _OTHERS.finditer(text) for name in match.groups() if name)
    return found.pop("time"), frozenset(others).union(*found.values())


LEAST, MOST = Fraction(1, 2), Fraction(2)
"""How far a fresh number goes from the seed's, as factors."""
NEAR = Fraction(3, 5), Fraction(8, 5)
"""The same where ages are spoken of: mothers are not three times as old as other mothers."""
SMALL = 12
"""Up to here a number is a small count, and goes from 2 to a little over twice as many."""
MANY = 300
"""As many different values as anyone needs of one number."""
_STRIDES = (1, 7, 31, 101, 1009, 10007, 100003, 10**6 + 3, 10**7 + 19, 10**8 + 7, 10**9 + 7)
"""Primes: steps through a wide range that come by every remainder."""
_LARGEST = 10**11
"""Numbers from here on stay."""
_STEPS = (1000, 500, 100, 50, 10, 5)
_PARTS = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(1, 20), Fraction(1, 100), Fraction(1, 1000))
_SHARE = re.compile(r"\{(\w+):[^{}]*percent[^{}]*\}")
_PERCENT = re.compile(r"\{(\w+)(?::[^{}]*)?\} ?(?:%|percent\b|per cent\b)")
_MONEY = re.compile(r"(?:[$£€]\{|\{(?=\w+:[^{}]*[$£€m]))(\w+)")
_TIMES = re.compile(r"\{(\w+)(?::[^{}]*)?\} times (?:as|more|the|that)\b")
_BASE = re.compile(r"\bbase \{(\w+)")
_AGES = re.compile(r"\byears?[ -]old\b|\b(?:older|younger|ages?)\b", re.IGNORECASE)


@lru_cache(maxsize=2048, typed=True)  # asked by probes, composition and fresh inputs in turn
def candidates(text: str, name: str, value: int | float) -> Sequence[int | float]:
    """Values for the input `name` in place of `value`, of its type, given the problem's template.

    There are none for 0, 1 and negative numbers, whose words ("no eggs", "1 egg") fit no other, nor for what no other
    number is true of (16 ounces in a pound, digits in base 8).
    """
    try:
        number = Fraction(exact(value))
    except UnpredictableError:  # so large a float that its digits are noise
        return ()
    if not 0 < number < _LARGEST or number == 1 or name in _BASE.findall(text) or is_fact(text, name, value):
        return ()
    return tuple(map(int if type(value) is int else float, _alike(text, name, number)))


def _alike(text: str, name: str, number: Fraction) -> list[Fraction]:
    """Numbers of the kind that the text makes of this one: a share, a percentage, a count, an amount."""
    if name in _SHARE.findall(text):
        return [p / 100 for p in _percents(number * 100)]
    if name in _PERCENT.findall(text):
        return _percents(number)
    if number.denominator == 1:
        return _counts(text, name, number)
    whole_too = name in _MONEY.findall(text)  # $2.50 may become $3.00, but 2.5 hours no 3.0 hours
    return [n for n in _decimals(number) if n.denominator > 1 or whole_too]


def _counts(text: str, name: str, number: Fraction) -> list[Fraction]:
    aged = number > SMALL and _AGES.search(text)
    found = _multiples(Fraction(1), number * NEAR[0], number * NEAR[1]) if aged else _wholes(number)
    if name in _TIMES.findall(text):
        return [n for n in found if n <= number + 3]  # seven times as tall is no height
    return found


def _wholes(number: Fraction) -> list[Fraction]:
    if number <= SMALL:
        return _multiples(Fraction(1), Fraction(2), 2 * number + 2)
    low, high = number * LEAST, number * MOST
    round_step = next((s for s in _STEPS if number % s == 0 and number >= 4 * s), None)
    if round_step:
        return _multiples(Fraction(round_step), low, high)
    stride = next(p for p in _STRIDES if (high - low) / p <= MANY)
    return [Fraction(n) for n in range(ceil(low) + int(number - ceil(low)) % stride, floor(high) + 1, stride)]


def _percents(percent: Fraction) -> list[Fraction]:
    """Percentages below 100 stay below it, and those above it above; 100% means all of it, and stays."""
    if percent == 100:
        return []
    step = next((Fraction(s) for s in (100, 50, 25, 10, 5, 1) if percent % s == 0 and percent >= 3 * s), None)
    if step is None:
        return [p for p in _decimals(percent) if p.denominator > 1]
    low, high = (percent * LEAST, min(percent * MOST, 100 - step)) if percent < 100 else (100 + step, percent * MOST)
    return _multiples(step, max(low, Fraction(2)), high)


def _decimals(number: Fraction) -> list[Fraction]:
    step = _part(number)
    low, high = number * LEAST, number * MOST
    return _multiples(step, max(low, step), min(high, 1 - step) if number < 1 else high)


def _part(number: Fraction) -> Fraction:
    """The largest usual part (a half, a quarter, a tenth, ...) that the number is a multiple of."""
    parts = _PARTS if number > 1 else _PARTS[2:]
    return next((p for p in parts if (number / p).denominator == 1), _PARTS[-1])


def _multiples(step: Fraction, low: Fraction, high: Fraction) -> list[Fraction]:
    """The multiples of `step` from `low` to `high`, every k-th of them where they are very many."""
    first, last = ceil(low / step), floor(high / step)
    return [n * step for n in range(first, last + 1, max(0, last - first) // MANY + 1)]


Numbers: TypeAlias = Sequence[int | float]
Renaming: TypeAlias = Mapping[int | float, int | float]

_ALPHABETS = (string.digits, string.ascii_lowercase, string.ascii_uppercase, string.ascii_letters)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def fresh_containers(inputs: Mapping[str, object], varies: Iterable[str], rng: random.Random) -> dict[str, object]:
    """New values for the strings and lists among `varies`, and for the numbers that name one of their items.

    Lists that share items get the same new items. An input that has nothing to draw is left out.
    """
    names = [n for n in varies if isinstance(inputs[n], str | list | tuple)]
    lists = {n: v for n in names if is_numbers(v := inputs[n])}
    shared = _renaming(set[int | float]().union(*lists.values()), rng)
    related = len(lists) != len(set(map(frozenset, lists.values())))
    letters = _letters("".join(v for n in names if isinstance(v := inputs[n], str)), rng)
    fresh: dict[str, object] = {
        n: _list(lists[n], shared, related, rng) if n in lists else _other(inputs[n], letters, rng) for n in names
    }
    fresh |= {n: shared[v] for n in varies if isinstance(v := inputs[n], int | float) and v in shared}
    return {name: value for name, value in fresh.items() if value != inputs[name]}


def is_numbers(value: object) -> TypeGuard[list[int | float] | tuple[int | float, ...]]:
    """Whether a value is a list or tuple of at least two numbers of one type."""
    return isinstance(value, list | tuple) and len(value) > 1 and {type(x) for x in value} in ({int}, {float})


def _renaming(numbers: set[int | float], rng: random.Random) -> Renaming:
    """New numbers for old, in the same order of size; 0 and 1 stay, signs stay, gaps are of the old kind."""
    ordered = sorted(numbers)
    if not numbers or _is_dense(ordered):
        return dict(zip(ordered, ordered, strict=True))
    below = _spread([-x for x in reversed(ordered) if x < 0], rng)
    above = _spread([x for x in ordered if x > 0 and not _stays(x)], rng)
    return dict(zip(ordered, [*(-x for x in reversed(below)), *filter(_stays, ordered), *above], strict=True))


def _stays(number: int | float) -> bool:
    return number == 0 or (number == 1 and isinstance(number, int))


def _is_dense(ordered: Numbers) -> bool:
    """Nearly all whole numbers of a range: the text may name the range (`0 to n with one missing`)."""
    return isinstance(ordered[0], int) and ordered[-1] - ordered[0] <= len(ordered)


def _spread(sizes: Numbers, rng: random.Random) -> list[int | float]:
    """As many different positive numbers, in order, from a range a little wider."""
    if not sizes:
        return []
    if isinstance(sizes[0], float):
        places = max(len(repr(x).partition(".")[2]) for x in sizes)
        scale = 10.0**places
        return [n / scale for n in _spread([max(2, round(x * scale)) for x in sizes], rng)]
    top = max(int(sizes[-1]), 2 + len(sizes))
    return sorted(rng.sample(range(2, top + top // 3 + 2), len(sizes)))


def _list(
    numbers: list[int | float] | tuple[int | float, ...], shared: Renaming, related: bool, rng: random.Random
) -> object:
    if (step := _step(numbers)) and not related:
        first, more = int(numbers[0]) + rng.randint(0, 4), rng.randint(0, 3)
        by = step + (more if step > 0 else -more)
        return type(numbers)(range(first, first + by * len(numbers), by))
    items = [shared[x] for x in numbers]
    return type(numbers)(rng.sample(items, len(items)) if _mixed(numbers) and not related else items)


def _step(numbers: Numbers) -> int | None:
    """The common difference of at least three whole numbers in arithmetic progression, other than 0."""
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    step = steps.pop()
    return step if not steps and len(numbers) > 2 and isinstance(step, int) and step else None


def _mixed(numbers: Numbers) -> bool:
    """Whether the items show no order: they turn between rising and falling at least three times."""
    signs = [b > a for a, b in itertools.pairwise(numbers) if a != b]
    return sum(a != b for a, b in itertools.pairwise(signs)) >= 3


def _other(value: object, letters: Mapping[int, int], rng: random.Random) -> object:
    if isinstance(value, str):
        return _text(value, letters, rng)
    if isinstance(value, list) and value and all(isinstance(row, list | tuple) for row in value):
        return _rows(value, rng)
    return value


def _text(text: str, letters: Mapping[int, int], rng: random.Random) -> str:
    """Other letters for the letters; brackets, zeros and ones in another order; any other text stays."""
    if set(text) <= set("()[]{}"):
        return _brackets(text, rng) if _balanced(text) else _shuffled(text, rng)
    if set(text) <= {"0", "1"}:
        return text[:1] + _shuffled(text[1:], rng)
    return text.translate(letters)


def _shuffled(text: str, rng: random.Random) -> str:
    return "".join(rng.sample(text, len(text)))


def _letters(texts: str, rng: random.Random) -> Mapping[int, int]:
    """Another letter or digit for each that occurs, over all texts together, so that equal ones stay equal.

    There are none where the characters are of mixed kinds, or have a meaning (Roman numerals, bases of DNA).
    """
    characters = re.sub(r"[][(){}]", "", texts)
    used = "".join(sorted(set(characters)))
    alphabet = next((a for a in _ALPHABETS if set(used) <= set(a)), "")
    if len(characters) < 2 or not alphabet or set(used) <= set("IVXLCDM") or set(used) <= set("01"):
        return {}
    new = used if set(used) <= set("ACGT") else alphabet.removeprefix("0")  # 007 would be no number
    if len(used) > len(new):
        return {}
    return str.maketrans(used, "".join(rng.sample(new, len(used))))


def _brackets(text: str, rng: random.Random) -> str:
    """Other brackets that close each other, for some that do."""
    opening = [c for c in text if c in _PAIRS]
    rng.shuffle(opening)
    built = ""
    waiting: list[str] = []
    while opening or waiting:
        if opening and (not waiting or rng.random() < 0.5):
            waiting.append(opening.pop())
            built += waiting[-1]
        else:
            built += _PAIRS[waiting.pop()]
    return built


def _balanced(text: str) -> bool:
    waiting: list[str] = []
    for c in text:
        if c in _PAIRS:
            waiting.append(_PAIRS[c])
        elif not waiting or waiting.pop() != c:
            return False
    return not waiting


def _rows(rows: Sequence[Sequence[object]], rng: random.Random) -> Sequence[object]:
    """Edges get other node names, with other weights in a third column; a table of numbers gets other numbers."""
    width = len(rows[0])
    if not _is_table(rows) or list(map(tuple, rows)) == list(zip(*rows, strict=True)):
        return rows  # a symmetric table tells what is next to what
    if width in (2, 3) and width != len(rows):
        return _edges(rows, rng)
    new = _renaming(set[int | float]().union(*rows), rng)
    return [type(row)(map(new.__getitem__, row)) for row in rows]  # type: ignore[call-arg]


def _is_table(rows: Sequence[Sequence[object]]) -> TypeGuard[Sequence[Sequence[int]]]:
    """Whether rows of one length hold whole numbers only."""
    return len(set(map(len, rows))) == 1 and all(type(item) is int for row in rows for item in row)


def _edges(rows: Sequence[Sequence[int]], rng: random.Random) -> Sequence[object]:
    nodes = sorted({node for row in rows for node in row[:2]})
    name = dict(zip(nodes, rng.sample(nodes, len(nodes)), strict=True))
    in_order = sorted if all(row[0] <= row[1] for row in rows) else list
    weight = _renaming({row[2] for row in rows if len(row) > 2}, rng)
    return [
        type(row)([*in_order(map(name.__getitem__, row[:2])), *map(weight.__getitem__, row[2:])])  # type: ignore[call-arg]
        for row in rows
    ]
