"""Scalars at their thresholds: roundings, floats, tolerances, scales, units that are letters, points that agree."""

from fractions import Fraction

import pytest

from caco.answers import quantities
from caco.answers.quantities import Quantity, quantity, significant
from caco.answers.reading import read
from caco.answers.tree import Node, number, show
from caco.answers.typed import from_value


def both_ways(left, right, tolerance=None):
    """The decision on two trees, which is the same with the sides swapped."""
    forward, backward = (quantities.compare(*pair, tolerance) for pair in ((left, right), (right, left)))
    assert forward == backward
    return str(forward.outcome), forward.reason, " ".join(sorted(forward.allowances))


EQUAL, UNEQUAL, OPEN = "equal", "not_equal", "undecided"


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (0.1 + 0.2, "0.3", (EQUAL, "float", "float")),
        (1 / 3, "1/3", (EQUAL, "float", "float")),
        (1e300, "10^{300}", (EQUAL, "float", "float")),
        (0.0, "0.0", (EQUAL, "same_number", "")),
        (0.3333, "1/3", (UNEQUAL, "number", "")),
        (0.125, "0.1251", (UNEQUAL, "number", "")),
        (0.12343, "0.1234", (EQUAL, "rounded", "rounded")),
        (0.1234, "0.12343", (UNEQUAL, "number", "")),
        (3.141592653589793, r"\pi", (EQUAL, "float", "float")),
        (3.14159265, r"\pi", (UNEQUAL, "value", "")),
        (2.0, "3.0", (UNEQUAL, "number", "")),
    ],
)
def test_a_float_may_be_off_by_its_rounding_errors_and_no_more(value, text, expected):
    assert both_ways(from_value(value), read(text)) == expected


def test_the_tolerance_of_floats_is_relative_but_at_zero():
    def at(first, second):
        return both_ways(Node("num", (), "float", first), Node("num", (), "float", second))[0]

    billionth = Fraction(1, 10**9)
    assert at(Fraction(10**6), 10**6 - 10**6 * billionth) == EQUAL
    assert at(Fraction(10**6), 10**6 - 10**6 * billionth - billionth) == UNEQUAL
    assert at(Fraction(0), Fraction(1, 10**12) - Fraction(1, 10**30)) == EQUAL
    assert at(Fraction(0), Fraction(1, 10**12)) == UNEQUAL
    assert at(Fraction(0), -Fraction(1, 10**13)) == EQUAL


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("1.234", "1.2345", (EQUAL, "rounded", "rounded")),
        ("1.235", "1.2345", (EQUAL, "rounded", "rounded")),
        ("1.236", "1.2345", (UNEQUAL, "number", "")),
        ("1.23", "1.2345", (OPEN, "rounded_to_few_digits", "")),
        ("100.5", "100.4999", (EQUAL, "rounded", "rounded")),
        ("0.001234", "0.00123449", (EQUAL, "rounded", "rounded")),
        ("0.5", "1", (UNEQUAL, "number", "")),
        ("2.0", "2", (EQUAL, "same_number", "")),
        ("0.50", "0.5", (EQUAL, "same_number", "")),
        ("0.50", "0.51", (UNEQUAL, "number", "")),
        ("1200.0", "1200.04", (UNEQUAL, "number", "")),
        ("7", "7.01", (UNEQUAL, "number", "")),
        ("0.5556", "5/9", (EQUAL, "rounded", "rounded")),
        ("0.55555555555556", "5/9", (EQUAL, "rounded", "rounded")),
        ("0.555555555555", "5/9", (EQUAL, "float_digits", "float")),
        ("0.55555555555", "5/9", (UNEQUAL, "number", "")),
        ("0.5555555555555554", "5/9", (EQUAL, "float_noise", "float")),
        ("0.5555555555555552", "5/9", (EQUAL, "float_noise", "float")),
        ("0.555555555555551", "5/9", (EQUAL, "float_digits", "float")),
        ("0.555555555555530", "5/9", (UNEQUAL, "number", "")),
        ("1.41421356237309", r"\sqrt{2}", (EQUAL, "float_digits", "float")),
        ("1.4142135623730951", r"\sqrt{2}", (EQUAL, "float_digits", "float")),
        ("1.4142135623730971", r"\sqrt{2}", (EQUAL, "float_digits", "float")),
        ("1.4142135623731971", r"\sqrt{2}", (UNEQUAL, "number", "")),
        ("1.414213562373095049", r"\sqrt{2}", (EQUAL, "rounded", "rounded")),
        ("1.414213562373095048", r"\sqrt{2}", (UNEQUAL, "number", "")),
        ("1.5", r"\sqrt{2}", (UNEQUAL, "number", "")),
    ],
)
def test_a_decimal_may_round_the_other_side_to_the_digits_it_shows(left, right, expected):
    assert both_ways(read(left), read(right)) == expected


