"""Checks on a solution, each with its evidence, and rows as they are published."""

from dataclasses import replace

import pytest

from caco.records import Check, Example, Grade, Outcome, Problem, Reason, Solution
from caco.stage import Reject
from caco.stages.verify import REQUIRED, REQUIRED_OF_NARRATION, export, verify

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    income = rolls * price
    return income

output = solve(**input)
print(output)
"""
QUESTION = "A baker sells 48 rolls at 3 dollars. What does he take in?"
SAME = Grade(verdict=Outcome.EQUAL, reason="number", gold="144", prediction="144")
OF_THE_PROGRAM = tuple(Check(name=name, passed=True) for name in ("executes", "inputs_matter", "not_trivial"))


@pytest.fixture(scope="module")
def solution(ran):
    run = replace(ran(CODE, domain="trade", licence="MIT", source="bakery", seeds=("s",)), checks=OF_THE_PROGRAM)
    problem = Problem(question=QUESTION, answer="144", answer_type="integer", style="original", execution=run)
    return Solution(problem=problem, text="48 * 3 = 144.\nThe answer is 144.", answer="144", author="narrator")


def asked_otherwise(solution, **more):
    return replace(solution, problem=replace(solution.problem, **more))


def checked(solution, grade=SAME):
    return verify().read(solution, [grade])


def test_the_grader_is_asked_for_the_stated_answer_against_the_programs_output(solution):
    (request,) = verify().ask(solution)
    assert (request.gold, request.typed_gold) == ("144", True)
    assert (request.prediction, request.typed_prediction) == ("144", False)


@pytest.mark.parametrize(("author", "trust"), [("narrator", "by_construction"), ("seed", "checked")])
def test_a_good_solution_passes_each_check(solution, author, trust):
    made = checked(replace(solution, author=author))
    assert made.trust == trust and made.solution == replace(solution, author=author)
    assert [(check.name, check.passed) for check in made.checks] == [
        *((name, True) for name in ("executes", "inputs_matter", "not_trivial", "answer_agrees")),
        *((name, True) for name in ("text_complete", "trace_grounded", "equations_hold", "reads_right")),
    ]
    shown = {check.name: check.evidence for check in made.checks[3:]}
    assert shown == {
        "answer_agrees": "the solution says 144, the program 144 (number)",
        "text_complete": "every input is in the text, and the answer is not",
        "trace_grounded": "every number is an input, a step or a constant",
        "equations_hold": "no equation of the solution is wrong",
        "reads_right": "no single thing stands in the plural",
    }
    told = {check.name for check in made.checks if check.by_construction}
    assert told == ({"answer_agrees", "trace_grounded"} if author == "narrator" else set())


def test_a_solution_that_misses_the_answer_ends_here(solution):
    other = replace(SAME, verdict=Outcome.NOT_EQUAL, prediction="145")
    evidence = "answer_agrees: the solution says 145, the program 144 (number)"
    assert checked(solution, other) == Reject(Reason.CHECK_FAILED, evidence)
    assert isinstance(checked(solution, replace(SAME, verdict=Outcome.UNDECIDED)), Reject)
    assert len(checked(solution, replace(other, prediction="9" * 400)).detail) == 300


@pytest.mark.parametrize(
    ("question", "text", "detail"),
    [
        ("A baker sells 48 rolls.", "", "text_complete: not in the text: price"),
        (f"{QUESTION} (144)", "", "text_complete: the text gives the answer away: 144"),
        (QUESTION, "48 / 3 = 144.", "equations_hold: wrong: 48 / 3 = 144"),
        (QUESTION, "There are 99 more.", "trace_grounded: from nowhere: 99"),
        (QUESTION, "It is 1 rolls.", "reads_right: plural of one: 1 rolls"),
    ],
)
def test_the_first_fault_is_told_with_its_evidence(solution, question, text, detail):
    wrong = replace(asked_otherwise(solution, question=question), text=f"{text} The answer is 144.")
    assert checked(wrong) == Reject(Reason.CHECK_FAILED, detail)


@pytest.mark.parametrize("text", ["There are 99 more. The answer is 144.", "It is 1 rolls. The answer is 144."])
def test_a_persons_wording_is_not_held_to_that_of_narrations(solution, text):
    assert checked(replace(solution, author="seed", text=text)).trust == "checked"


def test_a_required_check_that_nobody_made_ends_the_row(solution):
    run = replace(solution.problem.execution, checks=OF_THE_PROGRAM[1:2])
    made = checked(asked_otherwise(solution, execution=run))
    assert made == Reject(Reason.CHECK_FAILED, "never made: executes, not_trivial")
    failed = replace(run, checks=tuple(replace(check, passed=False) for check in OF_THE_PROGRAM))
    assert checked(asked_otherwise(solution, execution=failed)).detail == "executes: "
    noted = replace(run, checks=(*OF_THE_PROGRAM, Check(name="matches_gold", passed=False)))
    assert not isinstance(checked(asked_otherwise(solution, execution=noted)), Reject)


def test_the_required_checks_are_part_of_the_key():
    assert verify().settings == {"required": (*REQUIRED, *REQUIRED_OF_NARRATION)}


def test_a_published_row_has_everything_in_its_own_columns(solution):
    verdict = checked(replace(solution, pass_rate=0.5, samples=4))
    run = solution.problem.execution
    assert export().fn(verdict) == Example(
        problem=QUESTION,
        solution=solution.text,
        answer="144",
        code=CODE,
        inputs=run.inputs,
        output="144",
        answer_type="integer",
        transform="",
        style="original",
        author="narrator",
        trust="by_construction",
        checks=verdict.checks,
        domain="trade",
        source="bakery",
        licence="MIT",
        seeds=("s",),
        pass_rate=0.5,
        samples=4,
    )


def test_controls_are_never_published(solution):
    for control in (replace(solution, control="wrong_step"), asked_otherwise(solution, control="known_good")):
        kind = control.control or control.problem.control
        assert export().fn(checked(control)) == Reject(Reason.CONTROL, kind)
