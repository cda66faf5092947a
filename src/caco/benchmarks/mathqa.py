"""MathQA: word problems with options (Amini et al. 2019, arXiv 1905.13319), 2,985 test items, Apache-2.0."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import CHOICE, Benchmark
from caco.benchmarks import _options
from caco.records import Seed


def _not_challenge(fields: Mapping[str, Any]) -> bool:
    return fields.get("split") != "challenge_test"


def _chosen(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    """The letter is in `meta`, the answer column holds the option's text."""
    return _options.lettered(replace(seed, answer=str(fields.get("meta", {}).get("choice") or seed.answer)), fields)


BENCHMARK = Benchmark(
    name="mathqa",
    title="MathQA",
    file="mathqa_test.jsonl.gz",
    answer_type=CHOICE,
    is_item=_not_challenge,
    read=_chosen,
    note=_options.NOTE,
)
