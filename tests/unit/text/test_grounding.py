"""Numbers of texts against the numbers of a program."""

import pytest

from caco.program.values import encode
from caco.records import Assignment, CodeCoT, Execution, Status
from caco.text.grounding import MOST_STEPS, align, answer_given_away, numbers_from_nowhere, plural_slips, text_lacks

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


def with_inputs(inputs, text=""):
    return Execution(codecot=CodeCoT(code=CODE, text=text), status=Status.OK, inputs=encode(inputs), output=encode(2))


@pytest.mark.parametrize(
    ("value", "question", "lacks"),
    [
        (0.2, "It is 20% off.", False),
        (20, "It is 20% off.", False),
        (2, "It is 20% off.", True),
        (20, "It is 0.2 of it.", True),
        ("ana", "Is 'ana' in it?", False),
        ("ana", "Is it a banana?", False),
        ("ana", "Is it a pear?", True),
        ("a b", 'Is it "a b"?', False),
        ([3, 1], "Sort 3, 1.", False),
        ([3, 1], "Sort [3, 1].", False),
        ((3, 1), "Sort 3, 1.", False),
        ([3, 1], "Sort 3 and 1.", True),
        ({"a": [1]}, 'Of {"a": [1]}.', False),
        (True, "Is it True?", False),
        (True, "Is it 1?", True),
    ],
)
def test_inputs_of_every_type_are_looked_for(value, question, lacks):
    assert text_lacks(question, with_inputs({"x": value})) == (["x"] if lacks else [])


def test_an_answer_that_cannot_be_a_quantity_is_not_given_away():
    assert answer_given_away("It is the 2nd of room 2.", ran()) == ""
    assert answer_given_away("He has two.", ran()) == "two"
    assert answer_given_away("Is 0.5 more?", ran(output=-0.5)) == ""


@pytest.mark.parametrize(
    ("text", "strangers"),
    [
        ("He gives -48, 4800% or 0.48 away.", []),
        ("Of 12 he has 1200 and 0.12, one or two.", []),
        ("He has 47, 49 and three.", ["47", "49", "three"]),
        ("It is 3.9 or 4.1 or 4.04 or 4.0.", ["3.9", "4.04", "4.1"]),  # rounded, or wrong?
        ("It is 1.", []),
        ("It is 1.5 and 7.", ["1.5"]),  # the question has the 7
        ("On day 33 in room 34 they came.", []),
    ],
)
def test_numbers_from_nowhere(text, strangers):
    assert numbers_from_nowhere(text, "Is it 7?", ran()) == strangers


def test_a_rounded_number_is_known():
    run = with_inputs({"x": 1 / 3})
    assert numbers_from_nowhere("It is 0.33, 0.3333, 33.3% or 0.34.", "", run) == ["0.34"]


@pytest.mark.parametrize(
    ("value", "text", "strangers"),
    [
        ([5, (6, 7)], "5 of 6 and 7 or 8", ["8"]),
        ({"a": 5, 6: {7}}, "5 of 6 and 7 or 8", ["8"]),
        (200, "2 of 20000 or 3", ["3"]),
        (True, "It is 4.", ["4"]),
    ],
)
def test_numbers_inside_of_inputs_are_known(value, text, strangers):
    assert numbers_from_nowhere(text, "", with_inputs({"x": value})) == strangers


def traced(*steps, inputs=None):
    trace = tuple(Assignment(line=4 + i, name=name, value=encode(value)) for i, (name, value) in enumerate(steps))
    codecot = CodeCoT(code=CODE)
    return Execution(codecot=codecot, status=Status.OK, inputs=encode(inputs or {}), output=encode(1), trace=trace)


@pytest.mark.parametrize(
    ("text", "matched", "gaps"),
    [
        ("First 10, then 20, then 30.", 3, ()),
        ("First 20, then 10, then 30.", 2, ("a = 10",)),
        ("Only 30.", 1, ("a = 10", "b = 20")),
        ("10 and 30", 2, ("b = 20",)),
        ("30, 20, 10", 1, ("a = 10", "b = 20")),
        ("10 10 10", 1, ("b = 20", "c = 30")),
        ("5, 10, 6, 20, 7, 30, 8", 3, ()),
        ("-10, then 2,000 and 30.02", 3, ()),
        ("0.1, then 20.02 and 30.03", 0, ("a = 10", "b = 20", "c = 30")),
        ("nothing", 0, ("a = 10", "b = 20", "c = 30")),
    ],
)
def test_steps_are_matched_in_order(text, matched, gaps):
    found = align(text, traced(("a", 10), ("b", 20), ("c", 30)))
    assert (found.steps, found.matched, found.gaps) == (3, matched, gaps)


def test_what_is_no_step_of_a_computation():
    given = {"a": 10, "b": 5}
    run = traced(("a", 10), ("b", 6), ("t", "x"), ("c", 7), ("c", 7), ("c", 8), ("c", 7), inputs=given)
    found = align("6 7 8 7", run)
    assert (found.steps, found.matched) == (4, 4)


def test_a_long_trace_is_cut():
    run = traced(*((f"x{i}", i + 1000) for i in range(MOST_STEPS + 1)))
    assert align("1000 and 1200 and 1199", run).matched == 2
    assert align("1", run).steps == MOST_STEPS == 200
