"""Do the inputs matter? Each is changed in turn, and the output must move for one of its other values."""

from collections.abc import Sequence
from dataclasses import replace

from caco.augment.perturbation import inputs_matter, not_trivial, perturbations, programs, runs_of
from caco.ports import ExecuteRequest
from caco.records import Execution, Reason
from caco.stage import PortStage, Reject


def probe() -> PortStage:
    """The stage Execution -> Execution that keeps programs whose inputs all matter and whose output is not trivial."""
    return PortStage(name="probe", makes=Execution, port="sandbox", ask=_ask, read=_read)


def _ask(execution: Execution) -> Sequence[ExecuteRequest]:
    return [ExecuteRequest(code=code) for code in programs(execution, perturbations(execution))]


def _read(execution: Execution, replies: Sequence[Execution]) -> Execution | Reject:
    runs = runs_of(execution, perturbations(execution), replies)
    matter, trivial = inputs_matter(execution, runs), not_trivial(execution, runs)
    if not matter.passed:
        return Reject(Reason.UNUSED_INPUT, matter.evidence)
    if not trivial.passed:
        return Reject(Reason.PASS_THROUGH, trivial.evidence)
    return replace(execution, checks=(*execution.checks, matter, trivial))
