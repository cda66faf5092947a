"""Values lifted from a program's logic into its inputs."""

import pytest

from caco.foreign.draft import Draft
from caco.foreign.lift import Assigned, lifted, repeats, stated
from caco.program.form import FormError

TEXT = "Ann pays $120 for 7 Pens with 20% off, then runs half a mile."

STATED = [
    (120, True), (-120, True), (120.0, True), (7, True), (20, True), (0.2, True), (0.07, False), (8, False),
    (True, False), (None, False), (float("nan"), False), (float("inf"), False), (2j, False),
    ("pens", True), ("PENS", True), ("cups", False), ("", False), ("  ", False),
    ([120, 7], True), ([120, 7, 8], True), ([120, 8], False), ([], False), ((7,), True), ({7, 8}, False),
    ({7, 20, 8}, True),
    ({"pens": 7}, True), ({"pens": 8}, False), ({"pens": 8, "ann": 7}, True), ({}, False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "has"), STATED)
def test_what_the_text_states(value: object, has: bool) -> None:
    assert stated(TEXT).has(value) is has


def test_whether_there_are_percentages() -> None:
    assert stated(TEXT).percent and not stated("She has 5 pens.").percent


STARTS = [
    (0, True, True), (0, False, False), (1, True, True), (1, False, False), (2, True, False), ("", True, True),
    ("", False, False), ([], False, True), ({}, False, True), ([1], True, False), (set(), True, True),
    (set(), False, False),
    ((), True, True), ((), False, False), (False, False, True), (True, False, True), (None, False, True),
]  # fmt: skip


@pytest.mark.parametrize(("value", "rebound", "start"), STARTS)
def test_where_a_count_starts(value: object, rebound: bool, start: bool) -> None:
    assert Assigned("x", value, rebound).is_start is start


def entry(body: str, **more: str) -> Draft:
    rows = "\n".join(f"    {row}" for row in body.split("\n"))
    return Draft(**{"imports": "", "helpers": "", **more, "entry": f"def solve():\n{rows}"})


LIFTED = [
    ("a = 7\nb = 8\nreturn a * b", "Add 7.", {"a": 7}, "b = 8\nreturn a * b"),
    ("a: int = 7\nreturn a * 3", "Add 7.", {"a": 7}, "return a * 3"),
    ("a, b = 7, 8\nreturn a * b", "Add 7 and 8.", {"a": 7, "b": 8}, "return a * b"),
    ("a, b = 7, 8\nreturn a * b", "Add 7.", {"a": 7, "b": 8}, "return a * b"),
    ("a, b.c = 7, 8\nreturn a * b", "", {"point": (7, 8)}, "a, b.c = point\nreturn a * b"),
    ("a = b = 7\nreturn a * b", "Add 7.", {"number": 7}, "a = b = number\nreturn a * b"),
    # bound to a value before anything else is done with it, and read later
    ("a = 7\nb = 3\na = 9\nreturn a * b", "", {"a": 7, "b": 3}, "a = 9\nreturn a * b"),
    ("n = f(a)\na = 7\nreturn a * n", "Add 7.", {"number": 7}, "n = f(a)\na = number\nreturn a * n"),
    ("a = 7\nreturn n * 5", "", {"number": 7, "factor": 5}, "a = number\nreturn n * factor"),
    # what is stated comes before what is not, names before expressions, and what is no start before what is
    ("count = 0\nfor i in range(7):\n    count += i\nreturn count", "The first 7.", {"limit": 7}, None),
    ("count = 0\nk = 4\nfor i in range(9):\n    count += i * k\nreturn count", "", {"k": 4}, None),
    ("count = 0\nfor i in range(9):\n    count += i\nreturn count", "", {"limit": 9}, None),
    ("count = 0\nfor i in xs:\n    count += i\nreturn count", "", {"count": 0}, None),
    ("return n * 100 / 7", "It has 7% of 100.", {"percent": 7}, "return n * 100 / percent"),
    ("return n * 100 / 7", "It has 7 of 100.", {"factor": 100, "divisor": 7}, None),
    ("return n + 1", "Add 1.", {"number": 1}, "return n + number"),
    ("return n * 2 + 5 * 5", "", {"factor": 5}, "return n * 2 + factor * factor"),
    ("return n * 5 + m * 6", "", {"factor": 5, "factor_2": 6}, "return n * factor + m * factor_2"),
    ("factor = f()\nreturn factor * 5", "", {"factor_2": 5}, "factor = f()\nreturn factor * factor_2"),
    ("return {k: 5}", "", {"number": 5}, "return {k: number}"),
]


