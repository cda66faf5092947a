# ruff: noqa: E501 - tables of programs
import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caco.foreign.normalise import normalise
from caco.program.fingerprint import behaviour_fingerprint, graph_fingerprint, text_fingerprint, tree_fingerprint
from caco.program.form import render

OPERATORS = ("+", "-", "*", "/", "//", "%", "**")
Step = tuple[str, tuple[str, ...]]
"""The text of one assignment's value, with `{}` for each name it reads, and those names."""


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[str], list[Step]]:
    """Names of the inputs, and steps v0, v1, ... that read inputs and earlier steps; the last one is the answer."""
    inputs = draw(st.lists(st.sampled_from(["eggs", "price", "days", "rate"]), min_size=1, max_size=4, unique=True))
    steps: list[Step] = []
    for i in range(draw(st.integers(2, 7))):
        known = [*inputs, *(f"v{k}" for k in range(i))]
        reads = tuple(draw(st.lists(st.sampled_from(known), min_size=2, max_size=2)))
        shape = draw(
            st.sampled_from(["{} + {}", "{} * {}", "{} - {} * 2", "max({}, {})", "[x + {} for x in range({})]"])
        )
        steps.append((shape, reads))
    return inputs, steps


def written(
    inputs: list[str], steps: list[Step], order: list[int] | None = None, rename: dict[str, str] | None = None
) -> str:
    new = rename or {}
    rows = [
        f"    {new.get(f'v{i}', f'v{i}')} = " + steps[i][0].format(*[new.get(r, r) for r in steps[i][1]])
        for i in order or range(len(steps))
    ]
    last = f"v{len(steps) - 1}"
    names = [new.get(i, i) for i in inputs]
    body = "\n".join(rows)
    return render(
        dict.fromkeys(names, 3), "solve", f"def solve({', '.join(names)}):\n{body}\n    return {new.get(last, last)}"
    )


def shuffled(steps: list[Step], seed: int) -> list[int]:
    """An order of the steps in which each comes after what it reads."""
    rng, order, left = random.Random(seed), [], list(range(len(steps)))
    while left:
        ready = [i for i in left if all(not r.startswith("v") or int(r[1:]) in order for r in steps[i][1])]
        order.append(rng.choice(ready))
        left.remove(order[-1])
    return order


@given(programs(), st.integers())
@settings(max_examples=60, deadline=None)
def test_renaming_keeps_tree_and_graph(program, seed) -> None:
    inputs, steps = program
    old = [*inputs, *(f"v{i}" for i in range(len(steps)))]
    new = [f"name_{i}" for i in range(len(old))]
    random.Random(seed).shuffle(new)
    one, two = written(inputs, steps), written(inputs, steps, rename=dict(zip(old, new, strict=True)))
    assert text_fingerprint(one) != text_fingerprint(two)
    assert tree_fingerprint(one) == tree_fingerprint(two)
    assert graph_fingerprint(one) == graph_fingerprint(two)
    assert graph_fingerprint(one, values=True) == graph_fingerprint(two, values=True)


@given(programs(), st.integers())
@settings(max_examples=60, deadline=None)
def test_the_order_of_independent_statements_does_not_count(program, seed) -> None:
    inputs, steps = program
    assert tree_fingerprint(written(inputs, steps)) == tree_fingerprint(written(inputs, steps, shuffled(steps, seed)))


@given(programs(), st.data())
@settings(max_examples=60, deadline=None)
def test_another_operator_is_another_tree(program, data) -> None:
    inputs, steps = program
    code = written(inputs, steps)
    tree = ast.parse(code)
    node = data.draw(st.sampled_from([n for n in ast.walk(tree) if isinstance(n, ast.BinOp)] or [None]))
    if node is None:
        return
    others = [o for o in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.FloorDiv) if not isinstance(node.op, o)]
    node.op = data.draw(st.sampled_from(others))()
    assert tree_fingerprint(ast.unparse(tree)) != tree_fingerprint(code)


@given(programs())
@settings(max_examples=50, deadline=None)
def test_normalising_twice_changes_nothing(program) -> None:
    inputs, steps = program
    rows = [f"{name} = {i + 3}" for i, name in enumerate(inputs)]
    rows += [f"v{i} = {shape.format(*reads)}  # step {i}" for i, (shape, reads) in enumerate(steps)]
    code = normalise("\n".join([*rows, f"print('The answer is', v{len(steps) - 1})"]))
    assert normalise(code) == code
    assert all(f"# step {i}" in code for i in range(len(steps)))


