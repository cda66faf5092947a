"""SVAMP: one-step word problems in varied words (Patel et al. 2021, arXiv 2103.07191), 1,000 items, MIT."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import Benchmark
from caco.records import Seed


def _with_marks(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    """The item's equation as a solution with a calculator mark, which our compilers read."""
    equation = str(fields.get("meta", {}).get("equation") or "")
    formula = re.sub(r"(\d)\.0\b", r"\1", equation.strip()).removeprefix("(").removesuffix(")").replace(" ", "")
    if not formula or seed.solution:
        return seed
    return replace(seed, solution=f"{formula} = <<{formula}={seed.answer}>>{seed.answer}")


BENCHMARK = Benchmark(name="svamp", title="SVAMP", file="svamp.jsonl.gz", read=_with_marks)
