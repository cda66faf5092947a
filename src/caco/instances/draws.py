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

from caco.instances.arithmetic import exact

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
_LARGEST = 10**11
"""Numbers from here on stay."""
"""Primes: steps through a wide range that come by every remainder."""
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
    number = Fraction(exact(value))
    fixed = not 0 < number < _LARGEST or number == 1 or name in _BASE.findall(text) or is_fact(text, name, value)
    if fixed:
        return ()
    if name in _SHARE.findall(text):
        found = [p / 100 for p in _percents(number * 100)]
    elif name in _PERCENT.findall(text):
        found = _percents(number)
    elif number.denominator == 1:
        aged = number > SMALL and _AGES.search(text) is not None
        found = _multiples(Fraction(1), number * NEAR[0], number * NEAR[1]) if aged else _wholes(number)
        if name in _TIMES.findall(text):
            found = [n for n in found if n <= number + 3]  # seven times as tall is no height
    else:
        found = [n for n in _decimals(number) if n.denominator > 1 or name in _MONEY.findall(text)]
    return tuple(int(n) if type(value) is int else float(n) for n in found)


def _wholes(number: Fraction) -> list[Fraction]:
    if number <= SMALL:
        return _multiples(Fraction(1), Fraction(2), 2 * number + 2)
    low, high = number * LEAST, number * MOST
    step = next((s for s in _STEPS if number % s == 0 and number >= 4 * s), 1)
    if step == 1:
        step = next(p for p in _STRIDES if (high - low) / p <= MANY)
        return [Fraction(n) for n in range(ceil(low) + int(number - ceil(low)) % step, floor(high) + 1, step)]
    return _multiples(Fraction(step), low, high)


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
    return [n * step for n in range(first, last + 1, (last - first) // MANY + 1)]


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
    shared = _renaming({x for v in lists.values() for x in v}, rng)
    related = len(lists) != len({frozenset(v) for v in lists.values()})
    letters = _letters("".join(v for n in names if isinstance(v := inputs[n], str)), rng)
    fresh: dict[str, object] = {}
    for name in names:
        if name in lists:
            fresh[name] = _list(lists[name], shared, related, rng)
        else:
            fresh[name] = _other(inputs[name], letters, rng)
    for name in varies:
        value = inputs[name]
        if isinstance(value, int | float) and any(value in v for v in lists.values()):
            fresh[name] = shared[value]
    return {name: value for name, value in fresh.items() if value != inputs[name]}


def is_numbers(value: object) -> TypeGuard[list[int | float] | tuple[int | float, ...]]:
    """Whether a value is a list or tuple of at least two numbers of one type."""
    return isinstance(value, list | tuple) and len(value) > 1 and {type(x) for x in value} in ({int}, {float})


def _renaming(numbers: set[int | float], rng: random.Random) -> Renaming:
    """New numbers for old, in the same order of size; 0 and 1 stay, signs stay, gaps are of the old kind."""
    if not numbers:
        return {}
    ordered = sorted(numbers)
    if _is_dense(ordered):
        return {x: x for x in ordered}
    below = _spread([-x for x in reversed(ordered) if x < 0], rng)
    above = _spread([x for x in ordered if x > 1 or (x > 0 and isinstance(x, float))], rng)
    kept = [x for x in ordered if x == 0 or (x == 1 and isinstance(x, int))]
    return dict(zip(ordered, [*(-x for x in reversed(below)), *kept, *above], strict=True))


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
        first, by = numbers[0] + rng.randint(0, 4), step + (rng.randint(0, 3) if step > 0 else -rng.randint(0, 3))
        return type(numbers)(first + by * i for i in range(len(numbers)))
    items = [shared[x] for x in numbers]
    return type(numbers)(items if related or not _mixed(numbers) else rng.sample(items, len(items)))


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
    if set(text) <= set(_PAIRS) | set(_PAIRS.values()):
        return _brackets(text, rng)
    if set(text) <= {"0", "1"}:
        return text[:1] + "".join(rng.sample(text[1:], len(text[1:])))
    return text.translate(letters)


def _letters(texts: str, rng: random.Random) -> Mapping[int, int]:
    """Another letter or digit for each that occurs, over all texts together, so that equal ones stay equal.

    There are none where the characters are of mixed kinds, or have a meaning (Roman numerals, bases of DNA).
    """
    texts = "".join(c for c in texts if c not in "()[]{}")
    alphabet = next((a for a in _ALPHABETS if len(texts) > 1 and set(texts) <= set(a)), "")
    if not alphabet or set(texts) <= set("IVXLCDM") or set(texts) <= set("01"):
        return {}
    used = sorted(set(texts))
    new = used if set(texts) <= set("ACGT") else alphabet[1:] if alphabet == string.digits else alphabet
    return str.maketrans("".join(used), "".join(rng.sample(new, min(len(used), len(new)))))


def _brackets(text: str, rng: random.Random) -> str:
    """Brackets that close each other still do; any others change places."""
    opening = [c for c in text if c in _PAIRS]
    if not _balanced(text):
        return "".join(rng.sample(text, len(text)))
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
    widths = {len(row) for row in rows}
    if len(widths) > 1 or any(type(item) is not int for row in rows for item in row):
        return rows
    width = widths.pop()
    if width in (2, 3) and width != len(rows):
        return _edges(rows, rng)  # type: ignore[arg-type]
    if width == len(rows) and all(rows[i][j] == rows[j][i] for i in range(width) for j in range(i)):
        return rows
    new = _renaming({item for row in rows for item in row}, rng)  # type: ignore[misc]
    return [type(row)(new[item] for item in row) for row in rows]  # type: ignore[call-arg, index]


def _edges(rows: Sequence[Sequence[int]], rng: random.Random) -> Sequence[object]:
    nodes = sorted({node for row in rows for node in row[:2]})
    name = dict(zip(nodes, rng.sample(nodes, len(nodes)), strict=True))
    rising = all(row[0] <= row[1] for row in rows)
    ends = [[name[row[0]], name[row[1]]] for row in rows]
    weights = _renaming({row[2] for row in rows if len(row) > 2}, rng)
    pairs = [sorted(pair) if rising else pair for pair in ends]
    return [type(row)([*pair, *(weights[w] for w in row[2:])]) for row, pair in zip(rows, pairs, strict=True)]  # type: ignore[call-arg]
