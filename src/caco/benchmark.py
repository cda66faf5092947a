"""A benchmark: where its items lie, how a row of its file becomes a seed, and how its answers are judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from caco.records import Seed

CHOICE, TESTS = "choice", "tests"
"""Answer types of their own: the letter of an option (gold is `B) its text`), and a program that passes tests."""


def as_it_stands(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    """The seed as the columns have it."""
    return seed


def every_row(fields: Mapping[str, Any]) -> bool:
    """Every row of the file is an item."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A set of problems that models are tested on, never trained on. One small file each in `caco.benchmarks`."""

    name: str
    title: str
    file: str
    """Its file below the folder of benchmarks."""
    hub: str = ""
    """The hub dataset of the same items, `NAME:SPLIT` or `NAME:SPLIT:CONFIG`."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns of a seed's fields where they have unusual names."""
    is_item: Callable[[Mapping[str, Any]], bool] = every_row
    """Whether a row of the file, by its columns, is an item of this benchmark."""
    read: Callable[[Seed, Mapping[str, Any]], Seed] = as_it_stands
    """Completes a seed from the columns of its row."""
    answer_type: str = ""
    """What the answers are, where the text leaves it open (`caco.answers.verdict.TYPES`), or TESTS."""
    tolerance: float | None = None
    """Relative tolerance for numbers, where the benchmark's own protocol has one."""
    note: str = ""
    """Said to the model behind each problem."""


def benchmark_of(source: str) -> str:
    """The benchmark of an item: a seed's or problem's source is `BENCHMARK/ITEM`."""
    return source.partition("/")[0]
