from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.text.template import (
    escape,
    exact,
    fixed,
    implied,
    is_number,
    plain,
    render,
    sets_off_thousands,
    show,
    slots,
    tie,
)


@pytest.mark.parametrize(
    ("style", "value", "expected"),
    [
        ("", 3, "3"),
        ("", 3.0, "3"),
        ("", 0.1, "0.1"),
        ("", 0.1 * 3, "0.3"),
        ("", 12.5, "12.5"),
        (",", 1234567, "1,234,567"),
        (".2", 3.5, "3.50"),
        (".2", 3, "3.00"),
        (".2", 3.125, "3.125"),
        (",.2", 1234.5, "1,234.50"),
        (".", 0.5, ".5"),
        (".2+.", 0.5, ".50"),
        ("money", 3, "3"),
        ("money", 3.5, "3.50"),
        ("percent", 0.2, "20"),
        ("share", 20, "0.2"),
        ("share+.", 20, ".2"),
        ("word", 12, "twelve"),
        ("Word", 120, "One hundred twenty"),
        ("word", 2.5, "2.5"),
        ("a", 8, "an 8"),
        ("a", 7, "a 7"),
        ("A+word", 11, "An eleven"),
        ("a+$", 80, "an $80"),
        ("", "banana", "banana"),
        ("repr", "banana", "'banana'"),
        ("json", "banana", '"banana"'),
        ("", [3, 1, 4], "[3, 1, 4]"),
        ("items", [3, 1, 4], "3, 1, 4"),
        ("", {"a": 1}, "{'a': 1}"),
        ("", -4, "-4"),
        ("", Fraction(7, 2), "3.5"),
        ("word", 0, "zero"),
        ("word", 999, "nine hundred ninety-nine"),
        ("word", 1000, "1,000"),
        ("word", -1, "-1"),
        ("Word", 2.5, "2.5"),
        ("money", 1234.5, "1,234.50"),
        ("money", 1234, "1,234"),
        (".0", 2.5, "2.5"),
        (".1", 0, "0.0"),
        ("$", 5, "$5"),
        ("A+word+£", 8, "An £eight"),
        ("repr", 3.0, "3.0"),
        ("json", 3, "3"),
        ("json", "für", '"für"'),
        ("", True, "True"),
        ("items", (1, "a"), "1, a"),
    ],
)
def test_styles(style: str, value: object, expected: str) -> None:
    assert show(value, style) == expected


@pytest.mark.parametrize(("style", "value"), [("loud", 3), ("items", "abc"), ("word", "abc"), (",", [1])])
def test_a_style_that_does_not_fit(style: str, value: object) -> None:
    with pytest.raises(ValueError, match="style"):
        show(value, style)


def test_slots_and_braces() -> None:
    text = "The set {{1, 2}} and {a} of {b:a+,}."
    assert slots(text) == (("a", ""), ("b", "a+,"))
    assert render(text, {"a": 1, "b": 8000}) == "The set {1, 2} and 1 of an 8,000."


@pytest.mark.parametrize("text", ["{", "a } b", "{1}", "{a b}", "{{}"])
def test_a_text_that_is_no_template(text: str) -> None:
    with pytest.raises(ValueError, match="not a template"):
        render(text, {"a": 1})


def test_a_name_without_value() -> None:
    with pytest.raises(KeyError, match="cost"):
        render("{cost}", {})


@given(st.text())
def test_escaped_text_reads_as_it_was(text: str) -> None:
    assert render(escape(text), {}) == text


