"""Numbers of texts against the numbers of a program."""

import pytest

from caco.program.values import encode
from caco.records import Assignment, CodeCoT, Execution, Status
from caco.text.grounding import answer_given_away, numbers_from_nowhere, plural_slips, text_lacks

CODE = """input = {"rolls": 48, "price": 0.5}

def solve(rolls, price):
    dozens = rolls / 12
    return dozens * price

output = solve(**input)
print(output)
"""


def ran(text="", output=2):
    return Execution(
        codecot=CodeCoT(code=CODE, text=text),
        status=Status.OK,
        inputs=encode({"rolls": 48, "price": 0.5}),
        output=encode(output),
        trace=(Assignment(line=4, name="dozens", value="4.0"),),
    )


def test_an_input_is_in_the_text_as_a_slot_or_as_a_number():
    assert text_lacks("He bakes 48 rolls at $0.50.", ran()) == []
    assert text_lacks("He bakes 48 rolls.", ran()) == ["price"]
    assert text_lacks("He bakes rolls.", ran("He bakes {rolls} rolls at {price}.")) == []


def test_the_answer_is_given_away_only_where_it_is_no_input():
    assert answer_given_away("He bakes 48 rolls and earns $2.", ran()) == "2"
    assert answer_given_away("He bakes 48 rolls.", ran(output=48)) == ""
    assert answer_given_away("Is it 48?", ran(output="yes")) == ""


def test_numbers_of_a_solution_are_inputs_steps_constants_or_the_answer():
    question = "He bakes 48 rolls at $0.50 a dozen."
    assert (
        numbers_from_nowhere("48 rolls are 48 / 12 = 4 dozen, at $0.50 each: $2. One is left.", question, ran()) == []
    )
    assert numbers_from_nowhere("48 rolls fill 5 boxes.", question, ran()) == ["5"]


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("The interval adds 1 hours.", ["1 hours"]),
        ("There are 1 eggs and 21 eggs.", ["1 eggs"]),
        ("That is 5 * 1 hours, 1 less than 3 + 1 hours, in all 1.1 hours.", []),
        ("1 hour, 1 bus, 1 gives 2, 11 boys", []),
    ],
)
def test_one_thing_does_not_stand_in_the_plural(text, slips):
    assert plural_slips(text) == slips
