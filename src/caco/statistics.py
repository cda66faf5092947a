"""Intervals and tests on per-item results: each item counts once, however many samples were drawn of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from random import Random

import numpy as np

DRAWS = 10_000
Z = 1.959964
"""Normal quantile of a 95% interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean over items, and the 95% interval around it."""

    mean: float
    low: float
    high: float


def share(values: Sequence[float]) -> Interval:
    """The mean of per-item shares: Wilson's interval where each is 0 or 1, else the standard error over items.

    Samples of one item are alike, so items are the units (Miller 2024, "Adding Error Bars to Evals",
    arXiv 2411.00640, section 2.2); where all items are alike that interval has no width, and Wilson's is given.
    """
    mean = float(np.mean(values)) if values else 0.0
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    if not spread or all(value in (0, 1) for value in values):
        low, high = wilson(round(sum(values)), len(values))
        return Interval(mean=mean, low=low, high=high)
    half = Z * spread / sqrt(len(values))
    return Interval(mean=mean, low=max(0.0, mean - half), high=min(1.0, mean + half))


def wilson(count: int, tried: int) -> tuple[float, float]:
    """Wilson's score interval for a share, at 95%: right at 0 of n too, where the usual one has no width.

    >>> low, high = wilson(3, 250)
    >>> f"{low:.1%} to {high:.1%}"
    '0.4% to 3.5%'
    """
    if not tried:
        return 0.0, 1.0
    share, z2 = count / tried, Z * Z
    centre = (share + z2 / (2 * tried)) / (1 + z2 / tried)
    half = Z / (1 + z2 / tried) * sqrt(share * (1 - share) / tried + z2 / (4 * tried * tried))
    return max(0.0, centre - half), min(1.0, centre + half)


def difference(values: Sequence[float]) -> Interval:
    """The mean of paired differences, with the standard error over items (Miller 2024, section 4.2)."""
    mean = float(np.mean(values)) if values else 0.0
    half = Z * float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else 1.0
    return Interval(mean=mean, low=max(-1.0, mean - half), high=min(1.0, mean + half))


def p_value(values: Sequence[float]) -> float:
    """How probable a mean difference this large is where neither side is better.

    Differences of -1, 0 and 1 get McNemar's exact test; others 10,000 random flips of their signs, with a fixed seed.
    """
    moved = [value for value in values if value]
    if all(abs(value) == 1 for value in moved):
        return mcnemar(sum(value > 0 for value in moved), sum(value < 0 for value in moved))
    found = np.abs(np.asarray(moved))
    signs = np.array([Random(0).choices((-1, 1), k=len(moved) * DRAWS)]).reshape(DRAWS, len(moved))
    as_large = np.abs(signs @ found) >= abs(sum(moved)) - 1e-9
    return float((1 + as_large.sum()) / (1 + DRAWS))


def mcnemar(better: int, worse: int) -> float:
    """McNemar's exact test: how probable a split this uneven is among items on which two models differ."""
    num, few = better + worse, min(better, worse)
    return float(min(1.0, 2 * sum(comb(num, i) for i in range(few + 1)) / 2**num))