@pytest.mark.parametrize(("body", "problem", "inputs", "left"), LIFTED)
def test_what_is_lifted(body: str, problem: str, inputs: dict[str, object], left: str | None) -> None:
    found = lifted(entry(body), problem)
    assert found.inputs == inputs
    head, *rows = found.entry.split("\n")
    assert head == f"def solve({', '.join(inputs)}):"
    assert left is None or "\n".join(row[4:] for row in rows) == left


def test_names_that_a_program_gives_as_inputs_come_first() -> None:
    found = lifted(entry("a = 7\nb = 8\nreturn a * b"), "Add 7.", given=("b",))
    assert found.inputs == {"b": 8}


def test_names_of_other_functions_are_not_taken_and_their_parameters_are_names() -> None:
    draft = entry("return pay(40) * 5", imports="import factor", helpers="def pay(hours):\n    return hours")
    assert lifted(draft, "").inputs == {"hours": 40, "factor_2": 5}


def test_many_inputs_are_written_one_on_a_line() -> None:
    names = [f"a_rather_long_name_{i}" for i in range(5)]
    body = "".join(f"{name} = {i + 3}\n" for i, name in enumerate(names))
    found = lifted(entry(f"{body}return {' + '.join(names)}"), "")
    assert found.entry.split("\n")[:7] == ["def solve(", *(f"    {n}," for n in names), "):"]
    short = lifted(
        entry("\n".join([f"{n[14:]} = 5" for n in names] + [f"return {'+'.join(n[14:] for n in names)}"])), ""
    )
    assert short.entry.startswith("def solve(name_0, name_1, name_2, name_3, name_4):\n")


NOTES = [
    ("# of pens\na = 7  # each\nreturn a * 3", {"a": "# of pens\n# each"}),
    ("a = 7\nreturn a * 3", {}),
    ("a = '#1'\nreturn a * 3", {}),
    ("a, b = 7, 8  # both\nreturn a * b", {"a": "# both"}),
    ("a = 7\n# of b\nb = f(a)\nreturn a * b", {}),
]


@pytest.mark.parametrize(("body", "notes"), NOTES)
def test_comments_go_with_their_inputs(body: str, notes: dict[str, str]) -> None:
    assert lifted(entry(body), "").notes == notes


QUESTION = "Ann buys many pens and sells them to her good friends at noon."


def test_comments_and_docstrings_that_repeat_the_problem_are_left_out() -> None:
    body = f"'''{QUESTION}'''\n# {QUESTION}\nn = f()\n# in the end\nreturn n * 7"
    assert lifted(entry(body), QUESTION).entry == (
        "def solve(factor):\n    n = f()\n    # in the end\n    return n * factor"
    )


@pytest.mark.parametrize(("text", "stays"), [("Sells pens.", True), ("Sells 3 pens.", False)])
def test_docstrings_with_numbers_are_left_out(text: str, stays: bool) -> None:
    assert (text in lifted(entry(f"'''{text}'''\nreturn n * 7"), "").entry) is stays


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (QUESTION, True),
        (QUESTION.upper(), True),
        ("Ann buys many pens and sells them to her few old foes at noon.", False),
        ("Ann buys many pens and sells them", False),
        ("Ann buys many pens and sells them to", True),
        (QUESTION.replace("good", "bad"), True),
        (QUESTION.replace("good", "bad").replace("noon", "night"), False),
    ],
)
def test_repeating_takes_eight_words_of_which_most_are_the_problem_s(text: str, same: bool) -> None:
    assert repeats(text, QUESTION) is same


def test_nothing_to_lift_is_said() -> None:
    with pytest.raises(FormError, match="no value to lift"):
        lifted(entry("return f(n)"), "")
