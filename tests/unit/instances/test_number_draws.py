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
