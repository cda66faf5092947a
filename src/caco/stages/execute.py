"""Running programs in the sandbox: Code CoTs become executions."""

from collections.abc import Sequence
from dataclasses import replace
from math import isclose

from caco.augment.arithmetic import Number, exact_output
from caco.codecot import values
from caco.codecot.bounds import is_number
from caco.ports import ExecuteRequest
from caco.records import Check, CodeCoT, Execution, Reason, Status
from caco.stage import PortStage, Reject


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
    output = values.decode(execution.output)
    exact, said = _exact(codecot), values.show(output)
    if exact is not None and not (is_number(output) and isclose(output, exact, rel_tol=1e-9)):
        return Reject(Reason.NOT_DETERMINISTIC, f"the run gave {said}, exact arithmetic {exact}"[:300])
    times = "twice, under two hash seeds," if exact is None else "once, as exact arithmetic has it,"
    check = Check(name="executes", passed=True, evidence=f"ran {times} in the {execution.isolation}: {said[:200]}")
    # What a run cost differs from run to run, and a row holds only what a second run would repeat.
    return replace(execution, codecot=codecot, cost=None, checks=(*codecot.checks, check))


def in_words(execution: Execution) -> str:
    """Status and fault in one line."""
    fault = execution.fault
    if fault is None:
        return str(execution.status)
    where = f" (line {fault.line})" if fault.line else ""
    return f"{execution.status}: {fault.type}: {fault.message}"[:300] + where
