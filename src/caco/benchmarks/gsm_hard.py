"""GSM-Hard: GSM8K with large numbers (Gao et al. 2022, arXiv 2211.10435), 1,319 items, MIT."""

from caco.benchmark import Benchmark

BENCHMARK = Benchmark(name="gsm_hard", title="GSM-Hard", file="gsm_hard_test.jsonl.gz")
