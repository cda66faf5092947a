# ruff: noqa: E501 - tables of programs
import ast

import pytest

from caco.program import tracing


def trace(code, cap=100):
    tracer = tracing.Tracer(cap)
    tree = tracing.instrument(ast.parse(code))
    exec(compile(tree, "<program>", "exec"), {tracing.HOOK: tracer.record})
    return tracer


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ("x = 1", [[2, "x", "1"]]),
        ("x = y = 2", [[2, "x", "2"], [2, "y", "2"]]),
        ("x, (y, *z) = 1, (2, 3)", [[2, "x", "1"], [2, "y", "2"], [2, "z", "[3]"]]),
        ("x: int = 1", [[2, "x", "1"]]),
        ("x: int", []),
        ("x = [1]\n    x[0] = 5", [[2, "x", "[1]"], [3, "x", "[5]"]]),
        ("x = 1\n    x += 2", [[2, "x", "1"], [3, "x", "3"]]),
        ("for i in range(2):\n        pass", [[2, "i", "0"], [2, "i", "1"]]),
        ("for i, j in [(1, 2)]:\n        k = i + j", [[2, "i", "1"], [2, "j", "2"], [3, "k", "3"]]),
        ("x = [i for i in range(3)]", [[2, "x", "[0,1,2]"]]),
        ("def g():\n        y = 2\n    g()", [[3, "y", "2"]]),
        ("x = lambda: 1", []),
        ("x = list(range(1000))", []),
        ("while True:\n        x = 3\n        break", [[3, "x", "3"]]),
        ("try:\n        x = 1 / 0\n    except ZeroDivisionError:\n        x = 0", [[5, "x", "0"]]),
    ],
)
def test_each_assignment_of_a_function(body, steps):
    assert trace(f"def f():\n    {body}\nf()").steps == steps


def test_outside_functions_input_and_output_are_no_steps():
    assert trace("input = {'a': 1}\nrate = 2\noutput = rate").steps == [[2, "rate", "2"]]


def test_the_cap_is_told():
    tracer = trace("def f():\n    for i in range(9):\n        pass\nf()", cap=3)
    assert (len(tracer.steps), tracer.complete) == (3, False)
    assert trace("x = 1", cap=1).complete


def test_methods_are_traced_and_class_bodies_are_not():
    code = "class A:\n    k = 1\n    def m(self):\n        x = self.k\n        self.k = 5\nA().m()"
    assert trace(code).steps == [[4, "x", "1"]]


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        (
            "with open_() as (a, b), open_() as c:\n        d = c",
            [["a", "1"], ["b", "2"], ["c", '{"$tuple":[1,2]}'], ["d", '{"$tuple":[1,2]}']],
        ),
        ("with open_():\n        pass", []),
        ("input = output = 3", [["input", "3"], ["output", "3"]]),
        ("x = [1]\n    x[0], y = 5, 6", [["x", "[1]"], ["x", "[5]"], ["y", "6"]]),
        ("x = x, y = 1, 2", [["x", "1"], ["y", "2"]]),
        ("for x[0] in [7]:\n        pass", None),
        ("for i in []:\n        pass\n    else:\n        y = 2", [["y", "2"]]),
        ("if True:\n        y = 2\n    elif y:\n        y = 3", [["y", "2"]]),
        ("x = list(range(199))\n    y = list(range(200))", [["x", str(list(range(199))).replace(" ", "")]]),
        ("x = object()\n    y = 1", [["y", "1"]]),
        ("class A:\n        x = 1\n        y = [z for z in [2]]", []),
    ],
)
def test_other_statements(body, steps):
    code = (
        "class open_:\n    def __enter__(self):\n        return 1, 2\n    def __exit__(self, *_):\n        pass\n"
        f"def f():\n    {body}\n"
    )
    if steps is None:
        assert tracing.instrument(ast.parse(code))
    else:
        assert [step[1:] for step in trace(f"{code}f()").steps] == steps


def test_asynchronous_code_is_traced():
    code = "import asyncio\nasync def g():\n    yield 3\nasync def f():\n    async for i in g():\n        x = i\n    return x\nasyncio.run(f())"
    assert trace(code).steps == [[5, "i", "3"], [6, "x", "3"]]


def test_the_cap_may_be_reached():
    code = "def f():\n    for i in range(3):\n        pass\nf()"
    assert [(len(t.steps), t.complete) for t in (trace(code, 2), trace(code, 3), trace(code, 4))] == [
        (2, False),
        (3, True),
        (3, True),
    ]


def test_a_value_that_fails_is_left_out():
    code = "class A(dict):\n    __class__ = property(lambda self: 1 / 0)\ndef f():\n    x = A()\n    y = 1\nf()"
    assert trace(code).steps[-1] == [5, "y", "1"]
