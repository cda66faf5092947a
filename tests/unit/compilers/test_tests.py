import contextlib
import io

import pytest

from caco.compilers.tests import compile_tests, task_text
from caco.program.form import parse
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.template import render


def run(code: str) -> object:
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program", "exec"), space)
    return space["output"]


def compiled(code: str, *tests: str, problem: str = "Write a function to do it.") -> CodeCoT:
    result = compile_tests(Seed(id="s1", problem=problem, code=code, tests=tests, source="here", licence="CC0"))
    assert isinstance(result, CodeCoT), result
    return result


def test_the_tested_function_is_the_entry_and_stands_last() -> None:
    codecot = compiled(
        "import math\nR = 3\ndef area(r, k=1):\n    return helper(r) * k\ndef helper(r):\n    return int(r) * R\n",
        "assert area(2.5) == 6",
    )
    program = parse(codecot.code)
    assert program.entry == "area"
    assert program.inputs == {"r": 2.5}
    assert run(codecot.code) == 6
    assert (codecot.gold, codecot.source, codecot.licence, codecot.seeds) == ("6", "here", "CC0", ("s1",))


@pytest.mark.parametrize(
    ("code", "test", "inputs", "gold"),
    [
        ("def f(a, b):\n    return a + b", "assert f(1, b=2) == 3", {"a": 1, "b": 2}, "3"),
        ("def f(*xs):\n    return sum(xs)", "assert f(1, 2) == 3", {"xs": [1, 2]}, "3"),
        ("def f(n, /):\n    return n + 1", "assert f(1) == 2", {"n": 1}, "2"),
        ("f = lambda a, b: a - b", "assert f(3, 1) == 2", {"arg_1": 3, "arg_2": 1}, "2"),
        ("def f(s):\n    return s == s[::-1]", "assert f('aba')", {"s": "aba"}, "True"),
        ("def f(s):\n    return s == s[::-1]", "assert not f('ab')", {"s": "ab"}, "False"),
        ("def f(s):\n    return s == s[::-1]", "assert f('ab') is False", {"s": "ab"}, "False"),
        ("def f(n):\n    return n * 2", "assert abs(f(2) - 4) < 1e-6", {"n": 2}, "4"),
        ("def f(n):\n    return n * 2", "assert math.isclose(f(2), 4, rel_tol=1e-3)", {"n": 2}, "4"),
        ("def f(n):\n    return n * 2", "assert 4 == f(2)", {"n": 2}, "4"),
        ("def f(n):\n    return n * 2", "def check(candidate):\n    assert candidate(2) == 4", {"n": 2}, "4"),
        ("def f(n):\n    return g(n)\ng = lambda n: n * 2\nprint(f(3))", "assert f(2) == 4", {"n": 2}, "4"),
        ("def f(n):\n    return n * 2\nif __name__ == '__main__':\n    f(3)", "assert f(2) == 4", {"n": 2}, "4"),
        ("def f(n):\n    return n * 2\nTABLE = [f(1)]", "assert f(2) == 4", {"n": 2}, "4"),
    ],
)
def test_cases_of_every_spelling(code: str, test: str, inputs: dict[str, object], gold: str) -> None:
    codecot = compiled(code, test)
    assert parse(codecot.code).inputs == inputs
    assert str(run(codecot.code)) == codecot.gold == gold


def test_the_first_usable_case_counts() -> None:
    tests = (
        "assert f(x) == 1",
        "assert f([]) == 0",
        "assert other(1) == 1",
        "assert f([3]) == 3",
        "assert f([4]) == 4",
    )
    assert parse(compiled("def f(xs):\n    return sum(xs)", *tests).code).inputs == {"xs": [3]}


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("def f(n):\n    return n", "assert f(Node(1)) == 1"),
        ("def f():\n    return 1", "assert f() == 1"),
        ("def f(n):\n    return n", "assert f(1, 2) == 1"),
        ("def f(n:\n    return n", "assert f(1) == 1"),
        ("def f(n):\n    return n", "assert"),
    ],
)
def test_what_cannot_be_compiled_says_why(code: str, test: str) -> None:
    result = compile_tests(Seed(problem="p", code=code, tests=(test,)))
    assert isinstance(result, Reject) and result.reason is Reason.CANNOT_COMPILE and result.detail


