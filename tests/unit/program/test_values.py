# ruff: noqa: E501 - tables of values
import datetime
import math
import random
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from caco.program.values import TooLargeError, UnencodableError, decode, encode, show

SRC = Path(__file__).parents[3] / "src"
x, y = sympy.symbols("x y")
n = sympy.Symbol("n", integer=True, positive=True)
f = sympy.Function("f")

PLAIN = [(24, "24"), ("é", '"\\u00e9"'), (True, "true"), (None, "null"), ([1, 0.5], "[1,0.5]"), (2.0, "2.0")]
VALUES = [
    0, -1, 10**5000, -(16**9000), 1e308, 5e-324, -0.0, math.inf, -math.inf, "", "\ud800", "a\x00b", b"\xff", bytearray(b"a"),
    Fraction(3, 4), Fraction(10**5000, 3), Decimal("1.50"), Decimal("NaN"), Decimal("-Infinity"), 1 + 2j, complex(0.0, -math.inf),
    (), (1,), [], {}, set(), {1, 2}, frozenset({"a"}), {(1, 2): {3}}, {"b": 1, "a": [2]}, {"$set": 1}, {1: "a", "1": "b"},
    range(1, 9, 2), deque([1]), [[(1, 2), {3: None}]],
    datetime.date(2024, 2, 29), datetime.datetime(2024, 1, 1, 12, 30, 0, 5), datetime.time(1, 2), datetime.timedelta(-1, 3),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3))),
    datetime.datetime(2024, 1, 1, fold=1),
]  # fmt: skip
ARRAYS = [
    np.int64(3), np.uint8(200), np.float64(0.1), np.float32(0.1), np.float16(2.5), np.bool_(True), np.complex128(1j),
    np.str_("ab"), np.datetime64("2024-01-01"), np.float64("inf"), np.arange(6).reshape(2, 3), np.zeros((0, 3)),
    np.array([1.5, -math.inf]), np.array(["a", "bcd"]), np.array([1, "a", None], dtype=object), np.array(5),
    np.array([[True]]), np.array([1, 2], dtype=">i4"), np.asfortranarray(np.arange(4).reshape(2, 2)),
]  # fmt: skip
EXPRESSIONS = [
    sympy.Integer(5), sympy.Integer(10) ** 5000, sympy.Rational(1, 3), sympy.Float("0.1", 30), sympy.Float(0.1), sympy.Float(0),
    sympy.Float(-2.5), sympy.pi, sympy.E, sympy.I, sympy.oo, sympy.zoo, sympy.nan, sympy.true, x + 2 * y, sympy.sin(x) / 3,
    sympy.sqrt(2) * sympy.pi, n**2 - x, f(x), f(x).diff(x), sympy.Matrix([[1, x], [y, 4]]), sympy.Matrix(0, 0, []),
    sympy.ImmutableMatrix([[1, 2]]), sympy.SparseMatrix([[1, 0]]), sympy.FiniteSet(1, 2), sympy.Interval.open(0, sympy.oo), sympy.S.EmptySet,
    sympy.S.Reals, sympy.Union(sympy.Interval(0, 1), sympy.Interval(2, 3)), sympy.Eq(x, 2), sympy.And(x > 1, y < 2),
    sympy.Piecewise((x, x > 0), (0, True)), sympy.Poly(x**2 + 1, x), sympy.Poly(x * y / 2, x, y), sympy.Integral(x, (x, 0, 1)),
    sympy.Sum(n, (n, 1, 9)), sympy.Tuple(1, x), sympy.Max(x, y), sympy.Abs(x), sympy.Mul(2, 3, evaluate=False),
    sympy.factorial(50, evaluate=False), sympy.Mod(x, 3), sympy.CRootOf(x**5 - x - 1, 0), sympy.GoldenRatio,
    sympy.ImageSet(sympy.Lambda(x, x**2), sympy.S.Integers), sympy.exp(x), sympy.log(x), sympy.Dummy("d"), sympy.Range(3),
]  # fmt: skip


def same(a, b):
    """Equal in type and value, with nan equal to itself."""
    return type(a) is type(b) and (a == b or repr(a) == repr(b))


@pytest.mark.parametrize(("value", "text"), PLAIN)
def test_plain_values_are_plain_json(value, text):
    assert encode(value) == text


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_round_trip(value):
    assert same(decode(encode(value)), value)
    assert encode(decode(encode(value))) == encode(value)


def test_nan_is_told_from_infinity():
    assert math.isnan(decode(encode(math.nan)))
    assert len({encode(v) for v in (math.nan, math.inf, -math.inf)}) == 3


@pytest.mark.parametrize("value", ARRAYS, ids=lambda v: type(v).__name__)
def test_numpy_round_trip(value):
    back = decode(encode(value))
    assert type(back) is type(value)
    assert back.dtype == value.dtype.newbyteorder("=") and np.array_equal(back, value)
    assert encode(back) == encode(value)


