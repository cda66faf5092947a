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


DEPTHS = [
    ("return n", (0, 0, 0)),
    ("x = n if n else 2\nreturn x", (0, 1, 0)),
    ("for i in n:\n    while i:\n        i -= 1\nreturn n", (2, 0, 2)),
    ("if n:\n    if n > 1:\n        n = 2\nelse:\n    for i in n:\n        pass\nreturn n", (1, 2, 2)),
    ("match n:\n    case 1:\n        for i in n:\n            pass\nreturn n", (1, 1, 2)),
    ("x = [i for i in {j for j in n}]\ny = {k: sum(m for m in x) for k in x}\nreturn y", (4, 0, 0)),
    ("with n:\n    if n:\n        pass\nreturn n", (0, 1, 1)),
]


@pytest.mark.parametrize(("body", "counts"), DEPTHS)
def test_loops_branches_and_depth(body: str, counts: tuple[int, int, int]) -> None:
    found = features(program(body, "n"))
    assert (found.loops, found.branches, found.depth) == counts


def test_steps_operations_and_constants() -> None:
    found = features(program("a: int = -n + 2\na += 1.5\nb = a > 3 and not a\nassert b\nreturn f(True, 'x')", "n"))
    assert (found.steps, found.statements, found.operations) == (4, 5, 6)
    assert set(found.constants) == {"2", "1.5", "3"}
    assert (found.recursive, found.imports, found.concepts) == (False, (), ())


def test_recursion_is_a_function_that_reads_its_own_name() -> None:
    assert not features(program("return g(n)", "n", before="def g(n):\n    return n")).recursive
    assert features(program("def h(k):\n    return h(k - 1)\nreturn h(n)", "n")).recursive


def test_concepts_are_functions_of_modules() -> None:
    body = "import fractions as fr\nx = np.linalg.norm(n)\ny = root(4)\nz = fr.Fraction(1)\n"
    body += "return x.sum() + len(n) + os.sep.join(y)"
    imports = "import numpy as np\nimport os\nfrom math import sqrt as root"
    found = features(program(body, "n", imports=imports))
    assert found.imports == ("fractions", "math", "numpy", "os")
    assert found.concepts == ("fractions.Fraction", "math.sqrt", "numpy.linalg.norm", "os.sep.join")


MORE_REACHES = [
    ("c = a\nd = c + b\nreturn c", "ab", "a"),
    ("with a as c:\n    d = b\nreturn d", "ab", "ab"),
    ("try:\n    c = a\nexcept ValueError:\n    c = b\nreturn c", "ab", "ab"),
    ("try:\n    c = 1\nfinally:\n    c = b\nreturn c", "ab", "b"),
    ("match a:\n    case 1:\n        c = b\n    case _:\n        c = 1\nreturn c", "ab", "ab"),
    ("for i in a:\n    c = 1\nelse:\n    c = b\nreturn c", "ab", "ab"),
    ("while b:\n    continue\nreturn 1", "ab", "b"),
    ("assert a\nreturn 1", "ab", "a"),
    ("for i in a:\n    j = i\nreturn 1", "ab", ""),
    ("a = 1\nreturn a", "ab", "a"),
]


@pytest.mark.parametrize(("body", "inputs", "reaching"), MORE_REACHES)
def test_reaching_through_blocks(body: str, inputs: str, reaching: str) -> None:
    assert reaching_inputs(program(body, *inputs)) == set(reaching)


@pytest.mark.parametrize("body", ["print(a)", "return b", "b = a\nreturn b", "f(a)\nreturn a", "return a, b"])
def test_what_does_not_pass_through(body: str) -> None:
    assert not passed_through(program(body, "a"))
