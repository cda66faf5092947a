import ast
import contextlib
import io
import textwrap

import pytest

from caco.foreign.normalise import normalise
from caco.program.form import FormError, parse

FENCED = "Here is the code:\n```{tag}\nn = 7\nm = 5\nprint(n * m)\n```\nThe answer is 35."


def run(code: str) -> object:
    space: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program", "exec"), space)
    return space["output"]


@pytest.mark.parametrize("tag", ["python", "py", "Python3", "", "{python}", "ipython"])
def test_fences(tag: str) -> None:
    code = normalise(FENCED.replace("{tag}", tag))
    assert parse(code).inputs == {"n": 7, "m": 5}
    assert run(code) == 35


def test_several_blocks_are_cells() -> None:
    text = "```python\nx = 6\n```\ngives\n```output\n6\n```\nso\n```python\nprint(x * 7)\n```"
    assert run(normalise(text)) == 42


def test_unclosed_fence() -> None:
    assert run(normalise("```python\nx = 6\nprint(x + 1)")) == 7


FORMS = {
    "main guard": (
        "def f(a, b):\n    return a * b\nif __name__ == '__main__':\n    print(f(6, 7))",
        42,
        {"a": 6, "b": 7},
    ),
    "guarded main": ("def main():\n    n = 6\n    print(n * 7)\nif __name__ == '__main__':\n    main()", 42, {"n": 6}),
    "keys": ('input = {"a": 6, "b": 7}\nresult = input["a"] * input["b"]\nprint(result)', 42, {"a": 6, "b": 7}),
    "keys in function": (
        'input = {"a": 6, "b": 7}\ndef f(data):\n    return data["a"] * data["b"]\nprint(f(input))',
        42,
        {"a": 6, "b": 7},
    ),
    "keys as arguments": (
        'input = {"a": 6, "b": 7}\ndef f(x, y):\n    return x * y\noutput = f(input["a"], input["b"])\nprint(output)',
        42,
        {"x": 6, "y": 7},
    ),
    "global keys": (
        'input = {"a": 6, "b": 7}\ndef f():\n    return input["a"] * input["b"]\noutput = f()\nprint(output)',
        42,
        {"a": 6, "b": 7},
    ),
    "other name": (
        "params = {'a': 6, 'b': 7}\ndef f(a, b):\n    return a * b\nprint(f(**params))",
        42,
        {"a": 6, "b": 7},
    ),
    "no print": ("input = {'a': 6}\ndef f(a):\n    return a * 7\noutput = f(**input)", 42, {"a": 6}),
    "print of the call": ("input = {'a': 6}\ndef f(a):\n    return a * 7\nprint(f(**input))", 42, {"a": 6}),
    "labelled print": ("a = 6\nb = 7\nprint('The answer is:', a * b)", 42, {"a": 6, "b": 7}),
    "f-string": ("a = 6\nb = 7\nprint(f'The answer is {a * b}.')", 42, {"a": 6, "b": 7}),
    "several prints": ("a = 6\nprint(a)\nb = 7\nprint(b)\nprint(a * b)", 42, {"a": 6, "b": 7}),
    "prints in branches": ("a = 6\nif a > 5:\n    print('yes')\nelse:\n    print('no')", "yes", {"a": 6}),
    "print in a loop": ("n = 4\nfor i in range(n):\n    print(i * i)", 9, {"n": 4}),
    "pal without a call": (
        "def solution():\n    a = 6\n    b = 7\n    result = a * b\n    return result",
        42,
        {"a": 6, "b": 7},
    ),
    "pal with a call": ("def solution():\n    a = 6\n    return a * 7\nprint(solution())", 42, {"a": 6}),
    "tora": ("def pans():\n    jars = 6\n    return jars * 7\n\npans = pans()\nprint(pans)", 42, {"jars": 6}),
    "pot": ("a = 6\nans = a * 7\nunits = 'percent'", 42, {"a": 6, "units": "percent"}),
    "last expression": ("a = 6\na * 7", 42, {"a": 6}),
    "cells": ("a = 6\na\n# %%\nb = wrong(a)\n# %%\nc = a * 7\nc", 42, {"a": 6}),
    "given up in the cell": ("a = 6\n# %%\nk = 7\nb = wrong * k\n# %%\nb = a * k\nb", 42, {"a": 6, "k": 7}),
    "items filled in a cell": (
        "d = {}\nfor k in [6, 7]:\n    d[k] = []\n    d[k].append(k)\n# %%\nprint(d[6][0] * d[7][0])",
        42,
        {"values": [6, 7]},
    ),
    "functions of a cell": (
        "def f(n):\n    return g(n) * 2\ndef g(n):\n    return n + 1\nx = f(1)\n# %%\ny = f(20)\ny",
        42,
        {"n": 20},
    ),
    "a loop of a failed cell": (
        "for k in xs:\n    k\n# %%\nxs = []\nfor i in range(7):\n    k = 6\n    xs.append(k)\nsum(xs)",
        42,
        {"limit": 7, "number": 6},
    ),
    "a cell that is no python": ("a = 6\n# %%\nthis is text\n# %%\na * 7", 42, {"a": 6}),
    "missing import": ("n = 5\nprint(math.factorial(n))", 120, {"n": 5}),
    "name of a builtin": ("xs = [1, 2, 4]\nsum = sum(xs)\nprint(sum * 6)", 42, {"xs": [1, 2, 4]}),
    "global variable": (
        "rate = 6\ndef pay(h):\n    return rate * h\nhours = 7\nprint(pay(hours))",
        42,
        {"rate": 6, "hours": 7},
    ),
    "global statement": (
        "n = 6\ncount = 0\ndef add():\n    global count\n    count += n\nfor _ in range(7):\n    add()\nprint(count)",
        42,
        {"n": 6},
    ),
    "date": (
        "from datetime import *\nd = date(2002, 7, 29)\nd += timedelta(days=10)\nans = d.strftime('%m/%d/%Y')",
        "08/08/2002",
        {"year": 2002, "month": 7, "day": 29, "days": 10},
    ),
    "entry before its helper": (
        "def f(n):\n    return g(n) * 2\ndef g(n):\n    return n + 1\nprint(f(20))",
        42,
        {"n": 20},
    ),
    "rounded call": ("def f(n):\n    return n / 3\nprint(round(f(20), 2))", 6.67, {"n": 20}),
    "defaults": ("def f(n=20, k=2):\n    return n * k", 40, {"n": 20, "k": 2}),
    "two on a line": ("a = 6; b = 7; print(a * b)", 42, {"a": 6, "b": 7}),
    "indented": ("    a = 6\n    b = 7\n    print(a * b)", 42, {"a": 6, "b": 7}),
    "windows lines": ("a = 6\r\nb = 7\r\nprint(a * b)", 42, {"a": 6, "b": 7}),
    "long string": ('n = 2\nif n:\n    t = """a\n  b"""\nprint(t * n)', "a\n  ba\n  b", {"n": 2}),
    "no arguments at all": ("print(6 * 7)", 42, {"factor": 6, "factor_2": 7}),
}


