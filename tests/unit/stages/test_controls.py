"""Controls: each kind is really wrong (or really good), and which rows bring one follows from their ids alone."""

import random
from dataclasses import replace

import pytest

from brain import shipped
from caco.answers import extract_answer
from caco.apply import apply
from caco.program import values
from caco.program.form import parse
from caco.records import Attempts, Problem
from caco.stages import controls
from caco.stages.controls import KINDS, KNOWN_GOOD, mix_attempts, mix_problems
from caco.text.template import render


@pytest.fixture(scope="module")
def problems(ran):
    pairs = [(seed, made) for seed, made in shipped() if made.text and made.varies][:60]
    runs = [ran(made.code) for _, made in pairs]
    return [
        Problem(
            id=f"p{i}",
            question="A text by a writer. " + render(made.text, parse(made.code).inputs),
            answer=values.show(values.decode(run.output)),
            execution=replace(run, codecot=made),
        )
        for i, ((_, made), run) in enumerate(zip(pairs, runs, strict=True))
    ]


@pytest.fixture(scope="module")
def mixed(problems, sandbox):
    return apply(mix_problems(1.0), problems, sandbox).rows


def test_every_problem_stays_and_nearly_every_one_brings_a_control(problems, mixed):
    kept = [row for row in mixed if not row.control]
    assert [row.question for row in kept] == [p.question for p in problems]
    assert len(mixed) > 1.9 * len(problems)
    assert {row.control for row in mixed} >= {"", "mutated_program", "off_by_one", "dropped_condition", KNOWN_GOOD}


def test_known_wrong_ones_are_wrong(problems, mixed):
    before = {p.id: p for p in problems}
    for row in mixed:
        if row.control in ("", KNOWN_GOOD):
            continue
        problem = before[row.parents[0]]
        changed = (row.question != problem.question, row.answer != problem.answer)
        text_only = row.control in ("dropped_condition", "swapped_unit")
        assert changed == (text_only, not text_only), row.control
        assert row.answer == values.show(values.decode(row.execution.output))


def test_known_good_ones_are_the_seeds_own_words(mixed):
    good = [row for row in mixed if row.control == KNOWN_GOOD]
    assert len(good) > 10
    for row in good:
        assert row.author == "seed" and not row.question.startswith("A text by a writer")
        assert row.execution.codecot.gold


def test_the_share_that_is_asked_for(problems, sandbox):
    rows = apply(mix_problems(0.3), problems, sandbox).rows
    assert 0.1 * len(problems) < len(rows) - len(problems) < 0.5 * len(problems)
    assert apply(mix_problems(0.0), problems, sandbox).rows == problems


SOLVED = "Rolls: 6 * 8 = 48 in all.\nWith 30 more it makes 48 + 30 = 78.\nThe answer is \\boxed{78}."


def test_solutions_with_a_wrong_answer_or_a_wrong_step(problems):
    rows = [
        Attempts(
            id=f"a{i}",
            problem=replace(problems[0], answer="78"),
            texts=("nonsense", SOLVED),
            answers=("5", "78"),
            finish=("stop", "stop"),
        )
        for i in range(40)
    ]
    made = [row for row in apply(mix_attempts(1.0), rows).rows if row.control]
    assert {row.control for row in made} == {"wrong_answer", "wrong_step"} and len(made) == 40
    for row in made:
        (text,), (answer,) = row.texts, row.answers
        assert text != SOLVED and answer == extract_answer(text).text
        assert (answer == "78") == (row.control == "wrong_step")


def test_controls_have_no_controls(problems):
    control = replace(problems[0], control="off_by_one")
    row = Attempts(id="a", problem=control, texts=(SOLVED,), answers=(control.answer,), finish=("stop",))
    assert apply(mix_attempts(1.0), [row]).rows == [row]


def test_a_unit_is_swapped_in_one_of_its_places(problems):
    text = "It takes 30 minutes there and 40 minutes back. How many minutes is that?"
    made = controls._swapped_unit(replace(problems[0], question=text), {}, random.Random(1))
    assert made.question.count("hours") == 1 and made.question.count("minutes") == 2
    once = replace(problems[0], question="It takes 30 minutes. How long is that?")
    assert controls._swapped_unit(once, {}, random.Random(1)) is None


def test_every_kind_is_explained():
    assert all(KINDS.values()) and set(controls._MAKERS) < set(KINDS)