def form(body: str, params: str = "a, b", **inputs: object) -> str:
    return render(
        inputs or {"a": 2, "b": 5}, "solve", f"def solve({params}):\n" + "\n".join(f"    {r}" for r in body.split("\n"))
    )


SAME_GRAPH = [
    ("c = a * b\nreturn c + 1", "return 1 + b * a"),
    ("x = a\nx += b\nreturn x", "return a + b"),
    ("return a - b", "return b - a"),  # up to the names of the inputs
    ("if a:\n    c = 1\nelse:\n    c = b\nreturn c", "if b:\n    z = 7\nelse:\n    z = a\nreturn z"),
    (
        "t = 0\nfor i in range(a):\n    t += i * b\nreturn t",
        "s = 0\nfor k in range(a):\n    p = b * k\n    s = s + p\nreturn s",
    ),
]
OTHER_GRAPH = [
    ("return a - a * b", "return b - a * b * b"),
    ("return a - a + b", "return a - b + a"),
    ("t = 0\nfor i in range(a):\n    t += i\nreturn t + b", "t = 0\nfor i in range(a):\n    t -= i\nreturn t + b"),
    ("xs = [a]\nxs.append(b)\nreturn xs", "xs = [a]\nreturn xs"),
    (
        "x = 0\nwhile x < a:\n    x += b\n    if x > 9:\n        break\nreturn x",
        "x = 0\nwhile x < a:\n    if x > 9:\n        break\n    x += b\nreturn x",
    ),
    ("import math\nreturn math.sqrt(a) + b", "import math\nreturn math.exp(a) + b"),
]


@pytest.mark.parametrize(("one", "two"), SAME_GRAPH)
def test_same_operations(one: str, two: str) -> None:
    assert graph_fingerprint(form(one)) == graph_fingerprint(form(two))


@pytest.mark.parametrize(("one", "two"), OTHER_GRAPH)
def test_other_operations(one: str, two: str) -> None:
    assert graph_fingerprint(form(one)) != graph_fingerprint(form(two))
    assert tree_fingerprint(form(one)) != tree_fingerprint(form(two))


def test_the_same_computation_in_other_words() -> None:
    one = form("return cost * days * 2", "cost, days", cost=3, days=7)
    two = form("eggs = hens * 2\nreturn eggs * weeks", "weeks, hens", weeks=3, hens=7.0)
    other = form("eggs = hens * 2\nreturn eggs * weeks", "weeks, hens", weeks=4, hens=7)
    assert graph_fingerprint(one) == graph_fingerprint(two) == graph_fingerprint(other)
    assert graph_fingerprint(one, values=True) != graph_fingerprint(other, values=True)


def test_helpers_are_known_by_what_they_do() -> None:
    def code(name: str, op: str) -> str:
        helper = f"def {name}(n):\n    return 1 if n == 0 else n {op} {name}(n - 1)"
        return render({"k": 4}, "solve", f"{helper}\n\ndef solve(k):\n    return {name}(k)")

    assert tree_fingerprint(code("fact", "*")) == tree_fingerprint(code("factorial", "*"))
    assert tree_fingerprint(code("fact", "*")) != tree_fingerprint(code("fact", "+"))


def test_comments_do_not_count_and_literals_count_in_text_only() -> None:
    one, two = form("return a * 2  # twice"), form("return a * 2")
    assert text_fingerprint(one) == text_fingerprint(two)
    three = form("return a * 3")
    assert text_fingerprint(two) != text_fingerprint(three)
    assert tree_fingerprint(two) == tree_fingerprint(three)


def test_behaviour() -> None:
    assert behaviour_fingerprint(["1", "2"]) == behaviour_fingerprint(("1", "2")) != behaviour_fingerprint(["2", "1"])


