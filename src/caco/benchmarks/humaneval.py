"""HumanEval: functions to complete (Chen et al. 2021, arXiv 2107.03374), 164 items judged by their tests, MIT."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import TESTS, Benchmark
from caco.records import Seed


def _with_check(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    meta = fields.get("meta", fields)
    tests = seed.tests or (str(fields.get("test", "")),)
    return replace(seed, answer="\n".join((*tests, f"check({meta['entry_point']})")), code="", tests=())


BENCHMARK = Benchmark(
    name="humaneval",
    title="HumanEval",
    file="humaneval.jsonl.gz",
    hub="openai/openai_humaneval:test",
    answer_type=TESTS,
    read=_with_check,
    note="Write the whole function, with its imports.",
)
