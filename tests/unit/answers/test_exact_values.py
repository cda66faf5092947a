"""Exact values of trees: sums to functions, roots, gates against what grows, and how numbers are written."""

import math
from fractions import Fraction

import pytest

from caco.answers import tree
from caco.answers.reading import read
from caco.answers.tree import (
    HALF,
    MAX_BITS,
    MAX_FACTORIAL,
    MINUS_ONE,
    ONE,
    Node,
    TooLarge,
    bits,
    every,
    negative,
    number,
    perfect_root,
    quotient,
    rational,
    show,
    symbols,
    whole,
)
from caco.records import Outcome


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/2 + 1/3", Fraction(5, 6)),
        ("2(1/2)", 1),
        ("50%", Fraction(1, 2)),
        ("2^{-2}", Fraction(1, 4)),
        ("(2/3)^3", Fraction(8, 27)),
        ("8^{2/3}", 4),
        ("(4/9)^{1/2}", Fraction(2, 3)),
        ("(-8)^{1/3}", -2),
        ("2^{1/2}", None),
        ("(-4)^{1/2}", None),
        ("0^0", None),
        ("0^{-1}", None),
        ("0^2", 0),
        ("(-1)^{99999999999}", -1),
        ("(-1)^{99999999998}", 1),
        ("1^{99999999999}", 1),
        ("x", None),
        ("1 + x", None),
        ("2x", None),
        ("x%", None),
        ("5!", 120),
        ("0!", 1),
        ("(-1)!", None),
        ("(1/2)!", None),
        (r"\binom{5}{2}", 10),
        (r"\binom{-5}{2}", None),
        ("gcd(12, 18)", 6),
        ("gcd(-12, 18)", 6),
        ("lcm(4, 6)", 12),
        ("gcd(1/2, 2)", None),
        ("max(1, 2, 3)", 3),
        ("min(1, 1/2)", Fraction(1, 2)),
        ("mod(7, 3)", 1),
        ("mod(-7, 3)", 2),
        ("mod(7, 0)", None),
        ("mod(7.5, 2)", Fraction(3, 2)),
        (r"\lfloor -2.5 \rfloor", -3),
        (r"\lceil -2.5 \rceil", -2),
        ("|-2.5|", Fraction(5, 2)),
        ("sgn(-2.5)", -1),
        ("sgn(0)", 0),
        ("sgn(3)", 1),
        ("max(x, 1)", None),
        (r"\sin(0)", None),
        ("31_4", 13),
        ("39_4", None),
    ],
)
def test_a_closed_rational_tree_has_its_exact_value(text, value):
    found = rational(read(text))
    assert found == value
    assert not isinstance(found, Fraction) or found.denominator > 1


@pytest.mark.parametrize(
    "text",
    ["2^{60000}", "2^{-60000}", "(1/2)^{60000}", "3^{60000}", "(2^{59990})(2^{20})", "2001!", r"\binom{2001}{3}"],
)
def test_what_would_grow_without_bound_is_refused_before_it_is_computed(text):
    with pytest.raises(TooLarge):
        rational(read(text))


