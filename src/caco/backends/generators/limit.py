"""How many requests one endpoint is given at once: found by trying, and found again when the server changes.

A window is as many replies as there are requests in flight. While a larger window brings clearly more tokens a second
the limit grows; where it brings only latency, it steps back. A server that says it is overloaded (429, 503, a time-out)
has its limit cut at once, and from there it grows by one.
"""

import math
from collections.abc import Callable

GAIN = 1.05
"""A window must bring this much more than the best one for the limit to grow."""
FORGET = 0.99
"""The best rate fades by this much each window, so that a limit that settled is tried anew now and then."""
CUT = 0.7
CALM_S = 1.0
"""Refusals of requests that were sent together are one sign, not many."""


class Limit:
    """The limit of one endpoint. `clock` gives seconds."""

    def __init__(self, start: int, most: int, clock: Callable[[], float]) -> None:
        self.size, self._most, self._clock = min(start, most), most, clock
        self._paid = self.size
        """The last limit that brought more than those before it."""
        self._ceiling = most
        self._best = 0.0
        self._cut_at = -math.inf
        self._full = False
        self._begin()

    def filled(self) -> None:
        """As many are in flight as the limit allows: only then does a window say something of the server."""
        self._full = True

    def replied(self, amount: float) -> None:
        """A reply came; `amount` is its work, in tokens."""
        self._count += 1
        self._amount += max(amount, 1.0)
        if self._count >= self.size:
            if self._full:
                self._judge(self._amount / max(self._clock() - self._since, 1e-6))
            self._begin()

    def overloaded(self) -> None:
        """The server would rather have less."""
        now = self._clock()
        if now - self._cut_at < CALM_S:
            return
        self._cut_at = now
        self.size = self._paid = self._ceiling = max(1, int(self.size * CUT))
        self._best = 0.0
        self._begin()

    def _judge(self, rate: float) -> None:
        if rate < GAIN * self._best:
            self.size = self._paid
            self._best *= FORGET
            return
        self._best, self._paid = max(rate, self._best), self.size
        grown = math.ceil(self.size * 1.5) if self.size < self._ceiling else self.size + 1
        self.size = min(grown, self._most)

    def _begin(self) -> None:
        self._count, self._amount, self._since, self._full = 0, 0.0, self._clock(), False
