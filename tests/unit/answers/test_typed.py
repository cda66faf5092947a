"""Program values as trees: each kind from canonical JSON, and what is no answer."""

import datetime
import json
from collections import deque
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy

from caco.answers.tree import Node, number, show
from caco.answers.typed import from_json, from_value

X = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "none"),
        (True, "true"),
        (12, "12"),
        (2.0, "2"),
        (0.5, "0.5"),
        (float("inf"), "inf"),
        (float("-inf"), "-1*inf"),
        (float("nan"), "nan"),
        (Decimal("0.50"), "1/2"),
        (Decimal("NaN"), "nan"),
        (Decimal("-Infinity"), "-1*inf"),
        (Fraction(3, 4), "3/4"),
        (Fraction(10**200, 3), f"{10**200}/3"),
        (1 + 2j, "(1 + 2*i)"),
        (complex(3), "3"),
        ([1, "a"], "[1, a]"),
        ((1, 2), "(1, 2)"),
        (deque([1, 2]), "[1, 2]"),
        ({2, 1}, "{1, 2}"),
        (frozenset(), "empty()"),
        ({"a": 1}, "{a:1}"),
        ({1: 2}, "{1:2}"),
        (range(0, 9, 3), "[0, 3, 6]"),
        (b"ab", "bytes 6162"),
        (datetime.date(2020, 5, 3), "2020-5-3"),
        (datetime.time(15, 30), "15:30:00"),
        (datetime.timedelta(days=1, seconds=2), "86402 seconds"),
        ("007", "007"),
        ("-07", "-07"),
        ("0", "0"),
        ("-0.5", "-1/2"),
        ("x", "x"),
        ("xy", "xy"),
        ("Red Ball", "red ball"),
        ("x+1", "(1 + x)"),
        ("yes", "true"),
        ("noon", "12:00:00"),
        ("pi", "pi"),
        ("apples and pears", "apples and pears"),
        (" red ", "red"),
    ],
)
def test_a_value_is_read_as_what_it_is(value, shown):
    assert show(from_value(value)) == shown


def test_floats_and_decimals_keep_how_they_were_written():
    assert from_value(0.1) == Node("num", (), "float", Fraction(0.1))
    assert from_value(2.0) == Node("num", (), "float", 2)
    assert from_value(Decimal("0.50")) == number(Fraction(1, 2), 2)
    assert from_value(Decimal("5")) == number(5)
    assert from_value(Decimal("1E+2")) == number(100)


def test_kinds_of_collections_are_kept_apart():
    assert from_value([1]).name == "list"
    assert from_value((1,)).name == "tuple"
    assert from_value({1}).name == "typed"


def test_long_ranges_and_intervals_of_time_with_microseconds_are_no_answers():
    assert from_value(range(10_000)).head == "seq"
    assert from_value(range(10_001)).head == "raw"
    assert from_value(datetime.timedelta(microseconds=1)).head == "raw"


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (["", [2, 2], [1, 2, 3, 4]], "matrix(row(1, 2), row(3, 4))"),
        (["", [3, 1], [1, 2, 3]], "matrix(row(1), row(2), row(3))"),
        (["", [3], [1, 2, 3]], "[1, 2, 3]"),
        (["", [], [7]], "7"),
        (["", [1, 1, 1], [7]], None),
    ],
)
def test_arrays(form, shown):
    node = from_json(json.dumps({"$ndarray": form}))
    assert (show(node) if shown else node.head) == (shown or "raw")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (sympy.Integer(3), "3"),
        (sympy.Rational(1, 3), "1/3"),
        (sympy.Float(0.5), "0.5"),
        (sympy.Float(-3), "-3"),
        (sympy.pi * X, "pi*x"),
        (sympy.E, "e"),
        (sympy.oo, "inf"),
        (-sympy.oo, "-1*inf"),
        (sympy.zoo, "nan"),
        (X**2 + 1, "(1 + x^2)"),
        (sympy.log(X), "ln(x)"),
        (sympy.Abs(X), "abs(x)"),
        (sympy.Function("f")(X), "@f(x)"),
        (sympy.Eq(X, 2), "x = 2"),
        (sympy.Ne(X, 2), "x != 2"),
        (X < 2, "x < 2"),
        (X >= 2, "x >= 2"),
        (sympy.And(X > 0, X < 2), None),
        (sympy.Or(X < 0, X > 2), None),
        (sympy.Interval(0, 1), "[0, 1]"),
        (sympy.Interval.open(0, 1), "(0, 1)"),
        (sympy.Interval.Lopen(0, 1), "(0, 1]"),
        (sympy.FiniteSet(1, 2), "{1, 2}"),
        (sympy.EmptySet, "empty()"),
        (sympy.S.Reals, "set_R"),
        (sympy.Tuple(1, 2), "(1, 2)"),
        (sympy.Point(1, 2), "(1, 2)"),
        (sympy.Matrix([[1, 2], [3, 4]]), "matrix(row(1, 2), row(3, 4))"),
        (sympy.ImmutableMatrix([[1, 2, 3]]), "matrix(row(1, 2, 3))"),
        (sympy.Matrix([[1], [2], [3]]), "matrix(row(1), row(2), row(3))"),
        (sympy.true, "true"),
        (sympy.false, "false"),
        (sympy.Poly(X**2, X), "x^2"),
        (sympy.Symbol("y_1"), "y_1"),
    ],
)
def test_sympy_values(value, shown):
    node = from_value(value)
    if shown is None:
        assert (node.head, node.name) == ("items", type(value).__name__.lower())
    else:
        assert show(node) == shown


def test_what_is_no_typed_value_is_one_clear_error():
    with pytest.raises(ValueError, match="not a typed value"):
        from_json('{"$fraction": 1.5}')
    with pytest.raises(ValueError, match="Expecting property name"):
        from_json("{not json")
    with pytest.raises(ValueError, match="object"):
        from_value(object())


def test_a_nested_value_that_is_too_deep_is_raw():
    assert from_json("[" * 400 + "]" * 400).head in ("raw", "seq")
