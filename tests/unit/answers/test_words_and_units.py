"""Answers in words: fixed phrases, dates, times, numbers, choices; units and what they are worth."""

from fractions import Fraction

import pytest

from caco.answers import units
from caco.answers.tree import number, show
from caco.answers.words import choice, date, number_in_words, phrase, special, time


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2020-5-3", "2020-5-3"),
        ("2020-05-03T00:00:00", "2020-5-3"),
        ("2020/05/03", "2020-5-3"),
        ("5/3/2020", "2020-5-3"),
        ("12/12/2020", "2020-12-12"),
        ("13/3/2020", "2020-3-13"),
        ("13-3-2020", "2020-3-13"),
        ("13/13/2020", None),
        ("0/5/2020", None),
        ("5/0/2020", None),
        ("5/31/2020", "2020-5-31"),
        ("5/32/2020", None),
        ("3.5.2020", "2020-5-3"),
        ("3.13.2020", None),
        ("2020-13-03", None),
        ("2020-12-00", None),
        ("May 3", "?-5-3"),
        ("May 0", None),
        ("Sept. 3rd, 2020", "2020-9-3"),
        ("the 21st of december", "?-12-21"),
        ("3 January 1999", "1999-1-3"),
        ("Monday, May 3", "?-5-3"),
        ("May 2020", "2020-5-?"),
        ("May", None),
        ("datetime.date(2020, 5, 3)", "2020-5-3"),
        ("2020-5-3 " + " " * 40, None),
        ("May 3 " + "x" * 40, None),
        ("32 May", None),
    ],
)
def test_a_date_is_one_in_every_spelling(text, found):
    node = date(text)
    assert (node and node.name) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3:30", "3:30:00?"),
        ("3:30 pm", "15:30:00"),
        ("3:30 p.m.", "15:30:00"),
        ("3:30p", "15:30:00"),
        ("3:30 a", "3:30:00"),
        ("3 am", "3:00:00"),
        ("12 am", "0:00:00"),
        ("12 pm", "12:00:00"),
        ("12 noon", "12:00:00"),
        ("12 midnight", "0:00:00"),
        ("noon", "12:00:00"),
        ("Midnight", "0:00:00"),
        ("12:00", "12:00:00?"),
        ("13:00", "13:00:00"),
        ("0:05", "0:05:00"),
        ("1:05", "1:05:00?"),
        ("24:00", "24:00:00"),
        ("25:00", None),
        ("3:59:59", "3:59:59?"),
        ("3:60", None),
        ("3:10:60", None),
        ("13 pm", None),
        ("0 am", None),
        ("1 am", "1:00:00"),
        ("3", None),
        ("3:30              p", "15:30:00"),
        ("3:30               pm", None),
    ],
)
def test_a_time_knows_its_half_of_the_day_where_it_is_said(text, found):
    node = time(text)
    assert (node and node.name) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("zero", 0),
        ("nineteen", 19),
        ("twenty", 20),
        ("ninety-nine", 99),
        ("one hundred", 100),
        ("two hundred and five", 205),
        ("three thousand two hundred", 3200),
        ("one million two thousand three", 1_002_003),
        ("two billion", 2 * 10**9),
        ("one half", Fraction(1, 2)),
        ("a half", Fraction(1, 2)),
        ("three quarters", Fraction(3, 4)),
        ("two-thirds", Fraction(2, 3)),
        ("five sixths", Fraction(5, 6)),
        ("seven eighths", Fraction(7, 8)),
        ("two tenths", Fraction(1, 5)),
        ("hundred", None),
        ("and", None),
        ("two apples", None),
        ("nine halves", None),
        ("one " * 20, 20),
        ("one " * 20 + "one", None),
    ],
)
def test_numbers_in_words(text, value):
    node = number_in_words(text)
    assert node == (None if value is None else number(value))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Yes", "true"),
        ("no, 5 apples", None),
        ("No, it is not", "false"),
        ("yes, no", None),
        ("true.", None),
        ("true. It is", "true"),
        ("falsehood", None),
        ("All real numbers", "set_R"),
        ("the set of all reals", "set_R"),
        ("3 to 4", "3:4"),
        ("1234567890 to 4", None),
        ("no", "false"),
        ("No real solutions", "none"),
        ("there are no such integers", "none"),
        ("does not exist", "none"),
        ("DNE", "none"),
        ("undefined", "none"),
        ("N/A", "none"),
        ("The empty set", None),
        ("the empty set", "empty()"),
        (r"\varnothing", "empty()"),
        ("frozenset()", "empty()"),
        ("{ }", "empty()"),
        ("May 3", "?-5-3"),
        ("10:30", "10:30:00?"),
        ("twelve", "12"),
        ("red", None),
    ],
)
def test_fixed_phrases(text, shown):
    node = special(text)
    assert (node and show(node)) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(b)", ("B", "")),
        ("B", ("B", "")),
        ("B) 12 apples", ("B", "12 apples")),
        ("(B) 12", ("B", "12")),
        ("B. 12", ("B", "12")),
        ("B: 12", ("B", "12")),
        ("option C", ("C", "")),
        ("answer: C", None),
        ("Answer (C)", ("C", "")),
        ("K", None),
        ("J", ("J", "")),
        ("B 12", None),
        ("(B) ratio 1:2", None),
        ("Apple", None),
    ],
)
def test_the_letter_of_a_choice(text, found):
    assert choice(text) == found


