"""Fingerprints of the programs that ship: what keeps the tree's, and what changes it."""

import ast
import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caco.program.fingerprint import graph_fingerprint, tree_fingerprint
from caco.program.form import parse
from caco.program.syntax import changed, names
from running import shipped_seeds


@cache
def programs() -> list[str]:
    return [ast.unparse(ast.parse(json.loads(line)["code"])) for line in shipped_seeds(12)]


of_real = st.deferred(lambda: st.sampled_from(programs()))


def renamed(code: str, seed: int) -> str:
    """The program with all its variables called otherwise."""
    tree = ast.parse(code)
    own = {f.name for f in parse(code).functions}
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    new = {name: f"n{seed}_{i}" for i, name in enumerate(sorted(bound - {"input", "output"}))}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                node.id = new.get(name, name)
            case ast.arg(arg=name):
                node.arg = new.get(name, name)
            case ast.Call(func=ast.Name(id=called), keywords=keywords) if called in own:
                for keyword in keywords:
                    keyword.arg = new.get(keyword.arg or "", keyword.arg)
            case ast.Assign(targets=[ast.Name(id="input")], value=ast.Dict(keys=keys)):
                for key in keys:
                    key.value = new[key.value]  # type: ignore[union-attr, attr-defined]
    return ast.unparse(tree)


def swaps(code: str) -> list[str]:
    """The program with two neighbours of its entry swapped, wherever neither touches what the other uses."""
    found = []
    for place in range(len(parse(code).body) - 1):
        tree = ast.parse(code)
        body = [n for n in tree.body if isinstance(n, ast.FunctionDef)][-1].body
        one, two = body[place : place + 2]
        if isinstance(one, ast.Assign) and isinstance(two, ast.Assign):
            first, second = names(one), names(two)
            touched = (first.writes | changed([one])) & (second.reads | second.writes | changed([two]))
            if not touched and not (second.writes | changed([two])) & (first.reads | first.writes):
                body[place : place + 2] = two, one
                found.append(ast.unparse(tree))
    return found


@given(of_real, st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_other_names_keep_tree_and_graph(code: str, seed: int) -> None:
    other = renamed(code, seed)
    assert other != code
    assert tree_fingerprint(other) == tree_fingerprint(code)
    assert graph_fingerprint(other) == graph_fingerprint(code)
    assert graph_fingerprint(other, values=True) == graph_fingerprint(code, values=True)


def test_independent_neighbours_can_be_swapped() -> None:
    tried = [(code, other) for code in programs() for other in swaps(code)]
    assert len(tried) > 20
    for code, other in tried:
        assert tree_fingerprint(other) == tree_fingerprint(code)


@given(of_real, st.data())
@settings(max_examples=60, deadline=None)
def test_another_operator_is_another_tree(code: str, data: st.DataObject) -> None:
    tree = ast.parse(code)
    found = [n for n in ast.walk(tree) if isinstance(n, (ast.BinOp, ast.AugAssign))]
    if not found:
        return
    node = data.draw(st.sampled_from(found))
    others = [o for o in (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod) if not isinstance(node.op, o)]
    node.op = data.draw(st.sampled_from(others))()
    assert tree_fingerprint(ast.unparse(tree)) != tree_fingerprint(code)


@pytest.mark.parametrize("called", ["self", "later"])
def test_functions_that_are_called_before_they_are_read(called: str) -> None:
    """A change in a function counts for those that call it, wherever they stand."""
    inner = {"self": "n if n < 2 else n * power(n - 1)", "later": "double(n) + 1"}[called]
    code = (
        'input = {"n": 5}\n\ndef double(n):\n    return n + n\n\n'
        f"def power(n):\n    return {inner}\n\noutput = power(**input)\nprint(output)\n"
    )
    if called == "later":
        head, double, rest = code.partition("def double(n):\n    return n + n\n\n")
        helper = "def helper(n):\n    return double(n)\n\n"
        code = head + helper + double + rest.replace("double(n) + 1", "helper(n) + 1")
    other = code.replace("n + n", "n - n") if called == "later" else code.replace("n - 1", "n + 1")
    assert other != code
    assert graph_fingerprint(other) != graph_fingerprint(code)
    assert tree_fingerprint(other) != tree_fingerprint(code)
