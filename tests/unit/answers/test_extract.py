"""Finding the final answer in a solution, and where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.answers import Answer, extract_answer
from caco.answers.extract import MAX_MARKS, last_line


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


@pytest.mark.parametrize(
    ("text", "answer", "source"),
    [
        (r"\boxed 72 apples", "72", "boxed"),
        (r"\boxed x", "x", "boxed"),
        (r"\fbox{3} and \boxed", "3", "boxed"),
        (r"\boxed{a\}b}", r"a\}b", "boxed"),
        (r"\boxed{ 5 }", "5", "boxed"),
        (r"} \boxed{5}", "5", "boxed"),
        ("The answer is **7**.", "7", "answer_is"),
        ("The answer is $7$ apples.", "$7$ apples", "answer_is"),
        ("The answer is $7.5$ apples. And more", "$7.5$ apples", "answer_is"),
        ("The answer is $7$.", "7", "answer_is"),
        (r"The answer is \(7\)", "7", "answer_is"),
        ("The answer is } 7", "7", "answer_is"),
        ("The answer is 7\nand that is all", "7", "answer_is"),
        ("The answer is 5. The answer is .", "5", "answer_is"),
        ("Answer of the sum: 7", "7", "answer_is"),
        ("A: 7", "7", "answer_is"),
        ("the value of x is 7", "7", "answer_is"),
        ("#### 1\n#### 2\nx", "2", "hash"),
        ("####3", "3", "hash"),
        ("We get\n12", "12", "final_line"),
        ("We get\n" + "1 " * 100, ("1 " * 100).strip(), "final_line"),
        ("So the sum is $5$ and $x = 6$ here", "x = 6", "final_line"),
        ("So the sum is $5$ so option B.", "B", "choice"),
        ("we choose C.", "C", "choice"),
        ("we choose A) 5", "A", "choice"),
        ("of these, option D it is", "D", "choice"),
        ("it costs 1,200.50 dollars", "1,200.50", "final_line"),
        ("it costs 3/4, of it", "3/4", "final_line"),
        ("it costs 3, of it", "3", "final_line"),
        ("it costs 3 dollars\nand that is fair", "3", "final_line"),
        ("it grew by -5%  of it", "-5%", "final_line"),
    ],
)
def test_an_answer_is_found_by_the_strongest_mark(text, answer, source):
    found = extract_answer(text)
    assert (found.text, found.source) == (answer, source)
    assert text[slice(*found.span)] == answer


def test_a_long_last_line_is_no_answer_of_its_own():
    assert not extract_answer("x\n" + "1" * 200).weak
    assert extract_answer("x\n" + "1" * 201).weak


def test_marks_are_strong_and_guesses_are_weak():
    for text in (r"\boxed{5}", "the answer is 5", "#### 5", "so\n5"):
        assert not extract_answer(text).weak
    for text in ("we take (B) then", "so it is $5$ then", "so it is 5 then"):
        assert extract_answer(text).weak


def test_of_many_marks_without_an_answer_only_the_last_are_tried():
    assert extract_answer("answer is 7\n" + "answer is .\n" * (MAX_MARKS - 2)).text == "7"
    assert extract_answer("answer is 7\n" + "answer is .\n" * (MAX_MARKS - 1)).source != "answer_is"


def test_the_last_line_is_the_last_that_is_not_blank():
    text = "one\n two \n\n  \n"
    assert text[slice(*last_line(text))] == " two"
    assert last_line("one") == (0, 3)


def test_nothing_before_the_end_of_thought_is_read():
    text = "so 12</think>"
    assert extract_answer(text) == Answer("", "none", (len(text), len(text)), True)
