"""Decontamination: no item of a named benchmark comes out, neither in its words nor in its computation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from caco.ports import LeakReply, LeakRequest
from caco.program import values
from caco.records import Check, Execution, Reason
from caco.stage import PortStage, Reject
from caco.text.template import render


def decontaminate() -> PortStage:
    """The stage Execution -> Execution that lets through what no benchmark of the port `index` holds."""
    return PortStage(name="decontaminate", makes=Execution, port="index", ask=_ask, read=_read)


def _ask(execution: Execution) -> Sequence[LeakRequest]:
    inputs: Any = values.decode(execution.inputs)
    cot = execution.codecot
    text = render(cot.text, inputs) if cot.text else ""
    return (LeakRequest(text=text, answer=values.show(values.decode(execution.output)), code=cot.code),)


def _read(execution: Execution, replies: Sequence[LeakReply]) -> Execution | Reject:
    (reply,) = replies
    if reply.item:
        return Reject(Reason.CONTAMINATED, f"{reply.item}, by {reply.route}: {reply.evidence}"[:300])
    evidence = f"not among {', '.join(reply.benchmarks)}, in words or in computation"
    check = Check(name="decontaminated", passed=True, evidence=evidence)
    return replace(execution, checks=(*execution.checks, check))
