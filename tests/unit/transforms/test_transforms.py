"""The transforms beyond fresh inputs and composition: each on one story, and on real problems."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from caco.filters.rules import measure
from caco.instances.bounds import broken
from caco.instances.fresh import fresh_inputs
from caco.instances.perturbation import inputs_matter, perturbations, programs, runs_of
from caco.plugins import find, names
from caco.program.form import parse
from caco.program.values import decode, show
from caco.records import Check, CodeCoT, Execution, Status
from caco.text.narrate import narrate
from caco.text.template import render
from caco.transforms import PRESERVED
from caco.transforms.distractor import distract
from caco.transforms.extension import extend
from caco.transforms.inversion import invert
from caco.transforms.loops import reloop
from caco.transforms.reformulation import reformulate
from caco.transforms.restructuring import restructure

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


def values_of(execution: Execution) -> set[tuple[str, float]]:
    return {(step.name, float(decode(step.value))) for step in execution.trace}


def way_back(old: Execution, new: Execution) -> bool:
    """Whether some input of the old program has the value that the new one finds."""
    return float(decode(new.output)) in [float(v) for v in decode(old.inputs).values()]


HELD: dict[str, Callable[[Execution, Execution], bool]] = {
    "text": lambda old, new: old.codecot.text == new.codecot.text,
    "inputs": lambda old, new: old.inputs == new.inputs,
    "values": lambda old, new: values_of(old) <= values_of(new),
    "answer": lambda old, new: float(decode(old.output)) == float(decode(new.output)),
    "way back": way_back,
}


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
    fraction = next(cot for cot in made(reformulate, story) if "dozen" not in cot.text)
    assert texts([fraction])[0].startswith("Of 60 eggs 1/5 of the lot are broken.")
    (execution,) = run([fraction])
    assert decode(execution.output) == 162
    assert "percent" not in decode(execution.inputs)


def test_extension_asks_for_one_step_more(story: Execution, run: Run) -> None:
    for execution, text in zip(run(extended := made(extend, story)), texts(extended), strict=True):
        assert "How many dollars is Uma paid? Call the answer N. What is " in text
        assert decode(execution.output) % 1 == 0
        assert execution.trace[-1].name == "result"
        assert float(execution.codecot.gold) == decode(execution.output)


def test_a_distractor_is_declared_and_must_not_move_the_output(story: Execution, run: Run) -> None:
    uma = replace(STORY, text=f"Uma buys a box of eggs. {STORY.text} She keeps the box.")
    (uma_run,) = run([uma])
    distracted = made(distract, uma_run, 3)
    assert len({cot.text for cot in distracted}) == 3
    for cot, execution in zip(distracted, run(distracted), strict=True):
        (name,) = cot.distractors
        assert f"{{{name}}}" in cot.text.split(". ")[1]
        assert (decode(execution.output), cot.gold) == (162, "162")
        assert checked(execution, run).passed
        assert f"and for no value of {name}" in checked(execution, run).evidence
        undeclared = replace(execution, codecot=replace(cot, distractors=()))
        assert not checked(undeclared, run).passed
        wrong = replace(execution, codecot=replace(cot, distractors=("eggs",)))
        assert checked(wrong, run).evidence == "eggs is no distractor: it moved the output"
        assert [m.value for m in measure(execution) if m.name == "idle"] == [0]


def checked(execution: Execution, run: Run) -> Check:
    asked = perturbations(execution)
    replies = run([CodeCoT(code=code) for code in programs(execution, asked)])
    return inputs_matter(execution, runs_of(execution, asked, replies))


def test_a_text_without_a_person_has_no_distractor(story: Execution) -> None:
    assert made(distract, story) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("He works {more} hours. How many eggs?", "He works 360 minutes. How many eggs?"),
        ("It takes {more:word} weeks. How much money?", ""),
        ("It takes {more:word} weeks, and $2. How much money?", "It takes 42 days, and $2. How much money?"),
        ("He works {more} hours. How long does he work?", ""),
        ("He works {more} hours and 30 minutes. How many eggs?", ""),
        ("A {more}-hour day. How many eggs?", ""),
        ("He is {more} years old. How many eggs?", ""),
        ("{more} hours, {more} days. How many eggs?", ""),
    ],
)
def test_reformulation_tells_an_amount_in_another_unit(story: Execution, text: str, told: str, run: Run) -> None:
    code = STORY.code.replace('"more": 6', '"more": 4') if "hours" in text else STORY.code
    cot = replace(STORY, text=text, varies=("more",), code=code, gold="")
    (execution,) = run([cot])
    found = made(reformulate, execution)
    assert texts(found) == ([told.replace("360", "240")] if told else [])
    for row in run(found):
        assert row.output == execution.output or float(decode(row.output)) == float(decode(execution.output))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("He packs {more} eggs an hour. How many eggs?", "He packs one egg every 10 minutes. How many eggs?"),
        ("He calls {more} times per minute. How many?", "He calls once every 10 seconds. How many?"),
        ("He packs {more} boxes per hour. How many?", "He packs one box every 10 minutes. How many?"),
        ("He packs {more} eggs an hour more than Uma. How many eggs?", ""),
        ("He packs {more} eggs an hour, and rests for 5 minutes. How many eggs?", ""),
        ("He packs {more} pies an hour. How many pies?", ""),
        ("He is paid {more} dollars an hour. How many dollars?", ""),
        ("He packs {more} eggs an hour. How long does he work?", ""),
        ("{eggs} eggs. How many?", "5 dozen eggs. How many?"),
        ("{eggs} miles. How many?", ""),
        ("{eggs} eggs, 12 a box. How many?", ""),
        ("A {eggs} eggs pack. How many?", ""),
        ("{eggs} eggs, and {eggs} more. How many?", ""),
        ("{thousands:,} eggs. How many?", "4 thousand eggs. How many?"),
    ],
)
def test_reformulation_tells_a_rate_or_a_scale(story: Execution, text: str, told: str, run: Run) -> None:
    code = STORY.code.replace('"price": 3', '"thousands": 4000').replace("price", "thousands")
    (execution,) = run([replace(STORY, text=text, varies=("eggs", "more", "thousands"), code=code, gold="")])
    found = made(reformulate, execution)
    assert texts(found) == ([told] if told else [])
    for row in run(found):
        assert float(decode(row.output)) == float(decode(execution.output))


def test_a_product_becomes_a_loop_that_shows_each_turn(run: Run) -> None:
    code = STORY.code.replace('"price": 3', '"price": 4').replace("uma * price", "price * more").replace("{uma}", "4")
    (execution,) = run([replace(STORY, code=code, gold="")])
    (looped,) = made(reloop, execution)
    assert "for turn in range(1, price + 1):" in looped.code or "for turn in range(1, more + 1):" in looped.code
    (row,) = run([looped])
    assert row.output == execution.output
    told = narrate(row)
    assert isinstance(told, str)
    assert "in each of" in told
    assert "Turn 2 makes it" in told


@pytest.mark.parametrize(
    ("loop", "formula"),
    [
        ("for i in range(n):\n        total += price", "total += price * n"),
        ("for i in range(1, n + 1):\n        total += i", "total += 1 * (1 + (n + 1) - 1) * (n + 1 - 1) // 2"),
        ("for i in range(n):\n        total += price + 2 * i", "total += price * n + 2 * 1 * (0 + n - 1) * n // 2"),
        ("for i in range(n):\n        total *= price", "total *= price ** n"),
        ("for i in range(n):\n        total *= i + 1", ""),
        ("for i in range(n):\n        total += total", ""),
        ("for i in range(n):\n        total += i * i", ""),
    ],
)
def test_a_loop_that_adds_up_becomes_a_formula(loop: str, formula: str, run: Run) -> None:
    code = (
        'input = {"n": 5, "price": 3}\n\ndef solve(n, price):\n    total = 7\n    # Each time some more.\n'
        f"    {loop}\n    return total\n\noutput = solve(**input)\nprint(output)\n"
    )
    (execution,) = run([CodeCoT(code=code, text="{n} times ${price}. How much?", varies=("n", "price"))])
    found = made(reloop, execution)
    assert [cot.code.split("\n")[4].strip() for cot in found] == ([formula] if formula else [])
    for row in run(found):
        assert row.output == execution.output


def test_a_formula_that_gives_something_else_is_not_made(run: Run) -> None:
    """Below 4 there are no turns, but the formula counts back: the probes show it."""
    code = (
        'input = {"n": 5, "price": 3}\n\ndef solve(n, price):\n    total = 7\n    for i in range(4, n):\n'
        "        total += price\n    return total\n\noutput = solve(**input)\nprint(output)\n"
    )
    (execution,) = run([CodeCoT(code=code, text="{n} times ${price}. How much?", varies=("n",))])
    assert made(reloop, execution) == []


def test_what_transforms_say_they_preserve_they_do(gsm8k: list[Execution], run: Run) -> None:
    """On the runs of real programs: each property, as `PRESERVED` puts it."""
    for name in names("transform"):
        kind = find("transform", name)
        pairs = [(row, cot) for row in gsm8k[:50] for cot in kind.make(row, 1, random.Random(row.id))]
        assert pairs, name
        for (row, cot), new in zip(pairs, run([cot for _, cot in pairs]), strict=True):
            assert kind.preserves <= {key for key in PRESERVED if HELD[key](row, new)}, (name, row.codecot.text)
            assert not cot.gold or float(decode(new.output)) == float(cot.gold.replace(",", ""))


def test_inversion_does_not_speak_of_the_unknown_before_it_is_found(story: Execution, run: Run) -> None:
    told = STORY.code.replace("    # That", "    # Each egg brings {price} dollars.\n    # That")
    (row,) = run([replace(STORY, code=told)])
    inverted = {cot.gold: cot for cot in made(invert, row)}
    assert ["Each egg brings" in inverted[gold].code for gold in ("6", "3")] == [True, False]


def test_inversion_asks_for_nothing_that_is_rounded(story: Execution) -> None:
    text = STORY.text.replace("How many dollars is Uma paid?", "What is the minimum number of boxes?")
    divided = replace(STORY, text=text)
    assert made(invert, replace(story, codecot=divided)) == []


@pytest.mark.parametrize("transform", [invert, reloop, restructure, reformulate, extend, distract])
def test_transforms_of_real_problems_hold_on_fresh_inputs(
    transform: Transform, gsm8k: list[Execution], run: Run
) -> None:
    cots = [cot for row in gsm8k[:80] for cot in transform(row, 1, random.Random(row.id))]
    assert cots
    runs = run(cots)
    for row in runs:
        assert row.status is Status.OK, row.fault
        assert broken(row.codecot.bounds, row) is None
        assert not row.codecot.gold or float(decode(row.output)) == float(row.codecot.gold.replace(",", ""))
    fresh = run([cot for row in runs for cot in fresh_inputs(row, 1, random.Random(row.id))])
    assert len(fresh) >= 0.5 * len(runs)
    assert [fault for row in fresh if (fault := broken(row.codecot.bounds, row))] == []


@pytest.mark.parametrize("transform", [invert, reloop, restructure, reformulate, extend, distract])
def test_nothing_comes_of_a_failed_run(transform: Transform) -> None:
    assert made(transform, Execution(codecot=STORY, status=Status.TIMEOUT)) == []
