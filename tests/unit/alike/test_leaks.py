"""Leaks: an item is known again in its own words, in others, with a number masked, and by its computation alone."""

import os
import subprocess
import sys

import pytest

from caco.alike.leaks import Item, LeakIndex

PROGRAM = """input = {"eggs": 16, "eaten": 3, "baked": 4, "price": 2}

def solve(eggs, eaten, baked, price):
    left = eggs - eaten - baked
    return left * price

output = solve(**input)
print(output)
"""
RENAMED = """input = {"cost": 2, "seats": 16, "broken": 3, "sold": 4}

def fare(cost, seats, broken, sold):
    return (seats - broken - sold) * cost

output = fare(**input)
print(output)
"""
DUCKS = (
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her friends "
    "every day with four. She sells the remainder at the farmers' market for $2 per egg. How much does she make?"
)
OTHERS = [
    "A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?",
    "Josh buys a house for $80,000 and puts in $50,000 in repairs. The value rose by 150%. What is his profit?",
    "James runs 3 sprints 3 times a week, 60 meters each. How many total meters does he run a week?",
]


@pytest.fixture(scope="module")
def index():
    items = [Item(name="bench/0", text=DUCKS, answer="18", code=PROGRAM)]
    return LeakIndex([*items, *(Item(name=f"bench/{i}", text=t) for i, t in enumerate(OTHERS, start=1))])


def test_its_own_words(index):
    leak = index.find(f"Please solve: {DUCKS}")
    assert (leak.item, leak.route) == ("bench/0", "ngram")


def test_other_words_with_the_same_numbers(index):
    leak = index.find(
        "Every day 16 eggs come from the ducks of Janet. Three go into her breakfast, four into muffins for friends; "
        "the rest brings 2 dollars an egg at the market of the farmers. What does that bring?",
        answer="18.00",
    )
    assert (leak.item, leak.route) == ("bench/0", "numbers")


def test_its_computation_in_another_story(index):
    text = "A bus has 16 seats, 3 are broken and 4 taken. A ride costs $2. What can still be earned?"
    leak = index.find(text, answer="18", code=RENAMED)
    assert (leak.item, leak.route) == ("bench/0", "computation")
    assert index.find(text.replace("16", "17"), answer="18", code=RENAMED.replace("16", "17")) is None
    assert index.find(text, answer="34", code=RENAMED.replace("- sold", "+ sold")) is None


def test_its_numbers_and_answer_by_other_operations(index):
    other = RENAMED.replace("(seats - broken - sold) * cost", "seats * cost - broken * cost - sold * cost")
    leak = index.find("A tale without a number.", answer="18", code=other)
    assert (leak.item, leak.route) == ("bench/0", "computation")
    assert leak.evidence == "the same 4 numbers lead to the same answer"
    assert index.find("A tale without a number.", answer="19", code=other) is None


def test_an_unrelated_problem_is_no_leak(index):
    assert index.find("A train of 7 wagons carries 50 people in each. How many people is that?", "350") is None
    assert index.find("") is None


def test_hash_seed_does_not_show():
    code = (
        "import random; from caco.alike.leaks import Item, LeakIndex;"
        "words = [''.join(random.Random(i).choices('bcdfgklmnprt', k=6)) for i in range(90)];"
        "index = LeakIndex([Item(name=str(i), text=' '.join(words[i * 30 : i * 30 + 30])) for i in range(3)]);"
        "print(index._alike(index._reading(' '.join(words), '', '').words))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