MORE_SAME = [
    # each name stands for the operations that made its value
    ("x: int = a * 2\nreturn x", "return a * 2"),
    ("x, y = a, b\nreturn x * y", "p, q = a, b\nreturn p * q"),
    ("x = y = a + 1\nreturn x * y", "z = a + 1\nreturn z * z"),
    ("return (x := a + 1) * x", "y = a + 1\nreturn y * y"),
    ("return a + (b + 1) + 2", "x = 2 + b\nreturn 1 + x + a"),
    ("return a * (b * 3)", "return 3 * b * a"),
    ("return f(a, k=1, j=b)", "return f(a, j=b, k=1)"),
    ("return [x * 2 for x in a if x > b]", "return [y * 2 for y in a if y > b]"),
    ("return {x: b for x in a}", "return {y: b for y in a}"),
    ("return (lambda x, y: x - y)(a, b)", "f = lambda p, q: p - q\nreturn f(a, b)"),
    ("import math\nreturn math.sqrt(a)", "import math as m\nreturn m.sqrt(a)"),
    ("from math import sqrt\nreturn sqrt(a)", "from math import sqrt as s\nreturn s(a)"),
    ("def g(n, k=2):\n    return n - k\nreturn g(a)", "def h(m, j=2):\n    return m - j\nreturn h(a)"),
    ("x = 1\nif a:\n    x = 1\nreturn x + b", "x = 1\nreturn x + b"),
    ("'''Text.'''\nreturn a - b", "return a - b"),
    ("x = 1\ny = 2\nreturn a", "return a"),
    ("for i in a:\n    b.append(i)\nreturn b", "for k in a:\n    b.append(k)\nreturn b"),
    ("return -a if a < 0 else a", "return -a if a < 0 else a"),
    ("match a:\n    case 1:\n        x = b\n    case _:\n        x = 2\nreturn x", "match a:\n    case 1:\n        y = b\n    case _:\n        y = 2\nreturn y"),
]  # fmt: skip
MORE_OTHER = [
    ("return a + 'x' + 'y' + b", "return b + 'x' + 'y' + a + 1"),
    ("return [1.5] + [a]", "return [a] + [1.5]"),
    ("return 'x' + a", "return a + 'x'"),
    ("return (1, a) + (b,)", "return (b,) + (1, a)"),
    ("return f'{a}' + a", "return a + f'{a}'"),
    ("return [x for x in a] + b", "return b + [x for x in a]"),
    ("x, y = a, b\nreturn x - y * y", "y, x = a, b\nreturn x - y * y * y"),
    ("x, *y = a\nreturn x", "x, *y = a\nreturn y"),
    ("x, y = a\nreturn x", "x, y = a\nreturn y"),
    ("return f(a, k=1)", "return f(a, j=1)"),
    ("return f(a, **b)", "return f(a, b)"),
    ("return a.b", "return a.c"),
    ("xs = [a]\nxs[0] = b\nreturn xs", "xs = [a]\nreturn xs"),
    ("xs = [a]\nxs[0] = b\nreturn xs", "xs = [a]\nxs[1] = b * b\nreturn xs"),
    ("x = [a]\nf(x)\nreturn x", "x = [a]\nreturn x"),
    ("x = [a]\nx.y.z(b)\nreturn x", "x = [a]\nreturn x"),
    ("if a:\n    x = 1.5\nelse:\n    x = b\nreturn x", "if a:\n    x = b\nelse:\n    x = 1.5\nreturn x"),
    ("x = 2\nif a:\n    x = b\nreturn x", "x = b\nreturn x"),
    ("if a:\n    return 1\nreturn b", "if a:\n    return b\nreturn b"),
    ("if a:\n    return b\nreturn 1", "return b\nreturn 1"),
    ("for i in a:\n    return i\nreturn b", "for i in b:\n    return i\nreturn b"),
    ("for i in a:\n    b = b - i\nreturn b", "for i in a:\n    b = b - i - i\nreturn b"),
    ("x = 1\ny = a\nfor i in b:\n    x = y\n    y = i\nreturn x", "x = 1\ny = a\nfor i in b:\n    y = i\n    x = y\nreturn x"),
    ("for i in a:\n    if i:\n        break\n    b = b - i\nreturn b", "for i in a:\n    if i:\n        continue\n    b = b - i\nreturn b"),
    ("while a:\n    b = b - 1\nreturn b", "while not a:\n    b = b - 1\nreturn b"),
    ("xs = []\nfor i in a:\n    xs.append(i)\nreturn xs", "xs = []\nfor i in a:\n    xs.append(i - 1)\nreturn xs"),
    ("xs = [b]\nfor i in a:\n    xs[i] = i\nreturn xs", "xs = [b]\nfor i in a:\n    xs[i] = b\nreturn xs"),
    ("return [x for x in a for y in b]", "return [y for x in a for y in b]"),
    ("return [x for x in a if x]", "return [x for x in a]"),
    ("return {x: 1 for x in a}", "return {1: x for x in a}"),
    ("return lambda x, y: x", "return lambda x, y: y"),
    ("def g(n, k=2):\n    return n - k\nreturn g(a)", "def g(n, k=b):\n    return n - k\nreturn g(a)"),
    ("def g(n):\n    return n\nreturn g(a)", "def g(n):\n    return n - 1\nreturn g(a)"),
    ("from math import sqrt\nreturn sqrt(a)", "from cmath import sqrt\nreturn sqrt(a)"),
    ("import numpy.linalg as m\nreturn m(a)", "import numpy as m\nreturn m(a)"),
    ("return a[1:b]", "return a[b:1]"),
    ("return a < b < 1", "return a < b <= 1"),
    ("return a and b", "return a or b"),
    ("return 1", "return 'x'"),
    ("return", "return 1"),
    ("return not a", "return -a"),
    ("class A:\n    n = a\nreturn A", "class A:\n    n = b - a\nreturn A"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), MORE_SAME)
