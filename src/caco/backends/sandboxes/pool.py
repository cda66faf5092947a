"""The supervisor: threads that feed zygotes, replace dead ones, and answer every program exactly once."""

import contextlib
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from caco.backends.sandboxes.inside.batch import MOST
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.worker import Raw, Tier, Worker, WorkerGoneError, split
from caco.errors import BackendError
from caco.ports import Failure

WINDOW = 8
"""Programs sent to a zygote ahead of its answers, so that it never waits for us; two batches, where they are larger."""
AHEAD_BYTES = 1 << 15
"""Text sent ahead of answers, so that we and a zygote never both wait for the other to read."""
TURN = 128
"""Programs of one tier that a thread runs before it looks which tier's queue has waited longest."""
STARTS = 8
"""Attempts to start a worker; one that a host cannot run at all was refused when the sandbox was opened."""
TRIES = 4
"""Workers that may die under one program before it is given up as a failure of ours."""

_LIBRARIES = re.compile(r"\b(numpy|sympy|mpmath|scipy|pandas|lambdify)\b")
_LOADED = {"sympy": ("sympy",), "mpmath": ("sympy",), "lambdify": ("numpy", "sympy")}
"""What programs that name a library want loaded; numpy where it is not among these."""


@dataclass(slots=True)
class Job:
    """One run of one program, and where its answer goes."""

    code: bytes
    limits: Limits
    flags: int
    tier: Tier
    done: Callable[[Raw | Failure], None]
    stdin: bytes = b""
    shared: bool = False
    """Whether it may share a process, if the screen lets it; its limits are then the pool's."""
    deaths: int = 0


def tier_of(code: str, *, repeat: bool = False) -> Tier:
    """The interpreter that has loaded what `code` imports."""
    named = {library for word in _LIBRARIES.findall(code) for library in _LOADED.get(word, ("numpy",))}
    return Tier(libraries=tuple(sorted(named)), repeat=repeat)