@pytest.mark.parametrize("value", EXPRESSIONS, ids=lambda v: type(v).__name__)
def test_sympy_round_trip(value):
    back = decode(encode(value))
    assert type(back) is type(value) and back == value
    assert encode(back) == encode(value)


def test_types_are_told_apart():
    kinds = [
        1,
        1.0,
        True,
        "1",
        Fraction(1),
        Decimal(1),
        1 + 0j,
        np.int64(1),
        sympy.Integer(1),
        [1],
        (1,),
        {1},
        frozenset({1}),
    ]
    assert len({encode(kind) for kind in kinds}) == len(kinds)


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.fractions()
    | st.decimals()
    | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(json_like)
@settings(max_examples=60, deadline=None)
def test_any_value_comes_back(value):
    assert encode(decode(encode(value))) == encode(value)
    assert repr(decode(encode(value))) == repr(sorted_dicts(value))


def sorted_dicts(value):
    if isinstance(value, dict):
        pairs = decode(encode(value)).keys()
        found = {encode(k): (k, v) for k, v in value.items()}
        return {found[encode(k)][0]: sorted_dicts(found[encode(k)][1]) for k in pairs}
    return type(value)(map(sorted_dicts, value)) if isinstance(value, list | tuple) else value


@given(st.sets(st.integers() | st.text()), st.randoms())
def test_order_of_making_does_not_show(items, shuffler: random.Random):
    order = list(items)
    shuffler.shuffle(order)
    assert encode(set(order)) == encode(items)
    assert encode(dict.fromkeys(order, 1)) == encode(dict.fromkeys(items, 1))


def test_hash_seed_does_not_show():
    code = (
        "import sympy; from caco.program.values import encode; x, y = sympy.symbols('x y');"
        "print(encode([{'a', 'b', 'c', (1, 'd')}, x*y + x**2 - y, sympy.FiniteSet(x, y, 1), sympy.Or(x > 1, y > 2), sympy.Max(x, y, 3)]))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(SRC)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_subclasses_are_written_as_their_base():
    color = IntEnum("color", "RED")
    point = namedtuple("point", "a b")
    counted = Counter("aab")
    lists = defaultdict(list, {"k": [1]})
    assert decode(encode([color.RED, point(1, 2), counted, lists, OrderedDict(b=1)])) == [
        1,
        (1, 2),
        {"a": 2, "b": 1},
        {"k": [1]},
        {"b": 1},
    ]


def test_a_value_cannot_lie_about_itself():
    class Liar(list):
        def __iter__(self):
            return iter([99])

        def __len__(self):
            raise RuntimeError

    class Number(int):
        def __int__(self):
            return 99

        __repr__ = __str__ = __index__ = __int__

    assert encode(Liar([1])) == "[1]"
    assert encode(Number(5)) == "5"


@pytest.mark.parametrize(
    "value", [object(), len, map(str, []), (i for i in ()), ..., {1: object()}, type, np.array([(1, 2)], dtype="i4,i4")]
)
def test_what_has_no_form_is_refused(value):
    with pytest.raises(UnencodableError, match="no form"):
        encode(value)


def test_cycles_depth_and_bombs_are_refused():
    cycle = []
    cycle.append(cycle)
    bomb = [1]
    for _ in range(60):
        bomb = [bomb, bomb]
    deep = [1]
    for _ in range(5000):
        deep = [deep]
    for value in (cycle, deep):
        with pytest.raises(UnencodableError, match="deep, or holds itself"):
            encode(value)
    for value in (bomb, [0] * 300_000, np.zeros(300_000)):
        with pytest.raises(TooLargeError):
            encode(value)


@pytest.mark.parametrize(
    "text",
    ["", "[", '{"$nothing":1}', '{"$fraction":"1/0"}', '{"$int":"zz"}', '{"$sympy":["__import__"]}', '{"$sympy":["Symbol"]}',
     '{"$ndarray":["int64",[5],[1]]}', '{"$date":"x"}', '{"$dict":[[[],1]]}', '{"$float":"1"}', "[" * 100000],
)  # fmt: skip
def test_text_never_written_is_refused(text):
    with pytest.raises(ValueError):
        decode(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(24, "24"), (24.0, "24"), (0.5, "0.5"), (1e22, "1e+22"), (Fraction(3, 4), "3/4"), (Fraction(3), "3"), ([1, 2.0], "[1, 2]"),
     ({2, 1}, "{1, 2}"), ({"b", "a"}, "{'a', 'b'}"), (True, "True"), (None, "None"), ("yes", "yes"), ((1,), "(1,)"),
     ({"a": 1}, "{'a': 1}"), (np.int64(3), "3"), (np.array([1.0, 2.5]), "[1, 2.5]"), (sympy.Rational(1, 2) * x, "x/2"),
     (Decimal("1.50"), "1.50"), (math.inf, "inf"), (1 + 2j, "1+2j"), (datetime.date(2024, 1, 2), "2024-01-02")],
)  # fmt: skip
def test_show(value, text):
    assert show(value) == text


def test_show_has_no_digit_limit():
    assert show(10**6000) == "1" + "0" * 6000