def test_all_mentions_of_a_value_are_tied() -> None:
    tied = tie("Three cats eat 3 mice. A cat weighs 4.50 kg.", {"cats": 3, "weight": 4.5})
    assert tied.template == "{cats:Word} cats eat {cats} mice. A cat weighs {weight:.2} kg."
    assert (tied.varies, tied.missing) == (("cats", "weight"), ())
    assert render(tied.template, {"cats": 14, "weight": 5}) == "Fourteen cats eat 14 mice. A cat weighs 5.00 kg."


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("He eats 7 plums a week.", {"plums": 7}),  # or the days of the week?
        ("He has 12 eggs, a dozen.", {"eggs": 12}),
        ("In Grade 5, 5 pupils are ill.", {"pupils": 5}),
        ("One egg is 1 egg.", {"eggs": 1}),
        ("He eats 3 plums and 3 pears.", {"plums": 3, "pears": 3}),  # whose is which?
        ("It takes a 8 hour drive.", {"hours": 8}),  # the author's slip could not be kept
        ("At 9 he has 9 pens.", {"pens": 9}),
        ("He has 15 pens, 15% off.", {"pens": 15, "rate": 0.15}),
        ("Take [1, 2] and [1, 2].", {"xs": [1, 2], "ys": [1, 2]}),
        ("He has 0 pens.", {"pens": 0}),
    ],
)
def test_what_is_in_doubt_stays_as_it_is(text: str, inputs: dict[str, object]) -> None:
    tied = tie(text, inputs)
    assert (tied.template, tied.varies, tied.missing) == (text, (), ())


def test_other_meanings_of_a_value_put_it_in_doubt() -> None:
    assert tie("She has 9 pens.", {"pens": 9}).varies == ("pens",)
    assert tie("She has 9 pens.", {"pens": 9}, other={Fraction(9)}).varies == ()


def test_an_input_that_the_text_does_not_have() -> None:
    tied = tie("She has 9 pens.", {"pens": 9, "pencils": 4, "names": ["a", "b"]})
    assert tied.missing == ("pencils", "names")


def test_the_article_goes_with_the_number() -> None:
    tied = tie("An 8-hour drive costs an $80 ticket.", {"hours": 8, "price": 80})
    assert render(tied.template, {"hours": 6, "price": 70}) == "A 6-hour drive costs a $70 ticket."


def test_a_share_that_the_text_gives_as_percentage() -> None:
    tied = tie("The shop takes 15% off.", {"rate": 0.15})
    assert render(tied.template, {"rate": 0.4}) == "The shop takes 40% off."


def test_a_larger_number_gets_its_comma_where_none_is_without() -> None:
    assert render(tie("He sold 600 pens.", {"pens": 600}).template, {"pens": 1500}) == "He sold 1,500 pens."
    beside = tie("He sold 600 of 1500 pens.", {"pens": 600})
    assert render(beside.template, {"pens": 1300}) == "He sold 1300 of 1500 pens."


def test_lists_and_strings_are_tied_by_their_spelling() -> None:
    text = "Count 'ana' in 'banana'; sort [3, 1, 4], then 5, 9, 2."
    tied = tie(text, {"part": "ana", "word": "banana", "first": [3, 1, 4], "second": [5, 9, 2]})
    assert tied.varies == ("part", "word", "first", "second")
    assert render(tied.template, {"part": "o", "word": "foo", "first": [1], "second": [7, 8]}) == (
        "Count 'o' in 'foo'; sort [1], then 7, 8."
    )


def test_a_part_of_a_longer_list_is_not_the_list() -> None:
    assert tie("Take 1, 2, 3, 4.", {"xs": [2, 3]}).missing == ("xs",)


