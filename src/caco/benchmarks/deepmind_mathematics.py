"""DeepMind-Mathematics: generated exercises (Saxton et al. 2019, arXiv 1904.01557), 1,000 of them, Apache-2.0."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(
    name="deepmind_mathematics", title="DeepMind-Mathematics", file="deepmind_mathematics_test.jsonl.gz"
)
