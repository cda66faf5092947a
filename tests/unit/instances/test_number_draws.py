from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.instances.draws import candidates, is_fact


@pytest.mark.parametrize(
    ("text", "value", "some", "never"),
    [
        ("{n} eggs", 5, [2, 4, 6, 12], [0, 1, 13]),
        ("{n} people", 30, [15, 20, 55, 60], [14, 31, 65]),
        ("{n} people", 48, [24, 49, 96], [23, 97]),
        ("a town of {n:,}", 12000, [6000, 13000, 24000], [12500]),
        ("${n:money} each", 3.5, [2.0, 4.5, 7.0], [3.25, 7.5]),
        ("${n:money} each", 0.99, [0.5, 0.75], [1.0]),
        ("{n} hours", 1.5, [2.5], [1.0, 2.0, 3.0]),
        ("{n}% of them", 20, [10, 15, 40], [1, 11, 100]),
        ("{n:percent}% of them", 0.2, [0.1, 0.25], [1.0, 0.11]),
        ("{n} percent more", 150, [200, 300], [100, 50]),
        ("{n:word} times as many", 3, [2, 6], [7, 8]),
        ("she is {n} years old", 40, [25, 41, 60], [20, 80]),
    ],
)
def test_candidates_are_like_the_number(text: str, value: float, some: list[float], never: list[float]) -> None:
    found = list(candidates(text, "n", value))
    assert set(some) <= set(found)
    assert not set(never) & {x for x in found if type(x) is type(value)}
    assert {type(x) for x in found} == {type(value)}


@pytest.mark.parametrize("value", [0, 1, 1.0, -3])
def test_none_one_and_less_stay(value: float) -> None:
    assert not candidates("{n} eggs", "n", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("There are {n} ounces in a pound.", 16),
        ("One fluid ounce is equal to {n} ml.", 30),
        ("(There are {n} quarts per gallon).", 4),
        ("Each cubic foot of water is {n} gallons.", 7.5),
        ("(There are {n} MB in a GB).", 1000),
        ("A gallon of water weighs {n} pounds.", 8),
        ("She pays with two ${n} bills.", 20),
        ("There are {n} days in a week.", 7),
        ("How is it written in base {n}?", 8),
    ],
)
def test_facts_of_the_world_stay(text: str, value: float) -> None:
    assert not candidates(text, "n", value)


@pytest.mark.parametrize("text", ["{n} miles per hour", "works {n} hours a day", "a bill of ${n}", "{n} cups of flour"])
def test_habits_are_no_facts(text: str) -> None:
    assert not is_fact(text, "n", 8)


