"""Of several samples of a seed's program, the clearest of those that agree is kept."""

from dataclasses import replace

import pytest

from caco.apply import apply
from caco.ports import Completion
from caco.records import CodeCoT, Draft, Reason, Seed
from caco.stages.replies import samples
from caco.stages.unify_by_model import settle

SEED = Seed(id="seed", problem="What is 2 + 3?", solution="", answer="5")
TERSE = "input = {'a': 2, 'b': 3}\ndef solve(a, b):\n    return a + b\noutput = solve(**input)\nprint(output)\n"
TOLD = TERSE.replace("    return", "    # Both together are {result}.\n    return")
LONG = TOLD.replace("return a + b", "return a + b + 0")


def draft(number, code, *, seed=SEED, output="5", **more):
    cot = CodeCoT(code=code, origin="unified", text="", gold=seed.answer)
    return Draft(id=f"draft-{number}", seed=seed, codecot=cot, sample=number, output=output, **more)


def settled(*drafts):
    rows = [replace(row, id=f"{place}") for place, row in enumerate(drafts)]
    applied = apply(settle(), rows)
    ends = {row.parents[0]: row.code for row in applied.rows} | {r.id: r.reason for r in applied.rejections}
    return [ends[row.id] for row in rows]


def test_a_single_sample_is_kept():
    assert settled(draft(0, TERSE)) == [TERSE]


def test_the_told_program_is_clearer_than_the_untold_and_the_short_than_the_long():
    assert settled(draft(0, TERSE), draft(1, LONG), draft(2, TOLD)) == [Reason.DUPLICATE, Reason.DUPLICATE, TOLD]


def test_each_fault_ends_with_its_reason_and_the_others_go_on():
    wrong = draft(0, TOLD, reason=Reason.WRONG_ANSWER, detail="it gives 6")
    unreadable = replace(draft(1, TOLD, reason=Reason.UNREADABLE_REPLY), codecot=None)
    assert settled(wrong, unreadable, draft(2, TERSE)) == [Reason.WRONG_ANSWER, Reason.UNREADABLE_REPLY, TERSE]


def test_seeds_do_not_vote_for_each_other():
    other = replace(SEED, id="other")
    assert settled(draft(0, TERSE), draft(1, TERSE, seed=other)) == [TERSE, TERSE]


@pytest.mark.parametrize(
    ("outputs", "kept"),
    [
        (["5", "5", "7"], [Reason.DUPLICATE, TOLD, Reason.NO_AGREEMENT]),
        (["5", "7"], [Reason.NO_AGREEMENT, Reason.NO_AGREEMENT]),
    ],
)
def test_without_gold_most_must_agree(outputs, kept):
    seed = replace(SEED, answer="")
    codes = (LONG, TOLD, TERSE)
    drafts = [draft(i, codes[i], seed=seed, output=output) for i, output in enumerate(outputs)]
    assert settled(*drafts) == kept


def test_with_gold_two_ways_of_writing_the_answer_agree():
    assert settled(draft(0, TOLD, output="5"), draft(1, TERSE, output="5.0")) == [TOLD, Reason.DUPLICATE]


def test_a_reply_is_taken_apart_by_samples():
    parts = samples([Completion(texts=("a", "b"), finish=("stop", "length"))])
    assert [(part.texts, part.finish) for part in parts] == [(("a",), ("stop",)), (("b",), ("length",))]
    assert samples([Completion(texts=(), finish=("refused",), detail="too long")])[0].detail == "too long"
