"""The warm interpreter of a worker: loads what programs import, closes the last doors, and forks the children.

It never reads a program's text or result: the child reads its request from the socket itself, and what it wrote goes
from file to socket inside the kernel. So no later child can find a trace of an earlier one in its memory. What the
zygote itself observes (how the child ended, its CPU clock, its memory) is evidence; what the child wrote is a claim.

Request: `HEADER`, then code and stdin. Reply: `REPLY`, then stdout, stderr and record.
"""

import builtins
import contextlib
import fcntl
import gc
import importlib
import json
import mmap
import os
import resource
import signal
import struct
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

HEADER = struct.Struct("<IIIIIB")  # lengths of code and stdin, CPU and wall milliseconds, memory in MB, flags
REPLY = struct.Struct(
    "<BiQQQIII"
)  # ending, wait status, CPU us, wall us, peak KB, lengths of stdout, stderr and record
FINISHED, DIED, CPU_TIMEOUT, WALL_TIMEOUT = range(4)
RECORD, FIRST_OWN, KILLING = 3, 10, 1000
TOKEN, BROOD = 16, 8
CHILD_ENDED = {signal.SIGCHLD}
INSIDE = "caco.backends.sandboxes.inside"
OURS = ("caco", "_jail", "ctypes", "_ctypes")


