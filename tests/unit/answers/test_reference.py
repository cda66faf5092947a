"""Every example of docs/reference/grading.md is what the grader does."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from caco.answers import compare

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "grading.md"
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| (equal|not_equal|undecided) \|$")


def examples():
    typed = False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            typed = line == "## Typed values"
        if (row := ROW.match(line)) is not None:
            yield row[1], row[2], row[3], typed


EXAMPLES = list(examples())


def test_the_page_holds_examples_of_every_verdict():
    assert len(EXAMPLES) > 100
    assert {verdict for _, _, verdict, _ in EXAMPLES} == {"equal", "not_equal", "undecided"}


@pytest.mark.parametrize(("gold", "prediction", "verdict", "typed"), EXAMPLES)
def test_example(gold, prediction, verdict, typed):
    value = eval(gold, {"Fraction": Fraction, "float": float}) if typed else gold  # our own page, not a model's text
    assert compare(value, prediction).verdict == verdict
    assert compare(prediction, value).verdict == verdict


def test_percent_with_a_known_type_is_equal():
    assert compare("50%", "50", type="percent").verdict == "equal"


def test_every_allowance_that_occurs_is_on_the_page():
    named = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    used = {a for gold, prediction, _, typed in EXAMPLES if not typed for a in compare(gold, prediction).allowances}
    assert used <= named
