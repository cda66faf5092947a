"""MBPP: short functions (Austin et al. 2021, arXiv 2108.07732), 500 test items judged by their tests, CC-BY-4.0."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import TESTS, Benchmark
from caco.records import Seed


def _of_the_test_split(fields: Mapping[str, Any]) -> bool:
    return bool(fields.get("split", "test") == "test")


def _with_tests(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    """The model is shown the tests: they hold the function's name, which the text does not."""
    tests = "\n".join(seed.tests)
    shown = f"{seed.problem}\nYour function must pass these tests:\n\n{tests}"
    return replace(seed, problem=shown, answer=tests, code="", tests=())


BENCHMARK = Benchmark(
    name="mbpp",
    title="MBPP",
    file="mbpp.jsonl.gz",
    hub="google-research-datasets/mbpp:test:full",
    answer_type=TESTS,
    is_item=_of_the_test_split,
    read=_with_tests,
    note="Write the whole function, with its imports.",
)
