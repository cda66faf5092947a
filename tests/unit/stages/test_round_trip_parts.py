"""What each half of the round trip asks for, and how readings that differ are told apart."""

from dataclasses import replace

import pytest

from caco.ports import Completion, ExecuteRequest, GradeRequest, Sampling
from caco.program.form import parse, with_inputs
from caco.records import Check, CodeCoT, Execution, Fault, Grade, Instance, Outcome, Problem, Status
from caco.stages.prompt import Asking, Prompt
from caco.stages.round_trip import agree, reread, rerun

CODE = 'input = {"n": 3, "m": 20}\n\ndef solve(n, m):\n    return n * m\n\noutput = solve(**input)\nprint(output)'
QUESTION = "Ann packs 3 boxes of 20 shells. How many shells does she pack?"
ASKING = Asking(
    prompts={"any": Prompt(name="any", version=1, about="", system="", user="{{ problem }}")},
    model="m",
    sampling=Sampling(),
    settings={},
)
LINTED = Check(name="text_complete", passed=True)
TRIED = Check(name="round_trip", passed=False)


@pytest.fixture
def problem(ran):
    template = QUESTION.replace("3", "{n}").replace("20", "{m}")
    run = ran(CODE, text=template, varies=("n", "m"))
    return Problem(id="p", question=QUESTION, answer="60", execution=run, checks=(LINTED,))


def test_a_text_is_read_as_it_is_and_with_fresh_inputs(problem):
    stage = reread(ASKING, 2)
    asked = [request.messages[0].content for request in stage.ask(problem)]
    assert asked[0] == QUESTION and len(set(asked)) == 3
    assert [request.messages[0].content for request in reread(ASKING, 0).ask(problem)] == [QUESTION]
    assert reread(ASKING, 0).key != stage.key


@pytest.mark.parametrize("checks", [(replace(LINTED, passed=False),), (LINTED, replace(TRIED, passed=True))])
def test_a_faulty_text_and_one_that_was_read_are_not_read(problem, checks):
    row, stage = replace(problem, checks=checks), reread(ASKING, 2)
    assert stage.ask(row) == () and stage.read(row, ()) is row


def test_what_the_reader_wrote_stands_beside_the_inputs_of_its_text(problem):
    stage = reread(ASKING, 1)
    said = [
        Completion(texts=(f"```python\n{CODE}\n```",), finish=("stop",)),
        Completion(texts=("<think>",), finish=("stop",)),
    ]
    own, fresh = stage.read(problem, said).instances
    assert own == Instance(question=QUESTION, inputs=problem.execution.inputs, code=CODE, expected="60")
    assert fresh.fault == "the reader wrote no program: it ends within its thinking"
    assert (fresh.code, fresh.expected) == ("", "") and fresh.question == stage.ask(problem)[1].messages[0].content
    refused = Completion(texts=(), finish=("refused",), detail="x" * 400)
    assert len(stage.read(problem, [refused, refused]).instances[0].fault) == 300
    with pytest.raises(ValueError, match="zip"):
        stage.read(problem, said[:1])


def one(expected="", output="", code="", fault="", n=3):
    return Instance(
        question="Q", inputs=f'{{"m":20,"n":{n}}}', code=code, expected=expected, output=output, fault=fault
    )


def test_readers_programs_run_and_the_problems_own_where_its_output_is_not_known(problem):
    row = replace(problem, instances=(one("60", code="own"), one(code="fresh", n=4), one(n=5), one("9")))
    fresh = [with_inputs(CODE, {"m": 20, "n": n}) for n in (4, 5)]
    assert [parse(code).inputs["n"] for code in fresh] == [4, 5]
    codes = ["own", "fresh", *fresh]
    assert rerun().ask(row) == [ExecuteRequest(code=code) for code in codes]
    replies = [Execution(codecot=CodeCoT(code=code), status=Status.OK, output=str(i)) for i, code in enumerate(codes)]
    made = rerun().read(row, replies).instances
    assert [(i.expected, i.output, i.fault) for i in made] == [
        ("60", "0", ""),
        ("2", "1", ""),
        ("3", "", ""),
        ("9", "", ""),
    ]
    failed = [replace(r, status=Status.EXCEPTION, fault=Fault(type="E", message="m")) for r in replies]
    made = rerun().read(row, failed).instances
    fault = "the reader's program: exception: E: m"
    assert [(i.expected, i.output, i.fault) for i in made] == [
        ("60", "", fault),
        ("", "", fault),
        ("", "", ""),
        ("9", "", ""),
    ]


