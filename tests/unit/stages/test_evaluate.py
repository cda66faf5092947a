"""From items of benchmarks to right, wrong and undecided samples."""

import json
from dataclasses import replace

import pytest

from caco.answers import compare
from caco.benchmark import CHOICE, TESTS, Benchmark
from caco.ports import Completion, GradeRequest, Message, Sampling
from caco.records import Attempts, Check, CodeCoT, Execution, Grade, Line, Outcome, Problem, Reason, Seed, Status
from caco.stages.evaluate import (
    ALPACA,
    CHAT,
    ORIGINAL,
    PASSED,
    PROMPT,
    RIGHT,
    UNDECIDED,
    WRONG,
    attempt,
    items,
    mark,
    pose,
    run_tests,
)
from caco.stages.prompt import Asking, Prompt

BENCHMARKS = {
    "sums": Benchmark(name="sums", title="Sums", file="", columns={"problem": "q"}, note="Be short."),
    "units": Benchmark(name="units", title="Units", file="", answer_type="number", tolerance=0.05),
    "code": Benchmark(name="code", title="Code", file="", answer_type=TESTS),
    "options": Benchmark(name="options", title="Options", file="", answer_type=CHOICE),
}
ASKING = Asking(
    prompts={"any": Prompt(name="any", version=1, about="", system="", user="{{ problem }}|{{ note }}")},
    model="m",
    sampling=Sampling(n=2),
    settings={},
)
SUM = Problem(id="p", question="What is 2 + 3?", answer="5", style=ORIGINAL, source="sums/1")
TESTED = Problem(id="t", question="Double it.", answer="assert double(2) == 4", answer_type=TESTS, source="code/1")
GOOD = "def double(x):\n    return 2 * x"
BAD = "def double(x):\n    return x"


def seed_of(fields, **more):
    return items(BENCHMARKS).fn(Line(number=7, fields=json.dumps(fields) if fields else "", **more))


def test_an_item_is_read_by_its_benchmarks_columns():
    seed = seed_of({"benchmark": "sums", "q": "What is 2 + 3?", "answer": "5", "id": "a1"})
    assert seed == Seed(problem="What is 2 + 3?", answer="5", source="sums/a1")
    assert seed_of({"benchmark": "units", "question": "How far?"}).source == "units/line 7"
    (one, other) = (pose(BENCHMARKS).fn(seed_of({"benchmark": b, "q": "Q", "question": "Q"})) for b in ("sums", "code"))
    assert (one.answer_type, other.answer_type, one.style, one.source) == ("", TESTS, ORIGINAL, "sums/line 7")


def test_a_line_that_is_no_item_ends_here():
    assert seed_of({"benchmark": "sums", "answer": "5"}).reason is Reason.MISSING_FIELD
    assert seed_of({}, fault="not JSON").reason is Reason.BROKEN_LINE


@pytest.mark.parametrize(
    ("form", "source", "messages", "prompt"),
    [
        (PROMPT, "sums/1", ("What is 2 + 3?|Be short.",), ""),
        (CHAT, "sums/1", ("What is 2 + 3?\n\nBe short.",), ""),
        (CHAT, "units/1", ("What is 2 + 3?",), ""),
        (ALPACA, "units/1", (), "### Instruction:\nWhat is 2 + 3?\n\n### Response:\n"),
    ],
)
def test_a_problem_is_put_in_one_of_three_forms(form, source, messages, prompt):
    (request,) = attempt(ASKING, form, BENCHMARKS).ask(replace(SUM, source=source))
    assert request.messages == tuple(Message(role="user", content=text) for text in messages)
    assert request.prompt == prompt and request.sampling.n == 2


def read(problem, *pairs):
    texts, finish = zip(*pairs, strict=True) if pairs else ((), ("refused",))
    return attempt(ASKING, PROMPT, BENCHMARKS).read(problem, [Completion(texts=texts, finish=finish)])


def test_every_sample_counts_also_what_was_refused_or_cut_off():
    said = ("The answer is \\boxed{5}.", "stop"), ("so we get 5", "length"), ("It is \\boxed{5} as", "length")
    made = read(SUM, *said, ("<think>5", "stop"), ("so we get 5", "stop"))
    assert made.answers == ("5", "", "5", "", "5") and made.texts[0] == said[0][0]
    assert (made.id, made.problem, made.author) == ("p", SUM, "m")
    refused = read(SUM)
    assert (refused.texts, refused.answers, refused.finish) == (("", ""), ("", ""), ("refused", "refused"))
    with pytest.raises(ValueError, match="zip"):
        attempt(ASKING, PROMPT, BENCHMARKS).read(SUM, [Completion(texts=("a", "b"), finish=("stop",))])


@pytest.mark.parametrize(
    ("text", "finish", "program"),
    [
        (f"First:\n```python\n{BAD}\n```\nBetter:\n```\n{GOOD}\n```\n", "stop", f"{GOOD}\n"),
        (GOOD, "stop", GOOD),
        (f"```\n{GOOD}\n```\nand this is", "length", f"{GOOD}\n"),
        (GOOD, "length", ""),
        ("<think>", "stop", ""),
    ],
)
def test_a_programs_reply_is_its_last_block(text, finish, program):
    assert read(TESTED, (text, finish)).answers == (program,)


