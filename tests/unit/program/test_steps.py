"""Straight-line programs as steps."""

import ast

import pytest

from caco.program.form import parse
from caco.program.steps import Step, Steps, names_in, steps_of

CODE = """input = {"n": 5, "rate": 2}

def solve(n, rate):
    '''Text.'''
    # all of them

      # of n
    # at that rate
    pay = n * rate
    rest = pay - f(n)  # behind
    return rest

output = solve(**input)
print(output)
"""


def test_steps_of_a_program() -> None:
    found = steps_of(CODE)
    assert found is not None
    assert (found.inputs, found.result) == ({"n": 5, "rate": 2}, "rest")
    assert [(s.name, ast.unparse(s.value), s.comments) for s in found.steps] == [
        ("pay", "n * rate", ("# of n", "# at that rate")),
        ("rest", "pay - f(n)", ()),
    ]
    assert [s.reads for s in found.steps] == [{"n", "rate"}, {"pay", "f", "n"}]


OTHERS = [
    CODE.replace("return rest", "return rest + 1"),
    CODE.replace("return rest", "return"),
    CODE.replace("    return rest", "    for i in rest:\n        pass"),
    CODE.replace("pay = n", "pay += n"),
    CODE.replace("pay = n", "pay = both = n"),
    CODE.replace("pay = n", "pay, both = n"),
    CODE.replace("rest = pay", "pay = pay"),
    CODE.replace("rest = pay", "rate = pay").replace("return rest", "return rate"),
    CODE.replace("def solve", "def f(n):\n    return n\n\ndef solve"),
    CODE.replace("def solve", "HALF = 2\n\ndef solve"),
]


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_no_straight_line_has_no_steps(code: str) -> None:
    assert parse(code) and steps_of(code) is None


def test_upstream_of_a_name() -> None:
    steps = tuple(
        Step(name, ast.parse(value, mode="eval").body) for name, value in (("b", "a + 1"), ("c", "b * b"), ("d", "a"))
    )
    found = Steps({"a": 1}, steps, "c")
    assert found.upstream("c") == {"a", "b", "c"}
    assert found.upstream("d") == {"a", "d"}
    assert found.upstream("a") == {"a"}


def test_steps_are_written_with_their_comments() -> None:
    found = steps_of(CODE)
    assert found is not None
    assert found.code("import math") == (
        'import math\n\ninput = {"n": 5, "rate": 2}\n\ndef solve(n, rate):\n    # of n\n    # at that rate\n'
        "    pay = n * rate\n    rest = pay - f(n)\n    return rest\n\noutput = solve(**input)\nprint(output)\n"
    )
    assert steps_of(found.code()).code() == found.code()


def test_comments_at_the_head_of_a_program() -> None:
    code = "input = {'n': 1}\ndef solve(n): a = n; return a\noutput = solve(**input)\nprint(output)"
    assert [s.comments for s in steps_of(f"# n\n{code}").steps] == [()]
    assert [s.comments for s in steps_of(code.replace("\ndef", "\n# head\ndef")).steps] == [("# head",)]


def test_names_in_an_expression() -> None:
    assert names_in(ast.parse("a.b + f(c[0])", mode="eval")) == {"a", "f", "c"}
