"""What a written text may lack, and what it may not say; held against the shipped seeds, which are all good texts."""

import pytest

from brain import shipped
from caco.backends.sandboxes import execute
from caco.program.form import parse
from caco.records import CodeCoT, Execution, Reason, Status
from caco.stages.text_faults import faults, tied
from caco.stages.write import ABOUT_CODE
from caco.text.template import render

CODE = """input = {"rolls": 48, "price_dollars": 3, "baking_minutes": 25}

def solve(rolls, price_dollars, baking_minutes):
    income = rolls * price_dollars
    return income + baking_minutes

output = solve(**input)
print(output)
"""
GOOD = "A baker sells 48 rolls for 3 dollars each and bakes for 25 minutes. What is the sum of income and minutes?"


@pytest.fixture(scope="module")
def execution():
    (run,) = execute([CODE], trace=True)
    from dataclasses import replace

    return replace(run, codecot=CodeCoT(code=CODE, varies=("rolls", "price_dollars", "baking_minutes")))


def found(text, execution, **more):
    from dataclasses import replace

    return list(faults(text, replace(execution, codecot=tied(text, execution)), **more))


def test_a_good_text_has_none_and_is_tied_to_its_inputs(execution):
    assert found(GOOD, execution) == []
    assert tied(GOOD, execution).text.count("{") == 3


@pytest.mark.parametrize(
    ("text", "reason", "word"),
    [
        (GOOD.replace("for 3 dollars each ", ""), Reason.TEXT_INCOMPLETE, "price_dollars"),
        (GOOD.replace("What", "It is 169. What"), Reason.ANSWER_LEAKED, "169"),
        (GOOD + " And what is the income?", Reason.BAD_TEXT, "2 questions"),
        (GOOD.replace("What is the sum of income and minutes?", "He likes it."), Reason.BAD_TEXT, "no question"),
        (GOOD.replace("minutes", "units"), Reason.BAD_TEXT, "minutes"),
        (GOOD.replace("rolls", "`rolls`"), Reason.BAD_TEXT, "code"),
        (GOOD.replace("the sum", "total_sum"), Reason.BAD_TEXT, "total_sum"),
        (GOOD.replace("What is", "What does the following program give as"), Reason.BAD_TEXT, "program"),
        ("Why?", Reason.BAD_TEXT, "4 characters"),
    ],
)
def test_each_fault_is_found_with_its_reason(execution, text, reason, word):
    assert any(r is reason and word in why for r, why in found(text, execution)), found(text, execution)


def test_other_languages_and_demands(execution):
    assert not [
        w for r, w in found(GOOD.replace("What is the sum", "Bestimme die Summe"), execution) if "question" in w
    ]


def test_the_shipped_texts_are_good():
    """Their authors wrote them with care: a fault that is found in one in fifty would be the finder's."""
    pairs = [(seed, made) for seed, made in shipped() if made.text]
    runs = execute([made.code for _, made in pairs], trace=True)
    wrong = [
        (seed.source_id or seed.problem[:40], found_)
        for (seed, made), run in zip(pairs, runs, strict=True)
        if (found_ := faults_of(made, run))
    ]
    assert len(wrong) <= len(pairs) / 50, wrong


def faults_of(made: CodeCoT, run: Execution):
    from dataclasses import replace

    assert run.status is Status.OK
    text = render(made.text, parse(made.code).inputs)
    return found(text, replace(run, codecot=made), plain_words=made.domain not in ABOUT_CODE)
