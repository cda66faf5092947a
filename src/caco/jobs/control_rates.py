"""What the controls of a run show: how often its checks let a known-wrong row through, or stop a known-good one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from caco.records import Attempts, Problem, Reason, Verdict
from caco.stages.controls import KINDS, KNOWN_GOOD
from caco.statistics import wilson
from caco.store.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`count` of `tried` controls of a kind; the rate lies within `low` and `high` with 95% confidence."""

    kind: str
    """A kind of control, or `false_accept` or `false_reject` over all kinds."""
    tried: int
    count: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share observed; 0 where nothing was tried."""
        return self.count / self.tried if self.tried else 0.0


def control_rates(run: Run) -> list[Rate]:
    """The rates over all kinds, then accepted ones of each kind; empty for a run without controls."""
    tried = _tried(run)
    if not tried:
        return []
    accepted = _accepted(run)
    wrong = [kind for kind in KINDS if kind != KNOWN_GOOD]
    good = tried[KNOWN_GOOD]
    totals = (
        _rate("false_accept", sum(accepted[k] for k in wrong), sum(tried[k] for k in wrong)),
        _rate("false_reject", good - accepted[KNOWN_GOOD], good),
    )
    return [*totals, *(_rate(kind, accepted[kind], tried[kind]) for kind in KINDS if tried[kind])]


def _rate(kind: str, count: int, tried: int) -> Rate:
    low, high = wilson(count, tried)
    return Rate(kind=kind, tried=tried, count=count, low=low, high=high)


def _tried(run: Run) -> Counter[str]:
    """Controls by kind, where they were mixed in."""
    mixing = [entry for entry in run.manifest.steps if entry.stage.startswith("mix_")]
    rows = (row for entry in mixing for row in run.rows(entry.name))
    return Counter(_own_control(row) for row in rows if _own_control(row))


def _own_control(row: object) -> str:
    """The kind of a control at the step that made it: samples for a control problem are none of their own."""
    return row.control if isinstance(row, Problem | Attempts) else ""


def _accepted(run: Run) -> Counter[str]:
    """Controls that came to the export, each once however many of its solutions did."""
    return Counter(kind for kind, _ in {*_arrived(run)})


def _arrived(run: Run) -> Iterator[tuple[str, str]]:
    last = run.manifest.steps[-1]
    ended = {r.id for r in run.rejections(last.name) if r.reason == Reason.CONTROL}
    for taken in last.takes:
        for row in run.rows(taken):
            if isinstance(row, Verdict) and row.id in ended:
                solution = row.solution
                if solution.control:
                    yield solution.control, solution.id
                else:
                    yield solution.problem.control, solution.problem.id
