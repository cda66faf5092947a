"""First process of a worker: builds the walls, starts the zygote inside, and waits for it.

Started as `python -I -S launch.py <settings as JSON> <socket>`, with an empty environment. Settings: `level`, `python`,
`readable` (paths), `zygote` (path), `hash_seed`, `fixed_addresses`, and what the zygote wants. A fault goes to the
supervisor as one JSON line on the socket.
"""

import json
import os
import select
import sys
from typing import Any, NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - before any import that costs time

import jail  # type: ignore[import-not-found]


def main(settings: dict[str, Any], socket: int) -> None:
    """Become the zygote (level `process`) or start it in a jail and stay until it, or the supervisor, is gone."""
    if settings["fixed_addresses"]:
        jail.fix_addresses()
    if settings["level"] == "process":
        start_zygote(settings, socket)
    jail.enter_namespaces()
    jail.new_root(settings["readable"], "/proc")
    zygote = os.fork()
    if zygote == 0:
        jail.drop_privileges()
        jail.die_with_parent()
        start_zygote(settings, socket)
    watch(zygote, socket)


def start_zygote(settings: dict[str, Any], socket: int) -> NoReturn:
    """Turn this process into a fresh interpreter that runs the zygote."""
    environment = {
        "PYTHONHASHSEED": str(settings["hash_seed"]),
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    os.set_inheritable(socket, True)
    flags = ["-S", "-B", "-s", "-P", "-X", "utf8"]
    os.execve(
        settings["python"],
        [settings["python"], *flags, settings["zygote"], json.dumps(settings), str(socket)],
        environment,
    )


def watch(zygote: int, socket: int) -> None:
    """Wait for the zygote's end; end it when the supervisor hangs up (it may be too busy to see that itself)."""
    handle = os.pidfd_open(zygote)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(socket, 0)
    for fd, _ in poll.poll():
        if fd == socket:
            os.kill(zygote, jail.SIGKILL)
    os.waitpid(zygote, 0)


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]), int(sys.argv[2]))
    except Exception as error:  # noqa: BLE001 - whatever the host refuses must reach the supervisor
        os.write(int(sys.argv[2]), json.dumps({"fault": f"{type(error).__name__}: {error}"}).encode() + b"\n")
        sys.exit(1)
