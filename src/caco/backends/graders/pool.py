"""Worker processes for algebra: started when first needed, given one pair at a time, killed when it takes too long."""

import contextlib
import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MEMORY_BYTES = 2 << 30
RECYCLE_AFTER = 2_000
"""Pairs after which a worker is replaced, so that sympy's caches do not grow for ever."""
START_S = 60.0
GRACE_S = 0.5

Task = tuple[str, bool, str, bool]
"""Gold, whether it is canonical JSON, prediction, whether it is canonical JSON."""


class Worker:
    """A process and its child (see `caco.backends.graders.worker`); `Pool` gives it to one thread at a time."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.child = 0
        self.done = 0
        self.unread = b""

    def start(self) -> None:
        """Start the process without waiting for it; its child says `ready` once sympy is loaded."""
        package_root = Path(__file__).resolve().parents[3]
        path = os.pathsep.join(filter(None, (str(package_root), os.environ.get("PYTHONPATH", ""))))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "caco.backends.graders.worker", str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
            bufsize=0,
            start_new_session=True,
        )
        self.child, self.done, self.unread = 0, 0, b""

    def solve(self, task: Task, timeout_s: float, until: float) -> str:
        """The reply, or `timeout`, `start_timeout` (not ready in time) or `worker_lost` (the child died).

        The `timeout_s` seconds of the task do not count the start; `until` is the end of both, on the monotonic clock.
        """
        if self.process is None or self.process.poll() is not None:
            self.stop()
            try:
                self.start()
            except OSError:  # the host gives no process now
                return "start_timeout"
        if self.done >= RECYCLE_AFTER:
            self.kill_child()
        try:
            if not self.child and not self.wait_ready(min(until, time.monotonic() + START_S)):
                return "start_timeout"
            return self.ask(task, min(until, time.monotonic() + timeout_s))
        except BaseException:  # an interrupt leaves a reply on its way: the worker is of no more use
            self.stop()
            raise

    def wait_ready(self, until: float) -> bool:
        """Wait for a child's `ready`; what a killed child may have written before is passed over."""
        while (line := self.line(until)) is not None:
            if line.startswith(b"ready "):
                self.child, self.done = int(line.split()[1]), 0
                return True
            if not line and self.process is not None and self.process.poll() is not None:
                self.stop()
                return False
        return False

    def ask(self, task: Task, until: float) -> str:
        """Send one task and wait for its reply."""
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(task).encode() + b"\n")
        except BrokenPipeError:
            self.stop()
            return "worker_lost"
        line = self.line(until)
        if line is None:
            self.kill_child()
            return "timeout"
        if not line or line.startswith(b"ready "):
            self.stop()
            return "worker_lost"
        self.done += 1
        return str(json.loads(line))

    def line(self, until: float) -> bytes | None:
        """The next line of the worker; None at the deadline, empty where there is none or the worker has died."""
        assert self.process is not None and self.process.stdout is not None
        poll = select.poll()
        poll.register(self.process.stdout, select.POLLIN | select.POLLHUP)
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                return None
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                self.process.wait()
                return b""
            self.unread += chunk
        line, _, self.unread = self.unread.partition(b"\n")
        return line

    def kill_child(self) -> None:
        """Kill the child; its parent forks another in milliseconds."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        self.child = 0

    def stop(self) -> None:
        """End the process and its child; close the pipes."""
        if self.process is None or self.process.stdin is None or self.process.stdout is None:
            return
        self.process.stdin.close()
        if self.child:
            self.kill_child()  # its parent reaps it, finds the end of the input and ends
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()
        self.process = None


class Pool:
    """A few workers, shared by all threads of one process. After a fork the child makes its own."""

    def __init__(self, workers: int) -> None:
        self.workers = [Worker() for _ in range(workers)]
        self.free = threading.Semaphore(workers)
        self.idle = list(self.workers)
        self.pid = os.getpid()

    def solve(self, task: Task, timeout_s: float, until: float = math.inf) -> str:
        """One reply, or `timeout`, `start_timeout` or `crashed`, not later than `until` on the monotonic clock.

        The `timeout_s` seconds run from when a worker is free and ready.
        """
        if not self.free.acquire(timeout=None if until == math.inf else max(0.0, until - time.monotonic())):
            return "timeout"
        try:
            worker = self.idle.pop()
            try:
                found = worker.solve(task, timeout_s, until)
                if found == "worker_lost":  # from outside, or by this very task?
                    found = worker.solve(task, timeout_s, until)
                return "crashed" if found == "worker_lost" else found
            finally:
                self.idle.append(worker)
        finally:
            self.free.release()

    def warm(self) -> None:
        """Start a worker in the background, if none has been started and one is free."""
        if any(worker.process is not None for worker in self.workers) or not self.free.acquire(blocking=False):
            return
        try:
            worker = self.idle.pop()
            with contextlib.suppress(OSError):  # it is tried again when it is needed
                worker.start()
            self.idle.append(worker)
        finally:
            self.free.release()

    def solve_many(self, tasks: list[Task], timeout_s: float, until: float = math.inf) -> list[str]:
        """A reply for each task, in order; see `solve`."""
        if len(tasks) == 1:
            return [self.solve(tasks[0], timeout_s, until)]
        with ThreadPoolExecutor(len(self.workers)) as threads:
            return list(threads.map(lambda task: self.solve(task, timeout_s, until), tasks))

    def close(self) -> None:
        """Kill the workers; a forked child leaves its parent's alone."""
        if self.pid == os.getpid():
            for worker in self.workers:
                worker.stop()
