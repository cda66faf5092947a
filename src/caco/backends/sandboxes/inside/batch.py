"""Several programs in one child, one after the other, each only if the screen lets it share a process.

A verdict is given only to a program that came to its end, or raised an ordinary exception, far from every limit.
After a program that did anything else the child stops. What has no verdict runs again elsewhere: nothing here is the
last word on a program that misbehaves.
"""

import ast
import builtins
import gc
import io
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from caco.backends.sandboxes.inside import program, screen
from caco.program.values import dumps

SHARED = 4
"""The flag of a request that holds several programs."""
MOST = 32
"""Programs in one child."""
SLICE_S = 0.25
"""CPU seconds of one program here; what takes longer runs alone."""
MEMORY_MB = 64
"""Address space of all programs here; no verdict is given once a quarter of it has been used."""
ITEM = struct.Struct("<IB")  # length of the text, flags
FRAME = struct.Struct("<QQQII")  # CPU us, wall us, peak KB, lengths of stdout and record; without a record no verdict
NO_VERDICT = FRAME.pack(0, 0, 0, 0, 0)
_BUILTINS = {name: getattr(builtins, name) for name in screen.BUILTINS}


def pack(programs: Sequence[tuple[bytes, int]]) -> bytes:
    """What a child reads: programs and their flags."""
    return b"".join(ITEM.pack(len(text), flags) + text for text, flags in programs)


def unpack(data: bytes) -> Iterator[tuple[bytes, int]]:
    """The programs of `pack`."""
    place = 0
    while place < len(data):
        size, flags = ITEM.unpack_from(data, place)
        place += ITEM.size + size
        yield data[place - size : place], flags


def share_mb(memory_mb: int) -> int:
    """Address space of a child for several programs, where one alone may have `memory_mb`."""
    return min(MEMORY_MB, memory_mb // 2)


class TooLongError(BaseException):
    """A program has used its slice; a BaseException, so that no library code takes it for its own."""


class Clock:
    """Stops a program that takes too long: in Python code by an exception, in a long call in C by the kernel."""

    def __init__(self) -> None:
        self.running = self.late = False
        signal.signal(signal.SIGPROF, self.ring)
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)

    def ring(self, *_: Any) -> None:
        """The slice is over."""
        self.late = True
        if self.running:
            raise TooLongError

    def start(self, slice_s: float) -> None:
        """Give the next program its slice; none where it is 0."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 2 * slice_s)
        signal.setitimer(signal.ITIMER_PROF, slice_s)


def run(data: bytes, _: int, limits: dict[str, Any], fd: int) -> int:
    """Run the programs, and write a frame for each of those that were looked at to `fd`: the length of it all."""
    gc.disable()
    programs = list(unpack(data))
    largest = min(1 << 14, (limits["output_bytes"] >> 1) // len(programs) - FRAME.size)
    roomy = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + (share_mb(limits["memory_mb"]) << 8)
    clock, slice_s = Clock(), min(SLICE_S, limits["cpu_s"])
    frames: list[bytes] = []
    for text, flags in programs:
        clock.start(slice_s)
        frame = one(text, flags, limits, clock, largest, roomy)
        frames.append(frame or NO_VERDICT)
        if clock.late or not frame:
            break
    clock.start(0.0)
    return os.pwrite(fd, b"".join(frames), 0)


def one(text: bytes, flags: int, limits: dict[str, Any], clock: Clock, largest: int, roomy: int) -> bytes:
    """The frame of one program; empty where it ran and did something else than most, so that none may follow it."""
    usage, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    ready = prepare(text, flags, limits)
    if ready is None:
        return NO_VERDICT
    sys.stdout = out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    parts, tracer, names = ready
    try:
        clock.running = True
        record = program.carry_out(parts, tracer, names, {}, flags, limits)
    except TooLongError:
        return b""
    finally:
        clock.running = False
    out.flush()
    printed, claim = out.buffer.getvalue(), dumps(record).encode()
    names.clear()
    now = resource.getrusage(resource.RUSAGE_SELF)
    believed = is_ordinary(record) and b" at 0x" not in printed + claim
    if clock.late or not believed or len(printed) + len(claim) > largest or now.ru_maxrss > roomy:
        return b""
    cpu_s = now.ru_utime + now.ru_stime - usage.ru_utime - usage.ru_stime
    costs = int(cpu_s * 1e6), int((time.monotonic() - began) * 1e6), now.ru_maxrss
    return FRAME.pack(*costs, len(printed), len(claim)) + printed + claim


def prepare(text: bytes, flags: int, limits: dict[str, Any]) -> tuple[list[Any], Any, dict[str, Any]] | None:
    """The program compiled, its tracer and its names; None where it may not share a process."""
    if len(text) > screen.MAX_TEXT:
        return None
    program.set_recursion_limit(limits["recursion"])
    try:
        tree = ast.parse(text.decode(), program.NAME)
        place = screen.screen(tree)
        if place >= 0:
            tree.body.insert(place + 1, program.input_hook(tree.body[place]))
        tracer = program.traced(tree, limits) if flags & program.TRACE else None
        code = compile(tree, program.NAME, "exec", dont_inherit=True)
    except (screen.Refused, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    names = program.new_main()
    names["__builtins__"] = dict(_BUILTINS)
    return [code], tracer, names


def is_ordinary(record: dict[str, Any]) -> bool:
    """Whether the program came to its end, or raised what any program may."""
    if record["status"] == "exception":
        return record["fault"][0] in screen.RAISED
    return record["status"] in ("ok", "printed")


def warm(text: bytes, limits: dict[str, Any]) -> None:
    """Screen and run a program here, in the zygote, so that no child pays for what a first run sets up."""
    for flags in (0, program.TRACE):
        ready = prepare(text, flags, limits)
        if ready:
            dumps(program.carry_out(*ready, {}, flags, limits))
