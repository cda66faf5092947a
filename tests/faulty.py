"""Runs the small road over and over, each time with one fault at one file operation; prints what became of it.

`python tests/faulty.py FAULT FOLDER [EVERY]` with FAULT one of: before, after (killed there), torn (killed within a
write), full (the disk takes nothing from there on). Each life is a fork, killed by SIGKILL as the kernel would.
"""

import errno
import json
import os
import signal
import sqlite3
import sys
from pathlib import Path

import caco
from caco.errors import CacoError
from caco.store.run import Run
from running import tables
from small_road import small, write_seeds

WRITES = ("open", "write", "fsync", "mkdir", "sql")


class Faults:
    """Counts the operations that change files, and strikes at the one that is named."""

    def __init__(self, kind="", at=-1):
        self.kind, self.at, self.seen = kind, at, []

    def around(self, name, what, do, half=None):
        here = len(self.seen)
        self.seen.append(f"{name} {what}")
        needs_room = name in WRITES and not what.startswith(("SELECT", "ROLLBACK"))
        if self.kind == "full" and here >= self.at >= 0 and needs_room:
            raise sqlite3.OperationalError("disk is full") if name == "sql" else OSError(errno.ENOSPC, "No space left")
        if here == self.at and self.kind == "torn" and half:
            half()
        if here == self.at and self.kind in ("before", "torn"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = do()
        if here == self.at and self.kind == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return done


class File:
    """A file open for writing."""

    def __init__(self, file, faults):
        self._file, self._faults = file, faults

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, content):
        def half():
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        return self._faults.around("write", Path(self._file.name).name, lambda: self._file.write(content), half)


def install(faults):
    """Every file operation of the store, and every statement of the call log, goes through `faults`."""
    opened, fsync, connect = Path.open, os.fsync, sqlite3.connect

    def open_(path, mode="r", *args, **more):
        if not set(mode) & set("wax+"):
            return opened(path, mode, *args, **more)
        return File(faults.around("open", path.name, lambda: opened(path, mode, *args, **more)), faults)

    def counted(name):
        plain = getattr(Path, name)
        return lambda path, *args, **more: faults.around(name, path.name, lambda: plain(path, *args, **more))

    class Connection(sqlite3.Connection):
        def execute(self, sql, *args):
            return faults.around("sql", sql[:20], lambda: super(Connection, self).execute(sql, *args))

        def executemany(self, sql, *args):
            return faults.around("sql", sql[:20], lambda: super(Connection, self).executemany(sql, *args))

    Path.open = open_
    os.fsync = lambda fd: faults.around("fsync", "", lambda: fsync(fd))
    sqlite3.connect = lambda *args, **more: connect(*args, factory=Connection, **more)
    for name in ("replace", "unlink", "mkdir"):
        setattr(Path, name, counted(name))


def life(folder, faults):
    """One run in a process of its own: how it ended, and the operations it did where it came to an end."""
    read, write = os.pipe()
    if not os.fork():
        install(faults)
        try:
            caco.run(small(folder.parent / "seeds.jsonl"), runs=folder)
            ended = "finished"
        except CacoError as error:
            ended = f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001 - what a user would see as a traceback is told of
            ended = f"unclear {type(error).__name__}: {error}"
        os.write(write, json.dumps([ended, faults.seen]).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    os.wait()
    return json.loads(said) if said else ["killed", []]


def state(folder):
    """All that a run leaves: tables, receipts without their seconds, dataset, and what the call log holds."""
    found = {name: content.hex() for name, content in tables(Run(folder / "small")).items()}
    for path in sorted((folder / "small").rglob("receipts/*.json")):
        found[str(path.relative_to(folder))] = {**json.loads(path.read_text()), "seconds": 0}
    for path in sorted((folder / "small" / "dataset").rglob("*.*")):
        found[str(path.relative_to(folder))] = path.read_bytes().hex()
    log = sqlite3.connect(folder / "calls.sqlite")
    found["calls"] = log.execute("SELECT key, reply FROM calls ORDER BY key").fetchall()
    log.close()
    found["leftovers"] = [str(p) for p in folder.rglob("*.tmp")]
    return found


def main(kind, folder, every=1):
    folder.mkdir(parents=True)
    write_seeds(folder / "seeds.jsonl")
    _, operations = life(folder / "undisturbed", Faults())
    wanted = state(folder / "undisturbed")
    for at in range(0, len(operations), every):
        here = folder / f"{kind}-{at}"
        ended, _ = life(here, Faults(kind, at))
        if ended == "finished" and state(here) != wanted:
            ended = "unclear: finished, but not the undisturbed run"
        again, _ = life(here, Faults())
        same = again == "finished" and state(here) == wanted
        print(json.dumps({"at": at, "operation": operations[at], "ended": ended, "again": again, "same": same}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
