"""What the judge is shown, and what becomes of its word."""

import json
from dataclasses import replace

import pytest

from caco.ports import Completion, Sampling
from caco.records import Assignment, Check, Problem, Reason, Solution
from caco.stage import Reject
from caco.stages.judge import SCHEMA, judge
from caco.stages.prompt import Asking, Prompt

CODE = 'input = {"n": 60}\n\ndef solve(n):\n    return n\n\noutput = solve(**input)\nprint(output)\n'
USER = "{{ problem }}|{{ program }}|{{ trace | join('/') }}|{{ solution }}"
ASKING = Asking(
    prompts={"any": Prompt(name="judge/any", version=1, about="", system="", user=USER)},
    model="m",
    sampling=Sampling(temperature=0.5),
    settings={},
)
EARLIER = Check(name="answer_agrees", passed=True)


@pytest.fixture
def solution(ran):
    run = replace(ran(CODE), trace=tuple(Assignment(line=i, name="x", value=str(i)) for i in range(60)))
    problem = Problem(question="How many?", answer="60", execution=run)
    return Solution(id="s", problem=problem, text="It is 60.", answer="60", author="m", checks=(EARLIER,))


def check_of(solution, said):
    reply = Completion(texts=(said if isinstance(said, str) else json.dumps(said),), finish=("stop",))
    return judge(ASKING).read(solution, [reply])


def test_the_judge_is_shown_forty_steps_and_asked_for_json(solution):
    (request,) = judge(ASKING).ask(solution)
    steps = "/".join(f"line {i}: x = {i}" for i in range(40))
    assert request.messages[0].content == f"How many?|{CODE}|{steps}|It is 60."
    assert request.sampling == Sampling(temperature=0.5, schema=SCHEMA)
    wide = replace(solution.problem.execution, trace=(Assignment(line=1, name="x", value=json.dumps("y" * 200)),))
    (request,) = judge(ASKING).ask(replace(solution, problem=replace(solution.problem, execution=wide)))
    assert request.messages[0].content.split("|")[2] == f"line 1: x = {'y' * 80}"


@pytest.mark.parametrize(
    ("said", "passed", "evidence"),
    [
        ({"consistent": True}, True, "m: all of 0 steps are the program's"),
        ({"consistent": True, "steps": None, "fault": "odd"}, True, "m: all of 0 steps are the program's"),
        (
            {"consistent": True, "steps": [{"consistent": True}, "prose", {"step": "?"}]},
            True,
            "m: all of 2 steps are the program's",
        ),
        (
            {"consistent": True, "steps": [{"consistent": True}, {"step": "9", "line": "x", "consistent": False}]},
            False,
            "m: '9' against 'x'",
        ),
        (
            {"consistent": False, "fault": "it guesses", "steps": [{"step": "9", "line": "x", "consistent": False}]},
            False,
            "m: '9' against 'x'; it guesses",
        ),
        ({"consistent": False, "fault": "it guesses"}, False, "m: it guesses"),
        ({"consistent": False, "fault": None}, False, "m: "),
        ({"consistent": 1}, False, "m: "),
    ],
)
def test_consistent_is_what_the_judge_calls_so_as_a_whole_and_in_every_step(solution, said, passed, evidence):
    made = check_of(solution, said)
    check = Check(name="cot_consistent", passed=passed, evidence=evidence)
    assert made == replace(solution, id="", checks=(EARLIER, check))


def test_long_words_are_cut(solution):
    assert len(check_of(solution, {"consistent": False, "fault": "x" * 900}).checks[1].evidence) == 500


def test_what_is_no_word_of_a_judge_ends_the_row(solution):
    said = "the judge's reply: it holds no JSON object with consistent"
    assert check_of(solution, "All is well.") == Reject(Reason.UNREADABLE_REPLY, said)
