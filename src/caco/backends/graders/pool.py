"""Worker processes for algebra: started when first needed, given one pair at a time, killed when it takes too long."""

import json
import os
import select
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

Task = tuple[str, bool, str, bool]
"""Gold, whether it is canonical JSON, prediction, whether it is canonical JSON."""


class Worker:
    """One process. Not for use by two threads at once: `Pool` sees to that."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.done = 0
        self.unread = b""

    def start(self) -> None:
        """Start the process; it answers `ready` once sympy is loaded."""
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
        self.ready, self.done, self.unread = False, 0, b""

    def solve(self, task: Task, timeout_s: float, start_s: float) -> str:
        """The worker's reply, or `timeout`, `start_timeout` (not ready in time) or `worker_lost` (the process died)."""
        if self.process is None or self.process.poll() is not None or self.done >= RECYCLE_AFTER:
            self.stop()
            self.start()
        try:
            begun = time.monotonic()
            if not self.ready:
                line = self.line(begun + start_s)
                if line is None:
                    return "start_timeout"
                self.ready = line == b"ready"
            if start_s <= timeout_s:
                timeout_s -= time.monotonic() - begun
            return self.ask(task, time.monotonic() + timeout_s)
        except BaseException:  # an interrupt leaves a reply on its way: the worker is of no more use
            self.stop()
            raise

    def ask(self, task: Task, until: float) -> str:
        """Send one task and wait for its reply."""
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(task).encode() + b"\n")
            line = self.line(until)
        except BrokenPipeError:
            line = b""
        if line:
            self.done += 1
            return str(json.loads(line))
        self.stop()
        return "timeout" if line is None else "worker_lost"

    def line(self, until: float) -> bytes | None:
        """The next line of the worker; None at the deadline, empty where the worker has died."""
        assert self.process is not None and self.process.stdout is not None
        poll = select.poll()
        poll.register(self.process.stdout, select.POLLIN | select.POLLHUP)
        while b"\n" not in self.unread:
            left = until - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                return None
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                return b""
            self.unread += chunk
        line, _, self.unread = self.unread.partition(b"\n")
        return line

    def stop(self) -> None:
        """Kill the process; its pipes are closed."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None


class Pool:
    """A few workers, shared by all threads of one process. After a fork the child makes its own."""

    def __init__(self, workers: int) -> None:
        self.workers = [Worker() for _ in range(workers)]
        self.free = threading.Semaphore(workers)
        self.idle = list(self.workers)
        self.pid = os.getpid()

    def solve(self, task: Task, timeout_s: float, start_s: float = START_S) -> str:
        """One reply, or `timeout`, `start_timeout` or `crashed`. The deadline runs from when a worker is free for this task."""
        with self.free:
            worker = self.idle.pop()
            try:
                found = worker.solve(task, timeout_s, start_s)
                if found == "worker_lost":  # killed from outside, or by this very task: a second time tells
                    found = worker.solve(task, timeout_s, start_s)
                return "crashed" if found == "worker_lost" else found
            finally:
                self.idle.append(worker)

    def solve_many(self, tasks: list[Task], timeout_s: float) -> list[str]:
        """A reply for each task, in order."""
        if len(tasks) == 1:
            return [self.solve(tasks[0], timeout_s)]
        with ThreadPoolExecutor(len(self.workers)) as threads:
            return list(threads.map(lambda task: self.solve(task, timeout_s), tasks))

    def close(self) -> None:
        """Kill the workers; a forked child leaves its parent's alone."""
        if self.pid == os.getpid():
            for worker in self.workers:
                worker.stop()
