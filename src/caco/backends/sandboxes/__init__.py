"""The sandbox: untrusted programs in jailed processes, none of which can see or hurt another."""

from collections.abc import Iterable

from caco.backends.sandboxes.host import host_report
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.local import LocalSandbox, open_sandbox
from caco.ports import ExecuteRequest, Failure
from caco.records import CodeCoT, Execution, Fault, Status

__all__ = ["Limits", "LocalSandbox", "execute", "host_report", "open_sandbox"]


def execute(
    programs: Iterable[str],
    *,
    limits: Limits | None = None,
    isolation: str = "auto",
    sharing: str = "screened",
    workers: int | None = None,
    trace: bool = False,
    repeat: bool = False,
) -> list[Execution]:
    """Run programs of the unified form; one Execution each, in order.

    `sharing` says which may share a process: `screened` (those shown to be harmless) or `none`. A failure of the
    sandbox's own has the status `sandbox_fault`. Raises ConfigError where the host cannot give the isolation asked for.
    """
    sandbox = open_sandbox(limits=limits, isolation=isolation, sharing=sharing, workers=workers)
    codes = list(programs)
    try:
        answers = sandbox.run([ExecuteRequest(code=code, trace=trace, repeat=repeat) for code in codes])
    finally:
        sandbox.close()
    return [_as_execution(code, answer) for code, answer in zip(codes, answers, strict=True)]


def _as_execution(code: str, answer: Execution | Failure) -> Execution:
    if isinstance(answer, Execution):
        return answer
    fault = Fault(type="SandboxFault", message=answer.detail)
    return Execution(codecot=CodeCoT(code=code), status=Status.SANDBOX_FAULT, fault=fault)
