"""A crew of worker processes: tasks out, word of their end back; a dead worker is replaced, its task given again."""

import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from caco import errors
from caco.errors import CacoError, ConfigError
from caco.plan import RunConfig
from caco.runners.task import Task, after_death

STOP_S = 5.0
"""How long a worker may take to close its ports before it is killed."""


class Worker:
    """One worker process, the pipes to it, and the task in its hands."""

    def __init__(self, config: bytes) -> None:
        task_end, self._tasks = _pipe()
        self.replies, reply_end = _pipe()
        command = [sys.executable, "-m", "caco.runners.worker", str(task_end.fileno()), str(reply_end.fileno())]
        ends = (task_end.fileno(), reply_end.fileno())
        # A session of its own: Ctrl-C reaches the parent alone, which then closes the worker's pipe.
        self.process = subprocess.Popen(command, pass_fds=ends, start_new_session=True)
        task_end.close()
        reply_end.close()
        self.task: Task | None = None
        self._send(config)

    def give(self, task: Task) -> None:
        """Hand out a task; one at a time."""
        self.task = task
        self._send(pickle.dumps(task))

    def hear(self) -> tuple[str, Any]:
        """The next message, or `("dead", exit code)`."""
        try:
            kind, content = self.replies.recv()
        except (EOFError, OSError):
            self.process.kill()
            return "dead", self.process.wait()
        return kind, content

    def stop(self) -> None:
        """An idle worker closes its ports and goes; one with a task in hand is killed: its part has no receipt."""
        if self.task:
            self.process.kill()
        self._tasks.close()
        try:
            self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.replies.close()

    def _send(self, message: bytes) -> None:
        try:
            self._tasks.send_bytes(message)
        except BrokenPipeError:
            return  # it is dead, which hearing from it will tell


class Crew:
    """Runs part tasks on `size` processes. A context manager: leaving it stops them."""

    def __init__(self, config: RunConfig, size: int) -> None:
        try:
            self._config = pickle.dumps((sys.path, pickle.dumps(config)))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise ConfigError(
                f"the plan cannot be sent to worker processes ({error}): use functions of a module, or workers=1"
            ) from error
        self._size = size
        self._workers: list[Worker] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.stop()

    def run(self, tasks: Iterable[Task], advance: Callable[[int], None]) -> None:
        """Have every task done. Raises what a task raised; BackendError where a part kills each worker it meets."""
        waiting = Waiting(tasks)
        deaths: Counter[int] = Counter()
        for worker in self._workers:
            waiting.give_next(worker)
        while len(self._workers) < self._size and (task := waiting.next()):
            self._workers.append(Worker(self._config))
            self._workers[-1].give(task)
        while busy := {worker.replies: worker for worker in self._workers if worker.task}:
            for ready in wait(list(busy)):
                self._hear(busy[ready], waiting, deaths, advance)  # type: ignore[index]

    def _hear(self, worker: Worker, waiting: "Waiting", deaths: Counter[int], advance: Callable[[int], None]) -> None:
        kind, content = worker.hear()
        task = worker.task
        assert task is not None
        match kind:
            case "advance":
                advance(content)
                return
            case "error":
                worker.task = None
                name, message = content
                kind_of_error: type[CacoError] = getattr(errors, name)
                raise kind_of_error(message)
            case "dead":
                deaths[task.part] += 1
                waiting.again.append(after_death(task, deaths[task.part], f"exit {content}"))
                worker.stop()
                self._workers.remove(worker)
                worker = Worker(self._config)
                self._workers.append(worker)
        worker.task = None
        waiting.give_next(worker)


class Waiting:
    """Tasks that nobody has in hand: those to be done again first, then new ones, each made when it is its turn."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self.again: list[Task] = []
        self._new = iter(tasks)

    def next(self) -> Task | None:
        """The next task, if there is one."""
        return self.again.pop() if self.again else next(self._new, None)

    def give_next(self, worker: Worker) -> None:
        """Give a worker its next task, if there is one."""
        if task := self.next():
            worker.give(task)


def _pipe() -> tuple[Connection, Connection]:
    """A one-way pipe: the end to read from, the end to write to."""
    read, write = os.pipe()
    return Connection(read, writable=False), Connection(write, readable=False)
