"""From what the zygote observed and the program claims to one Execution."""

import json
import signal
from typing import Any

from caco.backends.sandboxes.inside.zygote import CPU_TIMEOUT, DIED, WALL_TIMEOUT
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.worker import Raw
from caco.codecot.values import dumps, encode
from caco.records import Assignment, CodeCoT, Cost, Execution, Fault, Status


def execution(code: str, raw: Raw, limits: Limits, level: str) -> Execution:
    """What one program did: evidence first, its claims where the evidence lets them stand."""
    claim = _claim(raw)
    status, fault = _status(raw, claim, limits)
    stdout = raw.stdout.decode("utf-8", "replace")
    output = _canonical(claim.get("output")) if status is Status.OK else ""
    if claim.get("status") == "printed" and status is Status.OK:
        output = encode(stdout.strip())
    return Execution(
        codecot=CodeCoT(code=code, origin="given"),
        status=status,
        fault=fault,
        inputs=_canonical(claim.get("inputs")),
        output=output,
        stdout=stdout,
        trace=_trace(claim.get("trace")),
        trace_complete=claim.get("complete", True) is True,
        isolation=level,
        cost=Cost(cpu_s=raw.cpu_s, wall_s=raw.wall_s, peak_memory_mb=raw.peak_kb / 1024),
    )


def _claim(raw: Raw) -> dict[str, Any]:
    """The program's record, empty where it left none or one that we would not have written."""
    try:
        claim = json.loads(raw.record) if raw.record else {}
    except (ValueError, RecursionError):
        return {}
    return claim if isinstance(claim, dict) else {}


def _status(raw: Raw, claim: dict[str, Any], limits: Limits) -> tuple[Status, Fault | None]:
    if raw.ending in (CPU_TIMEOUT, WALL_TIMEOUT):
        return Status.TIMEOUT, Fault(type="Timeout", message=_timeout_text(raw, limits))
    if max(len(raw.stdout), len(raw.stderr)) >= limits.output_bytes:
        return Status.OUTPUT_TOO_LARGE, Fault(type="OutputTooLarge", message=f"more than {limits.output_bytes} bytes")
    if raw.ending == DIED or not claim:
        return _death(raw, limits)
    said = claim.get("status")
    if said == "printed":
        return (Status.OK, None) if raw.stdout.strip() else (Status.NO_OUTPUT, None)
    if said == "ok" and not _canonical(claim.get("output")):
        return Status.UNSERIALIZABLE, None
    try:
        status = Status(str(said))
    except ValueError:
        return Status.EXIT, None
    return status, _fault(claim.get("fault"))


def _timeout_text(raw: Raw, limits: Limits) -> str:
    if raw.ending == CPU_TIMEOUT:
        return f"more than {limits.cpu_s:g} s of CPU time"
    return f"more than {limits.wall_s:g} s of wall-clock time"


def _death(raw: Raw, limits: Limits) -> tuple[Status, Fault | None]:
    """Why a program ended without the closing record."""
    if not raw.status & 0x7F:
        return Status.EXIT, Fault(type="Exit", message=f"left with code {raw.status >> 8}")
    number = raw.status & 0x7F
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    if name == "SIGSYS":
        return Status.FORBIDDEN, Fault(type=name, message="a system call that the sandbox does not have")
    if name == "SIGXCPU":
        return Status.TIMEOUT, Fault(type=name, message=f"more than {limits.cpu_s:g} s of CPU time")
    if name == "SIGKILL" and raw.peak_kb > limits.memory_mb << 9:
        return Status.MEMORY, Fault(type=name, message="killed while using much memory")
    return Status.CRASH, Fault(type=name, message="killed by this signal")


def _fault(said: Any) -> Fault | None:
    if not isinstance(said, list) or len(said) != 3:
        return None
    kind, message, line = said
    return Fault(type=str(kind), message=str(message), line=line if isinstance(line, int) else 0)


def _canonical(text: Any) -> str:
    """`text` where it is canonical JSON; empty where it is not (only a forged record holds such text)."""
    if not isinstance(text, str) or not text:
        return ""
    try:
        return text if dumps(json.loads(text)) == text else ""
    except (ValueError, RecursionError):
        return ""


def _trace(steps: Any) -> tuple[Assignment, ...]:
    """The trace, all of it or nothing: one step that we would not have written makes the rest doubtful."""
    if not isinstance(steps, list) or not all(_is_step(step) for step in steps):
        return ()
    if steps and not _canonical("[" + ",".join(step[2] for step in steps) + "]"):
        return ()
    return tuple(Assignment(line=line, name=name, value=value) for line, name, value in steps)


def _is_step(step: Any) -> bool:
    return isinstance(step, list) and [type(part) for part in step] == [int, str, str]
