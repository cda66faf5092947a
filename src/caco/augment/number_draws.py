"""Numbers that could stand in a number's place: like it in size, in roundness and in how they are written.

30 people become 15 to 75 people in steps of 5, $3.50 becomes another price in halves, 20% another multiple of 5.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from caco.augment.arithmetic import exact
from caco.augment.facts import is_fact

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