@given(st.integers(2, 10**9))
def test_whole_numbers_stay_near_and_are_not_too_many(value: int) -> None:
    found = list(candidates("{n} things", "n", value))
    assert value in found or value > 1000
    assert 1 < len(found) <= 301
    assert all(isinstance(x, int) and x > 1 for x in found)
    assert all(x <= max(2 * value, 2 * value + 2) and x >= min(2, value // 2) for x in found)


@given(st.integers(1, 10**6).filter(lambda cents: cents % 100), st.sampled_from(["${n:money}", "{n} kilograms"]))
def test_decimals_grow_no_finer(cents: int, text: str) -> None:
    for found in candidates(text, "n", cents / 100):
        assert round(found, 2) == found > 0


def shape(found: Sequence[float]) -> tuple[float, ...]:
    """The first two candidates, the last, and how many there are."""
    return (*found[:2], found[-1], len(found)) if found else ()


@pytest.mark.parametrize(
    ("value", "first", "second", "last", "number"),
    [
        (2, 2, 3, 6, 5),
        (12, 2, 3, 26, 25),  # a small count: from 2 on
        (13, 7, 8, 26, 20),  # from half to twice
        (19, 10, 11, 38, 29),
        (20, 10, 15, 40, 7),  # in fives from 20, in tens from 40, ...
        (25, 15, 20, 50, 8),
        (40, 20, 30, 80, 7),
        (400, 200, 300, 800, 7),
        (350, 200, 250, 700, 11),
        (2000, 1000, 1500, 4000, 7),
        (4000, 2000, 3000, 8000, 7),
        (199, 100, 101, 398, 299),  # at most 300 different ones
        (201, 103, 110, 397, 43),  # more than that in strides of a prime, by which the number itself is come by
        (1407, 725, 756, 2802, 68),
        (6309, 3178, 3279, 12571, 94),
        (20_303, 10_213, 11_222, 40_483, 31),
        (202_017, 101_947, 111_954, 402_157, 31),
        (2_000_003, 1_009_310, 1_019_317, 3_991_396, 299),
        (20_000_003, 10_099_706, 10_199_709, 39_900_600, 299),
        (200_000_001, 100_999_704, 101_999_707, 399_000_598, 299),
        (10**9 + 1, 509_999_070, 519_999_089, 1_990_001_882, 149),
        (10**10 + 1, 5_099_999_658, 5_199_999_665, 19_900_000_694, 149),
        (10**11 - 1, 50_999_999_656, 51_999_999_663, 199_000_000_692, 149),
    ],
)
def test_counts_in_the_place_of_a_count(value: int, first: int, second: int, last: int, number: int) -> None:
    assert shape(candidates("{n} eggs", "n", value)) == (first, second, last, number)


def test_the_largest_numbers_stay() -> None:
    assert not candidates("{n} eggs", "n", 10**11)


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("{n}% of", 2, [1, 2, 3]),
        ("{n}% of", 3, [2, 3, 4, 5, 6]),
        ("{n} percent of", 20, [10, 15, 20, 25, 30, 35, 40]),
        ("{n}% of", 75, [50, 75]),
        ("{n}% of", 100, []),
        ("{n} per cent of", 150, [150, 200, 250, 300]),
        ("{n}% of", 300, [200, 300, 400, 500, 600]),
        ("{n}% of", 0.5, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]),
        ("{n:percent}% of", 0.2, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]),
        ("{n:percent} of", 0.05, [0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1]),
        ("{n:percent} of", 1.5, [1.5, 2.0, 2.5, 3.0]),
        ("${n:money}", 0.75, [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]),
        ("${n:money}", 1.25, [0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5]),
        ("{n:money} apiece", 2.5, [1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]),
        ("{n} kg", 1.5, [1.5, 2.5]),
        ("{n} kg", 0.3, [0.2, 0.3, 0.4, 0.5, 0.6]),
        ("{n} times as tall", 3, [2, 3, 4, 5, 6]),
        ("{n} times as tall", 10, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
        ("{n} times the", 14, [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]),
        ("{n} times a week", 3, [2, 3, 4, 5, 6, 7, 8]),
        ("is {n} years old", 13, [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]),
    ],
)
def test_all_candidates(text: str, value: float, found: list[float]) -> None:
    assert list(candidates(text, "n", value)) == found


@pytest.mark.parametrize(
    ("text", "value", "first", "second", "last", "number"),
    [
        ("{n}% of", 99, 50, 51, 99, 50),
        ("{n}% of", 101, 101, 102, 202, 102),
        ("{n}% of", 12.5, 6.5, 7.5, 24.5, 19),
        ("${n:money}", 19.99, 10.0, 10.1, 39.9, 300),
        ("{n} kg", 0.125, 0.063, 0.064, 0.25, 188),
        ("{n} kg", 1.005, 0.503, 0.509, 2.009, 252),
        ("{n} kg", 3.14159, 1.571, 1.587, 6.275, 295),
        ("is {n} years old", 12, 2, 3, 26, 25),
        ("is {n} years old", 40, 24, 25, 64, 41),
        ("{n} years older", 30, 18, 19, 48, 31),
    ],
)
def test_shares_prices_amounts_and_ages(
    text: str, value: float, first: float, second: float, last: float, number: int
) -> None:
    assert shape(candidates(text, "n", value)) == (first, second, last, number)


def test_facts_of_time_are_those_numbers_alone() -> None:
    text = "There are {n} days in a week."
    assert [n for n in range(400) if is_fact(text, "n", n)] == [4, 7, 12, 24, 30, 31, 52, 60, 365]
