"""What a comparison of two trees found."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from caco.graders.tree import Node
from caco.records import Outcome


class Decision(NamedTuple):
    """A verdict with its reason, the route that found it, and the allowances it needed."""

    outcome: Outcome
    reason: str
    route: str = "none"
    allowances: frozenset[str] = frozenset()

    @property
    def is_equal(self) -> bool:
        return self.outcome is Outcome.EQUAL

    @property
    def is_unequal(self) -> bool:
        return self.outcome is Outcome.NOT_EQUAL

    def using(self, allowance: str) -> "Decision":
        """The same decision with one more allowance (none where `allowance` is empty)."""
        return self._replace(allowances=self.allowances | {allowance}) if allowance else self


def equal(route: str, reason: str) -> Decision:
    """Equal, by `route`."""
    return Decision(Outcome.EQUAL, reason, route)


def unequal(reason: str, route: str = "exact") -> Decision:
    """Not equal."""
    return Decision(Outcome.NOT_EQUAL, reason, route)


def unsure(reason: str) -> Decision:
    """Undecided."""
    return Decision(Outcome.UNDECIDED, reason)


def every(decisions: Iterable[Decision], reason: str) -> Decision:
    """All parts together: unequal where one is, else undecided where one is, else equal with all allowances."""
    allowances: frozenset[str] = frozenset()
    doubt = None
    for decision in decisions:
        if decision.is_unequal:
            return unequal(decision.reason, "structure")
        if not decision.is_equal:
            doubt = doubt or decision
        allowances |= decision.allowances
    return doubt or Decision(Outcome.EQUAL, reason, "structure", allowances)


class Comparer(Protocol):
    """What a rule needs for the parts of its two trees."""

    def same(self, left: Node, right: Node) -> Decision: ...
