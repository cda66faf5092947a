# ruff: noqa: E501 - tables of values
"""Typed values and their canonical text, letter by letter, and where their limits lie."""

import datetime
import math
from collections import deque
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
import pytest
import sympy

from caco.program.expressions import MAX_DEPTH, PLAIN_INT_BITS, Budget, number
from caco.program.values import TooLargeError, UnencodableError, decode, encode, show

x = sympy.Symbol("x", positive=True)
LARGE = 2**PLAIN_INT_BITS
WEST = datetime.timezone(datetime.timedelta(hours=-3))

TEXTS = [
    (LARGE, f'{{"$int":"{hex(LARGE)}"}}'),
    (math.inf, '{"$float":"inf"}'),
    (Fraction(-3, 4), '{"$fraction":"-3/4"}'),
    (Fraction(LARGE, 3), f'{{"$fraction":["{hex(LARGE)}",3]}}'),
    (Decimal("1.50"), '{"$decimal":"1.50"}'),
    (1 - 2j, '{"$complex":[1.0,-2.0]}'),
    (b"\xffa", '{"$bytes":"ff61"}'),
    (bytearray(b"a"), '{"$bytearray":"61"}'),
    (range(1, 9, 2), '{"$range":[1,9,2]}'),
    ((1,), '{"$tuple":[1]}'),
    ({3, 1, 20}, '{"$set":[1,20,3]}'),
    (frozenset({"b", "a"}), '{"$frozenset":["a","b"]}'),
    ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
    ({"$b": 1, "a": 2}, '{"$dict":[["$b",1],["a",2]]}'),
    ({2: "b", 1: "a"}, '{"$dict":[[1,"a"],[2,"b"]]}'),
    (deque([1, 2]), '{"$deque":[1,2]}'),
    (datetime.date(2024, 2, 29), '{"$date":"2024-02-29"}'),
    (datetime.time(1, 2, fold=1), '{"$time":["01:02:00",1]}'),
    (datetime.datetime(2024, 1, 1, tzinfo=WEST), '{"$datetime":"2024-01-01T00:00:00-03:00"}'),
    (datetime.timedelta(-1, 3, 5), '{"$timedelta":[-1,3,5]}'),
    (StrEnum("E", {"A": "a"}).A, '"a"'),
    (np.float32(0.5), '{"$npscalar":["float32",0.5]}'),
    (np.array(5), '{"$ndarray":["int64",[],[5]]}'),
    (np.array([[1, 2]], dtype=">i2"), '{"$ndarray":["int16",[1,2],[1,2]]}'),
    (np.array(["a", "bc"]), '{"$ndarray":["U2",[2],["a","bc"]]}'),
    (np.datetime64("1970-01-03"), '{"$npscalar":["M8[D]",2]}'),
    (sympy.Integer(-1), '{"$sympy":["Integer",-1]}'),
    (sympy.Rational(1, 2), '{"$sympy":["Rational",1,2]}'),
    (sympy.Float(-2.5), '{"$sympy":["Float",1,"0x5",-1,53]}'),
    (x + 1, '{"$sympy":["Add",["Integer",1],["Symbol","x",{"positive":true}]]}'),
    (sympy.Function("f")(x), '{"$sympy":["AppliedUndef","f",["Symbol","x",{"positive":true}]]}'),
    (sympy.Matrix([[1, 2]]), '{"$sympy":["MutableDenseMatrix",1,2,[["Integer",1],["Integer",2]]]}'),
    (sympy.Poly(x, x), '{"$sympy":["Poly",["Symbol","x",{"positive":true}],[["Symbol","x",{"positive":true}]],"ZZ"]}'),
]


@pytest.mark.parametrize(("value", "text"), TEXTS, ids=lambda v: type(v).__name__)
def test_texts(value: object, text: str) -> None:
    assert encode(value) == text
    assert encode(decode(text)) == text


def test_long_numbers_are_hex_from_where_python_refuses_decimals() -> None:
    assert number(LARGE - 1) == LARGE - 1 and number(-LARGE) == hex(-LARGE)
    assert decode(encode([LARGE, 1 - LARGE])) == [LARGE, 1 - LARGE]
    assert "$int" in encode(-LARGE) and "$int" not in encode(1 - LARGE)
    assert decode(encode(Fraction(3, LARGE))) == Fraction(3, LARGE)


PARTS = [
    (1, 0), (2.5, 0), ("x" * 63, 0), ([], 1), ([1, 2, 3], 4), ([[], []], 5), ({"a": 1, "b": 2}, 3), ({1: 2}, 3),
    (["x" * 64, 1], 4), (["x" * 128, 1], 5), ((1, 2), 3), ({1, 2}, 3), (range(3), 4), (1j, 1),
    (np.zeros((2, 3)), 11), (np.array(1), 3), (np.int64(1), 3), (sympy.Integer(3), 2), (sympy.sin(x), 3), (deque([1]), 2),
]  # fmt: skip


