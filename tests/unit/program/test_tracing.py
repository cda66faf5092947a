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
