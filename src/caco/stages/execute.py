"""Running programs in the sandbox: Code CoTs become executions."""

from collections.abc import Sequence
from dataclasses import replace

from caco.codecot import values
from caco.ports import ExecuteRequest
from caco.records import Check, CodeCoT, Execution, Reason, Status
from caco.stage import PortStage, Reject


def execute() -> PortStage:
    """The stage CodeCoT -> Execution: traced, and run twice under different hash seeds."""
    return PortStage(name="execute", makes=Execution, port="sandbox", ask=_ask, read=_read)


def _ask(codecot: CodeCoT) -> Sequence[ExecuteRequest]:
    return (ExecuteRequest(code=codecot.code, trace=True, repeat=True),)


def _read(codecot: CodeCoT, replies: Sequence[Execution]) -> Execution | Reject:
    (execution,) = replies
    if execution.status is not Status.OK:
        return Reject(Reason.EXECUTION_FAILED, in_words(execution))
    if execution.deterministic is False:
        return Reject(Reason.NOT_DETERMINISTIC, "another hash seed gave another output")
    said = values.show(values.decode(execution.output))
    times = "twice, under two hash seeds" if execution.deterministic else "once"
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
