import pytest

from caco.program.fingerprint import features, passed_through, reaching_inputs
from caco.program.form import parse, render


def program(body: str, *inputs: str, before: str = "", imports: str = ""):
    rows = "\n".join(f"    {r}" for r in body.split("\n"))
    return parse(
        render(dict.fromkeys(inputs, 3), "solve", f"{before}\ndef solve({', '.join(inputs)}):\n{rows}", imports)
    )


REACHES = [
    ("c = a * 2\nreturn c", "ab", "a"),
    ("c = a\nc = b\nreturn a", "ab", "a"),
    ("if a > 1:\n    c = 1\nelse:\n    c = 2\nreturn c", "ab", "a"),
    ("for i in range(a):\n    if i > b:\n        return i\nreturn 0", "ab", "ab"),
    ("xs = []\nxs.append(a)\nreturn xs", "ab", "a"),
    ("d = {}\nd['k'] = b\nreturn len(d)", "ab", "b"),
    ("def f(n):\n    return n + b\nreturn f(1)", "ab", "b"),
    ("t = 0\nwhile t < a:\n    t += b\nreturn t", "ab", "ab"),
    ("t = 0\nfor x in range(9):\n    if x == b:\n        break\n    t += 1\nreturn t", "ab", "b"),
    ("unused = a + b\nreturn 5", "ab", ""),
    ("n = 0\ndef add():\n    nonlocal n\n    n += a\nadd()\nreturn n", "ab", "a"),
    ("return [x for x in range(a)]", "ab", "a"),
    ("if b:\n    raise ValueError\nreturn a", "ab", "ab"),
]


@pytest.mark.parametrize(("body", "inputs", "reaching"), REACHES)
def test_reaching_inputs(body: str, inputs: str, reaching: str) -> None:
    assert reaching_inputs(program(body, *inputs)) == set(reaching)


def test_features() -> None:
    found = features(
        program(
            '"""Text."""\nt = 0\nfor i in range(n):\n    if i % 2 == 0:\n        t += math.gcd(i, 6)\nreturn t + g(n)',
            "n",
            before="def g(n):\n    return 1 if n < 2 else n * g(n - 1)\n",
            imports="import math\nfrom sympy import isprime as prime",
        )
    )
    assert (found.inputs, found.functions, found.loops, found.branches, found.depth) == (1, 2, 1, 2, 2)
    assert (found.statements, found.steps, found.recursive) == (6, 4, True)
    assert found.imports == ("math", "sympy")
    assert found.concepts == ("math.gcd",)
    assert sorted(found.constants) == sorted("1210206")


@pytest.mark.parametrize(
    ("body", "passes"),
    [("return a", True), ("a += 1\nreturn a", False), ("a.sort()\nreturn a", False), ("return a + 0", False)],
)
def test_passed_through(body: str, passes: bool) -> None:
    assert passed_through(program(body, "a")) is passes
