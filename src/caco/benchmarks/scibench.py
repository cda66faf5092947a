"""SciBench: college physics, chemistry and mathematics (Wang et al. 2023, arXiv 2307.10635), 692 items, MIT.

A number within 5% of the gold one is right, as in the benchmark's own evaluation; the unit that is wanted is said.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import Benchmark
from caco.records import Seed


def _with_unit(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    unit = str(fields.get("unit") or fields.get("meta", {}).get("unit") or "").strip()
    return replace(seed, problem=f"{seed.problem}\nGive the number in {unit}.") if unit else seed


BENCHMARK = Benchmark(name="scibench", title="SciBench", file="scibench.jsonl.gz", read=_with_unit, tolerance=0.05)
