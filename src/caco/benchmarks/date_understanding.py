"""Date understanding of BIG-bench (Srivastava et al. 2022, arXiv 2206.04615), 359 items, Apache-2.0."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(name="date_understanding", title="Date understanding", file="date_understanding.jsonl.gz")