@pytest.mark.parametrize(
    ("text", "digits"), [("0.5", 1), ("0.50", 1), ("12.30", 3), ("0.001", 1), ("1234.5678", 8), ("-1.5", 2), ("0.0", 0)]
)
def test_significant_digits(text, digits):
    assert significant(read(text)) == digits


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("100", "101", True),
        ("100", "101.1", False),
        ("-100", "-99", True),
        ("0", "0.001", False),
        (r"\pi", "3.15", True),
        (r"\pi", "3.2", False),
        ("50%", "0.505", True),
    ],
)
def test_a_tolerance_is_relative_to_the_larger_side(left, right, same):
    outcome, reason, _ = both_ways(read(left), read(right), Fraction(1, 100))
    assert (outcome == EQUAL) is same
    assert reason == "within_tolerance" or not same


@pytest.mark.parametrize(
    ("text", "core", "unit", "percent"),
    [
        ("5", "5", "", False),
        ("5%", "5", "", True),
        (r"5^\circ", "5", "degree", False),
        ("5 cm", "5", "cm", False),
        ("5% cm", "5", "cm", True),
        ("5 thousand", "5000", "", False),
        ("5 thousand.", "5000", "", False),
        ("5 Million apples", "5000000", "apple", False),
        ("5 dozen eggs", "60", "egg", False),
        ("$5 billion", "5000000000", "dollar", False),
        (r"\$5 dollars", "5", "dollar", False),
        (r"\$5 apples", "5", "dollar apple", False),
        (r"\pi hundred", "100*pi", "", False),
        (r"\frac{\pi}{2} hundred", "100*2^(-1)*pi", "", False),
    ],
)
def test_a_scalar_is_a_number_and_its_unit(text, core, unit, percent):
    found = quantity(read(text))
    assert (show(found.core), found.unit, found.percent) == (core, unit, percent)


