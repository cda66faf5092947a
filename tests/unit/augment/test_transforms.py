"""The transforms beyond fresh inputs and composition: each on one story, and on real problems."""

import random
from collections.abc import Callable, Sequence

import pytest

from caco.augment.distractor import distract
from caco.augment.extension import extend
from caco.augment.fresh_inputs import fresh_inputs
from caco.augment.inversion import invert
from caco.augment.reformulation import reformulate
from caco.augment.restructuring import restructure
from caco.codecot.bounds import broken
from caco.codecot.program import parse
from caco.codecot.template import render
from caco.codecot.values import decode, show
from caco.records import CodeCoT, Execution, Status

Run = Callable[[Sequence[CodeCoT]], list[Execution]]
Transform = Callable[[Execution, int, random.Random], list[CodeCoT]]

STORY = CodeCoT(
    code="""input = {"eggs": 60, "percent": 20, "more": 6, "price": 3}

def solve(eggs, percent, more, price):
    # {percent}% of {eggs} eggs, {eggs} * {percent} / 100 = {broken}, are broken.
    broken = eggs * percent / 100
    # That leaves {eggs} - {broken} = {left} eggs.
    left = eggs - broken
    # Uma has {more} more, {left} + {more} = {uma}.
    uma = left + more
    # She is paid {uma} * {price} = {paid} dollars.
    paid = uma * price
    return paid

output = solve(**input)
print(output)
""",
    text="Of {eggs} eggs {percent}% of the lot are broken. Uma has {more} more eggs than are left, and sells them at "
    "${price} each. How many dollars is Uma paid?",
    gold="162",
    solution="The answer is 162.",
    varies=("eggs", "percent", "more", "price"),
    seeds=("story",),
)


@pytest.fixture(scope="module")
def story(run: Run) -> Execution:
    (execution,) = run([STORY])
    assert decode(execution.output) == 162
    return execution


def made(transform: Transform, execution: Execution, n: int = 10) -> list[CodeCoT]:
    return transform(execution, n, random.Random(0))


def texts(cots: Sequence[CodeCoT]) -> list[str]:
    return [render(cot.text, parse(cot.code).inputs) for cot in cots]


def test_inversion_gives_the_answer_and_asks_for_an_input(story: Execution, run: Run) -> None:
    inverted = {cot.gold: cot for cot in made(invert, story)}
    assert set(inverted) == {"6", "3", "20"}, "the eggs are used twice: there is no single way back to them"
    assert texts([inverted["20"]]) == [
        "Of 60 eggs N% of the lot are broken. Uma has 6 more eggs than are left, and sells them at $3 each. "
        "How many dollars is Uma paid?\n\nThe answer to this question is $162. What is N?"
    ]
    assert "# So N is " in inverted["20"].code
    for execution in run(list(inverted.values())):
        assert show(decode(execution.output)) == execution.codecot.gold
        assert execution.codecot.solution == ""
        assert broken(execution.codecot.bounds, execution) is None


def test_restructuring_moves_steps_into_a_helper(story: Execution, run: Run) -> None:
    restructured = made(restructure, story)
    assert len(restructured) == 2, "what leads to `left`, and what leads to `uma`"
    for execution in run(restructured):
        assert execution.output == story.output
        assert [(s.name, s.value) for s in execution.trace] == [(s.name, s.value) for s in story.trace]
        assert len(parse(execution.codecot.code).functions) == 2
        assert execution.codecot.gold == STORY.gold
        assert execution.codecot.code.count("#") == STORY.code.count("#")


def test_reformulation_tells_a_percentage_as_a_fraction(story: Execution, run: Run) -> None:
    (fraction,) = made(reformulate, story)
    assert texts([fraction])[0].startswith("Of 60 eggs 1/5 of the lot are broken.")
    (execution,) = run([fraction])
    assert decode(execution.output) == 162
    assert "percent" not in decode(execution.inputs)


def test_extension_asks_for_one_step_more(story: Execution, run: Run) -> None:
    for execution, text in zip(run(extended := made(extend, story)), texts(extended), strict=True):
        assert "How many dollars is Uma paid? Call the answer N. What is " in text
        assert decode(execution.output) % 1 == 0
        assert execution.trace[-1].name == "result"
        assert execution.codecot.gold == ""


def test_a_distractor_has_a_number_that_the_program_does_not_take(story: Execution) -> None:
    distracted = made(distract, story, 3)
    assert len({cot.text for cot in distracted}) == 3
    for cot in distracted:
        assert cot.code == STORY.code
        assert cot.text.startswith(STORY.text.split(" How many")[0])
        assert cot.text.endswith("How many dollars is Uma paid?")


@pytest.mark.parametrize("transform", [invert, restructure, reformulate, extend, distract])
def test_transforms_of_real_problems_hold_on_fresh_inputs(
    transform: Transform, gsm8k: list[Execution], run: Run
) -> None:
    cots = [cot for row in gsm8k[:120] for cot in transform(row, 1, random.Random(row.id))]
    assert cots
    runs = run(cots)
    for row in runs:
        assert row.status is Status.OK, row.fault
        assert broken(row.codecot.bounds, row) is None
        assert not row.codecot.gold or float(decode(row.output)) == float(row.codecot.gold.replace(",", ""))
    fresh = run([cot for row in runs for cot in fresh_inputs(row, 1, random.Random(row.id))])
    assert len(fresh) >= 0.5 * len(runs)
    assert [fault for row in fresh if (fault := broken(row.codecot.bounds, row))] == []


@pytest.mark.parametrize("transform", [invert, restructure, reformulate, extend, distract])
def test_nothing_comes_of_a_failed_run(transform: Transform) -> None:
    assert made(transform, Execution(codecot=STORY, status=Status.TIMEOUT)) == []