def test_a_length_does_not_vary() -> None:
    assert compiled("def f(a, n):\n    return sum(a[:n])", "assert f([1, 2, 5], 3) == 8").varies == ("a",)


TASKS = [
    ("Write a python function to find the last digit.", "Find the last digit."),
    ("Write a function for nth catalan number.", "Find nth catalan number."),
    ("Write a function that matches a string that has an a.", "Match a string that has an a."),
    ("Write a function which tries all pairs.", "Try all pairs."),
    ("Write a function of recursion list sum.", "Find recursion list sum."),
    (
        "Write a function to find the intersection of two arrays using lambda function.",
        "Find the intersection of two arrays.",
    ),
    ("Write a function to split a text by using regex", "Split a text."),
    ("Write a function to re-arrange a list.\nassert f([1]) == [1]", "Re-arrange a list."),
    ('def f(n: int) -> int:\n    """ Double n.\n    >>> f(2)\n    4\n    """\n', "Double n."),
    ("def f(n):\n    '''xs are numbers.\n    Example:\n    f(2) == 4'''", "xs are numbers."),
]


@pytest.mark.parametrize(("task", "request_"), TASKS)
def test_task_texts(task: str, request_: str) -> None:
    assert task_text(task, {"n": 3}) == f"{request_} Use n = {{n}}. What is the result?"


def test_inputs_are_slots_and_braces_are_escaped() -> None:
    text = task_text("Write a function to count {x} in a set.", inputs := {"s": "ab", "t": [1], "k": 2.0}, yes_no=True)
    assert render(text, inputs) == "Count {x} in a set. Use s = 'ab', t = [1] and k = 2. Answer True or False."
    assert task_text("", inputs) == ""


@pytest.mark.parametrize(
    ("code", "test", "call"),
    [
        (
            "def f(a, *xs, k=1):\n    return a",
            "assert f(3, 1, 2, k=5) == 3",
            "def solve(a, xs, k):\n    return f(a, *xs, k=k)",
        ),
        ("def f(a, /, b):\n    return a", "assert f(3, b=2) == 3", "def solve(a, b):\n    return f(a, b=b)"),
        ("f = lambda a, b: a", "assert f(3, b=1) == 3", "def solve(arg_1, b):\n    return f(arg_1, b=b)"),
        ("solve = lambda a: a", "assert solve(3) == 3", "def solve_2(arg_1):\n    return solve(arg_1)"),
    ],
)
def test_a_caller_for_what_cannot_be_called_by_names(code: str, test: str, call: str) -> None:
    made = compiled(code, test).code
    assert call in made
    assert run(made) == 3


def test_a_default_may_stay_away() -> None:
    assert parse(compiled("def f(a, b=2):\n    return a + b", "assert f(1) == 3").code).inputs == {"a": 1}


@pytest.mark.parametrize(
    "test",
    [
        *("assert f(1) < 2", "assert f(1) != 2", "assert 2 < f(1)", "assert 1 is f(1)", "assert abs(f(1) - 2) > 1"),
        *("assert abs(f(1) + 2) < 1", "assert isclose(f(1), 2)", "assert o.f(1) == 2", "assert f(**{'n': 1}) == 2"),
        *(
            "assert f(1) == 2 == 2",
            "assert f(*[1]) == 2",
            "f(1) == 2",
            "assert f(1) == g",
            "assert f(n) == 2",
            "assert 2",
        ),
    ],
)
def test_assertions_that_state_no_case(test: str) -> None:
    result = compile_tests(Seed(problem="p", code="def f(n):\n    return n * 2", tests=(test,)))
    assert isinstance(result, Reject)


@pytest.mark.parametrize(
    ("tests", "inputs"),
    [
        (("assert f('') == 1", "assert f('a') == 2"), {"n": "a"}),
        (("assert f(()) == 1", "assert f({}) == 1", "assert f(n=[]) == 1", "assert f(0) == 2"), {"n": 0}),
        (("assert f([]) == 1",), {"n": []}),
        (("assert (", "assert f(3) == 1"), {"n": 3}),
        (("assert f(1) == ''", "assert f(2) == 1"), {"n": 2}),
        (("assert f(1, 2) == 1", "assert f(2) == 1"), {"n": 2}),
        (("assert f(2) == 1\r\nassert f(3) == 1",), {"n": 2}),
    ],
)
def test_which_case_counts(tests: tuple[str, ...], inputs: dict[str, object]) -> None:
    assert parse(compiled("def f(n):\n    return 1", *tests).code).inputs == inputs


