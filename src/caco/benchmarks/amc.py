"""AMC 2022 and 2023: 83 items with whole answers; text of the MAA."""

from collections.abc import Mapping
from typing import Any

from caco.benchmark import Benchmark


def _of_amc(fields: Mapping[str, Any]) -> bool:
    return bool(fields["meta"]["dataset"] == "amc22_23")


BENCHMARK = Benchmark(name="amc", title="AMC 2022-23", file="aime24_amc_test.jsonl.gz", is_item=_of_amc)
