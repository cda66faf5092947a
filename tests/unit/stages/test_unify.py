"""Which compiler reads a seed: the first whose form it carries."""

import pytest

from caco.errors import ConfigError
from caco.records import Reason, Seed
from caco.stage import Reject
from caco.stages.unify import unify

SEED = Seed(id="s", problem="Ann has 2 cats and buys 3. How many cats has she?", answer="5")
MARKS = "She has 2 + 3 = <<2+3=5>>5 cats."
PROGRAM = "def solve(cats, more):\n    return more + cats\n\nprint(solve(2, 3))"


def made(compilers=("marks", "program"), **fields):
    return unify(compilers).fn(Seed(id="s", problem=SEED.problem, answer="5", **fields))


def test_the_first_compiler_whose_form_is_carried_is_the_one():
    both = {"solution": MARKS, "code": PROGRAM}
    assert made(("program", "marks"), **both).code == made(code=PROGRAM).code
    assert made(("marks", "program"), **both).code == made(solution=MARKS).code != made(code=PROGRAM).code


def test_a_seed_that_carries_nothing_needs_a_model():
    said = "the seed has no program, no tests and no calculator marks"
    assert made() == Reject(Reason.NOTHING_TO_COMPILE, said)
    assert made(("program",), solution=MARKS).reason is Reason.NOTHING_TO_COMPILE


def test_tests_are_looked_at_as_one_text():
    code = "def double(x):\n    return 2 * x"
    found = unify(("tests",)).fn(Seed(id="s", problem="Double it.", code=code, tests=("assert double(2) == 4",)))
    assert not isinstance(found, Reject) or found.reason is not Reason.NOTHING_TO_COMPILE


def test_an_unknown_compiler_is_refused():
    with pytest.raises(ConfigError, match="unknown compiler 'magic'"):
        unify(("magic",))
