"""The trust that follows from checks, and how far a solution's numbers are the program's."""

from dataclasses import replace

import pytest

from caco.records import Check, Problem, Reason, Solution
from caco.stage import Reject
from caco.stages.verdict import trace_grounded, verdict

STEPS = "abcdefgh"
BODY = "".join(f"    {name} = n + {place + 11}\n" for place, name in enumerate(STEPS))
CODE = f'input = {{"n": 100}}\n\ndef solve(n):\n{BODY}    return h\n\noutput = solve(**input)\nprint(output)\n'
RULE = {"high": ("one", "two", "three"), "middle": ("one", "two"), "low": ("one",)}


@pytest.fixture(scope="module")
def solution(ran):
    problem = Problem(question="There are 100. What is it?", answer="118", execution=ran(CODE))
    return Solution(problem=problem, text="The answer is 118.", answer="118", author="m")


def with_checks(solution, run, problem, own):
    def made(names):
        return tuple(Check(name=n.strip("!"), passed="!" not in n, evidence=f"of {n}") for n in names)

    execution = replace(solution.problem.execution, checks=made(run))
    of_text = replace(solution.problem, execution=execution, checks=made(problem))
    return replace(solution, problem=of_text, checks=made(own))


@pytest.mark.parametrize(
    ("run", "problem", "own", "least", "trust"),
    [
        (["one"], ["two"], ["three"], "low", "high"),
        (["one"], ["two"], ["!three"], "low", "middle"),
        (["one"], ["!two"], ["three"], "low", "low"),
        (["one"], ["two"], ["three"], "high", "high"),
        (["one"], ["two"], [], "middle", "middle"),
    ],
)
def test_the_highest_level_whose_checks_passed(solution, run, problem, own, least, trust):
    row = with_checks(solution, run, problem, own)
    made = verdict(RULE, least).fn(row)
    assert made.trust == trust and made.solution == replace(row, checks=())
    assert [check.name for check in made.checks] == [n.strip("!") for n in (*run, *problem, *own)] + ["trace_grounded"]


@pytest.mark.parametrize(
    ("run", "least", "detail"),
    [
        (["one", "!two"], "high", "two: of !two"),
        (["one"], "middle", "two: never made"),
        (["two", "three"], "low", "one: never made"),
        (["!three", "one", "two"], "high", "three: of !three"),
    ],
)
def test_below_the_least_level_the_first_check_that_lacks_is_told(solution, run, least, detail):
    assert verdict(RULE, least).fn(with_checks(solution, run, [], [])) == Reject(Reason.CHECK_FAILED, detail)


def test_a_long_reason_is_cut(solution):
    failed = Check(name="one", passed=False, evidence="x" * 400)
    assert len(verdict(RULE, "low").fn(replace(solution, checks=(failed,))).detail) == 300


@pytest.mark.parametrize(
    ("text", "passed", "evidence"),
    [
        ("111 112 113 114 115 116 117 118", True, "8 of 8 steps of the program are told in its order"),
        (
            "111 and 118",
            True,
            "2 of 8 steps of the program are told in its order; not told: b = 112, c = 113, d = 114, e = 115, f = 116",
        ),
        (
            "111 112 113 114 115 116 117 118 and 999",
            False,
            "8 of 8 steps of the program are told in its order; from nowhere: 999",
        ),
    ],
)
def test_numbers_are_the_programs_and_up_to_five_gaps_are_told(solution, text, passed, evidence):
    found = trace_grounded(replace(solution, text=text))
    assert found == Check(name="trace_grounded", passed=passed, evidence=evidence)


def test_many_strangers_are_cut(solution):
    text = " ".join(str(number) for number in range(1000, 1200))
    assert len(trace_grounded(replace(solution, text=text)).evidence) == 500
