"""Equations that marks and prose state, and where they stand."""

import re

import pytest

from caco.compilers.equations import ArithmeticTextError, Number, Operation, equations, evaluate, numbers, read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He has 5 boxes of red pens * 4 = 20.", ["5 boxes of red pens * 4 = 20"]),
        ("1 one two three four five * 4 = 4", ["1 one two three four five * 4 = 4"]),
        ("1 one two three four five six * 4 = 4", []),
        ("2 x 3 = 6, 2x3=6", ["2 x 3 = 6", "2x3=6"]),
        ("box 3 = 3", []),
        ("(2+3) * 4 = 20", ["(2+3) * 4 = 20"]),
        ("So ((2+3) * 4) / 2 = 10", ["((2+3) * 4) / 2 = 10"]),
        ("2(3+1) = 8", []),
        ("20% * 50 = 10", ["20% * 50 = 10"]),
        ("50 * 20% = 1000", ["50 * 20% = 1000"]),
        ("3 + = 4, * 3 = 3, 2 * * 3 = 6, 3) * 2 = 6, ) = 6", []),
        ("(3 * 2 = 6", ["3 * 2 = 6"]),
        ("2 + 2 = 4 = 2 * 2", ["2 + 2 = 4"]),
        ("12 / 4 = 3 + 1 = 4", ["3 + 1 = 4"]),
        ("$5 * 3 = $15.", ["$5 * 3 = $15"]),
        ("5 dollars/pen * 3 = 15", ["5 dollars/pen * 3 = 15"]),
        ("2 + 3 = 5, 5 * 2 = 10", ["2 + 3 = 5", "5 * 2 = 10"]),
        ("1,200 - 200 = 1,000, and", ["1,200 - 200 = 1,000"]),
        ("3 - 5 = -2", ["3 - 5 = -2"]),
        ("1/2 = .5", ["1/2 = .5"]),
        ("1/0 = 3, 2 + 2 = 5", []),
        ("6 & 3 + 2 = 5", ["3 + 2 = 5"]),
        ("I saw 7 4 + 1 = 5", ["4 + 1 = 5"]),
        ("3 = 3, x = 3", []),
    ],
)
def test_where_prose_states_equations(text: str, found: list[str]) -> None:
    read_ = equations(text)
    assert [text[e.start : e.end].strip() for e in read_] == found
    assert all(text[e.result : e.end].strip(" $").replace(",", "") == _shown(float(e.stated)) for e in read_)
    assert not any(e.marked for e in read_)


def _shown(number: float) -> str:
    return f"{number:g}".replace("0.5", ".5")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2+2=<<2+2=4>>4", [("2+2=4", 4, True)]),
        ("so <<3*4=12>>12 cats", [("12", 12, True)]),
        ("so <<3*4=12>>", [("", 12, True)]),
        ("20*5=<<100=100>>100", [("20*5=100", 100, True)]),
        ("20*5=$<<100=100>>100.5", [("20*5=$100.5", 100, True)]),
        ("3 + 2 = <<2+1=3>>3", [("3 + 2 = 3", 3, True)]),
        ("7 = <<7=7>>7", [("7 = 7", 7, True)]),
        ("<<3*4>>12, <<a=b>>12, <<6/0=1>>1, <<5=1/0>>5, <<5=5>>5, 4+4=<<5=5>>5", []),
        ("<<3*4=5+7=12>>12", [("12", 12, True)]),
        ("4*5=<<4*5=20>>20, that is 4*5=20", [("4*5=20", 20, True), (" 4*5=20", 20, False)]),
        ("1+1=<<1+1=2>>2 and 2+3=<<2+3=5>>5", [("1+1=2", 2, True), (" 2+3=5", 5, True)]),
        ("1+1=2 and 2+3=<<2+3=5>>5", [("1+1=2", 2, False), (" 2+3=5", 5, True)]),
    ],
)
def test_where_marks_stand(line: str, found: list[tuple[str, int, bool]]) -> None:
    text = re.sub("<<.*?>>", "", line)
    assert [(text[e.start : e.end], e.value, e.marked) for e in equations(line)] == found


def test_a_mark_keeps_what_the_author_wrote_beside_what_it_comes_to() -> None:
    (found,) = equations("10/3=<<10/3=3.33>>3.33")
    assert (found.value * 3, float(found.stated)) == (10, 3.33)
    (found,) = equations("Half.\n\n5+<<5+5=11>>11")
    assert (found.value, found.stated, found.line, found.result) == (10, 11, 2, 2)


def test_a_percentage_counts_as_its_share_where_it_must() -> None:
    (found,) = equations("(50% + 10%) * 50 = 30")
    assert evaluate(found.expression) == 30
    assert [(n.value * 10, n.percent) for n in numbers(found.expression)] == [(5, False), (1, False), (500, False)]
    assert evaluate(read("(50% + 10%) * 50"), percents=True) == 30


def test_places_of_numbers() -> None:
    read_ = read("1,200.50 + (20 % - .5)")
    assert isinstance(read_, Operation) and read_.sign == "+"
    assert [(n.start, n.end, n.percent) for n in numbers(read_)] == [(0, 8, False), (12, 14, True), (19, 21, False)]
    assert read("5.") == Number(5, 0, 2)


def test_the_longest_arithmetic_that_is_read() -> None:
    assert evaluate(read("-" + "1+" * 39 + "1")) == 38
    with pytest.raises(ArithmeticTextError, match="too long"):
        read("1+" * 40 + "1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("(2)(3)", 6), ("(2)3", 6), ("2(3)", 6), ("10-4-3", 3), ("24/4/2", 3), ("2-(3-4)", 3), ("--2", 2)],
)
def test_order_of_operations(text: str, value: int) -> None:
    assert evaluate(read(text)) == value