def test_the_same_computation_written_otherwise(one: str, two: str) -> None:
    assert graph_fingerprint(form(one)) == graph_fingerprint(form(two))


@pytest.mark.parametrize(("one", "two"), MORE_OTHER)
def test_another_computation(one: str, two: str) -> None:
    assert graph_fingerprint(form(one)) != graph_fingerprint(form(two))


def test_the_tree_holds_what_the_output_does_not_need() -> None:
    one, two = form("print(a)\nx = b\nreturn a"), form("x = b\nprint(a)\nreturn a")
    assert tree_fingerprint(one) == tree_fingerprint(two) != tree_fingerprint(form("x = b\nreturn a"))
    assert tree_fingerprint(form("return a + b")) != tree_fingerprint(form("return b + a"))
    assert tree_fingerprint(form("assert a\nx = b\nreturn x")) == tree_fingerprint(form("x = b\nassert a\nreturn x"))
    tried = "try:\n    x = a / b\nexcept {}:\n    x = b\nreturn x"
    assert tree_fingerprint(form(tried.format("OSError"))) != tree_fingerprint(form(tried.format("ValueError")))
    assert tree_fingerprint(form("return a", "a, b=2")) != tree_fingerprint(form("return a", "a, b"))


@pytest.mark.parametrize("leaves", ["break", "continue", "return 1", "raise ValueError"])
def test_nothing_moves_across_what_may_leave_a_block(leaves: str) -> None:
    def code(first: str, second: str) -> str:
        return form(f"for i in b:\n    {first}\n    {second}\n    a = i\nreturn a")

    leave, change = f"if i:\n        {leaves}", "a = 1"
    assert tree_fingerprint(code(leave, change)) != tree_fingerprint(code(change, leave))
    other = "if i:\n        c = 2"
    assert tree_fingerprint(code(other, "d = 1")) == tree_fingerprint(code("d = 1", other))


def test_values_of_numbers() -> None:
    def of(body: str, **inputs: object) -> str:
        return graph_fingerprint(form(body, ", ".join(inputs), **inputs), values=True)

    assert of("return n + 2", n=3) == of("return m + 2.0", m=3.0) == of("return 3 + 2", n=3)
    assert of("return n + 2", n=3) != of("return n + 2.5", n=3)
    assert of("return n", n=[1, 2.0]) == of("return n", n=(1.0, 2)) != of("return n", n=[1, 2.5])
    assert of("return n", n="ab") != of("return n", n="ba") and of("return n", n="12") != of("return n", n=12)
    assert of("return n", n=True) != of("return n", n=False)
    assert of("return n * 0", n=1) != of("return n * True", n=1) == of("return n * False", n=1)


def test_inputs_that_play_the_same_part_are_told_from_those_that_do_not() -> None:
    assert graph_fingerprint(form("return a * b")) != graph_fingerprint(form("return a * a"))
    assert graph_fingerprint(form("return a - b", "a, b")) == graph_fingerprint(form("return a - b", "b, a"))
