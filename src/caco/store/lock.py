"""Keeping a second process out of a run.

On this machine the lock is the kernel's: it ends with its holder, however that dies. In an object store it is a lease:
an object that only one can create, which its holder renews. Who finds it waits for a renewal; where none comes, the
holder is dead and the lease is taken over. No clock is read, so no clock that jumps can break it. A holder that was
stopped for longer than that, and goes on, finds its lease gone and ends with an error; what both wrote meanwhile are
parts of the same content, each under a receipt that names its files.
"""

import fcntl
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from caco.errors import StoreError
from caco.store.place import is_local

RENEW_S = 5.0
"""How often a lease is renewed."""
LEASE_S = 30.0
"""How long a lease that is not renewed is respected."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the run in `folder` for this process. Raises StoreError where another holds it."""
    with _locked_file(folder) if is_local(folder) else _lease(folder):
        yield


def _locked_file(folder: Path) -> IO[str]:
    """The open lock file; closing it gives the lock back."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("a+")
    except OSError as error:
        raise StoreError(f"{folder} cannot be locked: {error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
    except OSError as error:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        lock.close()
        if isinstance(error, BlockingIOError):
            raise StoreError(f"{folder} is in use by process {holder}") from error
        raise StoreError(f"{folder} cannot be locked: {error}") from error
    return lock


@contextmanager
def _lease(folder: Path) -> Iterator[None]:
    lease = Lease(folder / ".lock")
    lease.take()
    try:
        yield
    finally:
        lost = lease.give_back()
    if lost:
        raise StoreError(f"{folder} was taken over by {lost} while this process stood still; give the command again")


class Lease:
    """A lock in an object store."""

    def __init__(self, path: Path) -> None:
        self._path: Any = path
        self._me = f"process {os.getpid()} on {socket.gethostname()}, {uuid.uuid4().hex[:8]}"
        self._stop = threading.Event()
        self._renewer = threading.Thread(target=self._renew, daemon=True)
        self._lost = ""

    def take(self) -> None:
        """Create the lease, or take over one that is not renewed. Raises StoreError where its holder lives."""
        try:
            self._path.fs.pipe_file(self._path.path, self._content(0), mode="create")
        except FileExistsError:
            self._take_over()
        self._renewer.start()

    def give_back(self) -> str:
        """Delete the lease; returns who took it over, where somebody did."""
        self._stop.set()
        self._renewer.join()
        if not self._lost:
            self._path.unlink(missing_ok=True)
        return self._lost

    def _take_over(self) -> None:
        found, waited = self._read(), time.monotonic()
        while time.monotonic() - waited < LEASE_S:
            time.sleep(RENEW_S / 5)
            if (now := self._read()) != found:
                raise self._in_use(now)
        self._write(0)
        time.sleep(RENEW_S / 5)  # of two that take over at once, the one that wrote last has it
        if _holder(now := self._read()) != self._me:
            raise self._in_use(now)

    def _in_use(self, content: bytes) -> StoreError:
        return StoreError(f"{self._path.parent} is in use by {_holder(content) or 'another process'}")

    def _renew(self) -> None:
        count = 0
        while not self._stop.wait(RENEW_S):
            holder = _holder(self._read())
            if holder != self._me:
                self._lost = holder or "another process"
                return
            count += 1
            self._write(count)

    def _read(self) -> bytes:
        try:
            content: bytes = self._path.read_bytes()
        except FileNotFoundError:
            return b""  # given back between two looks
        return content

    def _write(self, count: int) -> None:
        self._path.write_bytes(self._content(count))

    def _content(self, count: int) -> bytes:
        return f"{self._me}\n{count}\n".encode()


def _holder(content: bytes) -> str:
    return content.decode(errors="replace").partition("\n")[0]
