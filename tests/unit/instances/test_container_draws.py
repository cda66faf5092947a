import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.instances.draws import fresh_containers, is_numbers

numbers = st.lists(st.integers(-40, 40), min_size=2, max_size=12)


def drawn(seed: int, **inputs: object) -> dict[str, object]:
    return {**inputs, **fresh_containers(inputs, list(inputs), random.Random(seed))}


def ranks(items: list[int]) -> list[int]:
    return [sorted(set(items)).index(x) for x in items]


@given(numbers, st.integers(0, 1000))
def test_repetitions_and_signs_stay(items: list[int], seed: int) -> None:
    new = drawn(seed, items=items)["items"]
    step = {b - a for a, b in pairwise(items)}
    if len(step) == 1 and step != {0}:
        return  # an arithmetic progression becomes another
    assert sorted(Counter(new).values()) == sorted(Counter(items).values())
    assert sum(x < 0 for x in new) == sum(x < 0 for x in items)
    assert new.count(0) == items.count(0)


@given(numbers, st.integers(0, 1000))
def test_sorted_stays_sorted(items: list[int], seed: int) -> None:
    new = drawn(seed, items=sorted(items))["items"]
    assert new == sorted(new)


@pytest.mark.parametrize("items", [[4, 5, 7, 0, 1, 2], [1, 3, 8, 12, 4, 2]])
def test_an_order_that_is_seen_stays(items: list[int]) -> None:
    """A rotated sorted list and a mountain keep their shape."""
    for seed in range(20):
        assert ranks(drawn(seed, items=items)["items"]) == ranks(items)


def test_a_permutation_stays_one() -> None:
    assert all(sorted(drawn(seed, order=[3, 1, 4, 2, 5])["order"]) == [1, 2, 3, 4, 5] for seed in range(20))


def test_a_progression_becomes_another() -> None:
    new = [drawn(seed, terms=[5, 12, 19, 26])["terms"] for seed in range(20)]
    assert all(len({b - a for a, b in pairwise(t)}) == 1 for t in new)
    assert len({tuple(t) for t in new}) > 5


def test_a_number_that_names_an_item_still_does() -> None:
    for seed in range(20):
        new = drawn(seed, items=[3, 8, 21, 40], mark=21)
        assert new["mark"] == new["items"][2]


def test_edges_stay_a_tree_and_weights_change() -> None:
    edges = [[1, 2, 7], [2, 3, 9], [2, 4, 14], [4, 5, 3]]
    new = [drawn(seed, edges=edges)["edges"] for seed in range(20)]
    for tree in new:
        assert sorted({node for row in tree for node in row[:2]}) == [1, 2, 3, 4, 5]
        degrees = Counter(node for row in tree for node in row[:2])
        assert sorted(degrees.values()) == [1, 1, 1, 2, 3]
    assert len({str(tree) for tree in new}) > 10


def test_intervals_still_begin_before_they_end() -> None:
    for seed in range(20):
        assert all(a < b for a, b in drawn(seed, spans=[[1, 3], [2, 6], [8, 10], [9, 12]])["spans"])


def test_balanced_brackets_stay_balanced() -> None:
    for seed in range(20):
        new = drawn(seed, text="([]{})()")["text"]
        assert Counter(new) == Counter("([]{})()")
        while any(pair in new for pair in ("()", "[]", "{}")):
            new = new.replace("()", "").replace("[]", "").replace("{}", "")
        assert new == ""


def test_letters_change_alike_in_all_strings() -> None:
    for seed in range(20):
        new = drawn(seed, one="listen", other="silent", same="racecar")
        assert sorted(new["one"]) == sorted(new["other"])
        assert new["same"] == new["same"][::-1]


@pytest.mark.parametrize(
    "value", ["Mary had a lamb", "MCMXCIV", "3[a2[c]]", [[1], [2, 3]], [], "", ["b", 2], None, True]
)
def test_what_nothing_is_known_of_stays(value: object) -> None:
    assert fresh_containers({"value": value}, ["value"], random.Random(3)) == {}