def test_different_programs_run_once_with_their_tests(sandbox):
    row = Attempts(problem=TESTED, texts=("a",) * 4, answers=(GOOD, BAD, "", GOOD), finish=("stop",) * 4)
    stage = run_tests()
    assert [request.code for request in stage.ask(row)] == [
        f"{code}\n\n{TESTED.answer}\n\noutput = 'passed'\n" for code in (GOOD, BAD)
    ]
    ran = stage.read(row, sandbox.run(stage.ask(row)))
    assert ran.answers == (PASSED, "exception: AssertionError: ", "", PASSED)
    odd = [Execution(codecot=CodeCoT(code=""), status=status, output='"passed"') for status in (Status.OK, Status.EXIT)]
    assert stage.read(row, odd).answers == (PASSED, "exit", "", PASSED)
    other = replace(odd[0], output='"other"')
    assert stage.read(row, [odd[0], other]).answers == (PASSED, "ok", "", PASSED)
    with pytest.raises(ValueError, match="zip"):
        stage.read(row, odd[:1])


def test_what_has_no_tests_runs_nothing():
    row = Attempts(problem=SUM, texts=("a",), answers=("5",), finish=("stop",))
    assert run_tests().ask(row) == [] and run_tests().read(row, []) is row


def row_of(problem, *answers, finish="stop"):
    num = len(answers)
    texts = tuple(f"text {i}" for i in range(num))
    return Attempts(problem=problem, texts=texts, answers=answers, finish=(finish,) * num, author="m")


@pytest.mark.parametrize(
    ("problem", "answer", "request_"),
    [
        (SUM, "6", GradeRequest(gold="5", prediction="6")),
        (replace(SUM, source="units/1"), "6", GradeRequest(gold="5", prediction="6", tolerance=0.05)),
        (replace(SUM, answer_type="text"), "6", GradeRequest(gold="5", prediction="6", type="text")),
        (replace(SUM, answer="$5$."), "5%", GradeRequest(gold="$5$.", prediction="5%", type="percent")),
        (replace(SUM, answer="5\\%"), "5", GradeRequest(gold="5\\%", prediction="5", type="percent")),
        (replace(SUM, answer="$"), "%", GradeRequest(gold="$", prediction="%")),
        (
            replace(SUM, execution=Execution(codecot=CodeCoT(code=""), status=Status.OK, output="[5]")),
            "5",
            GradeRequest(gold="[5]", typed_gold=True, prediction="5"),
        ),
        *(
            (
                replace(SUM, answer="B) a boat", answer_type=CHOICE),
                answer,
                GradeRequest(gold="B", prediction=answer, type=CHOICE),
            )
            for answer in ("B", "(b)", "B. a boat")
        ),
        (
            replace(SUM, answer="B) a boat", answer_type=CHOICE),
            "Boats",
            GradeRequest(gold="a boat", prediction="Boats"),
        ),
        (
            replace(SUM, answer="B", answer_type=CHOICE),
            "Boats",
            GradeRequest(gold="B", prediction="Boats", type=CHOICE),
        ),
    ],
)
def test_how_an_answer_is_held_against_gold(problem, answer, request_):
    assert mark(BENCHMARKS).ask(row_of(problem, answer)) == [request_]


def marked(row):
    stage = mark(BENCHMARKS)
    graded = [
        compare(r.gold, r.prediction, type=r.type or None, tolerance=r.tolerance, typed_gold=r.typed_gold)
        for r in stage.ask(row)
    ]
    return stage.read(row, graded)


def test_each_sample_gets_a_verdict_and_the_rate_of_all():
    made = marked(row_of(SUM, "5", "", "6", "5.0", "5"))
    assert [v.trust for v in made] == [RIGHT, WRONG, WRONG, RIGHT, RIGHT]
    assert [(v.solution.text, v.solution.answer, v.solution.author) for v in made] == [
        (f"text {i}", answer, "m") for i, answer in enumerate(("5", "", "6", "5.0", "5"))
    ]
    assert {(v.solution.pass_rate, v.solution.samples) for v in made} == {(0.6, 5)}
    told = [
        "the reply says 5, gold is 5 (",
        "the reply states no answer (it ended by stop)",
        "the reply says 6, gold is",
    ]
    for one, passed, evidence in zip(made, (True, False, False), told, strict=False):
        (check,) = one.checks
        assert check.name == "answer_agrees" and check.passed is passed and check.evidence.startswith(evidence)


def test_a_formula_that_the_rules_cannot_read_is_undecided():
    (one,) = marked(row_of(SUM, "\\int_0^1 \\frac{x}{q(x)} dx"))
    assert one.trust == UNDECIDED and one.checks[0].passed is False


def test_evidence_is_cut():
    for verdict, trust in ((Outcome.UNDECIDED, UNDECIDED), (Outcome.NOT_EQUAL, WRONG)):
        grade = Grade(verdict=verdict, reason="algebra", gold="5", prediction="x" * 900)
        (one,) = mark(BENCHMARKS).read(row_of(SUM, "x" * 900), [grade])
        assert one.trust == trust and len(one.checks[0].evidence) == 500


def test_tests_have_judged_already():
    row = row_of(TESTED, PASSED, "exception: AssertionError: ", "")
    assert mark(BENCHMARKS).ask(row) == []
    made = mark(BENCHMARKS).read(row, [])
    assert [v.trust for v in made] == [RIGHT, WRONG, WRONG]
    assert made[1].checks == (
        Check(name="answer_agrees", passed=False, evidence="the tests: exception: AssertionError: "),
    )


def test_grades_that_do_not_fit_are_a_fault():
    with pytest.raises(ValueError, match="zip"):
        mark(BENCHMARKS).read(row_of(SUM, "5", "6"), [compare("5", "5")])


def test_tolerances_are_part_of_the_key():
    assert mark(BENCHMARKS).settings == {"tolerances": {"units": 0.05}}