def test_what_was_read_before_runs_nothing(problem):
    row = replace(problem, checks=(TRIED,), instances=(one(code="own"),))
    assert rerun().ask(row) == [] and rerun().read(row, ()) is row
    assert agree().ask(replace(row, instances=(one("1", "2"),))) == () and agree().read(row, ()) is row
    assert agree().read(problem, ()) is problem, "no reading, no check"


def test_outputs_are_graded_where_both_programs_gave_one(problem):
    row = replace(problem, instances=(one("60", "61"), one("", "5"), one("7", ""), one("8", "8.0")))
    assert agree().ask(row) == [
        GradeRequest(gold=gold, typed_gold=True, prediction=said, typed_prediction=True)
        for gold, said in (("60", "61"), ("8", "8.0"))
    ]


SAME, OTHER, OTHER_FRESH = one("60", "60"), one("60", "61"), one("80", "23", n=4)
FRESH, UNREAD, INVALID = one("80", "80", n=4), one("60", fault="no program"), one("", "5", n=5)


@pytest.mark.parametrize(
    ("instances", "evidence"),
    [
        ((SAME, FRESH), "2 of 2 readings agree (1 of them on fresh inputs)"),
        ((SAME, FRESH, INVALID), "2 of 2 readings agree (1 of them on fresh inputs)"),
        (
            (OTHER, OTHER_FRESH),
            "mis-specified (every reading of the text computes something else than the program): 0 of 2 readings agree "
            "(1 of them on fresh inputs); with m = 20, n = 3 the program gives 60, a reading of the text gives 61",
        ),
        (
            (SAME, OTHER_FRESH),
            "wrong program (text and program agree on these inputs only): 1 of 2 readings agree "
            "(1 of them on fresh inputs); with m = 20, n = 4 the program gives 80, a reading of the text gives 23",
        ),
        (
            (OTHER, FRESH),
            "under-specified (readings of the text differ): 1 of 2 readings agree "
            "(1 of them on fresh inputs); with m = 20, n = 3 the program gives 60, a reading of the text gives 61",
        ),
        (
            (SAME, FRESH, OTHER_FRESH),
            "under-specified (readings of the text differ): 2 of 3 readings agree "
            "(2 of them on fresh inputs); with m = 20, n = 4 the program gives 80, a reading of the text gives 23",
        ),
        (
            (UNREAD, FRESH, OTHER_FRESH),
            "under-specified (readings of the text differ): 1 of 3 readings agree "
            "(2 of them on fresh inputs); with m = 20, n = 4 the program gives 80, a reading of the text gives 23",
        ),
        (
            (UNREAD, FRESH),
            "under-specified (some readings of the text make no program that runs): 1 of 2 readings agree "
            "(1 of them on fresh inputs); no program",
        ),
        (
            (UNREAD, INVALID),
            "unreadable (no program written from the text runs): 0 of 1 readings agree "
            "(0 of them on fresh inputs); no program",
        ),
    ],
)
def test_how_text_and_program_differ(problem, instances, evidence):
    row = replace(problem, instances=instances)
    verdicts = [Outcome.EQUAL if r.gold == r.prediction else Outcome.NOT_EQUAL for r in agree().ask(row)]
    made = agree().read(row, [Grade(verdict=verdict, reason="number") for verdict in verdicts])
    check = Check(name="round_trip", passed=" of them" in evidence and ";" not in evidence, evidence=evidence)
    assert made == replace(row, checks=(LINTED, check))


def test_what_is_undecided_is_no_agreement(problem):
    made = agree().read(replace(problem, instances=(SAME,)), [Grade(verdict=Outcome.UNDECIDED, reason="algebra")])
    assert made.checks[-1].passed is False


def test_a_long_example_is_cut(problem):
    row = replace(problem, instances=(one("60", f'"{"x" * 900}"'),))
    made = agree().read(row, [Grade(verdict=Outcome.NOT_EQUAL, reason="type")])
    assert len(made.checks[-1].evidence) == 500
    with pytest.raises(ValueError, match="zip"):
        agree().read(replace(row, instances=(SAME, FRESH, UNREAD)), [Grade(verdict=Outcome.EQUAL, reason="number")])
