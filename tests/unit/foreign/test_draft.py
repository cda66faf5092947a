"""Scripts taken apart: what stays outside of the entry, and which function is the entry."""

import pytest

from caco.foreign.draft import drafted, returning
from caco.program.form import FormError

DRAFTED = [
    # everything is the entry's
    ("a = 6\nprint(a)", "", "def solve():\n    a = 6\n    return a", {}),
    ("'''Text.'''\na = 6\nprint(a)", "", "def solve():\n    a = 6\n    return a", {}),
    # functions that use the entry's variables, or functions that do, stay inside
    (
        "def f():\n    return 6\na = 5\nprint(f() + a)",
        "def f():\n    return 6",
        "def solve():\n    a = 5\n    return f() + a",
        {},
    ),
    (
        "a = 5\ndef f():\n    return a\ndef g():\n    return f()\nprint(g() + a)",
        "",
        "def solve():\n    a = 5\n    def f():\n        return a\n    def g():\n        return f()\n    return g() + a",
        {},
    ),
    # constants that only functions use stay outside
    (
        "RATE = 5\ndef f(n):\n    return n * RATE\na = f(6)\nprint(a + 1)",
        "RATE = 5\ndef f(n):\n    return n * RATE",
        "def solve():\n    a = f(6)\n    return a + 1",
        {},
    ),
    (
        "memo = {}\ndef f(n):\n    memo[n] = n\n    return n\nprint(f(6) + 1)",
        "memo = {}\ndef f(n):\n    memo[n] = n\n    return n",
        "def solve():\n    return f(6) + 1",
        {},
    ),
    (
        "memo = {}\ndef f(n):\n    memo[n] = n\n    return n\nprint(f(6) + len(memo))",
        "",
        "def solve():\n    memo = {}\n    def f(n):\n        memo[n] = n\n        return n\n"
        "    return f(6) + len(memo)",
        {},
    ),
    (
        "rate = 5\ndef f(n):\n    return n * rate\nprint(f(6) + 1)",
        "",
        "def solve():\n    rate = 5\n    def f(n):\n        return n * rate\n    return f(6) + 1",
        {},
    ),
    (
        "RATE = 5\ndef f(n):\n    return n * RATE\nRATE = 7\nprint(f(6) + 1)",
        "",
        "def solve():\n    RATE = 5\n    def f(n):\n        return n * RATE\n    RATE = 7\n    return f(6) + 1",
        {},
    ),
    (
        "b = g()\nRATE = b\ndef f(n):\n    return n * RATE\nprint(f(6) + 1)",
        "",
        "def solve():\n    b = g()\n    RATE = b\n    def f(n):\n        return n * RATE\n    return f(6) + 1",
        {},
    ),
    ("A = 5\nb = A + 1\nprint(b)", "", "def solve():\n    A = 5\n    b = A + 1\n    return b", {}),
    # what was global is the entry's
    (
        "n = 0\ndef f():\n    global n\n    n += 1\nf()\nprint(n)",
        "",
        "def solve():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n    f()\n    return n",
        {},
    ),
    # a name that is free
    ("solve = 3\nprint(solve * 2)", "", "def solution():\n    solve = 3\n    return solve * 2", {}),
    # a variable with the name of what it is made with
    (
        "sum = sum([1, 2])\nfor sum in [3]:\n    sum += 1\nprint(sum)",
        "",
        "def solve():\n    sum_value = sum([1, 2])\n    for sum_value in [3]:\n        sum_value += 1\n"
        "    return sum_value",
        {},
    ),
    ("max = 3\nprint(max + 1)", "", "def solve():\n    max = 3\n    return max + 1", {}),
    # one call with values written out
    ("def f(n):\n    return n\nprint(f(6))", "", "def f(n):\n    return n", {"n": 6}),
    ("def f(n, m):\n    return n\nk = 7\nx = f(6, m=k)\nprint(x)", "", "def f(n, m):\n    return n", {"n": 6, "m": 7}),
    ("def f(n):\n    return n\nprint(f([1, -2]))", "", "def f(n):\n    return n", {"n": [1, -2]}),
    (
        "def g(n):\n    return n\ndef f(n):\n    return g(n)\nprint(f(6))",
        "def g(n):\n    return n",
        "def f(n):\n    return g(n)",
        {"n": 6},
    ),
    (
        "def f(n):\n    return n\nk = g()\nprint(f(k))",
        "def f(n):\n    return n",
        "def solve():\n    k = g()\n    return f(k)",
        {},
    ),
    ("def f(n):\n    return n\nprint(f(6 + x))", "def f(n):\n    return n", "def solve():\n    return f(6 + x)", {}),
    (
        "def f(n):\n    return n\nk = 7\nprint(f(6))",
        "def f(n):\n    return n",
        "def solve():\n    k = 7\n    return f(6)",
        {},
    ),
    (
        "def f(n):\n    return n\nk = 7\nk = 8\nprint(f(k))",
        "def f(n):\n    return n",
        "def solve():\n    k = 7\n    k = 8\n    return f(k)",
        {},
    ),
    ("def f(*n):\n    return n\nprint(f(6))", "def f(*n):\n    return n", "def solve():\n    return f(6)", {}),
    ("def f(n, /):\n    return n\nprint(f(6))", "def f(n, /):\n    return n", "def solve():\n    return f(6)", {}),
    ("@g\ndef f(n):\n    return n\nprint(f(6))", "@g\ndef f(n):\n    return n", "def solve():\n    return f(6)", {}),
    ("def f(n):\n    return n\nprint(f(*[6]))", "def f(n):\n    return n", "def solve():\n    return f(*[6])", {}),
    ("def f(n):\n    return n\nprint(f(**x))", "def f(n):\n    return n", "def solve():\n    return f(**x)", {}),
    ("def f(n):\n    return n\nprint(len(6))", "def f(n):\n    return n", "def solve():\n    return len(6)", {}),
    ("def f(n):\n    return n\nx = 6\nx = f(x)\nprint(x)", "", "def f(n):\n    return n", {"n": 6}),
    # functions without a call: the last one
    (
        "def g(n):\n    return n\ndef f(n=6, *, m=7):\n    return g(n)",
        "def g(n):\n    return n",
        "def f(n=6, *, m=7):\n    return g(n)",
        {"n": 6},
    ),
    ("def f(n=6, m=None, k=g()):\n    return n", "", "def f(n=6, m=None, k=g()):\n    return n", {"n": 6}),
    ("def f():\n    print(6)", "", "def f():\n    return 6", {}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "helpers", "entry", "inputs"), DRAFTED)
