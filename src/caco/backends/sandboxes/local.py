"""The sandbox port on this machine: requests in, Executions out, in order, in constant memory.

What the zygote observed of a program and what the program claims become one Execution.
"""

import json
import os
import queue
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from caco.backends.sandboxes.host import choose_level
from caco.backends.sandboxes.inside.program import TRACE
from caco.backends.sandboxes.inside.zygote import CPU_TIMEOUT, DIED, WALL_TIMEOUT
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.pool import Job, Pool, tier_of
from caco.backends.sandboxes.worker import Raw
from caco.config import Backend
from caco.errors import unknown
from caco.plugins import call
from caco.ports import ExecuteRequest, Failure
from caco.program.values import dumps, encode
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


Answer = Execution | Failure
SHARING = ("screened", "none")
AHEAD = 128
"""Programs per worker that are under way in a stream."""


def open_sandbox(
    *,
    limits: Limits | None = None,
    isolation: str = "auto",
    sharing: str = "screened",
    workers: int | None = None,
) -> "LocalSandbox":
    """A sandbox on this machine; `isolation` is `jail`, `process`, or `auto` for the best that the host offers.

    `sharing` says which programs may share a process: `screened` (those shown to be harmless) or `none`. Raises
    ConfigError for another word, and where the host cannot give the level asked for.
    """
    if sharing not in SHARING:
        raise unknown("sharing", sharing, SHARING)
    count = workers or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1))
    level = choose_level(isolation)
    return LocalSandbox(limits=limits or Limits(), level=level, sharing=sharing, workers=count)


class LocalSandbox:
    """Runs programs on this machine. Safe to use from many threads at once."""

    def __init__(self, *, limits: Limits, level: str, sharing: str, workers: int) -> None:
        self.limits, self.level, self.sharing, self.workers = limits, level, sharing, workers
        self.pool = Pool(level=level, limits=limits, workers=workers)

    def run(self, requests: Sequence[ExecuteRequest]) -> list[Answer]:
        """One answer per request, in order."""
        return list(self.stream(requests))

    def stream(self, requests: Iterable[ExecuteRequest]) -> Iterator[Answer]:
        """Answers in the order of the requests, taking only as many requests ahead as keep the workers busy."""
        answers: queue.SimpleQueue[tuple[int, Answer]] = queue.SimpleQueue()
        waiting: dict[int, Answer] = {}
        asked = given = 0
        source = iter(requests)
        more = True
        while more or given < asked:
            while more and asked - given < self.workers * AHEAD:
                request = next(source, None)
                if request is None:
                    more = False
                else:
                    self._ask(asked, request, answers)
                    asked += 1
            while given not in waiting and given < asked:
                number, answer = answers.get()
                waiting[number] = answer
            if given in waiting:
                yield waiting.pop(given)
                given += 1

    def close(self) -> None:
        """End all workers."""
        self.pool.close()

    def _ask(self, number: int, request: ExecuteRequest, answers: "queue.SimpleQueue[tuple[int, Answer]]") -> None:
        def first(raw: Raw | Failure) -> None:
            answer = self._answer(request, raw)
            if request.repeat and isinstance(answer, Execution) and answer.status is Status.OK:
                self.pool.submit(self._job(request, True, lambda again: answers.put((number, compared(answer, again)))))
            else:
                answers.put((number, answer))

        def compared(answer: Execution, raw: Raw | Failure) -> Answer:
            again = self._answer(request, raw)
            if isinstance(again, Failure):
                return again
            return replace(answer, deterministic=(again.status, again.output) == (answer.status, answer.output))

        self.pool.submit(self._job(request, False, first))

    def _job(self, request: ExecuteRequest, repeat: bool, done: Callable[[Raw | Failure], None]) -> Job:
        flags = TRACE if request.trace and not repeat else 0
        tier = tier_of(request.code, repeat=repeat)
        shared = self.sharing == "screened" and not tier.libraries
        return Job(request.code.encode("utf-8", "surrogatepass"), self.limits, flags, tier, done, shared=shared)

    def _answer(self, request: ExecuteRequest, raw: Raw | Failure) -> Answer:
        return raw if isinstance(raw, Failure) else execution(request.code, raw, self.limits, self.level)


def _opened(
    *, isolation: str = "auto", sharing: str = "screened", cores: int | None = None, **limits: Any
) -> LocalSandbox:
    """With any of `Limits` by its name."""
    return open_sandbox(limits=call("sandbox: ", Limits, limits), isolation=isolation, sharing=sharing, workers=cores)


SANDBOX = Backend(open=_opened)
