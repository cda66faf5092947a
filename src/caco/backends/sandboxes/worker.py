"""One worker: a zygote in its own process behind a socket, started by exec, never by a fork of this process."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from caco.backends.sandboxes.inside import batch
from caco.backends.sandboxes.inside.zygote import FINISHED, HEADER, REPLY
from caco.backends.sandboxes.limits import Limits
from caco.errors import BackendError

HERE = Path(__file__).parent
INSIDE = HERE / "inside"
PROGRAM = HERE.parent.parent / "program"
MODULES = ("expressions", "values", "tracing")
OWN = ("program", "screen", "batch")
BARE = ["math", "random", "fractions", "itertools", "functools", "collections", "datetime", "heapq", "re", "copy"]
WARM = ["fault", "plain", "shared", "syntax"]
START_S, HUNG_S = 60.0, 15.0
"""How long a worker may take to start, and how much longer than a program's wall limit to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Which interpreter: what it has loaded, and under which hash seed and addresses it runs."""

    libraries: tuple[str, ...] = ()
    """Loaded beside the standard library: of `numpy` and `sympy`."""
    repeat: bool = False
    """The second run of a program: another hash seed, and random addresses."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What the zygote observed of one program (evidence), and what the program left (claims)."""

    ending: int
    status: int
    cpu_s: float
    wall_s: float
    peak_kb: int
    stdout: bytes
    stderr: bytes
    record: bytes


def split(raw: Raw, count: int) -> list[Raw | None]:
    """What was observed of each of the `count` programs of a batch, None where it has no verdict.

    The list is shorter where the child stopped, and empty where it did not end as it should. Each program bears its
    own CPU time and an equal share of what the child needed beside.
    """
    frames: list[Raw | None] = []
    place = 0
    while raw.ending == FINISHED and raw.status == 0 and place + batch.FRAME.size <= len(raw.record):
        cpu, wall, peak, printed, claim = batch.FRAME.unpack_from(raw.record, place)
        place += batch.FRAME.size
        out, record = raw.record[place : place + printed], raw.record[place + printed : place + printed + claim]
        place += printed + claim
        frames.append(Raw(FINISHED, 0, cpu / 1e6, wall / 1e6, peak, out, b"", record) if record else None)
    beside = max(0.0, raw.cpu_s - sum(frame.cpu_s for frame in frames if frame)) / count
    return [frame and replace(frame, cpu_s=frame.cpu_s + beside) for frame in frames[:count]]


class WorkerGoneError(Exception):
    """The worker died, hung or hung up: ours to handle, never the program's fault."""


class Worker:
    """A running zygote. Not shared between threads."""

    def __init__(self, tier: Tier, level: str, limits: Limits) -> None:
        self.folder = tempfile.mkdtemp(prefix="caco-sandbox-") if level == "process" else ""
        ours, theirs = socket.socketpair()
        settings = _settings(tier, level, limits, self.folder or "/tmp")
        command = [
            settings["python"],
            "-I",
            "-S",
            str(INSIDE / "launch.py"),
            json.dumps(settings),
            str(theirs.fileno()),
        ]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[theirs.fileno()],
            env={},
            start_new_session=True,
        )
        theirs.close()
        self._socket = ours
        self._reader = ours.makefile("rb", buffering=1 << 16)
        ours.settimeout(START_S)
        self.walls = self._ready()

    def _ready(self) -> dict[str, Any]:
        try:
            line = self._reader.readline()
        except OSError as error:
            line = json.dumps({"fault": str(error)}).encode()
        answer: dict[str, Any] = json.loads(line) if line else {"fault": "it ended without a word"}
        if "fault" in answer:
            self.process.kill()
            words = self.process.communicate()[1].decode(errors="replace").strip().splitlines()
            self.close()
            raise BackendError(f"sandbox worker did not start: {answer['fault']}{': ' + words[-1] if words else ''}")
        return answer

    def send(self, code: bytes, stdin: bytes, limits: Limits, flags: int) -> None:
        """Ask for one program. Raises WorkerGoneError."""
        self._send(code, stdin, limits, (limits.cpu_s, limits.memory_mb, flags))

    def send_batch(self, programs: Sequence[tuple[bytes, int]], limits: Limits) -> None:
        """Ask for several programs, each text with its flags, in one process. Raises WorkerGoneError."""
        cpu_s = 1.0 + 2 * len(programs) * batch.SLICE_S
        self._send(batch.pack(programs), b"", limits, (cpu_s, batch.share_mb(limits.memory_mb), batch.SHARED))

    def _send(self, code: bytes, stdin: bytes, limits: Limits, most: tuple[float, int, int]) -> None:
        cpu_s, memory_mb, flags = most
        milliseconds = int(cpu_s * 1000), int(limits.wall_s * 1000)
        header = HEADER.pack(len(code), len(stdin), *milliseconds, memory_mb, flags)
        try:
            self._socket.sendall(header + code + stdin)
        except OSError as error:
            raise WorkerGoneError(str(error)) from error

    def receive(self, wall_s: float) -> Raw:
        """The next answer, in the order of asking, to a program that may take `wall_s`. Raises WorkerGoneError."""
        self._socket.settimeout(wall_s + HUNG_S)
        head = self._exactly(REPLY.size)
        ending, status, cpu, wall, peak, *sizes = REPLY.unpack(head)
        return Raw(ending, status, cpu / 1e6, wall / 1e6, peak, *(self._exactly(size) for size in sizes))

    def _exactly(self, size: int) -> bytes:
        try:
            data: bytes = self._reader.read(size)
        except OSError as error:
            raise WorkerGoneError(str(error)) from error
        if len(data) != size:
            raise WorkerGoneError("the worker hung up")
        return data

    def close(self) -> None:
        """End the worker and everything in it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self._socket.close()
        if self.process.stderr:
            self.process.stderr.close()
        try:
            self.process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _settings(tier: Tier, level: str, limits: Limits, tmp: str) -> dict[str, Any]:
    python = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    site = [path for path in dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))) if path]
    return {
        "level": level,
        "tmp": tmp,
        "python": python,
        "zygote": str(INSIDE / "zygote.py"),
        "jail": str(INSIDE / "jail.py"),
        "modules": [
            *((f"caco.program.{name}", str(PROGRAM / f"{name}.py")) for name in MODULES),
            *((f"caco.backends.sandboxes.inside.{name}", str(INSIDE / f"{name}.py")) for name in OWN),
        ],
        "readable": _readable([*site, python, str(INSIDE), str(PROGRAM)]),
        "site": site,
        "preload": [*BARE, *tier.libraries],
        "warm": [str(INSIDE / f"warm_{name}.txt") for name in (*WARM, *tier.libraries)],
        "hash_seed": 1 if tier.repeat else 0,
        "fixed_addresses": not tier.repeat,
        "limits": asdict(limits),
    }


def _readable(needed: Sequence[str]) -> list[str]:
    """The folders that an interpreter and its libraries lie in, without those that lie in another."""
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"]
    paths = [sys.base_prefix, str(Path(sys.base_prefix).resolve()), *system]
    paths += [path if Path(path).is_dir() else str(Path(path).parent) for path in needed]
    found = [path for path in dict.fromkeys(paths) if Path(path).exists()]
    return sorted(path for path in found if not any(path.startswith(other + "/") for other in found))
