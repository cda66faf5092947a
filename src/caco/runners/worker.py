"""A worker process: takes tasks from one pipe, answers on another, opens its ports once.

Started as `python -m caco.runners.worker TASKS REPLIES` (two descriptors) by the local runner. Messages are pickles
between two processes of ours; nothing that a program under test or a model wrote is ever unpickled.
"""

import gc
import pickle
import signal
import sys
import time
from multiprocessing.connection import Connection

from caco.backends.opening import open_ports
from caco.errors import CacoError
from caco.runners.part import num_cores, num_workers
from caco.runners.task import do_task

ALIVE_S = 0.5
"""A sign of life at most so often."""
RECURSION = 10_000
"""A sum of 900 terms is a tree of 900 levels, and each level some calls of ours; Python's own limit is 1,000."""


def main(tasks: Connection, replies: Connection) -> None:
    """Serve until the pipe of tasks closes."""
    gc.set_threshold(50_000, 20, 50)  # rows are trees without cycles: looking for cycles cost a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    sys.setrecursionlimit(RECURSION)
    if (message_bytes := _next(tasks)) is None:
        return  # the parent was stopped while we were starting
    try:
        sys.path[:], config_bytes = pickle.loads(message_bytes)  # what the parent can import, we can
        config = pickle.loads(config_bytes)
    except (AttributeError, ImportError) as error:
        message = (
            f"a worker process cannot find the plan's functions ({error}): define them in a module, or use workers=1"
        )
        replies.send(("error", ("ConfigError", message)))
        return
    cores = max(1, num_cores() // num_workers(config))
    with open_ports(config, cores) as ports:
        while (message_bytes := _next(tasks)) is not None:
            try:
                do_task(config, pickle.loads(message_bytes), ports, Telling(replies))
            except CacoError as error:
                replies.send(("error", (type(error).__name__, str(error))))
            else:
                replies.send(("done", None))


class Telling:
    """Tells the parent of rows that are done, and now and then that the work goes on."""

    def __init__(self, replies: Connection) -> None:
        self._replies, self._told = replies, 0.0

    def __call__(self, rows: int) -> None:
        """Send a message; for no rows only where the last one is a while ago: one for each row would cost too much."""
        now = time.monotonic()
        if rows or now - self._told > ALIVE_S:
            self._told = now
            self._replies.send(("advance", rows))


def _next(tasks: Connection) -> bytes | None:
    try:
        return tasks.recv_bytes()
    except EOFError:
        return None


if __name__ == "__main__":
    try:
        main(Connection(int(sys.argv[1]), writable=False), Connection(int(sys.argv[2]), readable=False))
    except BrokenPipeError:
        sys.exit(1)  # the parent was killed: nobody is left to answer, and the part in hand has no receipt
