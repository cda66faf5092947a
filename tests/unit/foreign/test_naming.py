"""Constants in expressions: which of them belong to the way of computing, and what the others are called."""

import ast
from fractions import Fraction

import pytest

from caco.foreign.naming import exact, inline_name, noun, places


def found(code: str):
    return places(ast.parse(code))


STRUCTURAL = [
    ("x = r ** 2", [True]),
    ("x = r ** 3", [True]),
    ("x = r ** 0.5", [True]),
    ("x = r ** 4", [False]),
    ("x = 3 ** n", [False]),
    ("x = v ** (1 / 3)", [True, True]),
    ("x = v * (1 / 3)", [False, False]),
    ("x = n * 2", [True]),
    ("x = n / 2", [True]),
    ("x = n // 2", [True]),
    ("x = n % 2", [True]),
    ("x = n * 3", [False]),
    ("x = n % 3", [False]),
    ("x = n * 'ab'", [True]),
    ("x = n % 'ab'", [True]),
    ("x = n + 1", [True]),
    ("x = n - 0", [True]),
    ("x = n + 2", [False]),
    ("x = n + 'ab'", [True]),
    ("x = -1 + n", [True]),
    ("x = -2 * n", [True]),
    ("x = f(-3)", [False]),
    ("x = xs[5]", [True]),
    ("x = xs[-5]", [True]),
    ("x = xs[5:9]", [True, True]),
    ("x = {7: 8}", [True, False]),
    ("x = d[k] + 9", [False]),
    ("x = [4, 5][i]", [False]),
    ("x = date(year=2020, day=4)", [False, False]),
    ("x = timedelta(weeks=3)", [False]),
    ("x = f(ndigits=3)", [True]),
    ("x = range(2)", [True]),
    ("x = range(3)", [False]),
    ("x = round(n, 3)", [True]),
    ("x = round(3.25, n)", [False]),
    ("x = combinations(xs, 3)", [True]),
    ("x = f(n, 3)", [False]),
    ("x = N(pi, 30)", [True]),
    ("x = int(7, 3)", [False, True]),
    ("x = sqrt_mod(5, 7)", [True, True]),
    ("x = f('a long text')", [False]),
    ("x = f('ab')", [True]),
    ("x = f('abc')", [False]),
    ("x = symbols('abc')", [True]),
    ("x = s.split('abc')", [True]),
    ("x = n > 5", [False]),
    ("x = n > 1", [True]),
]


@pytest.mark.parametrize(("code", "structural"), STRUCTURAL)
def test_structural_constants(code: str, structural: list[bool]) -> None:
    assert [p.structural for p in found(code)] == structural


VALUES = [
    ("b = 4 + n\na = 3 * n", [4, 3]),
    ("x = n + [1, 2]", [[1, 2]]),
    ("x = n + [1]", [1]),
    ("x = n + (1, (2, 3))", [(1, (2, 3))]),
    ("x = n in {5, 6}", [{5, 6}]),
    ("x = [5, n]", [5]),
    ("[a, b] = f(7)", [7]),
    ("x = True and None", []),
    ("x = b'ab' + c", []),
    ("x = f'{n + 5} of {6}'", []),
    ("def f(n: 'text', m: int = 5) -> 'text':\n    return m", [5]),
    ("@cache(4)\ndef f():\n    return 6", [6]),
    ("def f():\n    '''Text.'''\n    return 6", [6]),
    ("match n:\n    case 4:\n        x = 9", []),
]


@pytest.mark.parametrize(("code", "values"), VALUES)
def test_places_are_the_literals_in_text_order(code: str, values: list[object]) -> None:
    assert [p.value for p in found(code)] == values


NOUNS = [
    (5, "She has 5 red apples.", "red_apples"),
    (5, "She has 5 apples and pears.", "apples"),
    (5, "She has 5 and more.", ""),
    (5, "She has 5.", ""),
    (5, "Of 3 pens and 5 jars.", "jars"),
    (5, "A 5-gallon jar.", "gallon_jar"),
    (5, "It costs $5.", "price"),
    (5, "It costs $5 each.", "price"),
    (20, "It has 20% fat.", "fat"),
    (0.2, "It has 20% fat.", "fat"),
    (0.2, "It has 20%.", "percent"),
    (0.2, "It has 20 grams.", ""),
    (2.5, "He ran 2.5 Miles today.", "miles_today"),
    (5, "The 5 class rooms", "class_rooms"),
    (5, "The 5 class.", ""),
    (5, "It is 5 m long.", "m_long"),
    (5, "It is 5 m.", ""),
    (6, "She has 5 apples.", ""),
    (float("inf"), "She has 5 apples.", ""),
    ("5", "She has 5 apples.", ""),
]


@pytest.mark.parametrize(("value", "problem", "name"), NOUNS)
def test_words_behind_a_number(value: object, problem: str, name: str) -> None:
    assert noun(value, problem) == name


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1, Fraction(1, 10)),
        (-3, Fraction(-3)),
        (float("nan"), None),
        (float("-inf"), None),
        (True, None),
        ("3", None),
    ],
)
def test_numbers_as_they_are_written(value: object, number: Fraction | None) -> None:
    assert exact(value) == number


TAKES = {"pay": ["hours", "rate"], "date": ["not", "these"]}
NAMES = [
    ("f(width=7)", "width"),
    ("date(2002, 7, 29)", "year"),
    ("date(y, 7)", "month"),
    ("datetime(1, 2, 3, 4, 5, 6)", "year"),
    ("datetime(y, m, d, h, i, s, 77)", "number"),
    ("pay(40)", "hours"),
    ("pay(h, 40)", "rate"),
    ("pay(h, r, 40)", "number"),
    ("other(40)", "number"),
    ("total < 40", "total_value"),
    ("n < 40", "number"),
    ("40 < total", "number"),
    ("a * 7", "factor"),
    ("7 * a", "factor"),
    ("a / 7", "divisor"),
    ("7 / a", "number"),
    ("a // 7", "divisor"),
    ("a % 7", "modulus"),
    ("7 % a", "modulus"),
    ("a ** 7", "exponent"),
    ("7 ** a", "number"),
    ("a + 7", "number"),
    ("range(7)", "limit"),
    ("a + 'seven'", "text"),
    ("a + [1, 2]", "values"),
    ("a in {1, 2}", "values"),
    ("a + (1, 2)", "point"),
    ("a + (1, 2, 3)", "point"),
    ("a + (1, 2, 3, 4)", "values"),
]


@pytest.mark.parametrize(("code", "name"), NAMES)
def test_names_after_the_code(code: str, name: str) -> None:
    assert inline_name(found(code)[0], "", TAKES) == name


def test_the_code_s_name_comes_first_and_the_text_s_noun_second() -> None:
    assert inline_name(found("pay(40)")[0], "For 40 weeks.", TAKES) == "hours"
    assert inline_name(found("a * 40")[0], "For 40 weeks.", TAKES) == "weeks"
