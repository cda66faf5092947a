"""PrOntoQA: deductions over made-up words (Saparov and He 2022, arXiv 2210.01240), 500 items, Apache-2.0."""

from caco.benchmark import CHOICE, Benchmark
from caco.benchmarks import _options

BENCHMARK = Benchmark(
    name="prontoqa",
    title="PrOntoQA",
    file="prontoqa.jsonl.gz",
    answer_type=CHOICE,
    read=_options.lettered,
    note=_options.NOTE,
)
