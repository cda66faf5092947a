"""Running programs in the sandbox, and what their runs show.

`execute` makes executions of Code CoTs; `match` holds the output against the seed's gold answer; `probe` changes each
input in turn, and the output must move for one of its other values; `behave` runs a program on fixed probes.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isclose

from caco.instances.arithmetic import Number, exact_output
from caco.instances.bounds import is_number
from caco.instances.perturbation import inputs_matter, not_trivial, perturbations, programs, runs_of
from caco.ports import ExecuteRequest, GradeRequest
from caco.program import values
from caco.program.fingerprint import behaviour_fingerprint
from caco.program.form import FormError, with_inputs
from caco.records import Check, CodeCoT, Execution, Grade, Measure, Outcome, Reason, Status
from caco.stage import PortStage, Reject
from caco.stages.distinct import BEHAVIOUR, PROBES, probe_inputs


def execute() -> PortStage:
    """The stage CodeCoT -> Execution: traced, and run twice under different hash seeds.

    Of a transformed program that is straight-line arithmetic, whose result nothing but its inputs can move, the second
    run is spared: exact arithmetic must give what the one run gave.
    """
    return PortStage(name="execute", version=2, makes=Execution, port="sandbox", ask=_ask, read=_read)


def _ask(codecot: CodeCoT) -> Sequence[ExecuteRequest]:
    return (ExecuteRequest(code=codecot.code, trace=True, repeat=_exact(codecot) is None),)


def _exact(codecot: CodeCoT) -> Number | None:
    """What exact arithmetic gives for a transformed program; None where a second run has to tell."""
    return exact_output(codecot.code) if codecot.transform else None


def _read(codecot: CodeCoT, replies: Sequence[Execution]) -> Execution | Reject:
    (execution,) = replies
    if execution.status is not Status.OK:
        return Reject(Reason.EXECUTION_FAILED, in_words(execution))
    if execution.deterministic is False:
        return Reject(Reason.NOT_DETERMINISTIC, "another hash seed gave another output")
    if not execution.inputs:
        return Reject(Reason.EXECUTION_FAILED, "its inputs hold a value that has no canonical form")
    output = values.decode(execution.output)
    exact, said = _exact(codecot), values.show(output)
    if exact is not None and not (is_number(output) and _close(output, exact)):
        return Reject(Reason.NOT_DETERMINISTIC, f"the run gave {said}, exact arithmetic {exact}"[:300])
    times = "twice, under two hash seeds," if exact is None else "once, as exact arithmetic has it,"
    check = Check(name="executes", passed=True, evidence=f"ran {times} in the {execution.isolation}: {said[:200]}")
    # What a run cost differs from run to run, and a row holds only what a second run would repeat.
    return replace(execution, codecot=codecot, cost=None, checks=(*codecot.checks, check))


def _close(output: float | Number, exact: Number) -> bool:
    try:
        return output == exact or isclose(output, exact, rel_tol=1e-9)
    except OverflowError:  # whole numbers beyond all floats are exact
        return False


def in_words(execution: Execution) -> str:
    """Status and fault in one line."""
    fault = execution.fault
    if fault is None:
        return str(execution.status)
    where = f" (line {fault.line})" if fault.line else ""
    return f"{execution.status}: {fault.type}: {fault.message}"[:300] + where


def match() -> PortStage:
    """The stage Execution -> Execution that lets through what agrees with its gold answer, if it has one."""
    return PortStage(name="match", makes=Execution, port="grader", ask=_ask_grader, read=_read_grade)


def _ask_grader(execution: Execution) -> Sequence[GradeRequest]:
    gold = execution.codecot.gold
    return (GradeRequest(gold=gold, prediction=execution.output, typed_prediction=True),) if gold else ()


def _read_grade(execution: Execution, replies: Sequence[Grade]) -> Execution | Reject:
    if not replies:
        return execution
    (grade,) = replies
    pair = f"the program gives {grade.prediction}, gold is {grade.gold}"
    if grade.verdict is Outcome.EQUAL:
        evidence = f"{pair} ({', '.join((grade.reason, *grade.allowances))})"
        return replace(
            execution, checks=(*execution.checks, Check(name="matches_gold", passed=True, evidence=evidence))
        )
    reason = Reason.WRONG_ANSWER if grade.verdict is Outcome.NOT_EQUAL else Reason.UNDECIDED_ANSWER
    return Reject(reason, f"{pair} ({grade.reason})"[:300])


def probe() -> PortStage:
    """The stage Execution -> Execution that keeps programs whose inputs all matter and whose output is not trivial."""
    return PortStage(name="probe", makes=Execution, port="sandbox", ask=_ask_probes, read=_read_probes)


def _ask_probes(execution: Execution) -> Sequence[ExecuteRequest]:
    return [ExecuteRequest(code=code) for code in programs(execution, perturbations(execution))]


def _read_probes(execution: Execution, replies: Sequence[Execution]) -> Execution | Reject:
    runs = runs_of(execution, perturbations(execution), replies)
    matter, trivial = inputs_matter(execution, runs), not_trivial(execution, runs)
    if not matter.passed:
        return Reject(Reason.UNUSED_INPUT, matter.evidence)
    if not trivial.passed:
        return Reject(Reason.PASS_THROUGH, trivial.evidence)
    return replace(execution, checks=(*execution.checks, matter, trivial))


def behave() -> PortStage:
    """The stage Execution -> Execution that adds the measure `behaviour`: how many probes ran, and their fingerprint.

    Programs are told apart by their inputs' types and places, not by their names; where fewer than half of the probes
    run, there is no fingerprint, for too little is known.
    """
    return PortStage(name="behave", makes=Execution, port="sandbox", ask=_ask_behaviour, read=_read_behaviour)


def _ask_behaviour(execution: Execution) -> Sequence[ExecuteRequest]:
    try:
        codes = [with_inputs(execution.codecot.code, inputs) for inputs in probe_inputs(execution.inputs)]
    except FormError:
        return ()
    return tuple(ExecuteRequest(code=code) for code in codes)


def _read_behaviour(execution: Execution, replies: Sequence[Execution]) -> Execution:
    outputs = [reply.output if reply.status is Status.OK else str(reply.status) for reply in replies]
    ran = sum(reply.status is Status.OK for reply in replies)
    types = [type(v).__name__ for v in next(probe_inputs(execution.inputs)).values()]
    note = behaviour_fingerprint([*types, *outputs]) if 2 * ran >= PROBES and len(set(outputs)) > 1 else ""
    return replace(execution, measures=(*execution.measures, Measure(name=BEHAVIOUR, value=ran, note=note)))