@pytest.mark.parametrize(
    ("inputs", "fresh"),
    [
        ({"a": [3, 8, 21, 40]}, {"a": [4, 26, 28, 50]}),
        ({"a": [40, 3, 21, 8, 9, 2]}, {"a": [26, 4, 34, 18, 28, 50]}),  # no order is seen: items change places
        ({"a": [-5, 0, 1, 7, 30]}, {"a": [-5, 0, 1, 4, 28]}),
        ({"a": [0.5, 2.25, 9.0]}, {"a": [0.84, 7.9, 8.63]}),  # as many decimals
        ({"a": [1.0, 0.5, 3.0]}, {"a": [2.6, 0.4, 2.8]}),
        ({"a": (3, 8, 50)}, {"a": (7, 51, 55)}),
        ({"a": [5, 12, 19, 26]}, {"a": [9, 19, 29, 39]}),
        ({"a": [9, 6, 3]}, {"a": [11, 5, -1]}),
        ({"a": [4, 4, 4]}, {}),
        ({"x": [7, 7]}, {}),
        ({"x": [1, 2, 4, 5, 3]}, {}),  # all numbers of a range
        ({"x": [1, 2, 4, 6]}, {"x": [1, 5, 8, 9]}),
        ({"a": [10, 30, 20], "b": [10, 30, 20], "k": 20}, {"a": [4, 28, 26], "b": [4, 28, 26], "k": 26}),
        ({"a": [2, 9], "b": [9, 2, 30]}, {"a": [4, 26], "b": [26, 4, 28]}),
        ({"s": "listen", "t": "silent"}, {"s": "nyiqmb", "t": "iynmbq"}),
        ({"s": "2024"}, {"s": "9791"}),
        ({"s": "1001101"}, {"s": "1110010"}),
        ({"s": "ACGTTA"}, {"s": "TCAGGT"}),
        ({"s": "XIV"}, {}),
        ({"s": "a"}, {}),
        ({"s": "aa"}, {"s": "mm"}),
        ({"s": "ABBA"}, {"s": "MYYM"}),
        ({"s": "f(x)"}, {"s": "m(y)"}),
        ({"s": "(()[])"}, {"s": "([]())"}),
        ({"s": "())(["}, {"s": "([())"}),
        ({"e": [[1, 2], [2, 3], [3, 4]]}, {"e": [[2, 4], [1, 2], [1, 3]]}),
        ({"e": [(2, 1, 7), (3, 2, 9), (1, 3, 20), (4, 1, 9)]}, {"e": [(2, 4, 14), (1, 2, 17), (4, 1, 18), (3, 4, 17)]}),
        ({"e": [[1, 2, 3], [4, 5, 6]]}, {"e": [[2, 5, 5], [1, 4, 9]]}),
        ({"m": [[1, 2, 3, 4], [9, 8, 7, 60]]}, {"m": [[1, 7, 35, 51], [64, 55, 53, 67]]}),
        ({"m": [[5, 2], [3, 9]]}, {"m": [[8, 2], [6, 13]]}),  # a square is no list of edges
        ({"m": [[5, 2, 7], [3, 9, 8], [1, 2, 30]]}, {"m": [[26, 4, 27], [18, 33, 28], [1, 4, 34]]}),
        ({"m": [[5, 2, 7], [2, 9, 8], [7, 8, 30]]}, {}),  # symmetric
        ({"m": [[1.5, 2], [3, 4]]}, {}),
    ],
)
def test_a_seed_of_the_generator_always_draws_the_same(inputs: dict[str, object], fresh: dict[str, object]) -> None:
    """Rows can be made again, so what is drawn is part of what a version promises."""
    assert fresh_containers(inputs, list(inputs), random.Random(0)) == fresh


def test_only_what_may_vary_is_drawn() -> None:
    inputs = {"a": [3, 8, 21, 40], "b": "listen", "k": 21}
    assert set(fresh_containers(inputs, ["b"], random.Random(0))) == {"b"}
    assert set(fresh_containers(inputs, ["a"], random.Random(0))) == {"a"}
    assert set(fresh_containers(inputs, ["k"], random.Random(0))) == set()


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ([1, 2], True),
        ((1.5, 2.5), True),
        ([1], False),
        ([1, 2.5], False),
        ([True, 2], False),
        ("12", False),
        ([], False),
    ],
)
def test_lists_of_numbers(value: object, numbers: bool) -> None:
    assert is_numbers(value) == numbers


def test_a_progression_begins_and_grows_a_little_later() -> None:
    new = [drawn(seed, up=[5, 12, 19], down=[30, 20, 10]) for seed in range(300)]
    for name, firsts, steps in (
        ("up", {5, 6, 7, 8, 9}, {7, 8, 9, 10}),
        ("down", {30, 31, 32, 33, 34}, {-10, -11, -12, -13}),
    ):
        assert {draw[name][0] for draw in new} == firsts
        assert {draw[name][1] - draw[name][0] for draw in new} == steps


def test_all_ways_to_balance_brackets_are_drawn() -> None:
    assert {drawn(seed, text="()()[]")["text"] for seed in range(300)} >= {
        "()()[]",
        "(([]))",
        "[()()]",
        "[](())",
        "([()])",
    }
    assert {drawn(seed, text="((")["text"] for seed in range(9)} == {"(("}


@pytest.mark.parametrize(("items", "most"), [([3, 8, 9], 13), ([2, 6], 9), ([2, 3, 5, 7, 9], 13), ([-4, 3, 30], 41)])
def test_numbers_are_drawn_from_two_up_to_a_third_above_the_largest(items: list[int], most: int) -> None:
    drawn_numbers = {x for seed in range(400) for x in drawn(seed, items=items)["items"] if x > 0}
    assert drawn_numbers == set(range(2, most + 1))
