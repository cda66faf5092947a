"""MMLU-STEM: multiple choice in sciences (Hendrycks et al. 2021, arXiv 2009.03300), 3,018 items, MIT."""

from caco.benchmark import CHOICE, Benchmark
from caco.benchmarks import _options

BENCHMARK = Benchmark(
    name="mmlu_stem",
    title="MMLU-STEM",
    file="mmlu_stem_test.jsonl.gz",
    answer_type=CHOICE,
    read=_options.lettered,
    note=_options.NOTE,
)