@dataclass(slots=True)
class _Queue:
    """Jobs waiting, by tier, oldest first."""

    jobs: dict[Tier, deque[Job]] = field(default_factory=dict)
    ready: threading.Condition = field(default_factory=threading.Condition)
    workers: int = 1
    turn: int = 0
    closed: bool = False

    def put(self, job: Job) -> None:
        with self.ready:
            self.jobs.setdefault(job.tier, deque()).append(job)
            self.ready.notify()

    def put_back(self, jobs: list[Job]) -> None:
        with self.ready:
            for job in reversed(jobs):
                self.jobs.setdefault(job.tier, deque()).appendleft(job)
            self.ready.notify_all()

    def next_tier(self) -> Tier | None:
        """A tier that has jobs, each in its turn; waits for one, None when closed."""
        with self.ready:
            while not self.closed:
                waiting = [tier for tier, jobs in self.jobs.items() if jobs]
                if waiting:
                    self.turn += 1
                    return waiting[self.turn % len(waiting)]
                self.ready.wait()
            return None

    def take(self, tier: Tier, *, alone_allowed: bool) -> list[Job]:
        """The next job of a tier, or the next few that may share a process: a part of what waits, for other workers.

        One under which a worker died goes out by itself.
        """
        with self.ready:
            jobs = self.jobs[tier]
            if self.closed or not jobs or (jobs[0].deaths and not alone_allowed):
                return []
            taken = [jobs.popleft()]
            room = min(MOST, len(jobs) // self.workers + 1) if taken[0].shared else 1
            while jobs and jobs[0].shared and len(taken) < room:
                taken.append(jobs.popleft())
            taken[0].shared = len(taken) > 1  # for one program the screen costs more than it saves
            return taken


def _has_room(flying: deque[list[Job]]) -> bool:
    """Whether a worker may be sent more before it answers; nothing goes with a program under which one died."""
    if flying and flying[0][0].deaths:
        return False
    programs, size = sum(map(len, flying)), sum(len(job.code) + len(job.stdin) for jobs in flying for job in jobs)
    return not flying or (size < AHEAD_BYTES and (programs < WINDOW or len(flying) < 2))


def _give(job: Job, raw: Raw) -> None:
    """Hand over an answer; a fault of ours in reading it is a Failure of that job and must not stop the thread."""
    try:
        job.done(raw)
    except Exception as error:  # noqa: BLE001 - whatever a hostile record can still make us raise
        job.done(Failure(detail=f"sandbox_fault: {type(error).__name__}: {error}"))


class Pool:
    """`workers` threads, each with its own zygotes, started when first needed. Safe to use from many threads."""

    def __init__(self, *, level: str, limits: Limits, workers: int) -> None:
        self.level, self.limits = level, limits
        self.shared = 0
        """Verdicts so far that were given in a shared process."""
        self._queue = _Queue(workers=workers)
        self._threads = [threading.Thread(target=self._work, daemon=True, name=f"sandbox-{i}") for i in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Run `job` when its turn comes; its `done` is called once, from a thread of the pool."""
        if self._queue.closed:
            raise BackendError("the sandbox is closed")
        self._queue.put(job)

    def close(self) -> None:
        """End all workers; jobs not yet answered get a Failure."""
        with self._queue.ready:
            self._queue.closed = True
            self._queue.ready.notify_all()
        for thread in self._threads:
            thread.join()
        for jobs in self._queue.jobs.values():
            while jobs:
                jobs.popleft().done(Failure(detail="sandbox_fault: the sandbox was closed"))

    def _work(self) -> None:
        zygotes: dict[Tier, Worker] = {}
        while tier := self._queue.next_tier():
            self._turn(tier, zygotes)
        for worker in zygotes.values():
            worker.close()

    def _turn(self, tier: Tier, zygotes: dict[Tier, Worker]) -> None:
        """Run jobs of one tier until there are none, or the turn is over."""
        flying: deque[list[Job]] = deque()
        left = TURN
        try:
            worker = zygotes.get(tier) or zygotes.setdefault(tier, self._start(tier))
            while True:
                while left > 0 and _has_room(flying) and (jobs := self._queue.take(tier, alone_allowed=not flying)):
                    left -= len(jobs)
                    flying.append(jobs)
                    self._send(worker, jobs)
                if not flying:
                    return
                raw = worker.receive(flying[0][0].limits.wall_s)
                self._settle(flying.popleft(), raw)
        except WorkerGoneError as error:
            self._replace(tier, zygotes, flying, str(error))
        except BackendError as error:
            self._fail(tier, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take a thread and its programs with it
            if tier in zygotes:
                zygotes.pop(tier).close()
            for job in [job for jobs in flying for job in jobs]:
                job.done(Failure(detail=f"sandbox_fault: {type(error).__name__}: {error}"))

    def _send(self, worker: Worker, jobs: list[Job]) -> None:
        if jobs[0].shared:
            worker.send_batch([(job.code, job.flags) for job in jobs], self.limits)
        else:
            worker.send(jobs[0].code, jobs[0].stdin, jobs[0].limits, jobs[0].flags)

    def _settle(self, jobs: list[Job], raw: Raw) -> None:
        """Give each job its answer; one of a batch without a verdict goes again alone, one not looked at as it was."""
        if not jobs[0].shared:
            _give(jobs[0], raw)
            return
        answers = split(raw, len(jobs))
        again = jobs[len(answers) :]
        for job in jobs if not answers else ():
            job.shared = False
        for job, answer in zip(jobs, answers, strict=False):
            if answer is None:
                job.shared = False
                again.append(job)
            else:
                _give(job, answer)
        with self._queue.ready:
            self.shared += len(jobs) - len(again)
        self._queue.put_back(again)

    def _start(self, tier: Tier) -> Worker:
        """A fresh worker; a start may fail by chance (memory, a kill), so it is tried again."""
        for _ in range(STARTS - 1):
            with contextlib.suppress(BackendError):
                return Worker(tier, self.level, self.limits)
        return Worker(tier, self.level, self.limits)

    def _replace(self, tier: Tier, zygotes: dict[Tier, Worker], flying: deque[list[Job]], reason: str) -> None:
        """The first unanswered job is the suspect: it goes again alone; the rest go again as they were."""
        zygotes.pop(tier).close()
        jobs = [job for batch in flying for job in batch]
        for job in flying[0] if flying else ():
            job.shared = False
        if jobs:
            jobs[0].deaths += 1
            if jobs[0].deaths >= TRIES:
                jobs.pop(0).done(Failure(detail=f"sandbox_fault: {TRIES} workers died under this program: {reason}"))
        self._queue.put_back(jobs)

    def _fail(self, tier: Tier, reason: str) -> None:
        """No worker of this tier can be started: its waiting jobs get our failure."""
        while jobs := self._queue.take(tier, alone_allowed=True):
            for job in jobs:
                with contextlib.suppress(Exception):
                    job.done(Failure(detail=f"sandbox_fault: {reason}"))
