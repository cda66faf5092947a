"""GSM8K: grade-school word problems (Cobbe et al. 2021, arXiv 2110.14168), 1,319 test items, MIT."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(name="gsm8k", title="GSM8K", file="gsm8k_test.jsonl.gz", hub="openai/gsm8k:test:main")
