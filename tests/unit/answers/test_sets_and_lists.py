"""Collections at their edges: matching, pieces of the line, names in equations, shapes."""

from fractions import Fraction

import pytest

from caco.answers import containers, intervals
from caco.answers.compare import Rules
from caco.answers.intervals import Piece, ascending, pieces, position
from caco.answers.reading import read
from caco.answers.relations import assigned
from caco.answers.tree import INFINITY, MINUS_INFINITY, Node, number, show

RULES = Rules()


def line(text):
    """The pieces of a set as `[1, 2) ...`."""
    found = pieces(read(text))
    if found is None:
        return None
    merged = intervals._merged(found)
    return " ".join("(["[p.low_closed] + f"{show(p.low)}, {show(p.high)}" + ")]"[p.high_closed] for p in merged)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(1, 2)", "(1, 2)"),
        ("[1, 2]", "[1, 2]"),
        ("[1, 2)", "[1, 2)"),
        ("(1, 2, 3)", None),
        (r"[-\infty, 2]", "(-1*inf, 2]"),
        (r"[2, \infty]", "[2, inf)"),
        (r"\{1, 2\}", "[1, 1] [2, 2]"),
        (r"\emptyset", ""),
        (r"\mathbb{R}", "(-1*inf, inf)"),
        (r"\pi", None),
        (r"(1, 2) \cup x", None),
        (r"(3, 4) \cup (1, 2)", "(1, 2) (3, 4)"),
        (r"(1, 2] \cup (2, 3)", "(1, 3)"),
        (r"(1, 2) \cup [2, 3)", "(1, 3)"),
        (r"(1, 2) \cup (2, 3)", "(1, 2) (2, 3)"),
        (r"[1, 5] \cup (2, 3)", "[1, 5]"),
        (r"[1, 3) \cup (2, 3]", "[1, 3]"),
        (r"(1, 3) \cup [1, 2]", "[1, 3)"),
        (r"(1, 2) \cup \{2\}", "(1, 2]"),
        (r"(1, 3) \cup (2, 5) \cup (4, 6)", "(1, 6)"),
        (r"(1, 3) \cap (2, 5)", "(2, 3)"),
        (r"[1, 3] \cap (1, 3)", "(1, 3)"),
        (r"[1, 3] \cap [3, 5]", "[3, 3]"),
        (r"[1, 3] \cap (3, 5)", ""),
        (r"[1, 3) \cap [3, 5]", ""),
        (r"(1, 2) \cap (3, 4)", ""),
        (r"(1, 2) \cap (a, 4)", None),
        (r"(1, 2) \cap \emptyset \cap (a, 4)", ""),
        (r"(1, 2) \cap \pi", None),
        (r"[1, 5] \setminus (2, 3)", "[1, 2] [3, 5]"),
        (r"[1, 5] \setminus [2, 3]", "[1, 2) (3, 5]"),
        (r"[1, 5] \setminus \{2, 3\}", "[1, 2) (2, 3) (3, 5]"),
        (r"[1, 5] \setminus \emptyset", "[1, 5]"),
        (r"[1, 5] \setminus (a, 3)", None),
        (r"[1, 5] \setminus \pi", None),
        ("x > 2", "(2, inf)"),
        ("x < 2", "(-1*inf, 2)"),
        ("2 > x", "(-1*inf, 2)"),
        (r"2 \le x", "[2, inf)"),
        (r"x \le \infty", "(-1*inf, inf)"),
        (r"x \ge -\infty", "(-1*inf, inf)"),
        (r"1 < x \le 3", "(1, 3]"),
        (r"3 \ge x > 1", "(1, 3]"),
        ("3 > x > 5", ""),
        ("x = 2", "[2, 2]"),
        (r"x \ne 2", "(-1*inf, 2) (2, inf)"),
        (r"1 < x \ne 2", "(1, 2) (2, inf)"),
        (r"x \in (1, 2)", "(1, 2)"),
        (r"x \in \pi", None),
        (r"2 \in (1, 2)", None),
        (r"x \approx 2", None),
        (r"2 \approx x", None),
        ("x < y", None),
        ("2x < 4", None),
        ("1 < 2", None),
        ("|x| < 2", "(-2, 2)"),
        (r"|x| \le 2", "[-2, 2]"),
        ("|x| > 2", "(-1*inf, -2) (2, inf)"),
        (r"|x| \ge 2", "(-1*inf, -2] [2, inf)"),
        ("|x| = 2", None),
        ("|x| < 0", None),
        ("|x| < -1", None),
        ("|2x| < 2", None),
        ("|x| < a", None),
        ("1 < |x| < 2", None),
        ("x < 1 or x > 3", "(-1*inf, 1) (3, inf)"),
        ("x > 1, x < 3", "(1, 3)"),
        ("x > 1, (2, 3)", "(1, inf)"),
        ("1, 2", None),
        (r"\{x | x > 2\}", "(2, inf)"),
    ],
)
def test_a_set_of_reals_is_its_pieces(text, shown):
    assert line(text) == shown


def test_relations_of_a_program_hold_together():
    both = tuple(read(text) for text in ("x > 1", "x < 3"))
    assert pieces(Node("items", both, "and")) == [Piece(number(1), number(3), False, False)]
    assert pieces(Node("items", both, "or")) == pieces(Node("union", both))
    assert pieces(Node("items", (number(1), number(2)), "and")) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [("2", 2), ("1/2", Fraction(1, 2)), ("x", None), ("1/0", None), ("10^{10^{10}}", None), ("i", None)],
)
def test_where_an_end_lies(text, place):
    assert position(read(text)) == place


