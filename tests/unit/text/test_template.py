from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.text.template import escape, render, show, slots, tie


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
