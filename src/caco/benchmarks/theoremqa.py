"""TheoremQA: university questions that need a theorem (Chen et al. 2023, arXiv 2305.12524), 800 items, MIT.

The 53 items that need a picture are left out: a model that reads text cannot answer them.
"""

from collections.abc import Mapping
from typing import Any

from caco.benchmark import Benchmark


def _without_picture(fields: Mapping[str, Any]) -> bool:
    return not fields.get("meta", {}).get("needs_picture")


BENCHMARK = Benchmark(name="theoremqa", title="TheoremQA", file="theoremqa_test.jsonl.gz", is_item=_without_picture)
