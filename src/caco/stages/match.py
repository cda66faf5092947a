"""Comparing a program's output with the gold answer of its seed."""

from collections.abc import Sequence
from dataclasses import replace

from caco.ports import GradeRequest
from caco.records import Check, Execution, Grade, Outcome, Reason
from caco.stage import PortStage, Reject


def match() -> PortStage:
    """The stage Execution -> Execution that lets through what agrees with its gold answer, if it has one."""
    return PortStage(name="match", makes=Execution, port="grader", ask=_ask, read=_read)


def _ask(execution: Execution) -> Sequence[GradeRequest]:
    gold = execution.codecot.gold
    return (GradeRequest(gold=gold, prediction=execution.output, typed_prediction=True),) if gold else ()


def _read(execution: Execution, replies: Sequence[Grade]) -> Execution | Reject:
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
