"""Python out of what a model or a notebook wrote."""

import ast

import pytest

from caco.foreign.blocks import exposed, is_print, needed_cells, unfenced
from caco.program.form import FormError

UNFENCED = [
    ("a = 1\r\nb = 2\rc = 3", "a = 1\nb = 2\nc = 3"),
    ("text\n```python\na = 1\n```\nmore", "a = 1"),
    ("text\n~~~~ py\na = 1\n~~~~", "a = 1"),
    ("````\na = '''\n```\n'''\n````", "a = '''\n```\n'''"),
    ("1.\n   ```python\n   a = 1\n   b = 2\n   ```", "a = 1\nb = 2"),
    ("```\nb = 2\n```\n```python\na = 1\n```", "a = 1"),
    ("```text\nb = 2\n```\n```\na = 1\n```", "a = 1"),
    ("```python\na = 1\n```\n```python\nb = 2\n```", "a = 1\n# %%\nb = 2"),
    ("```python\na = 1\n```\n```python\nb = )\n```", "a = 1"),
    ("```python\n%matplotlib inline\n!pip install sympy\na = 1\n```", "a = 1"),
    ("```pycon\na = 1\n```\n```pythonic\nb = 2\n```", "a = 1"),
    ("Two cells.\n# In[3]:\na = 1\n# In [4]\nb = 2", "a = 1\n# %%\nb = 2"),
]


@pytest.mark.parametrize(("text", "code"), UNFENCED)
def test_python_in_a_text(text: str, code: str) -> None:
    assert unfenced(text) == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no Python: nothing but blanks"), ("```\n# no more\n```", "nothing but blanks"), ("a b", r"\(line 1\)")],
)
def test_texts_without_python(text: str, reason: str) -> None:
    with pytest.raises(FormError, match=reason):
        unfenced(text)


CELLS = [
    # one cell is a script
    ("a = 1\nb = 2", "a = 1\nb = 2"),
    ("# %%\na = 1\nb = 2", "# %%\na = 1\nb = 2"),
    ("a = 1\nb = 2\n# %%\nprint(a)", "a = 1\nprint(a)"),
    # the last cell that shows something
    ("a = 1\n# %%\na\n# %%\nb = 2", "a = 1\na"),
    ("a = 1\n# %%\nif a:\n    print(a)\n# %%\nb = 2", "a = 1\nif a:\n    print(a)"),
    ("a = 1\n# %%\nb = 2\n# %%\nc = a", "a = 1\nc = a"),
    # bound anew before it is read
    ("a = 1\n# %%\na = 2\n# %%\na", "a = 2\na"),
    ("a = 1\n# %%\na = a + 1\n# %%\na", "a = 1\na = a + 1\na"),
    ("a = 1\n# %%\nif b:\n    a = 2\n# %%\na", "a = 1\nif b:\n    a = 2\na"),
    # changed in place
    ("a = []\n# %%\na.append(1)\n# %%\nb = f(a)\n# %%\na", "a = []\na.append(1)\na"),
    ("a = []\n# %%\na[0] = c = 1\n# %%\na", "a = []\na[0] = c = 1\na"),
    ("from m import *\n# %%\nb = 1\n# %%\na", "from m import *\na"),
    # functions call one another, wherever they stand
    ("def f():\n    return g()\nk = 2\nj = 3\n# %%\ndef g():\n    return k\n# %%\nf()",
     "def f():\n    return g()\nk = 2\ndef g():\n    return k\nf()"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), CELLS)
def test_the_cells_that_the_last_result_needs(text: str, code: str) -> None:
    assert needed_cells(text) == code


EXPOSED = [
    ("b = a", {"a"}),
    ("a = 1\nb = a", set()),
    ("b = a\na = 1", {"a"}),
    ("for i in xs:\n    s = i + k\nelse:\n    e", {"xs", "k", "e"}),
    ("for i in xs:\n    s = 1\ns", {"xs", "s"}),
    ("while n:\n    m = k\nelse:\n    m", {"n", "k", "m"}),
    ("if n:\n    m = k\n    m\nelse:\n    j", {"n", "k", "j"}),
    ("if n:\n    m = 1\nm", {"n", "m"}),
    ("with f() as g:\n    h = g\nh", {"f", "g"}),
]


@pytest.mark.parametrize(("code", "read"), EXPOSED)
def test_names_read_before_they_are_surely_bound(code: str, read: set[str]) -> None:
    assert exposed(ast.parse(code).body) == read


@pytest.mark.parametrize(
    ("code", "prints"),
    [("print(1)", True), ("pprint(x)", True), ("x = print(1)", False), ("f.print(1)", False), ("show(1)", False)],
)
def test_prints(code: str, prints: bool) -> None:
    assert is_print(ast.parse(code).body[0]) is prints