def test_a_word_that_also_stands_bare_is_not_tied() -> None:
    assert tie("Reverse 'pot' and put it in a pot.", {"word": "pot"}).varies == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((2, "twice"), (3, "a third"), (4, "a quarter"), (5, "every weekday"), (7, "a week"), (8, "an octopus")),
        *((10, "a dime"), (12, "a dozen"), (16, "an ounce"), (24, "hours"), (25, "a quarter"), (28, "in February")),
        *((30, "in June"), (31, "in May"), (36, "a yard"), (50, "half"), (52, "weeks"), (60, "minutes")),
        *((90, "the angle"), (100, "20%"), (180, "the triangle"), (360, "a circle"), (365, "a year")),
        *((366, "a year"), (1000, "3 km"), (2000, "3 tons"), (5280, "3 miles")),
    ],
)
def test_values_that_words_bring_to_mind(value: int, text: str) -> None:
    assert implied(Fraction(value), text.upper() if value < 50 else text)
    assert not implied(Fraction(value), "Ann has a cup.")
    assert not implied(value + Fraction(1, 2), text)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction("2.5"), 0, "2.5"),  # more places where fewer would not be exact
        (Fraction("2.5"), 2, "2.50"),
        (Fraction("-2.5"), 1, "-2.5"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(-2, 3), 2, "-0.67"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(-1, 3 * 10**6), 2, "0.00"),
        (Fraction(1, 10**10), 2, "0.0000000001"),
        (Fraction(1, 10**11), 2, "0.00"),
        (Fraction(12345), 0, "12345"),
    ],
)
def test_decimals(value: Fraction, places: int, text: str) -> None:
    assert fixed(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1234567), "1,234,567"),
        (Fraction("1234.5"), "1,234.5"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(20, 3), "6.6666666667"),
    ],
)
def test_the_shortest_decimal(value: Fraction, text: str) -> None:
    assert plain(value, commas=True) == text


def test_a_float_is_the_decimal_that_it_is_written_as() -> None:
    assert (exact(0.1), exact(3), exact(1e22)) == (Fraction(1, 10), 3, 10**22)


def test_a_truth_value_is_no_number() -> None:
    assert [is_number(value) for value in (1, 1.5, Fraction(1, 2), True, "1")] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "commas"), [("He has 1200.", False), ("He has 1,200.", True), ("He has 120.", True), ("$0.12345", True)]
)
def test_whether_thousands_are_set_off(text: str, commas: bool) -> None:
    assert sets_off_thousands(text) == commas


@pytest.mark.parametrize(
    ("text", "inputs", "template"),
    [
        ("It costs $2.50.", {"x": 2.5}, "It costs ${x:.2}."),
        ("It costs $2.5.", {"x": 2.5}, "It costs ${x}."),
        ("It costs $2.25.", {"x": 2.25}, "It costs ${x:money}."),
        ("It weighs 2.25 kg.", {"x": 2.25}, "It weighs {x} kg."),
        ("It costs $99.", {"x": 99}, "It costs ${x}."),
        ("It costs $101.", {"x": 101}, "It costs ${x:,}."),
        ("It costs $110.25.", {"x": 110.25}, "It costs ${x:,}."),
        ("It rose 300%.", {"x": 300}, "It rose {x}%."),
        ("It rose 300%.", {"x": 3}, "It rose {x:percent}%."),
        ("An $80 coat.", {"x": 80}, "{x:A+$} coat."),
        ("Eleven {braces}.", {"x": 11}, "{x:Word} {{braces}}."),
        ("Count 'a', 'b'.", {"x": "a", "y": "b"}, "Count {x:repr}, {y:repr}."),
        ('Count "a" in "b a".', {"x": "a"}, 'Count "a" in "b a".'),
        ('Sort {"a": 1}.', {"x": {"a": 1}}, "Sort {x:json}."),
        ("Sort 3, 1.", {"x": [3, 1]}, "Sort {x:items}."),
        ("Sort 3, 1 5.", {"x": [3, 1]}, "Sort 3, 1 5."),
        ("Sort 3, 1.5.", {"x": [3, 1]}, "Sort 3, 1.5."),
        ("Sort 5, 3, 1.", {"x": [3, 1]}, "Sort 5, 3, 1."),
        ("Sort 3 of [3].", {"x": [3]}, "Sort 3 of {x:repr}."),
        ("Of [9, 8] take 9.", {"x": [9, 8], "y": 9}, "Of {x:repr} take {y}."),
    ],
)
def test_slots(text: str, inputs: dict[str, object], template: str) -> None:
    assert tie(text, inputs).template == template