def test_the_gates_let_through_what_is_just_small_enough():
    assert rational(read("2^{30000}")) == 2**30000
    assert rational(read(f"{MAX_FACTORIAL}!")) == math.factorial(MAX_FACTORIAL)
    half = Node("num", value=1 << (MAX_BITS // 2))
    assert bits(rational(Node("mul", (half, Node("num", value=1 << (MAX_BITS // 2 - 1)))))) == MAX_BITS
    with pytest.raises(TooLarge):
        rational(Node("mul", (half, half)))
    with pytest.raises(TooLarge):
        rational(Node("add", (Node("num", value=(1 << MAX_BITS) - 1), ONE)))


@pytest.mark.parametrize(
    ("value", "degree", "root"),
    [
        (4, 2, 2),
        (2, 2, None),
        (27, 3, 3),
        (-27, 3, -3),
        (-4, 2, None),
        (Fraction(8, 27), 3, Fraction(2, 3)),
        (Fraction(8, 26), 3, None),
        (2**64, 64, 2),
        (2**65, 65, None),
        (10**300, 3, 10**100),
        (10**300 + 1, 3, None),
        (0, 5, 0),
        (1, 5, 1),
    ],
)
def test_a_root_is_exact_or_none(value, degree, root):
    assert perfect_root(value, degree) == root


@pytest.mark.parametrize("degree", [2, 3, 5, 64])
def test_every_power_has_its_root_and_its_neighbours_have_none(degree):
    for root in range(2, 60):
        assert perfect_root(root**degree, degree) == root
        assert perfect_root(root**degree + 1, degree) is perfect_root(root**degree - 1, degree) is None


def test_digits_in_a_base():
    assert tree.based(Node("base", (), "A5", 11)) == 115
    assert tree.based(Node("base", (), "A5", 10)) is None
    assert tree.based(Node("base", (), "1" * 4000, 2)) == 2**4000 - 1
    assert tree.based(Node("base", (), "1" * 4001, 2)) is None


@pytest.mark.parametrize("length", [1, 3999, 4000, 4001, 8001])
def test_numbers_of_any_length_are_read(length):
    digits = ("1234567890" * 1000)[:length]
    assert whole(digits) % 10**9 == int(digits[-9:])
    assert whole("9" * length) + 1 == 10**length


def test_a_sign_changes_what_is_written_and_not_how():
    assert negative(number(Fraction(1, 2), 1)) == number(Fraction(-1, 2), 1)
    assert negative(read("5%")) == read("-5%")
    assert negative(read("5 cm")) == Node("unit", (number(-5),), "cm")
    assert negative(Node("sym", (), "x")) == Node("mul", (MINUS_ONE, Node("sym", (), "x")))


def test_only_whole_numbers_are_divided_at_once():
    assert quotient(number(2), number(4)) == HALF
    assert quotient(number(2), number(0)).head == "mul"
    assert quotient(number(Fraction(1, 2), 1), number(4)).head == "mul"
    assert quotient(number(2), number(4, 0)).head == "mul"
    assert quotient(Node("sym", (), "x"), number(4)).head == "mul"


def test_the_variables_of_a_tree():
    assert symbols(read("x + y(2 + x_1)")) == {"x", "y", "x_1"}
    assert symbols(read("2 + 3")) == frozenset()


def test_a_number_is_written_short():
    assert show(Node("num", (), "float", Fraction(1, 3))) == "0.3333333333333333"
    assert show(number(Fraction(1, 3))) == "1/3"
    assert show(Node("num", (), "float", Fraction(10**400, 3))) == f"{10**400}/3"
    assert show(Node("num", (), "float", 5)) == "5"
    assert show(Node("num", value=1 << 11_999)).startswith("1145296601")
    assert show(Node("num", value=1 << 12_000)) == "number of 12001 bits"


def test_a_long_tree_is_cut():
    shown = show(Node("items", tuple(number(7) for _ in range(2000))))
    assert shown == ("7, " * 1000)[: tree.MAX_SHOWN] + "..."
    just = Node("word", (), "x" * tree.MAX_SHOWN)
    assert show(just) == just.name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(x+1)^2", "(1 + x)^2"),
        ("(2x)^2", "(2*x)^2"),
        ("(x^2)^3", "(x^2)^3"),
        ("(1/2)^x", "(1/2)^x"),
        ("(-2)^x", "(-2)^x"),
        ("2^{-1}", "2^(-1)"),
        ("0^x", "0^x"),
    ],
)
def test_powers_have_the_brackets_they_need(text, shown):
    assert show(read(text)) == shown


def test_parts_are_equal_together_only_where_all_are():
    same, doubt, other = tree.equal("exact", "same"), tree.unsure("order"), tree.unequal("number")
    case = same.using("case")
    together = every([same, case], "all")
    assert (together.outcome, together.reason, together.allowances) == (Outcome.EQUAL, "all", {"case"})
    assert every([same, doubt, tree.unsure("words")], "all") == doubt
    assert every([doubt, other], "all") == tree.unequal("number", "structure")
    assert every([], "all").is_equal
    assert same.using("") == same
