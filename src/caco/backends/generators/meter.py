"""The meter: what a run has spent, and whether its budget still covers one more request.

A request is let through only while the budget covers the most it and all that are in flight can cost, so one process
never goes over; several processes may, by what the others have in flight.
"""

from dataclasses import dataclass

from caco.backends.generators.call_log import CallLog, Spent
from caco.config import Budget
from caco.ports import Completion, GenerateRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What one token costs."""

    token_in: float = 0.0
    token_out: float = 0.0

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Cost of so many tokens."""
        return tokens_in * self.token_in + tokens_out * self.token_out


class Meter:
    """Guards the budget of one run for one role."""

    def __init__(self, log: CallLog, *, run: str, budget: Budget, prices: Prices) -> None:
        self._log, self.run, self._budget, self.prices = log, run, budget, prices
        self._limited = bool(budget.requests or budget.tokens or budget.cost)
        self._in_flight = Spent()
        self._spent = Spent()
        self.refresh()

    def refresh(self) -> None:
        """Read what all processes of the run have spent."""
        if self._limited:
            self._spent = total(self._log.spent(self.run))

    def admit(self, request: GenerateRequest) -> str:
        """Empty, and the request counted as in flight; or why the budget does not cover it now."""
        if not self._limited:
            return ""
        after = total([self._spent, self._in_flight, self._most(request)])
        if over := _over(self._budget, after):
            return over
        self._in_flight = total([self._in_flight, self._most(request)])
        return ""

    def settle(self, request: GenerateRequest) -> None:
        """The request is no longer in flight: answered and in the log, or failed."""
        if self._limited:
            self._in_flight = _less(self._in_flight, self._most(request))

    @property
    def busy(self) -> bool:
        """Whether requests are in flight: what they do not use of their reserve may yet cover another."""
        return self._in_flight.requests > 0

    def cost(self, completion: Completion) -> float:
        """What a reply costs."""
        return self.prices.of(completion.tokens_in, completion.tokens_out)

    def _most(self, request: GenerateRequest) -> Spent:
        """An upper bound: no tokeniser makes more tokens than a text has bytes, plus a few for each turn."""
        turns = [m.content for m in request.messages] or [request.prompt]
        tokens_in = sum(len(turn.encode()) + 16 for turn in turns)
        tokens_out = request.sampling.max_tokens * request.sampling.n
        return Spent(requests=1, tokens_in=tokens_in, tokens_out=tokens_out, cost=self.prices.of(tokens_in, tokens_out))


def total(spent: list[Spent]) -> Spent:
    """The sum over roles."""
    return Spent(
        requests=sum(s.requests for s in spent),
        tokens_in=sum(s.tokens_in for s in spent),
        tokens_out=sum(s.tokens_out for s in spent),
        seconds=sum(s.seconds for s in spent),
        cost=sum(s.cost for s in spent),
    )


def _less(one: Spent, other: Spent) -> Spent:
    return Spent(
        requests=one.requests - other.requests,
        tokens_in=one.tokens_in - other.tokens_in,
        tokens_out=one.tokens_out - other.tokens_out,
        cost=max(one.cost - other.cost, 0.0),
    )


def _over(budget: Budget, after: Spent) -> str:
    tokens = after.tokens_in + after.tokens_out
    if budget.requests and after.requests > budget.requests:
        return f"the budget of {budget.requests:,} requests is spent"
    if budget.tokens and tokens > budget.tokens:
        return f"the budget of {budget.tokens:,} tokens does not cover another request"
    if budget.cost and after.cost > budget.cost:
        return f"the budget of {budget.cost:g} does not cover another request"
    return ""
