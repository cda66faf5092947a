import pytest

from caco.compilers.program import compile_program, without_options
from caco.program.form import parse
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.template import render

PROBLEM = "Mary has 6 jars. Each jar can decorate 8 cupcakes, and a pan holds 12 of them. How many pans does she need?"
PAL = f'''def solution():
    """{PROBLEM}"""
    jars = 6
    per_jar = 8
    per_pan = 12
    return jars * per_jar / per_pan'''


def compiled(problem: str, code: str) -> CodeCoT:
    result = compile_program(Seed(id="s", problem=problem, code=code, answer="4", solution="4 pans", domain="d"))
    assert isinstance(result, CodeCoT), result
    return result


def test_a_program_with_literals() -> None:
    codecot = compiled(PROBLEM, PAL)
    assert parse(codecot.code).inputs == {"jars": 6, "per_jar": 8, "per_pan": 12}
    assert codecot.varies[:2] == ("jars", "per_jar")
    assert render(codecot.text, parse(codecot.code).inputs) == PROBLEM
    assert (codecot.gold, codecot.solution, codecot.origin, codecot.seeds) == ("4", "4 pans", "compiled", ("s",))


def test_a_program_in_the_form_is_kept_as_given() -> None:
    code = compiled(PROBLEM, PAL).code
    again = compiled(PROBLEM, code)
    assert (again.code, again.origin) == (code, "given")


def test_a_number_in_disguise_keeps_inputs_from_varying() -> None:
    problem = "The insurance is 60% more than the normal cost of $130 a month. How much is it a year?"
    honest = compiled(problem, "cost = 130\nshare = 0.6\nprint(cost * (1 + share) * 12)")
    hidden = compiled(problem, "cost = 130\nprint(cost * 1.6 * 12)")
    assert honest.varies == ("cost", "share")
    assert hidden.varies == ()


def test_a_ratio_word_is_no_disguise() -> None:
    codecot = compiled("She sold 48 clips in April and a third as many in May.", "april = 48\nprint(april + april / 3)")
    assert codecot.varies == ("april",)


def test_a_foreign_text_is_rejected_with_the_reason() -> None:
    result = compile_program(Seed(problem="p", code="def f(a, b):\n    return a"))
    assert isinstance(result, Reject) and result.reason is Reason.NOT_IN_FORM and "never called" in result.detail


def test_options_keep_inputs_from_varying_unless_they_can_go() -> None:
    problem = "A car goes 90 km in 3 hours. How fast is it?\nOptions: a) 20 b) 30"
    code = "km = 90\nhours = 3\nprint(km / hours)"
    plain = compile_program(Seed(problem=problem, code=code, answer="30"))
    letter = compile_program(Seed(problem=problem, code=code, answer="b"))
    assert isinstance(plain, CodeCoT) and isinstance(letter, CodeCoT)
    assert (plain.text, plain.varies) == ("A car goes {km} km in {hours} hours. How fast is it?", ("km", "hours"))
    assert letter.varies == () and "Options" in letter.text


def test_an_unused_name_is_no_input() -> None:
    codecot = compiled("A box of 12 eggs costs 3 thousand.", "eggs = 12\nunits = 'thousand'\nans = eggs * 2")
    assert parse(codecot.code).inputs == {"eggs": 12}


@pytest.mark.parametrize(
    ("answer", "kept"),
    [("30", False), ("b", True), ("(B)", True), (" e ", True), ("f", False), ("AB", False), ("", False)],
)
def test_options_stay_where_the_answer_is_one_of_their_letters(answer: str, kept: bool) -> None:
    for word in ("Options:", "Answer Choices :", "choices: "):
        seed = Seed(problem=f"How fast is it? \n{word} a) 20 b) 30", answer=answer)
        assert without_options(seed) == (seed.problem if kept else "How fast is it?")


@pytest.mark.parametrize(
    ("problem", "code", "varies"),
    [
        ("She has 48 clips.", "clips = 48\nprint(clips * 2)", ("clips",)),
        ("She has 48 clips.", "clips = 48\nprint(clips * 100)", ("clips",)),
        ("She has 48 clips.", "clips = 48\nprint(clips * 17)", ()),
        ("She has 48 clips.", "clips = 48\nprint(clips * 1 + 2 - 0)", ("clips",)),
        ("She has 48 clips.", "clips = 48\nprint(round(clips / 2, 4))", ("clips",)),
        ("She has 48 clips.", "clips = 48\nprint(round(clips / 4, 4))", ()),
        ("She has 48 clips.", "clips = 48\nprint(4 * round(clips / 2, 4))", ()),
        ("She has 48 clips a week.", "clips = 48\nprint(clips * 52)", ("clips",)),
        ("She has 48 clips and two thirds of it.", "clips = 48\nprint(clips * 1.5)", ("clips",)),
        ("She has 48 clips and 17 pens.", "clips = 48\nprint(clips * 17)", ("clips", "pens")),
        ("She has 48 clips and 17 pens.", "clips = 48\npens = 17\nprint(clips * 17 + pens)", ("clips",)),
        ("Take 48 of [48, 7].", "n = 48\nxs = [48, 7]\nprint(sum(xs) + n)", ("xs",)),
        ("Take 48 of {'a': (48, 7)}.", "n = 48\nxs = {'a': (48, 7)}\nprint(len(xs) + n)", ("xs",)),
        ("Take 48 of [[4], 7].", "n = 48\nxs = [[4], 7]\nprint(len(xs) + n)", ("n", "xs")),
    ],
)
def test_constants_and_what_may_vary(problem: str, code: str, varies: tuple[str, ...]) -> None:
    assert compiled(problem, code).varies == varies
