"""SAT mathematics of AGIEval (Zhong et al. 2023, arXiv 2304.06364), 32 items with options, MIT."""

from caco.benchmark import CHOICE, Benchmark
from caco.benchmarks import _options

BENCHMARK = Benchmark(
    name="sat_math",
    title="SAT mathematics",
    file="sat_math_test.jsonl.gz",
    answer_type=CHOICE,
    read=_options.lettered,
    note=_options.NOTE,
)
