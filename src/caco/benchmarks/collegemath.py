"""CollegeMath of MathScale's MWPBench (Tang et al. 2024, arXiv 2403.02884): textbook exercises, licences by row."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(name="collegemath", title="CollegeMath", file="collegemath_test.jsonl.gz")
