"""Inputs made to hang graders: each costs its own short time, and none is taken for equal to a short answer."""

import time

import pytest

from caco.answers import compare, extract_answer

NASTY = {
    "tower": "10^{10^{10}}",
    "high tower": "9^{9^{9^{9^{9}}}}",
    "factorial": "100000000!",
    "factorials": "((3!)!)!",
    "bang": "5" + "!" * 5000,
    "open braces": "{" * 5000,
    "closed braces": "}" * 5000,
    "nested roots": r"\sqrt{" * 1000 + "2" + "}" * 1000,
    "nested fractions": r"\frac{1}{" * 500 + "2" + "}" * 500,
    "long sum": "x+" * 20_000 + "x",
    "letters": "x" * 100_000,
    "digits": "1" * 100_000,
    "spaces": " " * 100_000 + "7x",
    "newlines": "\n" * 50_000 + "7x",
    "dollars": "$" * 100_001,
    "backslashes": "\\" * 99_999,
    "words": "to be or not " * 8000,
    "powers": "2^" * 3000 + "2",
    "wide power": "(x+1)^{1000000}",
    "wide sum": "(x+y+z)^{500}",
    "exponent": "1e999999999",
    "marks": "answer is " * 10_000,
    "boxes": r"\boxed{" * 5000,
    "full boxes": r"\boxed{" * 2900 + "7x" + "}" * 2900,
    "plus-minus": "1" + r"\pm 1" * 20,
    "parentheses": r"\(" * 10_000,
    "exponentials": "e^{e^{e^{e^{e^{e}}}}}",
    "sine": r"\sin(10^{10^{6}})",
    "binomial": r"\binom{10^9}{5\cdot10^8}",
    "quotes": "'" * 9999 + '"' * 9999,
    "accents": "\u0301" * 50_000,
    "nulls": "\x00" * 1000,
    "minuses": "-" * 50_000 + "5",
    "thin spaces": "1" + r"\!" * 20_000,
}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("other", ["5", "x^2+1", "(1, 2)", "12 km", None])
def test_a_nasty_text_costs_little_and_equals_nothing_short(name, other):
    text = NASTY[name]
    begun = time.thread_time()
    grade = compare(text, text[:-1] if other is None else other)
    extract_answer(text)
    assert time.thread_time() - begun < 2.0
    assert other is None or grade.verdict != "equal"


def test_a_size_gate_is_undecided_with_its_reason():
    assert compare("10^{10^{10}}", "10^{10^{10}}+1").reason == "too_large"
    assert compare("10^{10^{10}}", "10^{10^{10}}").verdict == "equal"


def test_very_long_whole_numbers_are_exact():
    digits = "7" * 20_000
    assert compare(digits, digits + ".0"[:0]).verdict == "equal"
    assert compare(digits, digits[:-1] + "8").verdict == "not_equal"
