"""OlympiadBench: olympiad problems (He et al. 2024, arXiv 2402.14008), 675 open English ones in text, Apache-2.0."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import Benchmark
from caco.records import Seed


def _all_answers(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    answers = fields.get("meta", {}).get("answers") or [seed.answer]
    return replace(seed, answer=", ".join(answers))


BENCHMARK = Benchmark(
    name="olympiadbench", title="OlympiadBench", file="olympiadbench_test.jsonl.gz", read=_all_answers
)
