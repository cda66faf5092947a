"""Examples in docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

import caco


def modules():
    """Modules with examples, read as text: nothing is imported to find them."""
    home = Path(caco.__file__).parent
    for path in sorted(home.rglob("*.py")):
        if ">>>" in path.read_text(encoding="utf-8"):
            yield ".".join(("caco", *path.relative_to(home).with_suffix("").parts)).removesuffix(".__init__")


@pytest.mark.parametrize("name", list(modules()))
def test_the_examples_of_a_module_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert not result.failed
