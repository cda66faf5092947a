"""The transform stage: what each transform makes of a real program, executed, is true of its text."""

from collections import Counter
from dataclasses import replace

import pytest

from caco.answers import compare
from caco.errors import ConfigError
from caco.plugins import names
from caco.program import values
from caco.records import CodeCoT, Outcome, Reason, Status
from caco.stage import Reject
from caco.stages.reverse import reverse
from caco.stages.transform import transform

CODE = """input = {"trays": 12, "rolls_per_tray": 24, "sold": 200}

def solve(trays, rolls_per_tray, sold):
    # The bakery bakes {trays} * {rolls_per_tray} = {rolls} rolls.
    rolls = trays * rolls_per_tray
    # After the sale {rolls} - {sold} = {left} rolls are left.
    left = rolls - sold
    return left

output = solve(**input)
print(output)
"""
TEXT = "A bakery bakes {trays} trays of {rolls_per_tray} rolls. It sells {sold} rolls. How many rolls are left?"


@pytest.fixture(scope="module")
def executed(ran):
    return lambda codecot: replace(ran(codecot.code), id="seed", codecot=codecot)


@pytest.fixture(scope="module")
def seed(executed):
    return executed(CodeCoT(code=CODE, text=TEXT, varies=("trays", "rolls_per_tray", "sold")))


@pytest.mark.parametrize("name", names("transform"))
def test_what_is_made_runs_and_keeps_what_it_says(seed, name, executed):
    made = transform((name,), 2).fn(seed)
    if isinstance(made, Reject):
        assert made.reason is Reason.NO_TRANSFORM
        return
    for codecot in made:
        run = executed(codecot)
        assert run.status is Status.OK and codecot.transform == name
        if codecot.gold:
            assert compare(codecot.gold, values.show(values.decode(run.output))).verdict == Outcome.EQUAL
        assert reverse().fn(run).question


def test_inversion_asks_for_an_input(seed, executed):
    (codecot, *_) = transform(("inversion",), 1).fn(seed)
    assert values.decode(executed(codecot).output) in (12, 24, 200)


def test_what_no_transform_fits_ends_here(ran):
    code = 'input = {"w": "red"}\n\ndef solve(w):\n    return w.upper()\n\noutput = solve(**input)\nprint(output)'
    made = transform(("loops", "inversion"), 2).fn(ran(code, text="What is {w} in capitals?"))
    assert made == Reject(Reason.NO_TRANSFORM, "none fits: inversion, loops")
    with pytest.raises(ConfigError, match="unknown transform 'twist'"):
        transform(("twist",), 1)


def test_up_to_as_many_of_each_as_were_asked_for(seed):
    counts = {each: Counter(cot.transform for cot in transform(("inversion",), each).fn(seed)) for each in (1, 2)}
    assert counts == {each: Counter({"inversion": each}) for each in (1, 2)}
