"""Inputs that a program keeps in a dict of its own."""

import pytest

from caco.foreign.given import unpacked

HEAD = "input = {'a': 1, 'b': 'x'}\n"
UNPACKED = [
    ("print(input['a'] + 1)", 'a = 1\nb = "x"\nprint(a + 1)'),
    ("print(input.get('a', 0))", 'a = 1\nb = "x"\nprint(a)'),
    ("print(f(**input))", 'a = 1\nb = "x"\nprint(f(a=a, b=b))'),
    ("a = input['a']\nprint(a)", 'a = 1\nb = "x"\n\nprint(a)'),
    ("c = input['a']\nprint(c)", 'a = 1\nb = "x"\nc = a\nprint(c)'),
    ("def f():\n    return input['a']", 'a = 1\nb = "x"\ndef f():\n    return a'),
    ("def f():\n    a = input['a']\n    return a", None),
    ("def f(a):\n    return input['a']", None),
    ("f = lambda a: input['a']", None),
    ("f = lambda n: input['a']", 'a = 1\nb = "x"\nf = lambda n: a'),
    ("def f(input):\n    return input['a']", "a = 1\nb = \"x\"\ndef f(input):\n    return input['a']"),
    ("print(f\"{input['a']}\")", None),
    ("print(input)", None),
    ("print(input['c'])", None),
    ("print(input.get('c'))", None),
    ("print(input.items())", None),
    ("print(input[k])", None),
    ("input['a'] = 5", None),
    ("print(input['a'], input)", 'a = 1\nb = "x"\ninput = {"a": a, "b": b}\nprint(a, input)'),
    ("print(input.get('a'), input.get(k))", 'a = 1\nb = "x"\ninput = {"a": a, "b": b}\nprint(a, input.get(k))'),
]


@pytest.mark.parametrize(("use", "code"), UNPACKED)
def test_items_become_names(use: str, code: str | None) -> None:
    """None where the dict is used as a whole: the use stays as it is, below the dict made from the names."""
    found, names = unpacked(HEAD + use)
    assert names == ("a", "b")
    assert found == (code or 'a = 1\nb = "x"\ninput = {"a": a, "b": b}\n' + use)


@pytest.mark.parametrize(
    "code",
    [
        "other = {'a': 1}\nprint(other['a'])",
        "input = {}\nprint(input)",
        "input = {'a b': 1}\nprint(input)",
        "input = {'class': 1}\nprint(input)",
        "input = {1: 1}\nprint(input)",
        "input = {'a': f(1)}\nprint(input)",
        "input = {'a': {[]: 1}}\nprint(input)",
        "input = dict(a=1)\nprint(input)",
        "def f():\n    input = {'a': 1}",
    ],
)
def test_scripts_without_such_a_dict_are_unchanged(code: str) -> None:
    assert unpacked(code) == (code, ())


def test_the_first_of_the_usual_names() -> None:
    code = "n = 0\nparams = {'a': 1}\ninputs = {'b': 2}\nprint(params['a'], inputs['b'])"
    assert unpacked(code) == ("n = 0\na = 1\ninputs = {'b': 2}\nprint(a, inputs['b'])", ("a",))
