"""Finding the final answer in a solution, and where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.answers import extract_answer


@pytest.mark.parametrize(
    ("text", "answer", "source"),
    [
        (r"So \boxed{3} or rather \boxed{\frac{1}{2}}.", r"\frac{1}{2}", "boxed"),
        (r"\boxed{4} but then \boxed{5", "4", "boxed"),
        (r"nested \boxed{\{1, \text{a}\}}", r"\{1, \text{a}\}", "boxed"),
        ("First 3. The answer is 7. Thank you.", "7", "answer_is"),
        ("The final answer is: $\\frac{3}{4}$", r"\frac{3}{4}", "answer_is"),
        ("Answer: 3.5 m", "3.5 m", "answer_is"),
        ('{"reasoning": "x", "answer": "18,000"}', "18,000", "answer_is"),
        ("48 / 2 = 24\n#### 72", "72", "hash"),
        ("It is clear.\nx = 5", "x = 5", "final_line"),
        ("Thus we choose (B)", "B", "choice"),
        ("<think>The answer is 5.</think> The answer is 6.", "6", "answer_is"),
        (r"\boxed{1} The answer is 2.", "1", "boxed"),
        ("<answer> 7 </answer>", "7", "answer_is"),
    ],
)
def test_the_marked_answer_is_found(text, answer, source):
    found = extract_answer(text)
    assert (found.text, found.source) == (answer, source)
    assert text[slice(*found.span)] == answer


@pytest.mark.parametrize(
    ("text", "answer"), [("In all she pays $18 for them", "$18"), ("we get 12 then 15 apples", "15")]
)
def test_a_guess_says_that_it_is_weak(text, answer):
    found = extract_answer(text)
    assert found.text == answer
    assert found.weak


def test_nothing_is_found_in_nothing():
    assert extract_answer("").source == "none"
    assert extract_answer("no idea at all, sorry about that").weak


@given(st.text(alphabet='ab1 2.\\boxed{}$#\nanswer is:()"', max_size=300))
def test_the_span_is_where_the_answer_stands(text):
    found = extract_answer(text)
    start, end = found.span
    assert 0 <= start <= end <= len(text)
    assert text[start:end] == found.text


def test_only_the_end_of_a_long_text_is_read():
    text = "The answer is 1. " + "x " * 20_000 + "The answer is 2."
    found = extract_answer(text)
    assert (found.text, text[slice(*found.span)]) == ("2", "2")


def test_amounts_of_money_are_no_formula():
    assert extract_answer("After the first cut he pays $300 - $40 = $260.").text == "$260"
    assert extract_answer("He pays $765 / 3 months = $255 each month.").text == "$255"
    assert extract_answer("So we get $x = 5$ as wanted.").text == "x = 5"
