"""Rounds of writing, running and repairing, with what each asks for and makes of the replies."""

import json
from dataclasses import replace

import pytest

from caco.apply import apply
from caco.ports import Completion, ExecuteRequest, GradeRequest, Sampling
from caco.records import CodeCoT, Draft, Execution, Fault, Grade, Outcome, Reason, Seed, Status
from caco.stages.prompt import Asking, Prompt
from caco.stages.unify_by_model import compare, draft, repair, settle, try_out

SEED = Seed(id="seed", problem="What is 2 + 3?", solution="2 + 3 = 5", answer="5", code="2 + 3", domain="sums")
MARKED = replace(SEED, solution="It is <<2+3=5>>5.", code="")
CODE = 'input = {"a": 2, "b": 3}\n\ndef solve(a, b):\n    return a + b\n\noutput = solve(**input)\nprint(output)'
ASKING = Asking(
    prompts={
        "any": Prompt(
            name="any", version=1, about="", system="", user="{{ problem }}|{{ solution }}|{{ code }}|{{ fault or '' }}"
        )
    },
    model="m",
    sampling=Sampling(n=2),
    settings={},
)
DRAFTING = replace(
    ASKING, prompts={"any": replace(ASKING.prompts["any"], user="{{ problem }}|{{ solution }}|{{ code }}")}
)


def completion(*texts):
    return [Completion(texts=texts, finish=("stop",) * len(texts))]


def test_a_seed_asks_for_samples_each_of_which_is_a_draft():
    stage = draft(DRAFTING, compile_first=False)
    (request,) = stage.ask(SEED)
    assert request.messages[0].content == "What is 2 + 3?|2 + 3 = 5|2 + 3" and request.sampling.n == 2
    one, other = stage.read(SEED, completion(f"```python\n{CODE}\n```", "<think>"))
    assert (one.seed, one.sample, one.reason) == (SEED, 0, "") and one.codecot.code == CODE
    assert one.codecot.origin == "unified" and one.codecot.gold == "5"
    assert other == Draft(seed=SEED, sample=1, reason=Reason.UNREADABLE_REPLY, detail="it ends within its thinking")
    (third,) = stage.read(SEED, completion("no program at all"))
    assert third.reason == Reason.NOT_IN_FORM and third.detail and third.codecot is None


def test_a_seed_that_compiles_asks_no_model_if_so_wished():
    stage = draft(DRAFTING, compile_first=True)
    assert stage.ask(MARKED) == ()
    (made,) = stage.read(MARKED, ())
    assert made.codecot.origin == "compiled" and made.seed == MARKED and not made.reason
    assert len(stage.ask(replace(MARKED, solution="It is 5."))) == 1
    assert len(draft(DRAFTING, compile_first=False).ask(MARKED)) == 1


def test_a_repair_shows_the_program_and_its_fault():
    stage = repair(ASKING, 1)
    good = Draft(id="d", seed=SEED, codecot=CodeCoT(code=CODE), sample=3)
    assert stage.ask(good) == () and stage.read(good, ()) is good
    wrong = replace(good, reason=Reason.WRONG_ANSWER, detail="it gives 6")
    (request,) = stage.ask(wrong)
    assert request.messages[0].content == f"What is 2 + 3?|2 + 3 = 5|{CODE}|it gives 6"
    (request,) = stage.ask(replace(wrong, codecot=None))
    assert request.messages[0].content == "What is 2 + 3?|2 + 3 = 5||it gives 6"
    made = stage.read(wrong, completion(CODE))
    assert (made.sample, made.reason, made.codecot.code) == (3, "", CODE)
    assert repair(ASKING, 1).key != repair(ASKING, 2).key


DRAFT = Draft(id="d", seed=SEED, codecot=CodeCoT(code=CODE))


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (DRAFT, (ExecuteRequest(code=CODE),)),
        (replace(DRAFT, codecot=None), ()),
        (replace(DRAFT, reason=Reason.WRONG_ANSWER), ()),
        (replace(DRAFT, output="5"), ()),
    ],
)
def test_what_has_no_fault_and_no_output_yet_runs(row, asked):
    assert try_out().ask(row) == asked
    if not asked:
        assert try_out().read(row, ()) is row