def test_scripts_taken_apart(code: str, helpers: str, entry: str, inputs: dict[str, object]) -> None:
    found = drafted(f"import math\n{code}")
    assert (found.imports, found.helpers, found.entry, found.inputs) == ("import math", helpers, entry, inputs)


@pytest.mark.parametrize(
    "code",
    [
        "def f(n):\n    return n",
        "def f(n, m=2):\n    return n",
        "def f(*n):\n    return n",
        "def f(n=1, /):\n    return n",
        "def f(n=1, *, m):\n    return n",
        "def g(n=1):\n    return n\ndef f(n):\n    return n",
    ],
)
def test_a_function_that_cannot_be_called_as_it_stands(code: str) -> None:
    with pytest.raises(FormError, match="`f` is never called"):
        drafted(code)


@pytest.mark.parametrize("code", ["import math", "class A:\n    n = 1", "'''Text.'''"])
def test_no_logic(code: str) -> None:
    with pytest.raises(FormError, match="no logic"):
        drafted(code)


RETURNING = [
    ("def f(n):\n    return n", None),
    ("def f(n):\n    n += 1", None),
    ("def f(n):\n    print(n)\n    return n + 1", None),
    ("def f(n):\n    print(n)", "def f(n):\n    return n"),
    (
        "def f(n):  # head\n    # why\n    m = n\n\n    print(m)",
        "def f(n):  # head\n    # why\n    m = n\n    return m",
    ),
]


@pytest.mark.parametrize(("code", "changed"), RETURNING)
def test_a_function_that_prints_returns_instead(code: str, changed: str | None) -> None:
    assert returning(code) == (changed or code)