def test_a_candidate_is_the_function_that_the_prompt_begins_last() -> None:
    code = "def g(n):\n    return n\ndef f(n):\n    return n\ndef h(n):\n    return n"
    check = "def check(candidate):\n    assert candidate(2) == 2"
    asked = {
        "def h(n):\n    pass\ndef g(n):\n": "g",
        "def g(n):\n    pass\ndef f(n):\n": "f",
        "Write it.": "h",
    }
    assert {p: parse(compiled(code, check, problem=p).code).entry for p in asked} == asked


@pytest.mark.parametrize(
    ("code", "kept", "gone"),
    [
        ("X = 1\ndef f(n):\n    return n + X", "X = 1", "none"),
        ("X: int = 1\ndef f(n):\n    return n + X", "X: int = 1", "none"),
        ("def f(n):\n    return n + 1\nY = f(3)", "", "Y = f(3)"),
        ("def f(n):\n    return n + 1\noutput = 4", "", "output = 4"),
        ("def f(n):\n    return n + 1\nfor i in []:\n    pass", "", "for i"),
        ("class A:\n    x = 1\ndef f(n):\n    return n + A.x", "class A:", "none"),
        ("from math import floor\ndef f(n):\n    return floor(n + 1)", "from math import floor", "none"),
    ],
)
def test_only_definitions_stay(code: str, kept: str, gone: str) -> None:
    made = compiled(code, "assert f(1) == 2").code
    assert kept in made and gone not in made
    assert run(made) == 2


def test_lengths_and_what_else_varies() -> None:
    code = "def f(s, a, n, k, b):\n    return 1"
    assert compiled(code, "assert f('abcd', [1, 2], 4, 3, 2.5) == 1").varies == ("s", "a", "k", "b")
    assert compiled(code, "assert f('abcd', {1: 2, 3: 4}, 2, True, 1) == 1").varies == ("s", "a", "k", "b")
    assert compiled(code, "assert f({1}, (1, 2, 3), 1, 3, 4) == 1").varies == ("s", "a", "b")


MORE_TASKS = [
    ("Write a function to sort a list by using bubble sort.", "Sort a list by using bubble sort."),
    ("Write a function to sort a list, using merge sort algorithm.", "Sort a list."),
    ("Write an efficient function for finding the sum.", "Find the result of finding the sum."),
    ("Given a function which hatches eggs.", "Hatch eggs."),
    ("Write a function that copies files.", "Copy files."),
    ("Write a function that fixes it.", "Fix it."),
    ("Write a function that takes it.", "Take it."),
    ("Write a function that passes it.", "Pass it."),
    ("Write a function that pushes it.", "Push it."),
    ("Write a function that it need", "Do what it need asks."),
    ("n is a number. What is it?", "n is a number. What is it?"),
    ("xs are given.", "xs are given."),
    ("abc_d is a list", "abc_d is a list."),
    ("Count it!", "Count it!"),
    ("Count it.\n>>> f(1)", "Count it."),
    ("Count it.\nFor example:\nf(1) is 2", "Count it."),
    ("Count it.\nInput: 3", "Count it."),
    ('def g(n):\n    """First."""\n    return n\n\ndef f(n):\n    """ Second. """\n', "Second."),
    ("import re\n\ndef f(n):\n    'Count.'", "Count."),
    ('x = (\ndef f(n):\n    """Old."""\ndef h(n)\n    """New."""', "New."),
    ("A def is hard to read", "A def is hard to read."),
]


@pytest.mark.parametrize(("task", "request_"), MORE_TASKS)
def test_more_task_texts(task: str, request_: str) -> None:
    assert task_text(task, {"n": 3}).removesuffix(" Use n = {n}. What is the result?") == request_


def test_one_input_and_bytes() -> None:
    assert task_text("Count it", {"s": b"a"}) == "Count it. Use s = {s:repr}. What is the result?"
    assert task_text("Count it", {"s": 1, "t": 2}) == "Count it. Use s = {s} and t = {t}. What is the result?"