@pytest.mark.parametrize(("value", "parts"), PARTS, ids=repr)
def test_how_many_parts_a_value_has(value: object, parts: int) -> None:
    assert encode(value, parts=parts)
    if parts:
        with pytest.raises(TooLargeError, match="too many parts"):
            encode(value, parts=parts - 1)


@pytest.mark.parametrize(
    "text", ["x" * 640, b"x" * 320, bytearray(320), Decimal("1" * 640)], ids=lambda v: type(v).__name__
)
def test_sixty_four_characters_count_as_a_part(text: object) -> None:
    spent = 10 + (not isinstance(text, str)) + 3  # the list, and its two items
    assert encode([text, 1], parts=spent)
    with pytest.raises(TooLargeError):
        encode([text, 1], parts=spent - 1)


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_how_deep_a_value_may_be() -> None:
    assert decode(encode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    with pytest.raises(UnencodableError, match="deep, or holds itself"):
        encode(nested(MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("wrap", "levels"),
    [
        (lambda v: v, 99),
        (lambda v: sympy.Poly(v), 98),
        (lambda v: sympy.Matrix([v]), 98),
        (lambda v: sympy.Function("f")(v), 98),
    ],
)
def test_how_deep_an_expression_may_be(wrap: Callable[[sympy.Expr], object], levels: int) -> None:
    deep = x
    for _ in range(levels):
        deep = sympy.sin(deep, evaluate=False)
    assert encode(wrap(deep))
    with pytest.raises(UnencodableError, match="deep"):
        encode(wrap(sympy.sin(deep, evaluate=False)))


def test_a_budget_may_be_spent_whole() -> None:
    budget = Budget(3)
    budget.spend(3, MAX_DEPTH)
    assert budget.left == 0
    with pytest.raises(TooLargeError):
        budget.spend(1, 0)


def test_classes_that_only_have_a_library_s_name() -> None:
    fake = type("Fraction", (), {"__module__": "fractions", "numerator": 1, "denominator": 2})
    late = type("date", (tuple,), {"__module__": "datetime"})
    with pytest.raises(UnencodableError, match="type Fraction"):
        encode(fake())
    assert encode(late((1,))) == '{"$tuple":[1]}'
    with pytest.raises(UnencodableError, match="zone of type Zone"):
        encode(datetime.datetime(2024, 1, 1, tzinfo=type("Zone", (datetime.tzinfo,), {})()))


SHOWN = [
    (1e15, "1000000000000000"), (9999999999999998.0, "9999999999999998"), (1e16, "1e+16"), (-1e15, "-1000000000000000"), (-1e16, "-1e+16"),
    (-0.5, "-0.5"), (math.nan, "nan"), (1 - 2j, "1-2j"), (1 + 0.5j, "1+0.5j"), (1 + 0j, "1+0j"), (2j, "0+2j"), (complex(0.5, -0.5), "0.5-0.5j"),
    ([], "[]"), ((), "()"), ((1, 2), "(1, 2)"), ({}, "{}"), (set(), "{}"), (frozenset({2.0}), "{2}"), ([["a"], None], "[['a'], None]"),
    ({"a": (1.0,), 2: "b"}, "{'a': (1,), 2: 'b'}"), ({30, 4, -1.5}, "{-1.5, 4, 30}"), ({"b", 10, "a", 9}, "{9, 10, 'a', 'b'}"),
    ({10**400, 5}, f"{{5, {10**400}}}"), ({-1, (1, 2)}, "{-1, (1, 2)}"), (Decimal("1E+3"), "1000"), (np.float64(2.0), "2"), (np.bool_(True), "True"),
    (np.str_("a"), "a"), (True, "True"), (10**5000, "1" + "0" * 5000), (Fraction(6, 4), "3/2"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), SHOWN, ids=lambda v: type(v).__name__)
def test_shown(value: object, text: str) -> None:
    assert show(value) == text


@pytest.mark.parametrize(
    "text",
    ['{"$range":[1,2,3,4]}', '{"$tuple":1}', '{"$timedelta":["a"]}', '{"$sympy":[]}', '{"$sympy":["Basic_"]}',
     '{"$npscalar":["int64"]}', '{"$ndarray":["nothing",[1],[1]]}', '{"$decimal":"x"}', '{"$datetime":["2024-01-01"]}', '{"$bytes":"f"}'],
)  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)


def test_a_dict_of_several_keys_is_no_tag() -> None:
    assert decode('{"$tuple":[1],"a":{"$tuple":[1]}}') == {"$tuple": [1], "a": (1,)}
    assert decode('{"a":{"$tuple":[1]}}') == {"a": (1,)}


def test_sympy_reads_back_without_computing() -> None:
    for expression in (
        sympy.Mul(2, 3, evaluate=False),
        sympy.Pow(2, 3, evaluate=False),
        sympy.Eq(1, 1, evaluate=False),
    ):
        assert decode(encode(expression)) == expression and decode(encode(expression)).args == expression.args
    assert decode('{"$sympy":["Add"]}') == 0
    with pytest.raises(ValueError, match="no class 'Fraction'"):
        decode('{"$sympy":["Fraction",["Integer",1]]}')
