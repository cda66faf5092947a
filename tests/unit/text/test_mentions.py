from fractions import Fraction

import pytest

from caco.text.mentions import MULTIPLES, article, mentions, read_cardinal, read_part, write_cardinal


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


@pytest.mark.parametrize(
    "text",
    ["five six", "twenty eleven", "twenty-zero", "ten thirty", "twenty thirty", "twenty ten", "five and six", "cat"],
)
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


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("5-10 years, $5-$8, 5 – 7", "range range range range range range"),
        ("+5 and -5 and x5 and 7b", "label label label"),
        ("− 5 and 5 m and 5 km", "count count count"),
        ("5'8 tall, 5' tall, 3\" wide", "length count count length"),
        ("4:30 and 3:2:1 and 1/2/2020", "clock clock range range range clock clock clock"),
        ("5 million, 3 hundred, 5k, 2 dozens", "scale scale scale scale ratio"),
        ("a hundred pens, one pen", "scale count"),
        ("at 5. by 12, at 13, until 6 he", "clock clock count clock"),
        ("at 5 pens, in 5.", "count count"),
        ("at 7 o'clock, for 7 p.m., eight am", "clock clock clock"),
        ("May 5, May the 5, the 5, 5 of May, 5 mayors, Dec. 5", "date date count date count date"),
        ("in 1599. in 1600 cats, in 2099 cats, 2100.", "count date date count"),
        ("1980 cats, 1980. since the year nineteen", "count date label"),
        ("#5, no. 5, the grade 7, Room 12, number five", "label label label label label"),
        ("0/0 and 1/0", ""),
        ("5 %, 5 percent, 5 per cent", "percent percent percent"),
        ("$ 5, £5, US$ 5, € five, 5 $", "money money money money count"),
        ("8's, 5.5.5, 1 000 km", "label label label count"),
        ("twenty-first, 21st, sixty-second", "ordinal ordinal ordinal"),
    ],
)
def test_kinds_of_places(text: str, kinds: str) -> None:
    assert " ".join(m.kind for m in mentions(text)) == kinds


@pytest.mark.parametrize(
    ("written", "value", "style"),
    [
        ("1.50", "1.5", ".2"),
        (".50", "0.5", ".2+."),
        (".5", "0.5", "."),
        ("0.05", "0.05", ""),
        ("1,000", "1000", ","),
        ("1,000.50", "1000.5", ",.2"),
        ("Twenty", "20", "Word"),
        ("thirty-five hundred", "3500", "word"),
        ("two hundred and five thousand and one", "205001", "word"),
        ("one million two thousand", "1002000", "word"),
    ],
)
def test_how_a_number_is_spelled(written: str, value: str, style: str) -> None:
    (mention,) = mentions(f"There are {written} of them.")
    assert (mention.value, mention.style, mention.movable) == (Fraction(value), style, True)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        *(("half", "1/2"), ("halves", "1/2"), ("halve", "1/2"), ("third", "1/3"), ("thirds", "1/3")),
        *(("fourths", "1/4"), ("Quarter", "1/4"), ("fifth", "1/5"), ("sixth", "1/6"), ("seventh", "1/7")),
        *(("eighths", "1/8"), ("ninth", "1/9"), ("tenth", "1/10"), ("twelfth", "1/12"), ("twentieth", "1/20")),
        ("hundredths", "1/100"),
    ],
)
def test_parts(words: str, value: str) -> None:
    assert read_part(words) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a half of it", "1/2"),
        ("An eighth of it", "1/8"),
        ("three fifths of it", "3/5"),
        ("two and two thirds cups", "8/3"),
        ("3 2/5 cups", "17/5"),
        ("3-2/5 cups", "17/5"),
        ("a hundred cups", "100"),
        ("a thousand cups", "1000"),
    ],
)
def test_values_that_stay_as_they_are(text: str, value: str) -> None:
    (mention,) = mentions(text)
    assert (mention.value, mention.movable) == (Fraction(value), False)


def test_words_that_multiply() -> None:
    by_number = {1: "once", 2: "twice", 3: "thrice", 4: "quadruple", 5: "quintuple", 12: "dozen", 20: "score"}
    assert {MULTIPLES[word] for word in ("doubling", "couple", "pair", "twins")} == {2}
    assert {MULTIPLES[word] for word in ("tripled", "triplets")} == {3}
    for number, word in by_number.items():
        (mention,) = mentions(f"{word.upper()} of them")
        assert (mention.value, mention.kind) == (number, "ratio")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two hundred and five", 205),
        ("hundred", 100),
        ("forty thousand five hundred", 40_500),
        ("one million two", 1_000_002),
        ("two billion", 2 * 10**9),
        ("twenty one", 21),
        ("five", 5),
    ],
)
def test_cardinals(text: str, value: int) -> None:
    assert read_cardinal(text) == value
