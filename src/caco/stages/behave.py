"""What a program does on fixed probes, whatever it is called: its behaviour, measured by running it."""

from collections.abc import Sequence
from dataclasses import replace

from caco.codecot.fingerprint import behaviour_fingerprint
from caco.codecot.program import FormError, with_inputs
from caco.ports import ExecuteRequest
from caco.records import Execution, Measure, Status
from caco.stage import PortStage
from caco.stages.distinct import BEHAVIOUR, PROBES, probe_inputs


def behave() -> PortStage:
    """The stage Execution -> Execution that adds the measure `behaviour`: how many probes ran, and their fingerprint.

    Programs are told apart by their inputs' types and places, not by their names; where fewer than half of the probes
    run, there is no fingerprint, for too little is known.
    """
    return PortStage(name="behave", makes=Execution, port="sandbox", ask=_ask, read=_read)


def _ask(execution: Execution) -> Sequence[ExecuteRequest]:
    try:
        codes = [with_inputs(execution.codecot.code, inputs) for inputs in probe_inputs(execution.inputs)]
    except FormError:
        return ()
    return tuple(ExecuteRequest(code=code) for code in codes)


def _read(execution: Execution, replies: Sequence[Execution]) -> Execution:
    outputs = [reply.output if reply.status is Status.OK else str(reply.status) for reply in replies]
    ran = sum(reply.status is Status.OK for reply in replies)
    types = [type(v).__name__ for v in next(probe_inputs(execution.inputs)).values()]
    note = behaviour_fingerprint([*types, *outputs]) if 2 * ran >= PROBES and len(set(outputs)) > 1 else ""
    return replace(execution, measures=(*execution.measures, Measure(name=BEHAVIOUR, value=ran, note=note)))
