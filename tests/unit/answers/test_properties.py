"""Laws that hold for all answers: symmetry, exactness, and that nothing is ever raised."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caco.answers import compare
from caco.answers.lexer import plain
from caco.answers.parser import parse
from caco.answers.tree import rational
from caco.errors import ConfigError
from caco.records import Outcome

TEXT = r"""
1 2 10 0.5 x y + - * / ^ = < > \le ( ) [ ] { } \{ \} , ; : | ! % \frac \sqrt \pi \pm \cup \infty \text{cm} \text{or} e i
\sin \log _ & \\ $ 3 km and or yes A (B) \begin{pmatrix} \end{pmatrix} ... ' \circ ^\circ 1,000 \in \mathbb{R} **
"""
PIECES = st.sampled_from(TEXT.split())
ANSWERS = st.lists(PIECES, max_size=12).map(" ".join)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.fractions()
    | st.floats()
    | st.text(max_size=5)
    | st.complex_numbers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(ANSWERS, ANSWERS)
def test_any_two_texts_get_the_same_verdict_both_ways(left, right):
    assert compare(left, right).verdict == compare(right, left).verdict


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_characters_get_a_verdict(left, right):
    assert compare(left, right).verdict == compare(right, left).verdict


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES | ANSWERS)
def test_any_value_gets_the_same_verdict_both_ways(left, right):
    assert compare(left, right).verdict == compare(right, left).verdict


@given(ANSWERS)
def test_an_answer_is_never_unlike_itself(answer):
    grade = compare(answer, f" {answer} ")
    assert grade.verdict is not Outcome.NOT_EQUAL or "nan" in grade.gold


@given(st.integers(), st.integers())
def test_whole_numbers_are_exact_in_every_spelling(a, b):
    expected = Outcome.EQUAL if a == b else Outcome.NOT_EQUAL
    for spelling in (str(b), f"{b:,}", f"{b}.0", f"${b}$", rf"\boxed{{{b}}}", f"x = {b}"):
        assert compare(str(a), spelling).verdict is expected
        assert compare(a, spelling).verdict is expected


@given(st.fractions(), st.fractions())
def test_fractions_are_exact_in_every_spelling(a, b):
    expected = Outcome.EQUAL if a == b else Outcome.NOT_EQUAL
    for spelling in (rf"\frac{{{b.numerator}}}{{{b.denominator}}}", f"{b.numerator}/{b.denominator}", b):
        assert compare(a, spelling).verdict is expected


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(4, 9))
def test_a_rounding_is_equal_and_its_neighbour_is_not(value, places):
    rounded = round(value, places)
    neighbour = rounded + Fraction(2, 10**places)
    shown, beside = (f"{float(x):.{places}f}" for x in (rounded, neighbour))
    if rounded.denominator > 1:  # a whole number is exact: it rounds nothing
        assert compare(value, shown).verdict is not Outcome.NOT_EQUAL
    if value.denominator > 1 and rounded.denominator > 1:
        assert compare(value, beside).verdict is Outcome.NOT_EQUAL


@given(st.fractions(max_denominator=50), st.fractions(max_denominator=50), st.fractions(max_denominator=50))
def test_sums_and_products_are_read_with_their_usual_precedence(a, b, c):
    text = rf"({a}) + ({b})({c}) - ({a})^2"
    assert rational(parse(plain(text))) == a + b * c - a**2


@pytest.mark.parametrize(
    ("kind", "gold", "prediction", "verdict"),
    [
        ("set", "(1, 2)", "2, 1", "equal"),
        ("tuple", "1, 2", "2, 1", "not_equal"),
        ("interval", "(1, 2)", "[1, 2]", "not_equal"),
        ("percent", "50%", "50", "equal"),
        ("bool", "True", "1", "equal"),
        ("choice", "A", "(a) 12 apples", "equal"),
        ("text", "12", "12.0", "not_equal"),
    ],
)
def test_a_stated_type_settles_what_the_text_leaves_open(kind, gold, prediction, verdict):
    assert compare(gold, prediction, type=kind).verdict == verdict


def test_a_tolerance_replaces_the_rule_for_decimals():
    assert compare("3.14", "3.15", tolerance=0.01).verdict == "equal"
    assert compare("3.14", "3.18", tolerance=0.01).verdict == "not_equal"
    assert compare(r"\pi", "3.14", tolerance=0.001).allowances == ("tolerance",)


@pytest.mark.parametrize("stated", [{"type": "colour"}, {"tolerance": -1.0}, {"tolerance": float("nan")}])
def test_a_wrong_statement_is_one_clear_error(stated):
    with pytest.raises(ConfigError):
        compare("1", "1", **stated)


def test_a_grade_is_not_a_bool():
    with pytest.raises(TypeError, match="three verdicts"):
        bool(compare("1", "1"))
