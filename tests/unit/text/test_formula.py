"""Expressions with values in place of names, as a teacher would write them on the board."""

import ast
from fractions import Fraction

import pytest

from caco.text.formula import Notation, UnspokenError, is_plain, money_names, rounded, spoken

NOTATION = Notation({"cost": "$", "fee": "£"}, commas=True)
KNOWN = {"a": 3, "b": -4, "cost": 2.5, "fee": 10, "digits": "5", "xs": [1, 2]}


def said(code: str) -> str:
    return spoken(ast.parse(code, mode="eval").body, KNOWN, NOTATION)


@pytest.mark.parametrize(
    ("value", "sign", "text"),
    [
        (1200, "", "1,200"),
        (1200.5, "$", "$1,200.50"),
        (3, "$", "$3"),
        (3.0, "$", "$3"),
        (-2.5, "$", "-$2.50"),
        (2.125, "$", "$2.125"),
        (3.5, "", "3.5"),
        (0.1 + 0.2, "", "0.3"),
        (1 / 3, "", "0.3333"),
        (2 / 3 * 100, "$", "$66.6667"),
        (-1200, "", "-1,200"),
        (-1e-12, "$", "$0"),
        (Fraction(1, 3), "", "1/3"),
        (Fraction(4), "$", "$4"),
        ("ab", "", '"ab"'),
        ([1, 2], "", "[1, 2]"),
    ],
)
def test_a_value_in_a_sentence(value: object, sign: str, text: str) -> None:
    assert NOTATION.number(value, sign) == text


def test_thousands_are_set_off_only_where_the_text_does() -> None:
    assert Notation({}).number(1200) == "1200"
    assert Notation({}).number(1200.5, "$") == "$1200.50"
    assert Notation({}).number(40 / 3) == "13.3333"


def test_a_name_brings_its_currency() -> None:
    assert [NOTATION.name(name, 2.5) for name in ("cost", "fee", "other")] == ["$2.50", "£2.50", "2.5"]


@pytest.mark.parametrize(
    ("value", "near", "plain"),
    [
        (7, 7, True),
        (0.1 * 3, Fraction(3, 10), True),
        (1.234567, Fraction(1234567, 10**6), True),
        (1.2345678, Fraction(12346, 10**4), False),  # as long as a number without end: four decimals do
        (1 / 3, Fraction(3333, 10**4), False),
        (123456789.0000001, 123456789, True),  # noise grows with the number
        (Fraction(1, 3), Fraction(3333, 10**4), True),
    ],
)
def test_binary_noise_is_no_part_of_a_number(value: float | Fraction, near: Fraction, plain: bool) -> None:
    assert (rounded(value), is_plain(value)) == (near, plain)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("a + 2 * a", "3 + 2 * 3"),
        ("(a + a) * a", "(3 + 3) * 3"),
        ("a * (a - 1)", "3 * (3 - 1)"),
        ("a - (a + a)", "3 - (3 + 3)"),
        ("a - (a - a)", "3 - (3 - 3)"),
        ("a + (a - 1)", "3 + 3 - 1"),
        ("a * (a * a)", "3 * 3 * 3"),
        ("a / (a * a)", "3 / (3 * 3)"),
        ("a / a / a", "3 / 3 / 3"),
        ("a // (a * 2)", "the whole part of 3 / (3 * 2)"),
        ("a % (a * 2)", "the remainder of 3 / (3 * 2)"),
        ("a * (a // 2)", "3 * the whole part of 3 / 2"),
        ("a ** a", "3^3"),
        ("(a + 1) ** 2", "(3 + 1)^2"),
        ("a ** (a ** a)", "3^(3^3)"),
        ("2 * a ** 2", "2 * 3^2"),
        ("(a * 2) ** 2", "(3 * 2)^2"),
        ("(a / 2) ** 2", "(3 / 2)^2"),
        ("(a // 2) ** 2", "(the whole part of 3 / 2)^2"),
        ("(a % 2) ** 2", "(the remainder of 3 / 2)^2"),
        ("2 ** (a * 2)", "2^(3 * 2)"),
        ("-(a * 2)", "-(3 * 2)"),
        ("abs(b)", "|-4|"),
        ("math.sqrt(b)", "the square root of -4"),
        ("int(b)", "-4 rounded down"),
        ("min(b, b)", "the smallest of -4 and -4"),
        ("-a", "-3"),
        ("-(a + a)", "-(3 + 3)"),
        ("-(a ** 2)", "-(3^2)"),
        ("b", "-4"),
        ("a + b", "3 + (-4)"),
        ("a * b", "3 * (-4)"),
        ("fee - cost", "£10 - $2.50"),
        ("round(a / 2)", "3 / 2 rounded"),
        ("round(a / 2, 1)", "3 / 2 rounded to 1 decimals"),
        ("round(a / 2, a)", "3 / 2 rounded"),
        ("round(a + a, 6) * 2", "(3 + 3) * 2"),  # rounding to six places only takes noise away
        ("math.ceil(a / 2)", "3 / 2 rounded up"),
        ("math.floor(a / 2)", "3 / 2 rounded down"),
        ("2 * int(a / 2)", "2 * 3 / 2 rounded down"),
        ("int(digits)", "5"),
        ("abs(a - 5)", "|3 - 5|"),
        ("math.sqrt(a + 1)", "the square root of 3 + 1"),
        ("min(a, 9)", "the smallest of 3 and 9"),
        ("max(a, b, 9)", "the largest of 3, -4 and 9"),
        ("sum(xs)", "the sum of [1, 2]"),
        ("len(xs)", "the length of [1, 2]"),
        ("'q'", '"q"'),
    ],
)
def test_expressions(code: str, text: str) -> None:
    assert said(code) == text


@pytest.mark.parametrize(
    "code",
    [
        *("f(a)", "sorted(xs)", "unknown", "a if b else a", "a @ a", "~a", "a and b"),
        *("int(a, b)", "abs(a, b)", "math.sqrt(a, b)", "abs()", "min(a, key=b)"),
        "a + min(a, 9)",  # `3 + the smallest of 3 and 9` would be read in two ways
    ],
)
def test_what_is_no_arithmetic_is_not_said(code: str) -> None:
    with pytest.raises(UnspokenError):
        said(code)


@pytest.mark.parametrize(
    ("step", "sign"),
    [
        ("x = cost", "$"),
        ("x = cost + 3", "$"),
        ("x = 3 - cost", "$"),
        ("x = fee + cost", "£"),
        ("x = cost * 3", "$"),
        ("x = 3 * cost", "$"),
        ("x = cost * cost", None),
        ("x = cost / 3", "$"),
        ("x = cost / cost", None),
        ("x = 3 / cost", None),
        ("x = cost // 3", None),
        ("x = round(cost * 3, 2)", "$"),
        ("x = abs(cost)", None),
        ("y = cost * 2\nx = y + 1", "$"),
        ("x, y = cost, cost", None),
        ("x = 3", None),
    ],
)
def test_what_is_made_of_money_is_money(step: str, sign: str | None) -> None:
    assert money_names(ast.parse(step), {"cost": "$", "fee": "£"}).get("x") == sign
