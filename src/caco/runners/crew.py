"""A crew of worker processes: tasks out, word of their end back; a dead worker is replaced, its task given again."""

import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Any

from caco import errors
from caco.errors import CacoError, ConfigError
from caco.plan import RunConfig
from caco.runners.task import Task, after_death

STOP_S = 5.0
"""How long a worker may take to close its ports before it is killed."""
LOOK_S = 1.0
"""How often busy workers are looked at."""
MEMORY_SHARE = 0.8
"""Of the machine's memory, for all workers together, where the run does not say."""
TICKS, PAGE_MB = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE") / 2**20


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
        self._heard = 0.0
        self._send(config)

    def give(self, task: Task) -> None:
        """Hand out a task; one at a time."""
        self.task, self._heard = task, self.cpu_s()
        self._send(pickle.dumps(task))

    def hear(self) -> tuple[str, Any]:
        """The next message, or `("dead", exit code)`."""
        try:
            kind, content = self.replies.recv()
        except (EOFError, OSError):
            self.process.kill()
            return "dead", self.process.wait()
        self._heard = self.cpu_s()
        return kind, content

    def cpu_s(self) -> float:
        """CPU seconds that its process has used; 0 where the host does not say."""
        stat = _of_process(self.process.pid, "stat").rpartition(")")[2].split()  # the name before it may hold anything
        return (int(stat[11]) + int(stat[12])) / TICKS if stat else 0.0

    def over(self, cpu_s: float, memory_mb: float) -> bool:
        """Whether it works on one row beyond all measure: it is seen from outside, for it cannot say so itself."""
        pages = _of_process(self.process.pid, "statm").split()
        used_mb = int(pages[1]) * PAGE_MB if pages else 0.0
        return self.cpu_s() - self._heard > cpu_s or used_mb > memory_mb

    def kill(self) -> None:
        """End it; hearing from it tells that it is dead."""
        self.process.kill()

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
            self._config_of, self._memory_mb = config, config.runner.memory_mb or MEMORY_SHARE * total_mb() / size
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
            for ready in wait(list(busy), timeout=LOOK_S):
                self._hear(busy[ready], waiting, deaths, advance)  # type: ignore[index]
            for worker in busy.values():
                if worker.over(self._config_of.runner.row_cpu_s, self._memory_mb):
                    worker.kill()

    def _hear(self, worker: Worker, waiting: "Waiting", deaths: Counter[int], advance: Callable[[int], None]) -> None:
        kind, content = worker.hear()
        task = worker.task
        assert task is not None
        match kind:
            case "advance":
                if content:  # none: it only says that it is alive
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


def is_picklable(config: RunConfig) -> bool:
    """Whether a plan can be sent to another process."""
    try:
        pickle.dumps(config)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def total_mb() -> float:
    """Memory of this machine."""
    return os.sysconf("SC_PHYS_PAGES") * PAGE_MB


def _of_process(pid: int, what: str) -> str:
    """What Linux tells of a process; nothing on other systems, and of one that is gone."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text()
    except OSError:
        return ""


def _pipe() -> tuple[Connection, Connection]:
    """A one-way pipe: the end to read from, the end to write to."""
    read, write = os.pipe()
    return Connection(read, writable=False), Connection(write, readable=False)
