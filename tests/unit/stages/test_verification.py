"""Samples and their pass rate, the judge's word, the verdict's rule, and how a solution follows a trace."""

import json
from dataclasses import replace

import pytest

from caco.apply import apply
from caco.backends.graders import LocalGrader
from caco.ports import Completion, Sampling
from caco.prompts import load
from caco.records import Check, Problem, Reason
from caco.stages.answer import attempt, score
from caco.stages.judge import SCHEMA, judge
from caco.stages.prompt import Asking
from caco.stages.verdict import RULE, verdict
from caco.text.grounding import align

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    income = rolls * price
    costs = income / 4
    profit = income - costs
    return profit

output = solve(**input)
print(output)
"""
GOOD = "He takes in 48 * 3 = 144 dollars. A quarter is 144 / 4 = 36; 144 - 36 = 108. The answer is \\boxed{108}."
WRONG = "The answer is \\boxed{107}."


class Says:
    """A model that says the same to everything, and remembers what it was asked."""

    def __init__(self, *texts, finish="stop"):
        self.texts, self.finish, self.asked = texts, finish, []

    def run(self, requests):
        self.asked += requests
        return [Completion(texts=self.texts, finish=(self.finish,) * len(self.texts)) for _ in requests]


def asking(stage):
    return Asking(prompts=load(stage), model="m", sampling=Sampling(), settings={})


@pytest.fixture(scope="module")
def problem(ran):
    made = [Check(name=name, passed=True) for name in ("executes", "inputs_matter", "not_trivial")]
    run = replace(ran(CODE), checks=tuple(made))
    text = Check(name="text_complete", passed=True)
    question = "A baker sells 48 rolls at 3 dollars; a quarter of it goes into flour. What remains?"
    return Problem(id="p", question=question, answer="108", execution=run, checks=(text,))


@pytest.fixture(scope="module")
def grader():
    grader = LocalGrader()
    yield grader
    grader.close()


def solved(problem, grader, *texts, finish="stop"):
    solver = Says(*texts, finish=finish)
    (attempts,) = apply(attempt(asking("solve")), [problem], solver).rows
    assert CODE not in str(solver.asked) and "108" not in str(solver.asked), "the solver sees the text alone"
    return apply(score(), [attempts], grader)


def test_the_pass_rate_counts_every_sample_and_the_shortest_right_one_is_kept(problem, grader):
    long = GOOD.replace("He", "In all he")
    done = solved(problem, grader, long, WRONG, GOOD, "<think>108 I think")
    (solution,) = done.rows
    assert (solution.pass_rate, solution.samples, solution.text) == (0.5, 4, GOOD)
    assert "2 of 4 samples agree" in solution.checks[0].evidence


def test_no_agreement_says_what_was_answered(problem, grader):
    (rejection,) = solved(problem, grader, WRONG, WRONG, "<think>hm").rejections
    assert rejection.reason is Reason.NO_AGREEMENT
    assert rejection.detail.startswith("0 of 3 agree with '108': '107' (2, ")
    assert "1 state no answer" in rejection.detail


def test_what_was_cut_off_counts_as_wrong_even_if_it_holds_the_answer(problem, grader):
    assert solved(problem, grader, GOOD, finish="length").rejections


def judged(problem, grader, said):
    (solution,) = solved(problem, grader, GOOD).rows
    return apply(judge(asking("judge")), [solution], Says(said))


@pytest.mark.parametrize(
    ("said", "passed", "evidence"),
    [
        (
            {"steps": [{"step": "144", "line": "income", "consistent": True}], "consistent": True},
            True,
            "all of 1 steps",
        ),
        ({"steps": [{"step": "9", "line": "costs", "consistent": False}], "consistent": True}, False, "'9' against"),
        ({"steps": [], "consistent": False, "fault": "guessed"}, False, "guessed"),
        ({"consistent": "yes"}, False, "m: "),
    ],
)
def test_the_judge_must_find_the_whole_and_every_step_consistent(problem, grader, said, passed, evidence):
    (solution,) = judged(problem, grader, f"Hm.\n```json\n{json.dumps(said)}\n```").rows
    check = solution.checks[-1]
    assert (check.name, check.passed) == ("cot_consistent", passed) and evidence in check.evidence


def test_an_unreadable_judge_ends_the_row(problem, grader):
    (rejection,) = judged(problem, grader, "All is well.").rejections
    assert rejection.reason is Reason.UNREADABLE_REPLY and "JSON" in rejection.detail


def test_the_judge_sees_program_trace_and_solution_and_is_asked_for_json(problem, grader):
    (solution,) = solved(problem, grader, GOOD).rows
    model = Says('{"consistent": true}')
    apply(judge(asking("judge")), [solution], model)
    shown = model.asked[0].messages[-1].content
    assert CODE.strip() in shown and "costs = 36" in shown and GOOD in shown
    assert model.asked[0].sampling.schema == SCHEMA


@pytest.mark.parametrize(
    ("failed", "least", "trust"),
    [
        ((), "agreed", "full"),
        (("round_trip",), "agreed", "dual"),
        (("cot_consistent",), "agreed", "agreed"),
        (("round_trip",), "full", None),
        (("text_complete",), "agreed", None),
    ],
)
def test_trust_follows_from_the_rule(problem, grader, failed, least, trust):
    (solution,) = solved(problem, grader, GOOD).rows
    names = ("round_trip", "cot_consistent")
    extra = tuple(Check(name=name, passed=name not in failed, evidence="seen") for name in names)
    of_text = tuple(replace(c, passed=c.name not in failed) for c in problem.checks)
    row = replace(solution, problem=replace(problem, checks=of_text), checks=(*solution.checks, *extra))
    done = apply(verdict(RULE, least), [row])
    assert [v.trust for v in done.rows] == ([trust] if trust else [])
    if trust:
        names = {check.name for check in done.rows[0].checks}
        assert names >= {"executes", "text_complete", "answer_agrees", "cot_consistent", "round_trip", "trace_grounded"}
    else:
        assert done.rejections[0].detail.startswith(failed[0])


@pytest.mark.parametrize(
    ("text", "matched", "gaps"),
    [
        (GOOD, 3, ()),
        ("48 * 3 = 144, so 108 remain.", 2, ("costs = 36",)),
        ("108 remain of 144, as 36 are spent", 2, ("profit = 108",)),
        ("It is obvious.", 0, ("income = 144", "costs = 36", "profit = 108")),
    ],
)
def test_how_a_solution_follows_the_trace(problem, text, matched, gaps):
    found = align(text, problem.execution)
    assert (found.steps, found.matched, found.gaps) == (3, matched, gaps)
