"""MATH: competition problems (Hendrycks et al. 2021, arXiv 2103.03874), 5,000 test items, MIT."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(name="math", title="MATH", file="math_test.jsonl.gz")
