"""Problems and solutions without a model: the seed's words, or the trace told."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from caco.records import Problem, Reason
from caco.stage import Reject
from caco.stages.reverse import answer_type, reverse, solve

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    # He takes in {rolls} * {price} = {income} dollars.
    income = rolls * price
    return income

output = solve(**input)
print(output)
"""
TEXT = "A baker sells {rolls} rolls at {price} dollars. What does he take in?"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        *((True, "yes_no"), ("YES", "yes_no"), ("no", "yes_no"), ("yes, sir", "text")),
        *((3, "integer"), (3.0, "integer"), (3.5, "number"), (Fraction(3, 4), "number"), (Decimal("1.5"), "number")),
        *(([1], "list"), ((1,), "list"), ({1}, "set"), (frozenset({1}), "set"), ({1: 2}, "mapping")),
        *((1j, "expression"), (None, "expression")),
    ],
)
def test_the_type_of_an_answer(value, name):
    assert answer_type(value) == name


@pytest.mark.parametrize(
    ("transform", "style"),
    [
        ("", "original"),
        ("fresh_inputs", "re-instantiated"),
        ("composition+fresh_inputs", "composed, re-instantiated"),
        ("loops", "loops"),
    ],
)
def test_a_program_and_its_template_are_a_problem(ran, transform, style):
    run = ran(CODE, text=TEXT, transform=transform, source="bakery")
    assert reverse().fn(run) == Problem(
        question="A baker sells 48 rolls at 3 dollars. What does he take in?",
        answer="144",
        answer_type="integer",
        style=style,
        source="bakery",
        execution=run,
    )


def test_a_program_without_a_text_ends_here(ran):
    made = reverse().fn(ran(CODE))
    assert made == Reject(Reason.TEXT_INCOMPLETE, "the program has no text, and writing one needs a model")


def solution(run):
    return solve().fn(Problem(question="What does he take in?", answer="144", execution=run))


def test_the_seeds_own_solution_is_told_with_the_seeds_own_answer(ran):
    own = ran(CODE, solution="48 * 3 = 144.  \n", gold="144.0")
    made = solution(own)
    assert (made.text, made.answer, made.author) == ("48 * 3 = 144.\nThe answer is 144.0.", "144.0", "seed")
    closed = ran(CODE, solution="48 * 3. The answer is 144.0.\n", gold="144.0")
    assert solution(closed).text == closed.codecot.solution


@pytest.mark.parametrize("more", [{"solution": "As everyone knows."}, {"gold": "144"}, {}])
def test_without_solution_or_gold_the_trace_is_narrated(ran, more):
    made = solution(ran(CODE, **more))
    assert (made.author, made.answer) == ("narrator", "144") and "48 * 3 = 144" in made.text


def test_what_cannot_be_narrated_ends_here(ran):
    silent = replace(ran(CODE), trace=())
    assert solution(silent).reason is Reason.CANNOT_NARRATE