@pytest.mark.parametrize(
    ("text", "value", "places"),
    [("2.5 thousand", 2500, 0), ("2.5555 hundred", Fraction(25555, 100), 2), ("2.5 hundred", 250, 0)],
)
def test_a_scale_takes_decimals_away(text, value, places):
    assert quantity(read(text)) == Quantity(number(value, places))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("5 m^2", "5 square meters", (EQUAL, "same", "")),
        ("5 m s^{-1}", "5 meters per second", (EQUAL, "units", "units_converted")),
        ("5 m^x", "5 meters", (UNEQUAL, "value", "units_dropped")),
        ("5 m x", "5 meters", (UNEQUAL, "value", "units_dropped")),
        ("x m", "5 meters", (UNEQUAL, "value", "units_dropped")),
        ("5 m", "5", (OPEN, "unit_or_variable", "")),
        ("5 m", "6", (UNEQUAL, "value", "")),
        ("5 N m", "5", (OPEN, "unit_or_variable", "")),
        ("5 m", "5 n", (UNEQUAL, "value", "")),
        ("3 cm", "30.000000001 mm", (EQUAL, "units", "units_converted")),
        ("3 cm", "30.0000001 mm", (UNEQUAL, "number", "units_converted")),
        ("1 inch", "2.54 cm", (EQUAL, "units", "units_converted")),
        (r"\pi m", r"100\pi \text{ cm}", (UNEQUAL, "value", "units_dropped")),
        (r"90^\circ", "1.5708", (EQUAL, "rounded", "degrees_as_radians rounded units_dropped")),
        (r"90^\circ", r"\frac{\pi}{2}", (EQUAL, "same_value", "degrees_as_radians units_dropped")),
        (r"90^\circ", "91", (UNEQUAL, "number", "units_dropped")),
        ("5%", "5 cm", (OPEN, "percent_sign_dropped", "units_dropped")),
        ("5 cm", "6", (UNEQUAL, "number", "units_dropped")),
        (r"30 \text{ celsius}", r"86 \text{ fahrenheit}", (EQUAL, "units", "units_converted")),
        (r"30 \text{ celsius}", r"87 \text{ fahrenheit}", (UNEQUAL, "units", "")),
    ],
)
def test_units_are_converted_and_letters_are_units_only_in_doubt(left, right, expected):
    assert both_ways(read(left), read(right)) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (r"\infty", r"2\infty", (EQUAL, "infinite", "")),
        (r"\infty", r"0\cdot\infty", (UNEQUAL, "infinite", "")),
        (r"\infty", r"-\infty", (UNEQUAL, "infinite", "")),
        (r"x\infty", r"\infty", (OPEN, "no_value", "")),
        (r"\sqrt{x}\sqrt{x}", "x", (EQUAL, "same_function", "")),
        (r"\sqrt{x^2}", "x", (OPEN, "equal_only_for_positive_variables", "")),
        (r"\sqrt{x-4}", r"\sqrt{x-4} + 0", (EQUAL, "same_function", "")),
        (r"\sqrt{x-9}", r"\sqrt{x-9} + 0", (OPEN, "no_value", "")),
        (r"\ln(-x)", r"\ln(-x) + 0", (OPEN, "no_value", "")),
        (r"|x| - x", "0", (OPEN, "equal_only_for_positive_variables", "")),
        (r"|x| + x", "0", (UNEQUAL, "value", "")),
        (r"\lfloor x \rfloor", "x", (UNEQUAL, "value", "")),
        (r"\lfloor x \rfloor", r"\lfloor x \rfloor + 0", (OPEN, "steps", "")),
        (r"\sqrt{-x^2}", "i x", (OPEN, "equal_only_for_positive_variables", "")),
        (r"\log x", r"\frac{\ln x}{\ln 10}", (EQUAL, "same_function", "log_base")),
        (r"\log x", r"2\ln x", (UNEQUAL, "value", "")),
        (r"\frac{1}{\log(e) - 1}", "1", (UNEQUAL, "value", "")),
        (r"\log 50", "1.69897", (UNEQUAL, "number", "")),
        (r"\log 50", r"\frac{\ln 50}{\ln 10}", (EQUAL, "same_value", "log_base")),
        (r"\log 50", "lg 50", (EQUAL, "same_value", "log_base")),
        (r"\log 50", "lg 51", (UNEQUAL, "value", "")),
    ],
)
def test_expressions_are_compared_by_their_values(left, right, expected):
    assert both_ways(read(left), read(right)) == expected


def test_trees_of_hundreds_of_parts_are_compared_and_larger_ones_are_not():
    def long(part, size):
        return Node("add", (*(number(1) for _ in range(size - 2)), part))

    for part in (Node("sym", (), "x"), Node("const", (), "pi")):
        assert both_ways(long(part, 800), Node("add", (part, number(798))))[0] == EQUAL
        assert both_ways(long(part, 801), Node("add", (part, number(799))))[1] == "too_large"
