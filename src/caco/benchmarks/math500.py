"""MATH-500: the 500 test items of MATH held out by Lightman et al. 2023 (arXiv 2305.20050), MIT."""

from collections.abc import Mapping
from typing import Any

from caco.benchmark import Benchmark


def _held_out(fields: Mapping[str, Any]) -> bool:
    """The whole test file marks these items in `meta`; a file without `meta` holds nothing else."""
    return "math500" in fields.get("meta", {"math500": True})


BENCHMARK = Benchmark(
    name="math500", title="MATH-500", file="math_test.jsonl.gz", hub="HuggingFaceH4/MATH-500:test", is_item=_held_out
)
