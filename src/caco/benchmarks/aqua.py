"""AQuA-RAT: algebra word problems with options (Ling et al. 2017, arXiv 1705.04146), 254 items, Apache-2.0."""

from caco.benchmark import CHOICE, Benchmark
from caco.benchmarks import _options

BENCHMARK = Benchmark(
    name="aqua",
    title="AQuA-RAT",
    file="aqua_rat_test.jsonl.gz",
    answer_type=CHOICE,
    read=_options.lettered,
    note=_options.NOTE,
)
