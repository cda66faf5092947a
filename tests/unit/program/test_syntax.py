import ast
import symtable

import pytest

from caco.program.syntax import fresh_name, names, unbound

CASES = [
    ("a = b + c", {"b", "c"}, {"a"}),
    ("a += 1", {"a"}, {"a"}),
    ("def f(x, y=z):\n    w = x + g\n    return w", {"z", "g"}, {"f"}),
    ("xs = [x * k for x in data if x > (m := 3)]", {"k", "data"}, {"xs", "m"}),
    ("def f(x: T, *y: U) -> R:\n    return x", {"T", "U", "R"}, {"f"}),
    ("import numpy as np, os.path", set(), {"np", "os"}),
    ("for i, (p, q) in pairs:\n    total[i] = p", {"pairs", "total", "p", "i"}, {"i", "p", "q"}),
    ("class A(Base):\n    n = k\n    def go(self):\n        return self.n + outside", {"Base", "k", "outside"}, {"A"}),
    ("def f():\n    global count\n    count += 1", {"count"}, {"f"}),
    ("try:\n    pass\nexcept ValueError as e:\n    pass", {"ValueError"}, {"e"}),
    ("h = lambda x, *r: x + s", {"s"}, {"h"}),
    (
        "match v:\n    case {'a': x, **rest}:\n        pass\n    case [y, *z]:\n        pass",
        {"v"},
        {"x", "rest", "y", "z"},
    ),
]


@pytest.mark.parametrize(("code", "reads", "writes"), CASES)
def test_names_of_a_scope(code: str, reads: set[str], writes: set[str]) -> None:
    found = names(ast.parse(code).body)
    assert (found.reads, found.writes) == (reads, writes)


@pytest.mark.parametrize("code", [c for c, _, _ in CASES])
def test_writes_agree_with_the_compiler(code: str) -> None:
    table = symtable.symtable(code, "case", "exec")
    assert names(ast.parse(code).body).writes - {"m"} == {
        s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()
    } - {"count"}


def test_unbound() -> None:
    assert unbound(ast.parse("x = math.pi\ndef f():\n    return np.sum(x)\nprint(f())")) == {"math", "np"}


def test_fresh_name() -> None:
    assert fresh_name("solve", {"solve", "solve_2"}) == "solve_3"