class Zygote:
    """One warm interpreter and its socket to the supervisor.

    Children are forked a brood at a time and wait: after each fork the parent copies every page it writes to, so it
    should do little between forks. A waiting child holds nothing of any program.
    """

    def __init__(self, settings: dict[str, Any], socket: int) -> None:
        self.level = settings["level"]
        self.limits = settings["limits"]
        self.tmp = settings["tmp"]
        warm(settings)
        self.run_one = sys.modules[f"{INSIDE}.program"].run
        self.batch = sys.modules[f"{INSIDE}.batch"]
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        limit(resource.RLIMIT_NOFILE, most if 0 < most < 4096 else 4096, most)
        self.null = os.open(os.devnull, os.O_RDWR)
        self.socket = fcntl.fcntl(socket, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN)
        os.close(socket)
        os.dup2(self.null, RECORD)
        self.go = os.pipe()
        self.began = os.pipe()
        self.tokens = new_file()
        self.bar_child: Any = None
        self.walls = self.close_doors(settings)
        self.space = address_space()
        self.clean = self.tmp_state()
        self.brood: list[int] = []
        self.files: list[list[int]] = []
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})

    def close_doors(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Landlock and the syscall filter, where the kernel has them; says which it got."""
        walls: dict[str, Any] = {"landlock": 0, "seccomp": False}
        if sys.platform != "linux":
            return walls
        jail = load("_jail", settings["jail"])
        gc.collect()
        jail.pack_memory([id(thing) for thing in gc.get_objects()])
        try:
            doors, bars = jail.syscall_filter(KILLING), jail.child_filter()
            jail.no_new_privileges()
            walls["landlock"] = jail.landlock([*settings["readable"], os.devnull], [self.tmp, os.devnull])
            jail.install(doors)
            walls["seccomp"] = True
            if self.level == "process" or not forks_are_limited():
                self.bar_child = lambda: jail.install(bars)
        except (OSError, KeyError):
            if self.level == "jail":
                raise
        return walls

    def tmp_state(self) -> tuple[int, int]:
        """Changes whenever a program writes into its private directory."""
        state = Path(self.tmp).stat()
        return state.st_mtime_ns, state.st_ctime_ns

    def serve(self) -> None:
        """Answer requests until the supervisor hangs up, or until a program has left something in its directory."""
        waiting = 0
        while True:
            if not waiting:
                self.fork_brood()
                waiting = BROOD
            header = read_exactly(self.socket, HEADER.size)
            if not header:
                return
            waiting -= 1
            self.answer(header)
            if self.tmp_state() != self.clean:
                return

    def fork_brood(self) -> None:
        """Fork the next children; each waits until it is given a request.

        The zygote keeps a copy of each child's token in a file that no child keeps open, to compare with.
        """
        self.files = [[new_file() for _ in range(3)] for _ in range(BROOD)]
        self.brood = [0] * BROOD
        for number in range(BROOD):
            token = [os.urandom(TOKEN)]
            os.pwrite(self.tokens, token[0], TOKEN * number)
            child = os.fork()
            if child == 0:
                self.be_child(number, token)
            self.brood[number] = child

    def answer(self, header: bytes) -> None:
        """Give a child the next request, wait for its end, and pass on what it left."""
        started = time.monotonic()
        os.write(self.go[1], header)
        number = os.read(self.began[0], 1)[0]
        if number >= BROOD:
            raise RuntimeError("a child failed before its program began")
        child, files = self.brood[number], self.files[number]
        _, _, cpu_ms, wall_ms, _, _ = HEADER.unpack(header)
        ending, status, usage = wait_for(child, started, cpu_ms / 1000, wall_ms / 1000)
        wall = time.monotonic() - started
        sizes = [os.fstat(file).st_size for file in files]
        sizes[2] -= TOKEN
        token = os.pread(self.tokens, TOKEN, TOKEN * number)
        if sizes[2] < 0 or os.pread(files[2], TOKEN, sizes[2]) != token:
            ending, sizes[2] = ending or DIED, 0
        cpu = usage.ru_utime + usage.ru_stime
        os.write(self.socket, REPLY.pack(ending, status, int(cpu * 1e6), int(wall * 1e6), usage.ru_maxrss, *sizes))
        for file, size in zip(files, sizes, strict=True):
            send(self.socket, file, size)
            os.close(file)

    def be_child(self, number: int, token: list[bytes]) -> None:
        """Wait for a request, read it, take the limits, and run the program; never returns.

        While the program runs, its token lies on this frame's value stack alone, as the second argument of a call that
        waits for its third: no name, no object and no descriptor that Python code can reach leads to it.
        """
        try:
            os.close(self.go[1])
            header = os.read(self.go[0], HEADER.size)
            if not header:
                os._exit(0)
            code, stdin, _, _, memory_mb, flags = HEADER.unpack(header)
            text, given = read_exactly(self.socket, code), read_exactly(self.socket, stdin)
            self.take_places(self.files[number], given)
            space = self.space + (memory_mb << 20)
            shared = flags & self.batch.SHARED
            limit(resource.RLIMIT_AS, space, space + (0 if shared else 64 << 20))
            run = self.batch.run if shared else self.run_one
            limit(resource.RLIMIT_FSIZE, self.limits["output_bytes"])
            limit(resource.RLIMIT_NOFILE, self.limits["files"])
            limit(resource.RLIMIT_CORE, 0)
            limit(resource.RLIMIT_NPROC, 0)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            if self.bar_child:
                self.bar_child()
        except BaseException:  # noqa: BLE001 - whatever it is, it is our failure, and the zygote must hear of it
            os.write(self.began[1], bytes([BROOD]))
            os._exit(70)
        os.write(self.began[1], bytes([number]))
        os.closerange(RECORD + 1, 256)
        leave = os._exit
        os.pwrite(RECORD, token.pop(), run(text, flags, self.limits, RECORD))
        leave(0)

    def take_places(self, files: list[int], stdin: bytes) -> None:
        """Descriptors 0 to 3 become stdin, stdout, stderr and the record; all others close as the program begins."""
        source = self.null
        if stdin:
            source = new_file()
            os.write(source, stdin)
            os.lseek(source, 0, os.SEEK_SET)
        for place, fd in enumerate((source, *files)):
            os.dup2(fd, place, inheritable=False)


def load(name: str, path: str) -> ModuleType:
    """Load one of our files with builtins of its own, which a program that patches `builtins` does not reach."""
    module = ModuleType(name)
    module.__dict__["__builtins__"] = dict(vars(builtins))
    module.__file__ = path
    sys.modules[name] = module
    exec(compile(Path(path).read_text(encoding="utf-8"), f"<{name}>", "exec"), module.__dict__)
    return module


def warm(settings: dict[str, Any]) -> None:
    """Load our own files and what the tier's programs import, and run some programs: first runs are slow."""
    for name, path in settings["modules"]:
        parent, _, last = name.rpartition(".")
        for end, letter in enumerate(name):
            if letter == ".":
                sys.modules.setdefault(name[:end], ModuleType(name[:end]))
        setattr(sys.modules[parent], last, load(name, path))
    program, batch = sys.modules[f"{INSIDE}.program"], sys.modules[f"{INSIDE}.batch"]
    sys.path[:] = [path for path in sys.path if "sandboxes" not in path] + settings["site"]
    for name in settings["preload"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    null = os.open(os.devnull, os.O_RDWR)
    use_streams(null, null, null)
    for path in settings["warm"]:
        text = Path(path).read_bytes()
        program.warm(text, settings["limits"])
        batch.warm(text, settings["limits"])
    os.close(null)


def use_streams(stdin: int, stdout: int, stderr: int) -> None:
    """Fresh standard streams on these descriptors, which stay open."""
    sys.stdin = open(stdin, encoding="utf-8", closefd=False)  # noqa: SIM115 - they live as long as the process
    sys.stdout = open(stdout, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - they live as long as the process
    sys.stderr = open(stderr, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 - they live as long as the process


def forget() -> None:
    """Remove our own names from where a program would look first, and keep the collector off all that is loaded."""
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    sys.argv[:] = ["program.py"]
    sys.executable = ""
    gc.collect()
    gc.freeze()


def filled_gaps() -> list[object]:
    """Objects in the small gaps of our memory, to be kept: a child then puts its own into fresh pages.

    What it put between ours would cost it the copy of a page each time. Gaps of one size are filled when objects of
    that size come to lie one after the other.
    """
    kept: list[object] = []
    for size in (*range(32, 513, 16), *(1 << k for k in range(10, 16))):
        run, last = 0, 0
        while run < 24:
            thing = bytes(max(size - 33, 0)) if size > 32 else float(len(kept) + 0.5)
            run = run + 1 if 0 < id(thing) - last <= size + 16 else 0
            last = id(thing)
            kept.append(thing)
    return kept


def new_file() -> int:
    """A fresh nameless file in memory, not shared with any earlier program."""
    if sys.platform == "linux":
        return os.memfd_create("")
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def send(socket: int, file: int, size: int) -> None:
    """Pass a file's bytes on without reading them into this process."""
    sent = 0
    while sent < size:
        if sys.platform == "linux":
            sent += os.sendfile(socket, file, sent, size - sent)
        else:
            sent += os.write(socket, os.pread(file, min(size - sent, 1 << 16), sent))


def read_exactly(fd: int, size: int) -> bytes:
    """The next `size` bytes; none where the other side has hung up."""
    data = b""
    while len(data) < size:
        part = os.read(fd, size - len(data))
        if not part:
            return b""
        data += part
    return data


def limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Lower a resource limit of this process."""
    resource.setrlimit(kind, (soft, soft if hard is None else hard))


def forks_are_limited() -> bool:
    """Whether the limit on processes holds for this user; it does not for the host's root, even without privileges."""
    child = os.fork()
    if child == 0:
        try:
            limit(resource.RLIMIT_NPROC, 0)
            os._exit(0 if os.fork() else 1)
        except OSError:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def address_space() -> int:
    """Bytes of address space in use, by trying what limit still lets a page be mapped (the jail has no /proc)."""
    low, high = 0, 1 << 36
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    while high - low > 1 << 20:
        middle = (low + high) // 2
        try:
            resource.setrlimit(resource.RLIMIT_AS, (middle, hard))
            mmap.mmap(-1, 4096).close()
            high = middle
        except (OSError, MemoryError, ValueError):
            low = middle
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    return high


def wait_for(child: int, started: float, cpu_s: float, wall_s: float) -> tuple[int, int, Any]:
    """Wait until the child ends, or end it when its own CPU clock, or the wall clock, runs out: why, status, usage."""
    if sys.platform != "linux":
        return wait_by_asking(child, started, wall_s)
    used, ending, clock = 0.0, FINISHED, (~child << 3) | 2  # the CPU clock of that process, as the kernel numbers it
    while True:
        left = min(cpu_s - used, started + wall_s - time.monotonic())
        signal.sigtimedwait(CHILD_ENDED, max(0.001, left))
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return ending, status, usage
        used = time.clock_gettime(clock)
        if used >= cpu_s or time.monotonic() >= started + wall_s:
            ending = ending or (CPU_TIMEOUT if used >= cpu_s else WALL_TIMEOUT)
            kill(child)


def kill(child: int) -> None:
    """Kill a child through the one descriptor that the syscall filter lets signals through; no program can hold it."""
    handle = os.pidfd_open(child)
    os.dup2(handle, KILLING, inheritable=False)
    os.close(handle)
    signal.pidfd_send_signal(KILLING, signal.SIGKILL)
    os.close(KILLING)


def wait_by_asking(child: int, started: float, wall_s: float) -> tuple[int, int, Any]:
    """The same where there are no process handles; the CPU limit is the kernel's own there, in whole seconds."""
    pause, ending = 0.0005, FINISHED
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return ending, status, usage
        if time.monotonic() >= started + wall_s:
            ending = WALL_TIMEOUT
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 2, 0.02)


def main(settings: dict[str, Any], socket: int) -> None:
    """Warm up, say what walls stand, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.chdir(settings["tmp"])
    zygote = Zygote(settings, socket)
    use_streams(0, 1, 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    os.write(zygote.socket, json.dumps({**zygote.walls, "rss_kb": peak}).encode() + b"\n")
    settings.clear()
    forget()
    kept = filled_gaps()
    zygote.serve()
    kept.clear()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), int(sys.argv[2]))
