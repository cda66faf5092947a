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
