"""What a script gives as its answer, and what is left of it when nothing is shown any more."""

import ast

import pytest

from caco.foreign.answer import answered, printed
from caco.program.form import FormError

ANSWERS = [
    ("a = 6\nprint(a)", "a = 6", "a"),
    ("a = 6\na + 1", "a = 6", "a + 1"),
    ("a = 6\ndisplay(a)", "a = 6", "a"),
    ("ans = 6\n'the end'", "ans = 6\n'the end'", "ans"),
    # a call for its effect shows nothing
    ("ans = [6]\nans.sort()", "ans = [6]\nans.sort()", "ans"),
    ("ans = [6]\n(n := 5)", "ans = [6]\n(n := 5)", "ans"),
    ("xs = [6]\nxs.index(6)", "xs = [6]", "xs.index(6)"),
    # the names of an answer come before prints further up
    ("print(5)\nans = 6\nb = 7", "ans = 6\nb = 7", "ans"),
    ("answer = 6\nfor i in b:\n    answer += i", "answer = 6\nfor i in b:\n    answer += i", "answer"),
    ("ans = 5\nb = answer = 6\nc = 1", "ans = 5\nb = answer = 6\nc = 1", "answer"),
    ("print(6)\nb = 7", "b = 7", "6"),
    ("print(6)\nprint(5)\nb = 7", "b = 7", "5"),
    ("print(5)\nif a:\n    print(6)\nb = 7", None, "answer"),
    ("print(6)\ndef f():\n    print(5)", "def f():\n    print(5)", "6"),
    ("if a:\n    b = 6\nelse:\n    b = 7\n    print(b)", None, "answer"),
    ("total = 5\nb = 6", "total = 5\nb = 6", "total"),
    ("a = 5\nb = 6", "a = 5\nb = 6", "b"),
    ("a = 5\na += 6", "a = 5\na += 6", "a"),
]


@pytest.mark.parametrize(("code", "body", "result"), ANSWERS)
def test_what_its_reader_sees_last(code: str, body: str | None, result: str) -> None:
    found = answered(code)
    assert found[1] == result
    assert body is None or found[0] == body


@pytest.mark.parametrize("code", ["# nothing", "", "import math", "a, b = 1, 2", "for i in a:\n    b = i", "a.b = 4"])
def test_scripts_without_a_result(code: str) -> None:
    with pytest.raises(FormError):
        answered(code)


def test_each_print_inside_sets_one_variable() -> None:
    code = "answer = 3\nwhile n:\n    if n == 2:\n        print('n', n)\n    n -= 1\ndel answer"
    body, result = answered(code.replace("answer = 3", "x = answer"))
    assert result == "answer_2"
    assert body == (
        "answer_2 = None\nx = answer\nwhile n:\n    if n == 2:\n        answer_2 = n\n    n -= 1\ndel answer"
    )


def test_leaving_early_gives_what_was_printed() -> None:
    body, result = answered(
        "for i in xs:\n    if i:\n        print()\n        return\n    def f():\n        return\nb.c = 1"
    )
    assert result == "answer"
    assert body == (
        "answer = None\nfor i in xs:\n    if i:\n        answer = None\n        return answer\n"
        "    def f():\n        return\nb.c = 1"
    )


def test_prints_of_functions_and_classes_are_their_own() -> None:
    code = "def f():\n    print(1)\nclass A:\n    print(2)\nasync def g():\n    print(3)\nb = 4"
    assert answered(code) == (code, "b")


COMMENTS = [
    ("a = 6\n# what is left\nprint(a)", "a = 6\n\n# what is left"),
    ("a = 6\n# print it\nprint(a)", "a = 6"),
    ("a = 6\n# Show the Output\n# what is left\n\nprint(a)  # behind", "a = 6\n\n# what is left"),
    ("a = 6\n\n\nprint(a)", "a = 6"),
    ("a = 6\n# of it\na\nb = a + 1\nb", "a = 6\n\n# of it\nb = a + 1"),
    ("a = 6\na + 1\nf(a)\na - 1", "a = 6\nf(a)"),
    ("a = 6\nprint(a.pop())\na", "a = 6\nprint(a.pop())"),
]


@pytest.mark.parametrize(("code", "body"), COMMENTS)
def test_statements_that_only_show_go_and_their_comments_stay(code: str, body: str) -> None:
    found = answered(code)[0]
    assert [row for row in found.split("\n") if row] == [row for row in body.split("\n") if row]


PRINTED = [
    ("print()", ""),
    ("print('')", ""),
    ("print('a')", "'a'"),
    ("print('a', 'b')", "'b'"),
    ("print('The sum is', x)", "x"),
    ("print('of', 'it:', x, '')", "x"),
    ("print(0)", "0"),
    ("print(x, y)", "f'{x} {y}'"),
    ("print('a', x, 'km')", "f'{x} km'"),
    ("print(*xs)", "*xs"),
    ("print(x, *xs)", "' '.join(map(str, [x, *xs]))"),
    ("print(f'{x}')", "x"),
    ("print(f'It is {x}')", "x"),
    ("print(f'It is {x}.')", "x"),
    ("print(f'It is {x:.2f}')", "f'{x:.2f}'"),
    ("print(f'It is {x} km')", "f'It is {x} km'"),
    ("print(f'{x} of {y}')", "f'{x} of {y}'"),
    ("print(f'{x} of {y}.')", "f'{x} of {y}.'"),
    ("print(str(x))", "x"),
    ("print(str(x, 'utf-8'))", "str(x, 'utf-8')"),
    ("print(f'{str(x)}')", "x"),
    ("print('It is: ' + str(x))", "x"),
    ("print('x =' + str(x))", "x"),
    ("print('The answer is ' + str(x))", "x"),
    ("print('km' + str(x))", "'km' + str(x)"),
    ("print('It is: ' * str(x))", "'It is: ' * str(x)"),
]


@pytest.mark.parametrize(("code", "shown"), PRINTED)
def test_what_a_print_shows(code: str, shown: str) -> None:
    found = printed(ast.parse(code).body[0].value)
    assert found.replace('"', "'") == shown
