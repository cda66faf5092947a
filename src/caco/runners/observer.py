"""What a runner tells while it works; the command line draws it, a program may record it."""

from typing import Protocol

from caco.backends.generators.call_log import Spent
from caco.store.table import Receipt


class Observer(Protocol):
    """Hears of every step, in order."""

    def step_started(self, name: str, rows: int, reused: int) -> None:
        """`rows` will go through step `name`; `reused` of them are already done."""

    def advanced(self, name: str, rows: int) -> None:
        """`rows` more have been worked on (a part that is tried again counts again)."""

    def step_finished(self, name: str, receipts: list[Receipt]) -> None:
        """The step's table is whole."""

    def spent(self, name: str, so_far: Spent, forecast: Spent) -> None:
        """The run has spent `so_far` on models; at its present pace step `name` alone will have spent `forecast`."""


class Silent:
    """An observer that ignores all it hears."""

    def step_started(self, name: str, rows: int, reused: int) -> None: ...

    def advanced(self, name: str, rows: int) -> None: ...

    def step_finished(self, name: str, receipts: list[Receipt]) -> None: ...

    def spent(self, name: str, so_far: Spent, forecast: Spent) -> None: ...
