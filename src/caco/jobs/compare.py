"""Two evaluations held against each other, item by item."""

from collections.abc import Iterable
from dataclasses import dataclass

from caco.benchmark import benchmark_of
from caco.errors import ConfigError
from caco.jobs.evaluate import Asked, asked
from caco.statistics import Interval, difference, p_value, share
from caco.store.run import Run

ALL = "all"
_SETTINGS = ("samples", "temperature", "max_tokens", "template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A problem on which the two runs differ."""

    item: str
    style: str
    gold: str
    first: float
    second: float
    """Share of right samples."""
    first_answer: str
    second_answer: str
    """The first sample's answer."""
    rows: tuple[str, str]
    """Ids of the first samples' verdicts: `caco explain RUN ROW` tells more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One benchmark in both runs; `change` is second less first."""

    benchmark: str
    style: str
    items: int
    first: Interval
    second: Interval
    change: Interval
    better: int
    worse: int
    """Items on which the second run is better, or worse."""
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two runs: each benchmark, the problems that differ, and what makes the comparison doubtful."""

    comparisons: tuple[Comparison, ...]
    differing: tuple[Differing, ...]
    doubts: tuple[str, ...]


def compare_runs(first: Run, second: Run) -> Compared:
    """Compare the problems that both runs have asked. Raises ConfigError where there are none."""
    one, other = _by_problem(first), _by_problem(second)
    both = sorted(one.keys() & other.keys())
    if not both:
        raise ConfigError(f"{first.path} and {second.path} have no problem in common")
    groups: dict[tuple[str, str], list[tuple[Asked, Asked]]] = {}
    for key in both:
        pair = one[key], other[key]
        groups.setdefault((benchmark_of(pair[0].item), pair[0].style), []).append(pair)
    found = [_comparison(name, style, pairs) for (name, style), pairs in sorted(groups.items())]
    if len(found) > 1:
        found.append(_comparison(ALL, "", [pair for pairs in groups.values() for pair in pairs]))
    differing = [_differing(one[key], other[key]) for key in both if one[key].share != other[key].share]
    alone = len(one.keys() ^ other.keys())
    return Compared(
        comparisons=tuple(found),
        differing=tuple(differing),
        doubts=(
            *_doubts(first, second),
            *([f"{alone} problems are in one run only, and are left out"] if alone else ()),
        ),
    )


def _by_problem(run: Run) -> dict[tuple[str, str], Asked]:
    """By item and text: a fresh instance has the text that its own inputs give it."""
    return {(found.item, found.problem.question): found for found in asked(run)}


def _comparison(name: str, style: str, pairs: list[tuple[Asked, Asked]]) -> Comparison:
    first, second = (_means((pair[side].item, pair[side].share) for pair in pairs) for side in (0, 1))
    changes = [second[item] - first[item] for item in first]
    return Comparison(
        benchmark=name,
        style=style,
        items=len(first),
        first=share(list(first.values())),
        second=share(list(second.values())),
        change=difference(changes),
        better=sum(change > 0 for change in changes),
        worse=sum(change < 0 for change in changes),
        p_value=p_value(changes),
    )


def _means(shares: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for item, value in shares:
        found.setdefault(item, []).append(value)
    return {item: sum(values) / len(values) for item, values in found.items()}


def _differing(one: Asked, other: Asked) -> Differing:
    mine, yours = one.verdicts[0], other.verdicts[0]
    return Differing(
        item=one.item,
        style=one.style,
        gold=one.problem.answer,
        first=one.share,
        second=other.share,
        first_answer=mine.solution.answer,
        second_answer=yours.solution.answer,
        rows=(mine.id, yours.id),
    )


def _doubts(first: Run, second: Run) -> list[str]:
    mine, yours = first.manifest.settings, second.manifest.settings
    return [f"{key} differs: {mine[key]} and {yours[key]}" for key in _SETTINGS if mine[key] != yours[key]]
