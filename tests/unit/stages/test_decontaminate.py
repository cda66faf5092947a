"""What is asked of the index of benchmarks, and what its word does to a row."""

from caco.ports import LeakReply, LeakRequest
from caco.records import Check, CodeCoT, Execution, Reason, Status
from caco.stage import Reject
from caco.stages.decontaminate import decontaminate

MADE = Check(name="executes", passed=True)
RUN = Execution(
    codecot=CodeCoT(code="the code", text="Ann has {cats} cats."),
    status=Status.OK,
    inputs='{"cats":3}',
    output='{"$fraction":"3/4"}',
    checks=(MADE,),
)


def test_the_index_is_asked_for_words_answer_and_program():
    stage = decontaminate()
    assert stage.ask(RUN) == (LeakRequest(text="Ann has 3 cats.", answer="3/4", code="the code"),)
    (untold,) = stage.ask(Execution(codecot=CodeCoT(code="c"), status=Status.OK, inputs="{}", output="1"))
    assert untold.text == ""


def test_what_no_benchmark_holds_gets_a_check_that_names_them():
    kept = decontaminate().read(RUN, [LeakReply(benchmarks=("gsm8k (10 items)", "math (5 items)"))])
    said = "not among gsm8k (10 items), math (5 items), in words or in computation"
    assert kept.checks == (MADE, Check(name="decontaminated", passed=True, evidence=said))


def test_an_item_of_a_benchmark_ends_here():
    found = LeakReply(benchmarks=(), item="gsm8k/7", route="ngram", evidence="has 3 cats")
    assert decontaminate().read(RUN, [found]) == Reject(Reason.CONTAMINATED, "gsm8k/7, by ngram: has 3 cats")
    long = LeakReply(benchmarks=(), item="gsm8k/7", route="ngram", evidence="x" * 400)
    assert len(decontaminate().read(RUN, [long]).detail) == 300
