"""Leaks: an item is known again in its own words, in others, with a number masked, and by its computation alone."""

import os
import subprocess
import sys

import pytest

from caco.alike.leaks import Bars, Item, LeakIndex, ngrams, stem

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


ITEM = "alpha bravo charlie delta echo foxtrot golf hotel"
STRANGE = [f"stranger{letter * 3}" for letter in "abcdfghjklmnpqrtvwxz"]
"""Words of no item. All words here are in one item at most, so that they weigh the same: similarity is that of sets."""


def told(shared, union, more=""):
    """A problem that has so many of the item's eight words, in another order, where either has so many in all."""
    return " ".join([*reversed(ITEM.split()[:shared]), *STRANGE[: union - 8], more])


@pytest.mark.parametrize(
    ("shared", "union", "numbers", "answer", "route"),
    [
        (6, 14, "", "", "words"),  # 0.43 of the words
        (5, 12, "", "", None),  # 0.417
        (3, 13, "37 41", "", "numbers"),  # 0.23
        (3, 13, "0 37 1 41", "", "numbers"),  # none and one are no numbers to tell by
        (3, 14, "37 41", "", None),  # 0.21
        (1, 9, "37 41", "1993", "numbers"),  # 0.11, with the answer
        (4, 13, "37 43", "", None),  # 0.31: one number of two is no sign
        (3, 13, "37", "", None),
        (0, 9, "37 41", "", None),
    ],
)
def test_from_where_on_two_problems_are_one(shared, union, numbers, answer, route):
    others = [Item(name=f"other/{i}", text=f"number{chr(97 + i) * 3} {53 + i}") for i in range(12)]
    index = LeakIndex([*others, Item(name="the/item", text=f"{ITEM} 37 41", answer="1993")])
    leak = index.find(told(shared, union, numbers), answer=answer)
    assert (leak and leak.route) == route
    if leak:
        said = {"words": "", "numbers": " and all numbers and the answer" if answer else " and all numbers"}[route]
        assert (leak.item, leak.evidence) == ("the/item", f"{shared / union:.2f} of the words{said}")


@pytest.mark.parametrize(
    ("shared", "union", "numbers", "leaks"),
    [
        (4, 13, "37 41 47", True),  # 0.31 and one of three numbers changed
        (3, 11, "37 41 47", False),  # 0.27
        (4, 13, "37 47 59", False),  # two of three
        (4, 13, "37 41 47 59", False),  # one changed and one more
        (4, 13, "37 41", True),  # one masked
    ],
)
def test_one_number_may_be_masked_or_changed(shared, union, numbers, leaks):
    index = LeakIndex([Item(name="the/item", text=f"{ITEM} 37 41 43"), Item(name="other", text="another 53")])
    leak = index.find(told(shared, union, numbers))
    assert (leak and leak.route) == ("words" if leaks else None)


@pytest.mark.parametrize(("words", "route"), [(13, "ngram"), (12, "words")])
def test_thirteen_words_in_a_row(words, route):
    text = " ".join(f"w{chr(97 + i)}x" for i in range(14))
    leak = LeakIndex([Item(name="it", text=text)]).find(" ".join(text.split()[:words]))
    assert (leak.route, leak.item) == (route, "it")
    assert leak.evidence == ("13 words in a row" if route == "ngram" else "0.86 of the words")


def test_a_similarity_at_the_bar_is_enough():
    items = [Item(name="it", text="alpha"), *(Item(name=f"{i}", text=STRANGE[i]) for i in range(8))]
    assert LeakIndex(items, Bars(words=0.5)).find("alpha bravo").evidence == "0.50 of the words"
    assert LeakIndex(items, Bars(words=0.51)).find("alpha bravo") is None


def test_one_number_in_common_is_no_sign():
    index = LeakIndex([Item(name="it", text=f"{ITEM} 37"), Item(name="other", text="another 53")])
    assert index.find(told(4, 13, "37")) is None


def test_half_of_the_numbers_are_enough_where_half_is_asked_for():
    index = LeakIndex([Item(name="it", text="37 41", answer="8"), *map(other_item, range(9))], Bars(figures=0.5))
    assert index.find("37", answer="8").item == "it"


def test_the_most_similar_item_is_named_and_rare_words_weigh_more():
    items = ["tom bakes bread", "tom bakes scones", "tom sells bread", "ann bakes bread"]
    index = LeakIndex([Item(name=text, text=text) for text in items])
    assert index.find("scones tom bakes").item == "tom bakes scones"
    assert index.find("who bakes scones").item == "tom bakes scones"
    assert index.find("ann bakes").item == "ann bakes bread"
    assert index.find("bread tom bakes").evidence == "1.00 of the words"
    # tom and bakes, in three of the four, weigh log(5/3); scones, in one, log 5
    assert index.find("scones tom").evidence == "0.81 of the words"


def program(body, **inputs):
    return (
        f"input = {inputs!r}\n\ndef solve({', '.join(inputs)}):\n    {body}\n\noutput = solve(**input)\nprint(output)\n"
    )


