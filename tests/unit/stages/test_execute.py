"""Executing, and what runs show: determinism, gold answers, inputs that matter, behaviour."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from caco.apply import apply
from caco.ports import GradeRequest
from caco.program import values
from caco.program.fingerprint import behaviour_fingerprint
from caco.records import Check, CodeCoT, Cost, Execution, Fault, Grade, Measure, Outcome, Reason, Status
from caco.stage import Reject
from caco.stages.execute import behave, execute, in_words, match, probe

Run = Callable[..., Execution]
CODE = "input = {'a': 7, 'b': 2}\n\ndef solve(a, b):\n    return a / b\n\noutput = solve(**input)\nprint(output)\n"
TEST = CODE.replace("a / b", "a > b")
LOOP = CODE.replace("return a / b", "return sum(a for _ in range(b))")
FRESH = CodeCoT(code=CODE, transform="fresh_inputs")
OK = Execution(codecot=CodeCoT(code=CODE), status=Status.OK, inputs='{"a":7,"b":2}', output="3.5", isolation="jail")


@pytest.mark.parametrize(
    ("code", "transform", "twice"),
    [(CODE, "", True), (CODE, "fresh_inputs", False), (LOOP, "fresh_inputs", True), (TEST, "fresh_inputs", True)],
)
def test_arithmetic_of_a_transform_runs_once_beside_exact_arithmetic(
    code: str, transform: str, twice: bool, ran: Run
) -> None:
    stage, cot = execute(), CodeCoT(code=code, transform=transform)
    (request,) = stage.ask(cot)
    assert request.repeat is twice and request.trace is True and request.code == code
    kept = stage.read(cot, [ran(code)])
    assert isinstance(kept, Execution)
    assert ("twice, under two hash seeds" in kept.checks[0].evidence) is twice


def test_a_run_becomes_a_row_that_a_second_run_would_repeat() -> None:
    cot = CodeCoT(code=CODE, text="How many?", checks=(Check(name="inputs_matter", passed=True),))
    made = execute().read(cot, [replace(OK, deterministic=True, cost=Cost(cpu_s=1, wall_s=1, peak_memory_mb=1))])
    evidence = "ran twice, under two hash seeds, in the jail: 3.5"
    checks = (*cot.checks, Check(name="executes", passed=True, evidence=evidence))
    assert made == replace(OK, codecot=cot, deterministic=True, checks=checks)
    once = execute().read(FRESH, [OK])
    assert isinstance(once, Execution)
    assert once.checks[0].evidence == "ran once, as exact arithmetic has it, in the jail: 3.5"
    long = execute().read(CodeCoT(code=CODE), [replace(OK, output=f'"{"x" * 400}"')])
    assert isinstance(long, Execution) and long.checks[0].evidence.endswith(f"jail: {'x' * 200}")


@pytest.mark.parametrize(
    ("cot", "run", "reason", "detail"),
    [
        (CodeCoT(code=CODE), replace(OK, status=Status.TIMEOUT), Reason.EXECUTION_FAILED, "timeout"),
        (
            CodeCoT(code=CODE),
            replace(OK, deterministic=False),
            Reason.NOT_DETERMINISTIC,
            "another hash seed gave another output",
        ),
        (FRESH, replace(OK, output="3.25"), Reason.NOT_DETERMINISTIC, "the run gave 3.25, exact arithmetic 7/2"),
        (
            FRESH,
            replace(OK, output="3.50000001"),
            Reason.NOT_DETERMINISTIC,
            "the run gave 3.50000001, exact arithmetic 7/2",
        ),
        (FRESH, replace(OK, output='"3.5"'), Reason.NOT_DETERMINISTIC, "the run gave 3.5, exact arithmetic 7/2"),
        (FRESH, replace(OK, output=f'"{"x" * 400}"'), Reason.NOT_DETERMINISTIC, f"the run gave {'x' * 287}"),
    ],
)
def test_a_run_that_cannot_be_kept_ends(cot: CodeCoT, run: Execution, reason: Reason, detail: str) -> None:
    assert execute().read(cot, [run]) == Reject(reason, detail)


def test_noise_of_floats_is_no_other_result() -> None:
    assert isinstance(execute().read(FRESH, [replace(OK, output="3.500000001")]), Execution)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (None, "exception"),
        (Fault(type="KeyError", message="'a'", line=3), "exception: KeyError: 'a' (line 3)"),
        (Fault(type="KeyError", message="'a'"), "exception: KeyError: 'a'"),
        (Fault(type="E", message="x" * 400, line=3), f"exception: E: {'x' * 286} (line 3)"),
    ],
)
def test_status_and_fault_in_words(fault: Fault | None, said: str) -> None:
    assert in_words(replace(OK, status=Status.EXCEPTION, fault=fault)) == said


GOLD = replace(OK, codecot=CodeCoT(code=CODE, gold="7/2"), checks=(Check(name="executes", passed=True),))


def grade(verdict: Outcome, prediction: str = "3.5", allowances: tuple[str, ...] = ()) -> Grade:
    return Grade(verdict=verdict, reason="number", gold="7/2", prediction=prediction, allowances=allowances)


def test_an_output_that_matches_gold_is_noted() -> None:
    stage = match()
    assert stage.ask(GOLD) == (GradeRequest(gold="7/2", prediction="3.5", typed_prediction=True),)
    made = stage.read(GOLD, [grade(Outcome.EQUAL, allowances=("rounded", "units_converted"))])
    evidence = "the program gives 3.5, gold is 7/2 (number, rounded, units_converted)"
    assert made == replace(GOLD, checks=(*GOLD.checks, Check(name="matches_gold", passed=True, evidence=evidence)))
    assert stage.ask(OK) == () and stage.read(OK, ()) is OK, "without gold there is nothing to match"


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [(Outcome.NOT_EQUAL, Reason.WRONG_ANSWER), (Outcome.UNDECIDED, Reason.UNDECIDED_ANSWER)],
)
def test_an_output_that_misses_gold_ends(verdict: Outcome, reason: Reason) -> None:
    made = match().read(GOLD, [grade(verdict)])
    assert made == Reject(reason, "the program gives 3.5, gold is 7/2 (number)")
    long = match().read(GOLD, [grade(verdict, "9" * 400)])
    assert isinstance(long, Reject) and len(long.detail) == 300


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ("a / b", None, ""),
        ("a * 2", Reason.UNUSED_INPUT, "output changed for 1 of 2 inputs; b = "),
        ("[a * 2, b][b > 99]", Reason.UNUSED_INPUT, "output changed for 1 of 2 inputs; b = "),
        ("a if b < 4 else a + 1", Reason.PASS_THROUGH, "the output is always the input a"),
    ],
)
def test_inputs_must_matter_and_the_output_must_not_pass_through(
    body: str, reason: Reason | None, detail: str, ran: Run, sandbox: object
) -> None:
    run = replace(ran(CODE.replace("a / b", body)), id="r", checks=GOLD.checks)
    done = apply(probe(), [run], sandbox)  # type: ignore[arg-type]
    if reason is None:
        (made,) = done.rows
        assert isinstance(made, Execution)
        assert [(c.name, c.passed) for c in made.checks] == [
            *(("executes", True), ("inputs_matter", True), ("not_trivial", True))
        ]
    else:
        (end,) = done.rejections
        assert end.reason is reason and end.detail.startswith(detail)


def test_behaviour_is_a_fingerprint_of_four_probes(sandbox: object, ran: Run) -> None:
    stage = behave()
    assert len(stage.ask(OK)) == 4
    (made,) = apply(stage, [replace(ran(CODE), id="r")], sandbox).rows  # type: ignore[arg-type]
    assert isinstance(made, Execution)
    (measure,) = made.measures
    pairs = ((6, 9), (8, 5), (7, 14), (16, 4))
    prints = behaviour_fingerprint(["int", "int", *(values.encode(a / b) for a, b in pairs)])
    assert measure == Measure(name="behaviour", value=4, note=prints)


@pytest.mark.parametrize(
    ("outputs", "ran_", "known"),
    [
        ("1234", 4, True),
        ("12!!", 2, True),
        ("1!!!", 1, False),
        ("1111", 4, False),
        ("11!!", 2, True),
        ("!!!!", 0, False),
    ],
)
def test_too_few_probes_and_constant_ones_tell_nothing(outputs: str, ran_: int, known: bool) -> None:
    runs = [replace(OK, output=o) if o != "!" else replace(OK, output="9", status=Status.EXCEPTION) for o in outputs]
    before = replace(OK, measures=(Measure(name="size", value=1),))
    made = behave().read(before, runs)
    assert isinstance(made, Execution)
    first, measure = made.measures
    assert first.name == "size" and (measure.value, bool(measure.note)) == (ran_, known)
    if known:
        shown = [o if o != "!" else "exception" for o in outputs]
        assert measure.note == behaviour_fingerprint(["int", "int", *shown])


def test_what_is_not_in_the_form_is_not_probed() -> None:
    odd = replace(OK, codecot=CodeCoT(code="print(1)"))
    assert behave().ask(odd) == ()
    made = behave().read(odd, ())
    assert isinstance(made, Execution) and made.measures == (Measure(name="behaviour", value=0),)
