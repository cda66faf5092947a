import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.instances.bounds import RULES, WORDS, bounds_of, broken, holds, observe
from caco.program.values import decode, encode
from caco.records import Assignment, Bound, CodeCoT, Execution, Status

CODE = """input = {"eggs": 24, "sold": 9, "price": 0.25, "percent": 20}

def solve(eggs, sold, price, percent):
    left = eggs - sold
    rotten = left * percent / 100
    paid = sold * price
    return paid

output = solve(**input)
print(output)
"""
TEXT = "Of {eggs} eggs a farmer sells {sold} for ${price:.2} each; {percent}% of the rest are rotten. What is she paid?"


def ran(inputs: dict[str, object], output: object, text: str = TEXT, code: str = CODE, **steps: object) -> Execution:
    return Execution(
        codecot=CodeCoT(code=code, text=text),
        status=Status.OK,
        inputs=encode(inputs),
        output=encode(output),
        trace=tuple(Assignment(line=1, name=name, value=encode(value)) for name, value in steps.items()),
    )


SEED = ran({"eggs": 24, "sold": 9, "price": 0.25, "percent": 20}, 2.25, left=15, rotten=3.0, paid=2.25)


def test_what_a_run_shows() -> None:
    assert set(observe(SEED)) >= {
        Bound(name="eggs", rule="whole"),
        Bound(name="eggs", rule="not_one"),
        Bound(name="left", rule="positive"),
        Bound(name="rotten", rule="whole"),
        Bound(name="price", rule="share"),
        Bound(name="price", rule="decimals", other="2"),
        Bound(name="percent", rule="percent"),
        Bound(name="output", rule="decimals", other="2"),
        Bound(name="eggs", rule="at_most", other="200"),
        Bound(name="sold", rule="below", other="eggs"),
        Bound(name="rotten", rule="below", other="output"),
    } - {Bound(name="rotten", rule="below", other="output")} | {Bound(name="output", rule="below", other="rotten")}


def test_a_run_keeps_its_own_bounds() -> None:
    assert broken(observe(SEED), SEED) is None


@pytest.mark.parametrize(
    ("changed", "output", "steps", "words"),
    [
        ({"eggs": 25.5}, 2.25, {"left": 16.5}, "eggs is 25.5; it must be whole"),
        ({"eggs": 10}, 2.25, {"left": 1, "rotten": 1}, "left is 1; it must be other than one"),
        ({"eggs": 8}, 2.25, {"left": -1}, "left is -1; it must be positive"),
        ({"price": 1.25}, 2.25, {}, "price is 1.25; it must be between 0 and 1"),
        ({"price": 0.125}, 2.25, {}, "price is 0.125; it must be a number of at most 2 decimals"),
        ({"percent": 120}, 2.25, {}, "percent is 120; it must be at most 100"),
        ({"sold": 30}, 2.25, {}, "sold is 30; it must be below eggs"),
        ({}, 4, {}, "output is 4; it must be below rotten"),
        ({}, 2000, {}, "output is 2000; it must be at most 20"),
        ({}, None, {}, "output is None; it must be a number of at most 2 decimals"),
    ],
)
def test_the_first_broken_bound_in_words(
    changed: dict[str, object], output: object, steps: dict[str, object], words: str
) -> None:
    inputs = {**decode(SEED.inputs), **changed}
    fresh = ran(inputs, output, **{"left": 15, "rotten": 3.0, "paid": 2.25, **steps})
    assert (broken(observe(SEED), fresh) or "").startswith(words)


def test_a_failed_run_keeps_nothing() -> None:
    failed = Execution(codecot=SEED.codecot, status=Status.TIMEOUT)
    assert broken(observe(SEED), failed) == "the run ended with timeout"


def test_a_result_that_nothing_uses_was_compared_with_the_answer() -> None:
    """220 is the slower time because 200 < 220; with 240 seconds on the stairs it would not be."""
    code = CODE.replace("left = eggs - sold", "left = eggs - sold\n    stairs = sold * 3")
    seed = ran({"eggs": 24, "sold": 9}, 220, code=code, stairs=200, left=15)
    assert Bound(name="stairs", rule="below", other="output") in observe(seed)
    assert broken(observe(seed), ran({"eggs": 24, "sold": 9}, 190, code=code, stairs=200, left=15))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("works {a} hours a day", Bound(name="a", rule="at_most", other="12")),
        ("sleeps {a} hours each night", Bound(name="a", rule="at_most", other="12")),
        ("trains {a} days a week", Bound(name="a", rule="at_most", other="7")),
        ("is {a} years old", Bound(name="a", rule="at_most", other="100")),
        ("{a} of the {b} games", Bound(name="a", rule="below", other="b")),
        ("from {a} to {b} pounds", Bound(name="a", rule="below", other="b")),
        ("pays ${a} for a pen and ${b:money} for a book", Bound(name="a", rule="below", other="b")),
        ("rose from ${a:.2} last week, now it is ${b:,.2}.", Bound(name="a", rule="below", other="b")),
        ("sold {a:a+$+,} car and bought {b:a+$+,} one", Bound(name="a", rule="below", other="b")),
        ("The longest book has {b} pages.", Bound(name="output", rule="below", other="a")),
        ("{a} apples in one bag, {b} apples in the other", Bound(name="a", rule="below", other="b")),
    ],
)
def test_what_the_words_show(text: str, bound: Bound) -> None:
    assert bound in observe(ran({"a": 6, "b": 40}, 2, text=text))


def test_words_that_order_nothing() -> None:
    bounds = observe(ran({"a": 6, "b": 40}, 2, text="{a} apples and {b} pears"))
    assert not [b for b in bounds if b.other in ("a", "b")]


def test_names_of_many_values_have_no_singular() -> None:
    assert {b.rule for b in bounds_of("i", [0, 1, 2])} == {"whole", "nonnegative"}
    assert {b.rule for b in bounds_of("words", ["a", "b"])} == {"type"}
    assert list(bounds_of("mixed", ["a", 1])) == []


def test_every_rule_has_words() -> None:
    assert set(WORDS) == {*RULES, "type"}


numbers = st.one_of(st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=3).map(float))


@given(st.lists(numbers, min_size=1, max_size=4))
def test_values_keep_the_bounds_they_show(values: list[float]) -> None:
    assert all(holds(bound, {"x": values}) for bound in bounds_of("x", values))


@given(numbers)
def test_float_noise_breaks_nothing(value: float) -> None:
    noisy = value * (1 + 2**-51)
    assert all(holds(bound, {"x": [noisy]}) for bound in bounds_of("x", [value]) if bound.rule not in ("one", "zero"))