def test_infinite_and_irrational_ends():
    assert position(INFINITY) == float("inf")
    assert position(MINUS_INFINITY) == float("-inf")
    assert float(position(read(r"\sqrt{2}"))) == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("text", "may_be"),
    [("(1, 2)", True), ("(2, 1)", False), ("(1, 1)", False), ("(a, 1)", True), ("(1, a)", True)],
)
def test_a_pair_may_be_an_interval_where_its_ends_are_in_order(text, may_be):
    assert ascending(read(text)) is may_be


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x = 5", "5"),
        ("5 = x", "5"),
        ("x = x + 1", None),
        ("f(x) = x + 1", "(1 + x)"),
        ("f(x) = x", "x"),
        ("2x = 5", None),
        ("2x = y", None),
        ("2 + 3 = 5", "5"),
        ("5 = 2x", None),
        ("x + y = 5", None),
        ("(x, y) = (1, 2)", "(1, 2)"),
        ("(x, 2) = (1, 2)", None),
        ("(x, y) = 3", None),
        (r"x \in \{1, 2\}", "{1, 2}"),
        (r"x \in \mathbb{R}", None),
        ("x < 5", None),
        (r"x \approx 3", "3"),
        (r"\pi \approx 3.14", "pi"),
        (r"x = \pi \approx 3.14", "pi"),
        (r"x = 1 + 2 = 3 \approx 3.1", "3"),
        ("x = 1 + 2 = 3", "3"),
        ("x = y = 3", "3"),
        ("2x = y = 3", None),
        ("2x = 4 = x", None),
        ("1 + 2 = 3 = 3", None),
        ("5", None),
    ],
)
def test_the_value_that_an_equation_gives(text, value):
    found = assigned(read(text))
    assert (found and show(found)) == value


def test_elements_are_matched_even_where_the_first_choice_was_wrong():
    # the second 0.3333 fits only the 1/3 that the first one would take
    left, right = [read("0.3333"), read("1/3")], [read("1/3"), read("0.333333")]
    assert containers.matching(RULES, left, right, "all").is_equal
    assert containers.matching(RULES, left, right[::-1], "all").is_equal


def test_elements_in_doubt_leave_the_whole_in_doubt():
    doubt = containers.matching(RULES, [read("yes"), read("5")], [read("y"), read("5")], "all")
    assert (doubt.is_equal, doubt.is_unequal, doubt.reason) == (False, False, "abbreviated")
    assert containers.matching(RULES, [read("yes"), read("5")], [read("y"), read("6")], "all").is_unequal


def test_long_collections_are_compared_in_order():
    many = [number(k) for k in range(containers.MAX_MATCHED + 1)]
    assert containers.matching(RULES, many[1:], many[:0:-1], "all").is_equal
    assert containers.matching(RULES, many, many, "all").is_equal
    assert containers.matching(RULES, many, many[::-1], "all").is_unequal


def test_collections_of_hundreds_are_compared_and_of_more_are_not():
    def seq(size):
        return Node("seq", tuple(number(k) for k in range(size)), "()")

    most = containers.MAX_ITEMS
    assert containers.collections(RULES, seq(most), seq(most)).is_equal
    assert containers.collections(RULES, seq(most + 1), seq(most + 1)).reason == "too_large"


def test_a_list_of_a_program_may_hold_a_set_and_a_tuple_may_not():
    items = (number(1), number(2))
    typed_set = Node("set", items[::-1], "typed")
    assert containers.collections(RULES, Node("seq", items, "list"), typed_set).allowances == {"order_free"}
    assert containers.collections(RULES, Node("seq", items, "tuple"), typed_set).reason == "tuple_vs_set"
    assert containers.collections(RULES, Node("seq", items, "[]"), typed_set).is_equal
    assert containers.collections(RULES, Node("seq", items, "[]"), typed_set._replace(name="")).reason == "tuple_vs_set"
    assert containers.collections(RULES, Node("seq", items, "list"), Node("items", items[::-1])).is_unequal
    assert containers.collections(RULES, Node("seq", items, "()"), Node("items", items[::-1])).reason == "order"


@pytest.mark.parametrize(
    ("left", "right", "outcome", "reason"),
    [
        ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]", "equal", "same_entries"),
        ("[[1, 2, 3, 4]]", "[[1, 2], [3, 4]]", "not_equal", "shape"),
        ("[[1], [2]]", "[[1, 2]]", "undecided", "row_or_column"),
        ("[[1], [2]]", "(1, 2)", "equal", "same_entries"),
        ("[[1, 2]]", "[[1, 2, 3]]", "not_equal", "shape"),
        ("[[1], [2]]", "{1, 2}", "undecided", "matrix_and_other"),
        ("[[1], [2]]", "[[1], [2], [3]]", "not_equal", "shape"),
        ("[[1], [2]]", "[]", "undecided", "matrix_and_other"),
        ("[[1], [2]]", "x", "undecided", "matrix_and_other"),
        ("[[1], [2]]", "5%", "not_equal", "kind"),
    ],
)
def test_matrices_have_shapes(left, right, outcome, reason):
    matrix = read(f"Matrix({left})")
    other = read(right if not right.startswith("[[") else f"Matrix({right})")
    decision = containers.matrices(RULES, matrix, other)
    assert (str(decision.outcome), decision.reason) == (outcome, reason)
