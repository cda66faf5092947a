"""Whole answers: what a text marks as its answer, brackets around one value, stated types, texts that are the same."""

from fractions import Fraction

import pytest

from caco.answers import compare, lexer
from caco.answers.reading import MAX_LENGTH
from caco.answers.verdict import TYPES, marked
from caco.errors import ConfigError
from caco.program.values import encode


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("5", "5"),
        (r"So \boxed{5}.", "5"),
        ("It is 4.\n#### 5", "5"),
        ("The final answer is 5", "5"),
        ("<answer>5</answer>", "5"),
        ("I think</think>the answer: 5", "5"),
        ("we choose (B) at last", "we choose (B) at last"),
        ("12 apples\n\nlast line", "12 apples\n\nlast line"),
        ("#### ", "#### "),
        ("a: 5", "a: 5"),
        ("x" * MAX_LENGTH + "\nA: 5", "5"),
        ("x" * (MAX_LENGTH - 6) + "\nA: 5", "x" * (MAX_LENGTH - 6) + "\nA: 5"),
    ],
)
def test_the_answer_that_a_text_marks(text, answer):
    assert marked(text) == answer


@pytest.mark.parametrize(
    ("gold", "prediction", "verdict", "allowances"),
    [
        ("[3]", "3", "equal", ("brackets",)),
        ("3", r"\{3\}", "equal", ("brackets",)),
        ("[3]", r"\{3\}", "undecided", ()),
        ("[3]", "4", "not_equal", ("brackets",)),
        ("[[3]]", "3", "not_equal", ("brackets",)),
        ("[(1, 2)]", "(1, 2)", "equal", ("brackets",)),
        ("[1]", "(1, 2)", "not_equal", ()),
        ("[{1: 2}]", "{1: 2, 3: 4}", "not_equal", ("brackets",)),
        (r"[\emptyset]", r"\emptyset", "not_equal", ()),
    ],
)
def test_brackets_around_a_single_value_may_be_dropped(gold, prediction, verdict, allowances):
    for grade in (compare(gold, prediction), compare(prediction, gold)):
        assert (grade.verdict, grade.allowances) == (verdict, allowances)


def test_a_list_that_holds_one_dict_is_the_dict():
    assert compare([{"a": 1, "b": 2}], {"a": 1, "b": 2}).allowances == ("brackets",)
    assert compare([{"a": 1, "b": 2}], "a = 1, b = 2").verdict == "equal"


@pytest.mark.parametrize(
    ("kind", "gold", "prediction", "verdict"),
    [
        ("set", "1, 2", "2, 1", "equal"),
        ("set", "[1, 2]", "2, 1", "equal"),
        ("set", "(1, 2)", "(1, 3)", "not_equal"),
        ("tuple", "1, 2", "(1, 2)", "equal"),
        ("list", "1, 2", "2, 1", "not_equal"),
        ("interval", "(1, 2)", "(1, 2)", "equal"),
        ("interval", "[1, 2]", "(1, 2)", "not_equal"),
        ("interval", "(1, 2, 3)", "(1, 2, 3)", "equal"),
        ("interval", "[2, 3)", "2, 3", "undecided"),
        ("percent", "50", "50%", "equal"),
        ("percent", "50%", "0.5", "not_equal"),
        ("bool", "1", "yes", "equal"),
        ("bool", "0", "yes", "not_equal"),
        ("boolean", "0", "false", "equal"),
        ("yes_no", "no", "0", "equal"),
        ("bool", "2", "yes", "not_equal"),
        ("choice", "B", "b) 12", "equal"),
        ("choice", "B", "C", "not_equal"),
        ("choice", "12", "12.0", "equal"),
        ("text", "The end", "the end.", "equal"),
        ("string", "12", "12.0", "not_equal"),
        ("text", "1/2", "1/2", "equal"),
        ("number", "5", "5.0", "equal"),
    ],
)
def test_a_stated_type(kind, gold, prediction, verdict):
    assert compare(gold, prediction, type=kind).verdict == verdict
    assert compare(prediction, gold, type=kind).verdict == verdict


def test_every_type_is_taken_and_no_other():
    for kind in TYPES:
        assert compare("5", "5", type=kind).verdict == "equal"
    with pytest.raises(ConfigError, match="answer type"):
        compare("5", "5", type="sets")


