import ast
import symtable

import pytest

from caco.program.syntax import (
    Edit,
    Source,
    all_names,
    bound,
    changed,
    children,
    fresh_name,
    is_text,
    literal_value,
    names,
    parameters,
    root,
    sets_part,
    unbound,
    walk,
)

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
    ("x = {k: v for k, v in d.items() if k in seen}", {"d", "seen"}, {"x"}),
    ("x = [(m := z) for z in w]", {"w"}, {"x", "m"}),
    ("@wrap(k)\ndef f(*, x=y):\n    pass", {"wrap", "k", "y"}, {"f"}),
    ("def f(a, /, b, *c, d, **e):\n    return a, b, c, d, e, f", {"f"}, {"f"}),
    ("class A:\n    n = 1\n    m = n", set(), {"A"}),
    ("class A:\n    global n\n    n = m", {"m"}, {"A"}),
    ("x: int = y", {"int", "y"}, {"x"}),
    ("a[0] += b", {"a", "b"}, set()),
    ("del a, b.c", {"b"}, {"a"}),
    ("import os.path as p\nfrom m import k as j, i", set(), {"p", "j", "i"}),
    ("try:\n    pass\nexcept:\n    x", {"x"}, set()),
    (
        "match v:\n    case _:\n        pass\n    case [*_]:\n        pass\n    case {'a': A(b=c)}:\n        pass",
        {"v", "A"},
        {"c"},
    ),
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


@pytest.mark.parametrize("code", [c for c, _, _ in CASES if "del" not in c])
def test_writes_agree_with_the_compiler(code: str) -> None:
    table = symtable.symtable(code, "case", "exec")
    assert names(ast.parse(code).body).writes - {"m"} == {
        s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()
    } - {"count"}


def test_unbound() -> None:
    assert unbound(ast.parse("x = math.pi\ndef f():\n    return np.sum(x)\nprint(f())")) == {"math", "np"}


def test_fresh_name() -> None:
    assert fresh_name("solve", {"solve", "solve_2"}) == "solve_3"


def test_names_that_functions_inside_rebind() -> None:
    code = "def f():\n    global a\n    def g():\n        global b\n        b = 1\n    c = 2"
    assert names(ast.parse(code).body).outer == {"a", "b"}
    assert names(ast.parse("x = [(lambda: y) for _ in z]").body).outer == set()
    assert names(ast.parse("class A:\n    def f(self):\n        global n\n        n = 1").body).outer == {"n"}
    assert names(ast.parse("def f():\n    global n\n    n = 1").body[0]).outer == {"n"}


def test_all_names_of_any_scope() -> None:
    code = "import math as m\ndef f(a, *b):\n    try:\n        import os\n    except E as e:\n        c = lambda d: a"
    code += "\nclass G:\n    h = 1"
    assert all_names(ast.parse(code)) == {"m", "f", "a", "b", "os", "E", "e", "c", "d", "G", "h"}


TREE = "@d\ndef f(a=1, *b: T) -> R:\n    x = y[a:2] + f'{b!r}'\n    return -x if not x else (k := 3)\nimport os"


def test_walking_meets_the_nodes_of_ast_but_for_operators_and_contexts() -> None:
    tree = ast.parse(TREE)
    plain = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context)
    assert walk(tree) == [n for n in ast.walk(tree) if not isinstance(n, plain)]
    assert children(tree) == tree.body
    assert children(tree.body[0].body[0].value) == [tree.body[0].body[0].value.left, tree.body[0].body[0].value.right]


BOUND = [
    ("def f(a=(n := 1)):\n    m = 1", {"f", "n"}),
    ("def f(a):\n    m = 1", {"f"}),
    ("a, b = c", {"a", "b"}),
    ("a.b", set()),
]


@pytest.mark.parametrize(("code", "found"), BOUND)
def test_names_that_one_statement_binds(code: str, found: set[str]) -> None:
    assert bound(ast.parse(code).body[0]) == found


