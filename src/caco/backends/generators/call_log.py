"""The call log: every reply that a model gave, by the hash of its request; a SQLite file that many processes share.

It holds what was replied, how many tokens and seconds it took and what it cost, and for each run what it has spent so
far. It holds no requests, no addresses and no keys.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caco.errors import StoreError
from caco.ports import Completion, GenerateRequest

_TABLES = """
CREATE TABLE IF NOT EXISTS calls (
    key TEXT NOT NULL UNIQUE, role TEXT, model TEXT, reply TEXT NOT NULL,
    tokens_in INTEGER, tokens_out INTEGER, seconds REAL, cost REAL
);
CREATE TABLE IF NOT EXISTS spent (
    run TEXT, role TEXT, requests INTEGER, tokens_in INTEGER, tokens_out INTEGER, seconds REAL, cost REAL,
    PRIMARY KEY (run, role)
) WITHOUT ROWID;
"""
_WAIT_S = 60.0
"""How long a process waits for another one's write."""
_CHUNK = 500
"""Keys in one query: below SQLite's oldest limit on variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One reply as it is logged."""

    key: str
    completion: Completion
    seconds: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a run has spent on one role, over all its lives; replies found in the log cost nothing."""

    role: str = ""
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    """Summed over requests, many of which were in flight at once."""
    cost: float = 0.0


def request_key(identity: str, request: GenerateRequest) -> str:
    """32 hex digits that name a request to the model that `identity` names."""
    s = request.sampling
    texts = [part for m in request.messages for part in (m.role, m.content)]
    drawn = (s.temperature, s.top_p, s.max_tokens, s.n, s.stop, s.seed, s.schema)
    # Texts are hashed as they are, behind their lengths: to write them as JSON takes four times as long.
    shape = repr((identity, [len(text) for text in texts], len(request.prompt), drawn))
    whole = "".join((shape, *texts, request.prompt))
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch a new file to a write-ahead log. This alone does not wait while another process does the same."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.005)


class CallLog:
    """A call log; safe with several threads and processes. Raises StoreError where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # autocommit: transactions are begun by hand, so that a reader never holds one open
            self._db = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            _write_ahead(self._db)
            # With a write-ahead log this survives the death of any process; only a power cut may lose the last replies.
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"call log {path} cannot be used: {error}") from error

    def find(self, keys: Sequence[str]) -> dict[str, Completion]:
        """The replies to those of `keys` that have one."""
        return {row[0]: _completion(row[1]) for row in self._select("key, reply", keys)}

    def costs(self, keys: Sequence[str]) -> dict[str, Spent]:
        """Tokens, seconds and cost of those of `keys` that have a reply."""
        names = "key, tokens_in, tokens_out, seconds, cost"
        return {
            key: Spent(requests=1, tokens_in=tokens_in, tokens_out=tokens_out, seconds=seconds, cost=cost)
            for key, tokens_in, tokens_out, seconds, cost in self._select(names, keys)
        }

    def write(self, calls: Sequence[Call], *, run: str, role: str) -> None:
        """Add replies and charge them to `run`, in one transaction; it is on disk when this returns."""
        rows = [_row(call, role) for call in calls]
        sums = [sum(column) for column in list(zip(*rows, strict=True))[4:]] if rows else [0, 0, 0, 0]
        charge = (run, role, len(rows), *sums)
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                self._db.execute(
                    "INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, role) DO UPDATE SET "
                    "requests = requests + excluded.requests, tokens_in = tokens_in + excluded.tokens_in, "
                    "tokens_out = tokens_out + excluded.tokens_out, seconds = seconds + excluded.seconds, "
                    "cost = cost + excluded.cost",
                    charge,
                )
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise StoreError(f"call log {self.path} cannot be written: {error}") from error

    def spent(self, run: str) -> list[Spent]:
        """What `run` has spent, role by role."""
        names = "role, requests, tokens_in, tokens_out, seconds, cost"
        with self._lock:
            rows = self._db.execute(f"SELECT {names} FROM spent WHERE run = ? ORDER BY role", (run,)).fetchall()
        return [Spent(**dict(zip(names.split(", "), row, strict=True))) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _select(self, names: str, keys: Sequence[str]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        with self._lock:
            for start in range(0, len(keys), _CHUNK):
                some = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(some))
                found += self._db.execute(f"SELECT {names} FROM calls WHERE key IN ({marks})", some).fetchall()
        return found


def _row(call: Call, role: str) -> tuple[Any, ...]:
    c = call.completion
    reply = json.dumps((c.texts, c.finish, c.model, c.tokens_in, c.tokens_out, c.detail))
    return call.key, role, c.model, reply, c.tokens_in, c.tokens_out, call.seconds, call.cost


def _completion(reply: str) -> Completion:
    texts, finish, model, tokens_in, tokens_out, detail = json.loads(reply)
    return Completion(
        texts=tuple(texts),
        finish=tuple(finish),
        model=model,
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        detail=detail,
    )
