"""AIME 2024: 30 items with whole answers from 0 to 999; text of the MAA."""

from collections.abc import Mapping
from typing import Any

from caco.benchmark import Benchmark


def _of_aime(fields: Mapping[str, Any]) -> bool:
    return bool(fields["meta"]["dataset"] == "aime24")


BENCHMARK = Benchmark(name="aime24", title="AIME 2024", file="aime24_amc_test.jsonl.gz", is_item=_of_aime)
