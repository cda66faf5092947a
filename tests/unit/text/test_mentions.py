from fractions import Fraction

import pytest

from caco.text.mentions import article, mentions, read_cardinal, write_cardinal


def found(text: str) -> list[tuple[str, Fraction, str]]:
    return [(text[m.start : m.end], m.value, m.kind) for m in mentions(text)]


@pytest.mark.parametrize(
    ("text", "written", "value", "kind"),
    [
        ("He has 5 apples.", "5", 5, "count"),
        ("It costs $1,250.50.", "1,250.50", Fraction("1250.5"), "money"),
        ("It costs $.25 each.", ".25", Fraction("0.25"), "money"),
        ("A 20% discount", "20", 20, "percent"),
        ("20 percent of them", "20", 20, "percent"),
        ("Twenty-five people", "Twenty-five", 25, "count"),
        ("two hundred and five pages", "two hundred and five", 205, "count"),
        ("an 8-hour drive", "8", 8, "count"),
        ("half of them", "half", Fraction(1, 2), "ratio"),
        ("two-thirds of it", "two-thirds", Fraction(2, 3), "ratio"),
        ("a third of it", "a third", Fraction(1, 3), "ratio"),
        ("twice as many", "twice", 2, "ratio"),
        ("a dozen eggs", "dozen", 12, "ratio"),
        ("1/4 of it", "1/4", Fraction(1, 4), "fraction"),
        ("2 1/2 cups", "2 1/2", Fraction(5, 2), "fraction"),
        ("the 3rd day", "3rd", 0, "ordinal"),
        ("the third day", "third", 0, "ordinal"),
        ("in Grade 4", "4", 4, "label"),
        ("on May 5", "5", 5, "date"),
        ("born in 1998.", "1998", 1998, "date"),
        ("at 7 pm", "7", 7, "clock"),
        ("2 million people", "2", 2, "scale"),
        ("a 450 000 km trip", "450", 450, "label"),
    ],
)
def test_a_number_of_a_text(text: str, written: str, value: Fraction, kind: str) -> None:
    assert (written, Fraction(value), kind) in found(text)


def test_words_that_only_look_like_parts_are_none() -> None:
    assert [m.value for m in mentions("A shepherd tends the sheep for two tenths of a day.")] == [Fraction(1, 5)]


def test_what_is_no_quantity_cannot_move() -> None:
    text = "At 6:30 on May 5, 1998, the 2nd grader in Room 12 ate half of 3/4 of a pie, 5-10 minutes late."
    assert [m for m in mentions(text) if m.movable] == []


def test_what_is_a_quantity_can_move() -> None:
    text = "Ann buys 3 pens for $1.50 each and seven books at a 10% discount; 1,200 cm of ribbon cost 4 dollars."
    assert [m.value for m in mentions(text) if m.movable] == [3, Fraction("1.5"), 7, 10, 1200, 4]


@pytest.mark.parametrize("value", [*range(130), 200, 305, 999, 1000, 12_345, 999_999])
def test_words_and_numbers_go_both_ways(value: int) -> None:
    assert read_cardinal(write_cardinal(value)) == value


@pytest.mark.parametrize("text", ["five six", "twenty eleven", "twenty-zero", "ten thirty"])
def test_words_that_are_not_one_number(text: str) -> None:
    assert read_cardinal(text) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (8, "an"),
        (11, "an"),
        (18, "an"),
        (80, "an"),
        (8500, "an"),
        (11_000, "an"),
        (1, "a"),
        (7, "a"),
        (100, "a"),
        (110, "a"),
        (1800, "a"),
    ],
)
def test_the_article_fits_the_spoken_number(value: int, expected: str) -> None:
    assert article(Fraction(value)) == expected