@pytest.mark.parametrize(
    ("body", "inputs", "shared", "leaks"),
    [
        ("return a + b * c - d", {"a": 3, "b": 4, "c": 5, "d": 6}, 0, True),
        ("return a + b * c", {"a": 3, "b": 4, "c": 5}, 2, True),  # 2 of 13 words, 0.154
        ("return a + b * c", {"a": 3, "b": 4, "c": 5}, 1, False),
        ("return a + b * c", {"a": 3, "b": 4, "c": 5}, 0, False),
    ],
)
def test_few_numbers_need_some_of_the_words_too(body, inputs, shared, leaks):
    index = LeakIndex([Item(name="it", text=ITEM, code=program(body, **inputs))])
    leak = index.find(told(shared, 13), code=program(body, **inputs))
    evidence = f"the same operations on the same {len(inputs)} numbers"
    assert (leak and (leak.item, leak.route, leak.evidence)) == (("it", "computation", evidence) if leaks else None)


@pytest.mark.parametrize(
    ("mine", "theirs", "leaks"),
    [
        ("37 41 43", "37 41 43", True),
        ("37 41 43", "37 41", False),  # fewer than nine tenths of what either has
        ("0.2 0.45 0.7", "20% 45% 70%", True),
        ("1 100 37 41 0", "37 41 0.3", False),
        ("1 100 37 41 0", "37 41", True),
        ("1.5 37 41", "150 37 41", False),
        ("3", "3", True),
        ("2.1", "2.1", True),
        ("2", "2", False),  # small numbers are everywhere
    ],
)
def test_numbers_and_the_answer_tell_a_problem(mine, theirs, leaks):
    others = [Item(name=f"{i}", text=f"number {503 + i}", answer=f"{i}") for i in range(11)]
    index = LeakIndex([*others, Item(name="it", text=theirs, answer="1993")])
    leak = index.find(mine, answer="1993")
    number = len(theirs.split())
    evidence = f"the same {number} numbers lead to the same answer"
    assert (leak and (leak.item, leak.evidence)) == (("it", evidence) if leaks else None)
    assert index.find(mine, answer="1994") is None


@pytest.mark.parametrize(("numbers", "leaks"), [("37 41", True), ("37", False)])
def test_an_answer_of_many_items_shows_less(numbers, leaks):
    others = [Item(name=f"{i}", text=f"some {501 + i}", answer="12" if i < 5 else f"{i}") for i in range(11)]
    index = LeakIndex([*others, Item(name="it", text=numbers, answer="12")])
    assert (index.find(f"any {numbers}", answer="12") is not None) == leaks


def test_numbers_of_many_items_show_less():
    index = LeakIndex([Item(name=f"{i}", text=f"some 37 {501 + i}", answer=f"{i}") for i in range(11)])
    assert index.find("any 37 of 505 were", answer="4").item == "4"
    alone = LeakIndex([Item(name=f"{i}", text="some 37", answer=f"{i}") for i in range(11)])
    assert alone.find("any 37", answer="4") is None


def test_numbers_of_a_program_are_held_against_those_of_a_text():
    code = program("return round(a * 0.45 + b, 3)", a=37, b=43)
    index = LeakIndex([Item(name="it", text="37 of 43 are 45%", answer="8"), *map(other_item, range(9))])
    assert index.find("", answer="8", code=code).evidence == "the same 3 numbers lead to the same answer"
    rounded = program("return round(a * 0.45 + b, 3) + 3", a=37, b=43)
    assert index.find("", answer="8", code=rounded) is None, "the 3 is a number of this problem, where `round` has none"


def other_item(number):
    return Item(name=str(number), text=f"some {701 + number}", answer=str(900 + number))


def test_of_several_items_the_one_with_most_numbers_then_the_first():
    items = [("few", "37 41 43"), ("many", "37 41 43 47"), ("again", "37 41 43 47")]
    named = [Item(name=name, text=text, answer="8") for name, text in items]
    index = LeakIndex([*named, *map(other_item, range(30))], Bars(figures=0.6))
    assert index.find("37 41 43 47", answer="8").item == "many"
    assert index.find("37 41 43", answer="8").item == "few"


@pytest.mark.parametrize("answer", ["1200", " 1,200.0", "$1200", "1200%", "1200.", "2400/2"])
def test_ways_to_write_an_answer(answer):
    index = LeakIndex([Item(name="it", text="37 41 43", answer="1200")])
    assert index.find("37 41 43", answer=answer).evidence.endswith("and all numbers and the answer") is False
    assert index.find("x 37 41 43", answer=answer).route == "computation"


@pytest.mark.parametrize("answer", ["1/0", "Red", "red "])
def test_answers_that_are_no_numbers(answer):
    leak = LeakIndex([Item(name="it", text="37 41 43", answer=answer)]).find("x 37 41 43", answer=answer.lower())
    assert leak.route == "computation"


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("sells", "sell"),
        ("selling", "sell"),
        ("savings", "sav"),
        ("carries", "carr"),
        ("carried", "carr"),
        ("boxes", "box"),
        ("packed", "pack"),
        ("daily", "dai"),
        ("prices", "pric"),
        ("price", "pric"),
        ("sing", "sing"),
        ("used", "used"),
        ("ties", "tie"),
        ("owes", "owe"),
        ("tree", "tre"),
        ("eel", "eel"),
    ],
)
def test_words_without_their_endings(word, stemmed):
    assert stem(word) == stemmed


def test_runs_of_words():
    assert len(ngrams("Tea, for TWO; and two for tea!", 3)) == 5
    assert ngrams("Tea, for TWO!", 3) == ngrams("tea for two", 3)
    assert len(ngrams("tea for two", 2)) == 2
    assert ngrams("tea for two", 4) == frozenset()
