"""Scripts cut into statements with their comments, and text moved in and out of blocks."""

import ast

import pytest

from caco.foreign.script import block_text, chunks, completed, indented, joined, unguarded
from caco.program.form import FormError

CUT = [
    ("a = 1\nb = 2", ["a = 1", "b = 2"]),
    ("# one\na = 1  # behind\n\n# two\nb = 2\n# last", ["# one\na = 1  # behind", "\n# two\nb = 2\n# last"]),
    ("a = 1; b = 2", ["a = 1", "b = 2"]),
    ("# one\na = 1; b = 2\nc = 3", ["# one\na = 1", "b = 2", "c = 3"]),
    ("x = 0\n# one\na = 1; b = 2", ["x = 0", "# one\na = 1", "b = 2"]),
    ("a = 1; b = [\n2]\n# c\nc = 3", ["a = 1", "b = [\n2]", "# c\nc = 3"]),
    ("@cache\ndef f():\n    return 1\nx = 2", ["@cache\ndef f():\n    return 1", "x = 2"]),
    ("", []),
    ("# nothing", []),
]


@pytest.mark.parametrize(("code", "texts"), CUT)
def test_chunks(code: str, texts: list[str]) -> None:
    assert [c.text for c in chunks(code)] == texts


def test_chunks_together_are_the_script() -> None:
    code = "import math\n\n# rate\nrate = 6\n\n\ndef f(n):\n    return n\n\nprint(f(rate))  # shown"
    assert joined(chunks(code)) == code


LONG = 'a = """x\n  y\nz"""\nb = 1'


def test_indenting_leaves_the_lines_of_strings() -> None:
    assert indented(LONG) == '    a = """x\n  y\nz"""\n    b = 1'
    assert indented("a = 1\n\n\nb = 2", by=2) == "  a = 1\n\n\n  b = 2"
    assert indented('f"""x\ny{1}\nz"""') == '    f"""x\ny{1}\nz"""'


BLOCKS = [
    ("def f():\n    a = 1\n    return a", "a = 1\nreturn a"),
    ("def f():\n    # why\n    a = 1\n\n    # then\n    return a", "# why\na = 1\n\n# then\nreturn a"),
    ("def f():  # head\n    a = 1", "a = 1"),
    ("def f(a,\n      b):\n\n    # why\n    return a", "\n# why\nreturn a"),
    ("def f(): a = 1; return a", "a = 1\nreturn a"),
    ('def f():\n    t = """x\n    y"""\n    return t', 't = """x\n    y"""\nreturn t'),
    ("def f():\n        a = 1\n    # less\n        return a", "a = 1\n# less\nreturn a"),
    ("def f():\n    @g\n    def h():\n        pass\n    return h", "@g\ndef h():\n    pass\nreturn h"),
    ("def f():\n    a = [\n  1]\n    return a", "a = [\n1]\nreturn a"),
]


@pytest.mark.parametrize(("code", "text"), BLOCKS)
def test_a_block_at_the_left_margin(code: str, text: str) -> None:
    whole = ast.parse(code).body[0]
    assert block_text(code, whole.body, whole) == text


@pytest.mark.parametrize("test", ["__name__ == '__main__'", '"__main__" == __name__', '(__name__ == "__main__")'])
def test_the_body_of_a_main_guard_takes_its_place(test: str) -> None:
    code = f"def f():\n    return 1\n\nif {test}:\n    x = f()\n    print(x)\ny = 2"
    assert ast.unparse(ast.parse(unguarded(code))) == "def f():\n    return 1\nx = f()\nprint(x)\ny = 2"


def test_other_branches_stay() -> None:
    code = "if __name__ != '__main__':\n    x = 1\nwhile __name__ == '__main__':\n    x = 2"
    assert unguarded(code) == code


COMPLETED = [
    ("x = math.pi", ["import math"]),
    ("x = np.sqrt(Fraction(1, 2))", ["from fractions import Fraction", "import numpy as np"]),
    ("import math\nx = math.pi", []),
    ("def f(math):\n    return math.pi", []),
    ("from sympy import *\nx = solve(y)", []),
    ("from sympy import *\nx = math.pi + gcd(4, 6)", ["import math"]),
    ("x = unknown(1)", []),
    ("x = sqrt(2)", ["from math import sqrt"]),
]


@pytest.mark.parametrize(("code", "imports"), COMPLETED)
def test_missing_imports_are_added(code: str, imports: list[str]) -> None:
    assert completed(code) == "\n".join([*imports, code])


def test_the_helper_of_program_of_thoughts_is_given() -> None:
    rows = completed("x = Symbol('x')\nans = solve_it(x - 1, x)").split("\n")
    assert rows[:3] == ["from sympy import Symbol", "from sympy import solve", "def solve_it(equations, variable):"]


@pytest.mark.parametrize("code", ["n = input()", "n = int(input('n?'))", "for row in sys.stdin:\n    pass"])
def test_standard_input_is_refused(code: str) -> None:
    with pytest.raises(FormError, match="standard input"):
        completed(code)


@pytest.mark.parametrize(
    "code",
    ["input = {'a': 1}\nx = input('a')", "x = f.input()", "x = stdin", "def input():\n    return 4\nn = input()"],
)
def test_a_program_s_own_input_is_fine(code: str) -> None:
    assert completed(code) == code