@pytest.mark.parametrize("name", FORMS)
def test_foreign_forms(name: str) -> None:
    foreign, answer, inputs = FORMS[name]
    code = normalise(foreign)
    program = parse(code)
    assert run(code) == answer
    assert normalise(code) == code
    assert {k: v for k, v in program.inputs.items() if k != "units"} == {
        k: v for k, v in inputs.items() if k != "units"
    }


REASONS = {
    "": "no Python",
    "The answer is 5.": "no Python",
    "def f(x:\n  return": "no Python",
    "import math": "nothing but imports",
    "def f(a, b):\n    return a": "never called",
    "n = int(input())\nprint(n)": "standard input",
    "import sys\nn = sys.stdin.read()\nprint(n)": "standard input",
    "for i in []:\n    pass": "no result",
    "import random\nprint(random.random())": "no value to lift",
}


@pytest.mark.parametrize("text", REASONS)
def test_reasons(text: str) -> None:
    with pytest.raises(FormError, match=REASONS[text]):
        normalise(text)


def test_comments_are_kept_and_the_question_is_not() -> None:
    problem = (
        "Mary has 6 jars of sprinkles in her pantry. Each jar can decorate 8 cupcakes. How many cupcakes can she bake?"
    )
    code = normalise(
        textwrap.dedent(
            f'''
            def solution():
                """{problem}"""
                # the jars in the pantry
                jars = 6
                per_jar = 8  # cupcakes for one jar
                # all of them
                result = jars * per_jar
                return result
            '''
        ),
        problem,
    )
    assert parse(code).inputs == {"jars": 6, "per_jar": 8}
    assert all(c in code for c in ("# the jars in the pantry", "# cupcakes for one jar", "# all of them"))
    assert "sprinkles" not in code


LIFTS = [
    ("A 5 cm square.", "side = 5\nprint(side ** 2)", {"side": 5}),
    ("She sold 48 clips and half as many in May.", "april = 48\nprint(april + april / 2)", {"april": 48}),
    ("A pie of 200 grams has 20% fat.", "print(200 * 20 / 100)", {"grams": 200, "fat": 20}),
    ("A pie of 200 grams has 20% fat.", "print(200 * 0.2)", {"grams": 200, "fat": 0.2}),
    ("3 hours at 40 miles per hour, in minutes?", "h = 3\nprint(h * 60)", {"h": 3}),
    ("Add 3, 4 and 5.", "count = 0\nfor x in [3, 4, 5]:\n    count += x\nprint(count)", {"values": [3, 4, 5]}),
    ("How many of the first 50 numbers?", "n = 0\nfor i in range(1, 50 + 1):\n    n += i\nprint(n)", {"numbers": 50}),
    ("Bob earns $120 a day for 7 days.", "print(120 * 7)", {"price": 120, "days": 7}),
    (
        "There are 7 days in 4 weeks.",
        "days_in_week = 7\nweeks = 4\nprint(days_in_week * weeks)",
        {"days_in_week": 7, "weeks": 4},
    ),
    ("He works for 4 weeks.", "days_in_week = 7\nweeks = 4\nprint(days_in_week * weeks)", {"weeks": 4}),
    (
        "Money grows at 5% for 10 years from $900.",
        "p = 900\nprint(p * (1 + 0.05) ** 10)",
        {"p": 900, "percent": 0.05, "years": 10},
    ),
]


@pytest.mark.parametrize(("problem", "foreign", "inputs"), LIFTS)
def test_the_problems_quantities_are_lifted(problem: str, foreign: str, inputs: dict[str, object]) -> None:
    code = normalise(foreign, problem)
    assert parse(code).inputs == inputs
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(foreign, space)
    assert str(run(code)) == shown.getvalue().strip()


def test_helpers_keep_their_own_constants() -> None:
    code = normalise("MOD = 97\ndef f(n):\n    return n * 5 % MOD\nprint(f(40))")
    assert parse(code).inputs == {"n": 40}
    assert ast.unparse(parse(code).tree).startswith("input = {'n': 40}\nMOD = 97")