def test_a_tolerance_is_a_share_below_one():
    assert compare("100", "199", tolerance=0.999).verdict == "equal"
    assert compare("5", "5", tolerance=0).verdict == "equal"
    for wrong in (1, -0.1, float("inf")):
        with pytest.raises(ConfigError, match="between 0 and 1"):
            compare("5", "5", tolerance=wrong)


@pytest.mark.parametrize(
    ("gold", "prediction", "verdict", "reason"),
    [
        ("(B)", "b", "equal", "choice"),
        ("(B)", "B) 12", "equal", "choice"),
        ("(B) 12", "B) 12", "equal", "choice"),
        ("(B) 12", "B) the 13", "undecided", "choice_text"),
        ("(A)", "(B)", "not_equal", "choice"),
        ("(A)", "12", "not_equal", "value"),
    ],
)
def test_options(gold, prediction, verdict, reason):
    for grade in (compare(gold, prediction), compare(prediction, gold)):
        assert (grade.verdict, grade.reason) == (verdict, reason)


def test_a_text_is_like_itself_even_unread_unless_it_is_empty_or_nan():
    assert compare(r"\foo{", r"\foo{").reason == "same_text"
    assert compare("", "").verdict == "undecided"
    assert compare("  ", "  ").reason == "no_answer"
    assert compare("nan", "nan").reason == "nan"
    assert compare("nan", float("nan")).reason == "nan"
    assert compare("nan", "5").reason == "nan"


def test_zeros_before_a_programs_digits_count():
    code = encode("007")
    assert compare(code, "007", typed_gold=True).verdict == "equal"
    assert compare("$007$", code, typed_prediction=True).verdict == "equal"
    assert compare(code, "7", typed_gold=True).reason == "leading_zeros"
    assert compare(code, 7, typed_gold=True).verdict == "not_equal"
    assert compare(encode("-07"), "-07", typed_gold=True).verdict == "equal"


def test_a_value_without_a_typed_form_is_what_it_looks_like():
    grade = compare(object, 5)
    assert (grade.verdict, grade.gold) == ("undecided", "<class 'object'>")
    assert len(compare(type("X" * 300, (), {}), 5).gold) == 200


def test_python_values_stand_for_themselves():
    assert compare(Fraction(1, 2), "0.5").verdict == "equal"
    assert compare([1, 2], (1, 2)).allowances == ("brackets",)
    assert compare("So the answer is 5.", 5).verdict == "equal"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("x²", "x^{2}"),
        ("x⁻¹²", "x^{-12}"),
        ("x₁₂", "x_{12}"),
        ("−5", "-5"),
        ("½", r"\frac{1}{2}"),
        ("１２", "12"),
        (r"\left( x \right)", "( x )"),
        (r"\left. x \right|", "x  |"),
        (r"1\!000", "1000"),
        (r"1\,000", "1000"),
        (r"1\,00", "1 00"),
        ("1{,}000", "1000"),
        (r"a\\b", r"a\\b"),
        (r"a\;b", "a b"),
        ("a~b", "a b"),
        ("  x ", "x"),
    ],
)
def test_typographic_signs_and_spacing(text, cleaned):
    assert " ".join(lexer.plain(text).split()) == " ".join(cleaned.split())


def test_tokens_have_kinds_and_know_the_space_before_them():
    found = lexer.tokens(r"12.5 x_1 \frac \text{ab} 'q' <= \mathbf{7}\bm{v}")
    assert [(t.kind, t.text) for t in found] == [
        ("num", "12.5"),
        ("name", "x_1"),
        ("cmd", r"\frac"),
        ("text", "ab"),
        ("str", "'q'"),
        ("op", "<="),
        ("num", "7"),
        ("name", "v"),
    ]
    assert [t.spaced for t in found] == [False, *[True] * 6, False]
    assert [t.spaced for t in lexer.tokens("1 2")] == [False, True]


def test_a_text_of_thousands_of_tokens_is_refused():
    assert len(lexer.tokens("x " * lexer.MAX_TOKENS)) == lexer.MAX_TOKENS
    with pytest.raises(lexer.Unreadable):
        lexer.tokens("x " * (lexer.MAX_TOKENS + 1))
