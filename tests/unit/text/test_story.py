"""What composing reads off problem texts."""

import pytest

from caco.text.story import (
    LETTERS,
    answer_kind,
    asks_how_many,
    chained,
    free_letter,
    lettered,
    letters_in,
    named,
    names_in,
    question_of,
    slot_kind,
    unit_in_doubt,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many pens does he buy?", "count"),
        ("How many pens can he pay with $5?", "count"),
        ("How many dollars does he pay?", "money"),
        ("He has $5. How much does he pay?", "money"),
        ("He has 5 dollars. How much money is left?", "money"),
        ("How much does it cost?", ""),  # in what currency?
        ("How much did it weigh?", "count"),
        ("It costs $5. How much did it weigh?", ""),
        ("He has £5. How much does it cost in £?", ""),
        ("What percent is that?", ""),
        ("Which is the largest?", ""),
        ("It takes 5 minutes. How long is it?", "count"),
        ("It takes 5 minutes of an hour. How long is it?", ""),
    ],
)
def test_what_a_question_asks_for(text: str, kind: str) -> None:
    assert answer_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "unit", "asks"),
    [
        ("How many minutes is it?", "minutes", True),
        ("He pays $5. What does she pay?", "minutes", True),
        ("How long is it in minutes?", "minutes", True),
        ("How long is it in hours?", "minutes", False),
        ("What percent is it?", "minutes", True),
        ("How many are there? Tell it.", "minutes", False),
    ],
)
def test_whether_a_question_says_what_it_wants(text: str, unit: str, asks: bool) -> None:
    assert asks_how_many(text, unit) == asks


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("He walks 3 miles in 2 hours. How far does he walk?", True),
        ("He walks 3 miles in 2 hours. How many miles does he walk?", False),
        ("He walks 3 miles. How far does he walk?", False),
        ("He walks. How far does he walk?", True),
        ("He walks 3 miles in 2 hours. How long in minutes does he walk?", False),
    ],
)
def test_a_unit_in_doubt(text: str, doubt: bool) -> None:
    assert unit_in_doubt(text, question_of(text)) == doubt


def test_the_question_is_the_last_sentence() -> None:
    assert question_of("He has 5.5 pens! She has 3. How many? ") == "How many?"


@pytest.mark.parametrize(
    ("text", "kind", "with_letter"),
    [
        ("He pays ${n} now.", "money", "He pays $X now."),
        ("He has {n} dollars.", "money", "He has X dollars."),
        ("He has {n} pens.", "count", "He has X pens."),
        ("He has {n:word} pens and {n} more.", "count", "He has X pens and X more."),
        ("He has ${n} and {n} pens.", "", "He has $X and X pens."),
        ("It is {n}% off.", "", "It is X% off."),
        ("It costs £{n}.", "", "It costs £X."),
        ("It is {n:a} pen.", "", ""),
        ("{n:A+word} pen", "", ""),
        ("{n:percent} in a hundred", "", ""),
        ("a {n}kg bag", "", ""),
        ("none", "", ""),
    ],
)
def test_a_letter_for_an_input(text: str, kind: str, with_letter: str) -> None:
    assert slot_kind(text, "n") == kind
    assert lettered(text, "n", "X") == with_letter


def test_a_letter_leaves_other_slots_and_braces_alone() -> None:
    text = " {{x}} {m:.2} of {n} and {k} "
    assert lettered(text, "n", "X") == "{{x}} {m:.2} of X and {k}"
    assert lettered(text, "n", "X", {"m": "q"}) == "{{x}} {q:.2} of X and {k}"


def test_names_of_people_and_places() -> None:
    assert names_in("The cat met Ann in May at Walmart. He is McDonald. Ben's") == {"Ann", "Walmart", "Mc", "Ben"}


def test_letters_in_use() -> None:
    assert letters_in("A plan B for X: I'm N's, Y' KM or 3D") == {"B", "X"}
    assert free_letter("Let N be 3, and K, but NM.") == "M"
    assert free_letter(" ".join(LETTERS)) == ""


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("What is it? ", "What is it? Call the answer N."),
        ("Tell it.", "Tell it. Call the answer N."),
        ("What is it", "What is it? Call the answer N."),
        ("What (is it)", "What (is it) Call the answer N."),
    ],
)
def test_a_named_answer(text: str, result: str) -> None:
    assert named(text, "N") == result


def test_two_problems_become_one() -> None:
    assert chained("How many is {a}?", "He has {b} and {c}.", "b", "N", {"c": "d"}) == (
        "How many is {a}? Call the answer N.\n\nHe has N and {d}."
    )
