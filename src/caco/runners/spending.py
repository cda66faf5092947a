"""An observer that looks into the call log while a run asks models, and tells another one what it finds."""

import time
from pathlib import Path

from caco.backends.generators.call_log import CallLog, Spent
from caco.backends.generators.meter import total
from caco.plan import RunConfig
from caco.roles import ROLES
from caco.runners.observer import Observer
from caco.store.table import Receipt

PAUSE_S = 1.0
"""How often the log is looked into, at most."""


class Spending:
    """Passes everything on, and adds what has been spent."""

    def __init__(self, inner: Observer, config: RunConfig) -> None:
        self._inner = inner
        asked = [port.serving for name, port in config.ports.items() if name in ROLES]
        self._accounts = {(Path(str(serving["log"])), str(serving["run"])) for serving in asked}
        self._before, self._rows, self._done = Spent(), 0, 0
        self._looked, self._told = 0.0, 0

    def step_started(self, name: str, rows: int, reused: int) -> None:
        self._inner.step_started(name, rows, reused)
        self._before, self._rows, self._done = self._spent(), rows - reused, 0

    def advanced(self, name: str, rows: int) -> None:
        self._inner.advanced(name, rows)
        self._done += rows
        if self._accounts and time.monotonic() - self._looked >= PAUSE_S:
            self._tell(name)

    def step_finished(self, name: str, receipts: list[Receipt]) -> None:
        if self._accounts and self._done:
            self._tell(name)
        self._inner.step_finished(name, receipts)

    def spent(self, name: str, so_far: Spent, forecast: Spent) -> None:
        self._inner.spent(name, so_far, forecast)

    def _tell(self, name: str) -> None:
        self._looked = time.monotonic()
        so_far = self._spent()
        if so_far.requests > max(self._before.requests, self._told):
            self._told = so_far.requests
            self.spent(name, so_far, self._forecast(so_far))

    def _forecast(self, so_far: Spent) -> Spent:
        """What the step will have spent: what its rows took so far, for all of its rows."""
        share = max(self._rows, self._done) / self._done
        return Spent(
            requests=round((so_far.requests - self._before.requests) * share),
            tokens_in=round((so_far.tokens_in - self._before.tokens_in) * share),
            tokens_out=round((so_far.tokens_out - self._before.tokens_out) * share),
            cost=(so_far.cost - self._before.cost) * share,
        )

    def _spent(self) -> Spent:
        found: list[Spent] = []
        for path, run in self._accounts:
            if path.exists():
                log = CallLog(path)
                found += log.spent(run)
                log.close()
        return total(found)
