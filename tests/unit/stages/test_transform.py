"""The transform stage: what each transform makes of a real program, executed, is true of its text."""

import pytest

import caco
from caco.plugins import names
from caco.program import values
from caco.records import CodeCoT, Execution, Outcome, Reason, Status
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


def executed(codecot):
    (run,) = caco.execute([codecot.code], trace=True)
    return Execution(
        id="seed", codecot=codecot, status=run.status, inputs=run.inputs, output=run.output, trace=run.trace
    )


@pytest.fixture(scope="module")
def seed():
    return executed(CodeCoT(code=CODE, text=TEXT, varies=("trays", "rolls_per_tray", "sold")))


@pytest.mark.parametrize("name", names("transform"))
def test_what_is_made_runs_and_keeps_what_it_says(seed, name):
    made = transform((name,), 2).fn(seed)
    if isinstance(made, Reject):
        assert made.reason is Reason.NO_TRANSFORM
        return
    for codecot in made:
        run = executed(codecot)
        assert run.status is Status.OK and codecot.transform == name
        if codecot.gold:
            assert caco.grade(codecot.gold, values.show(values.decode(run.output))).verdict == Outcome.EQUAL
        assert reverse().fn(run).question


def test_inversion_asks_for_an_input(seed):
    (codecot, *_) = transform(("inversion",), 1).fn(seed)
    assert values.decode(executed(codecot).output) in (12, 24, 200)
