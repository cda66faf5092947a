"""The sandbox port on this machine: requests in, Executions out, in order, in constant memory."""

import os
import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from caco.backends.sandboxes.host import choose_level
from caco.backends.sandboxes.inside.program import TRACE
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.pool import Job, Pool, tier_of
from caco.backends.sandboxes.verdicts import execution
from caco.backends.sandboxes.worker import Raw
from caco.errors import unknown
from caco.ports import ExecuteRequest, Failure
from caco.records import Execution, Status

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