def test_a_run_gives_an_output_or_a_fault():
    run = Execution(codecot=CodeCoT(code=CODE), status=Status.OK, output="5")
    assert try_out().read(DRAFT, [run]) == replace(DRAFT, output="5")
    failed = replace(run, status=Status.EXCEPTION, fault=Fault(type="KeyError", message="'a'", line=3))
    made = try_out().read(DRAFT, [failed])
    assert made == replace(DRAFT, reason=Reason.EXECUTION_FAILED, detail="exception: KeyError: 'a' (line 3)")


RAN = replace(DRAFT, output="6")


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (RAN, (GradeRequest(gold="5", prediction="6", typed_prediction=True),)),
        (DRAFT, ()),
        (replace(RAN, reason=Reason.WRONG_ANSWER), ()),
        (replace(RAN, seed=replace(SEED, answer="")), ()),
    ],
)
def test_what_ran_is_held_against_gold_where_there_is_any(row, asked):
    assert compare().ask(row) == asked
    if not asked:
        assert compare().read(row, ()) is row


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Outcome.EQUAL, ""),
        (Outcome.NOT_EQUAL, Reason.WRONG_ANSWER),
        (Outcome.UNDECIDED, Reason.UNDECIDED_ANSWER),
    ],
)
def test_a_miss_is_told_without_the_answer(verdict, reason):
    made = compare().read(RAN, [Grade(verdict=verdict, reason="number")])
    detail = "it gives 6, which is not the answer that the source states" if reason else ""
    assert made == replace(RAN, reason=reason, detail=detail)


def test_a_long_output_is_cut():
    grade = Grade(verdict=Outcome.NOT_EQUAL, reason="number")
    made = compare().read(replace(RAN, output=json.dumps("x" * 900)), [grade])
    assert made.detail == f"it gives {'x' * 200}, which is not the answer that the source states"


def test_what_a_sample_ends_by_is_told():
    without_gold = replace(SEED, answer="")
    longer = CODE.replace("a + b", "a + b + 0")
    rows = [
        replace(RAN, id=i, seed=without_gold, codecot=CodeCoT(code=c), output=o)
        for i, c, o in zip("abcd", (longer, CODE, CODE, CODE), "5567", strict=True)
    ]
    ends = {r.id: r.detail for r in apply(settle(), rows[:3]).rejections}
    assert ends == {"a": "sample b says the same more clearly", "c": "1 of 3 samples give its output"}
    ends = {r.id: (r.reason, r.detail) for r in apply(settle(), rows).rejections}
    assert ends["a"] == (Reason.NO_AGREEMENT, "2 of 4 samples give its output"), "half is not most"
    (kept,) = apply(settle(), rows[1:2]).rows
    assert (kept.code, kept.parents) == (CODE, ("b",))
    same = [replace(rows[1], id=i) for i in "ba"]
    assert [r.parents for r in apply(settle(), same).rows] == [("a",)], "of equals the smallest id"


def test_a_sketch_counts_what_the_comments_leave_untold():
    sketch = settle().outline.sketch
    steps = CODE.replace("    return a + b", "    # one\n    c = a + b\n    d = c + 0\n    return d")
    bare = {"seed": "seed", "reason": "", "detail": "", "output": ""}
    assert sketch(replace(RAN, codecot=CodeCoT(code=steps))) == {**bare, "bare": 2, "length": len(steps)}
    told = steps.replace("# one", "# one\n    # two\n    # three\n    # four\n    # five")
    assert sketch(replace(RAN, codecot=CodeCoT(code=told)))["bare"] == 0
    none = replace(RAN, codecot=None, seed=replace(SEED, answer=""))
    assert sketch(none) == {**bare, "output": "6", "bare": 0, "length": 0}