def test_phrases_are_compared_without_case_article_and_closing_signs():
    assert phrase("  The  Red\tBall. ") == "red ball"
    assert phrase("*an* apple!") == "an* apple"
    assert phrase("a") == "a"
    assert phrase("the") == "the"
    assert phrase("then") == "then"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("miles per hour", "mile/hour"),
        ("mi/h", "mile/hour"),
        ("mph", "mile/hour"),
        ("m/s^2", "meter/second**2"),
        ("meters per second squared", "meter/second**2"),
        ("square feet", "foot**2"),
        ("sq. ft.", "foot**2"),
        ("cubic cm", "cm**3"),
        ("cu ft", "foot**3"),
        ("feet cubed", "foot**3"),
        ("cm^{2}", "cm**2"),
        ("cm**2", "cm**2"),
        ("s^-1", "second**-1"),
        ("kg m", "kg meter"),
        ("kg m^2 s", "kg meter**2*second"),
        ("kg*m", "kg*meter"),
        ("foot-pounds", "foot*pound"),
        ("glasses of the water", "glasse water"),
        ("Apples", "apple"),
        ("gas", "gas"),
        ("gass", "gass"),
        ("bus", "bus"),
        ("mW", "mW"),
        ("MW", "MW"),
        ("KM", "km"),
        ("$", "dollar"),
        ("US Dollars", "dollar"),
        ("Rs.", "rupee"),
        ("degrees C", "degC"),
        ("°F", "degF"),
        ("Celsius", "degC"),
        ("fahrenheit.", "degF"),
        ("C", "degC"),
        ("L", "liter"),
        ("K", "K"),
        ("2 dozens", "2*dozen"),
        ("", ""),
    ],
)
def test_a_unit_has_one_spelling(text, name):
    assert units.spelled(text) == name


@pytest.mark.parametrize(
    ("source", "target", "size"),
    [
        ("kilometer", "meter", 1000),
        ("meter", "kilometer", Fraction(1, 1000)),
        ("mile/hour", "kilometer/hour", Fraction(1609344, 10**6)),
        ("meter", "second", 0),
        ("meter", "apple", None),
        ("apple", "meter", None),
        ("apple", "apple", None),
        ("dollar", "cent", 100),
        ("dollar", "euro", 0),
        ("dollar", "meter", 0),
        ("kg meter", "kg*meter", None),
        ("", "meter", None),
        ("meter*" * 10 + "m", "meter**11", None),
        ("meter*" * 9 + "meter", "meter**10", 1),
    ],
)
def test_a_unit_is_worth_so_many_of_another_where_there_is_one(source, target, size):
    assert units.factor(source, target) == size


@pytest.mark.parametrize(
    ("value", "source", "target", "degrees"),
    [
        (100, "degC", "degF", 212),
        (212, "degF", "degC", 100),
        (-40, "degF", "degC", -40),
        (0, "degC", "kelvin", Fraction("273.15")),
        (0, "degF", "kelvin", Fraction("459.67") * 5 / 9),
        (0, "kelvin", "degC", Fraction("-273.15")),
        (0, "degC", "meter", None),
        (0, "meter", "degC", None),
    ],
)
def test_temperatures(value, source, target, degrees):
    assert units.temperature(Fraction(value), source, target) == degrees