CHANGED = [
    ("a.sort()", {"a"}, {"a"}),
    ("f(a, b.c, *d, e[0], 3)", {"a", "b", "d", "e"}, {"a", "b", "d", "e"}),
    ("x = f(a)", {"a"}, set()),
    ("x = a.pop(b)", {"a", "b"}, set()),
    ("a[0] = b", {"a"}, {"a"}),
    ("a.b.c += 1", {"a"}, {"a"}),
    ("del a[0], b.c", {"a", "b"}, {"a", "b"}),
    ("x = a[0] + b.c", set(), set()),
    ("f()[0] = 1", set(), set()),
    ("if a:\n    b.add(c)", {"b", "c"}, {"b", "c"}),
    ("a + f(b)", {"b"}, set()),
]


@pytest.mark.parametrize(("code", "any_call", "for_effect"), CHANGED)
def test_names_whose_values_may_change(code: str, any_call: set[str], for_effect: set[str]) -> None:
    body = ast.parse(code).body
    assert (changed(body), changed(body, any_call=False)) == (any_call, for_effect)


@pytest.mark.parametrize(
    ("code", "name"), [("a", "a"), ("a.b[0].c", "a"), ("f(a)", ""), ("f(a).b", ""), ("3", ""), ("(a)", "a")]
)
def test_root(code: str, name: str) -> None:
    assert root(ast.parse(code, mode="eval").body) == name


def test_kinds_of_nodes() -> None:
    assert [is_text(ast.parse(c, mode="eval").body) for c in ("'a'", "f'a'", "b'a'", "1", "a")] == [True] + [False] * 4
    targets = ast.parse("a[0] = b.c = d = e[1]").body[0]
    assert [sets_part(n) for n in (*targets.targets, targets.value)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("code", "value"), [("[1, -2]", ([1, -2],)), ("None", (None,)), ("a", None), ("{[]: 1}", None), ("1 + 2", None)]
)
def test_values_of_literals(code: str, value: tuple[object] | None) -> None:
    assert literal_value(ast.parse(code, mode="eval").body) == value


def test_parameters_with_starred_ones_last() -> None:
    assert parameters(ast.parse("def f(a, /, b, *c, d=1, **e): pass").body[0]) == ["a", "b", "d", "c", "e"]
    assert parameters(ast.parse("lambda *c, a: 1", mode="eval").body) == ["a", "c"]


def test_unbound_leaves_out_what_a_function_binds_for_the_module() -> None:
    assert unbound(ast.parse("def f():\n    global n\n    n = m\nprint(n, __name__)")) == {"m"}


@pytest.mark.parametrize(("taken", "name"), [(set(), "a"), ({"a"}, "a_2"), ({"a", "a_2"}, "a_3"), ({"a_2"}, "a")])
def test_fresh_names(taken: set[str], name: str) -> None:
    assert fresh_name("a", taken) == name


SOURCE = "é = 1\r\n@wrap\ndef f(a):\r    return 'ü' + a\n"


def test_places_in_a_text() -> None:
    source, (first, second) = Source(SOURCE), ast.parse(SOURCE).body
    assert [source.text(n) for n in (first, first.value, second.body[0].value)] == ["é = 1", "1", "'ü' + a"]
    assert source.text(second) == "@wrap\ndef f(a):\r    return 'ü' + a"
    assert source.offset(2, 0) == len("é = 1\r\n".encode())


def test_edits_in_any_order() -> None:
    source, tree = Source(SOURCE), ast.parse(SOURCE)
    name, value = tree.body[0].targets[0], tree.body[1].body[0].value.left
    edits = [Edit(*source.span(value), "'ö'"), Edit(*source.span(name), "ä"), Edit(0, 0, "# ")]
    assert source.edited(edits) == SOURCE.replace("é", "# ä").replace("ü", "ö")
    assert source.edited([]) == SOURCE
    assert Source("a = '\ud800'").edited([Edit(0, 1, "\udfff")]) == "\udfff = '\ud800'"
