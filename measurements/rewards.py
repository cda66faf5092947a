"""Rewards of numeric answers, plain and with 1 % of answers that algebra cannot settle: rate, and time of each call.

    python measurements/rewards.py [--num N] [--threads N]

One table: calls through a thread pool, as trainers make them (one completion a call), and in batches of 64. `p99` is
the time of a call; its deadline for algebra is 1 s. Numbers in boxes, sentences, fractions, with commas and with units.
"""

import argparse
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from caco.rlvr.scoring import DEADLINE_S, score

PATHOLOGICAL = (
    "\\boxed{\\int_0^1 \\frac{\\sin(x^{17})\\log(1+x^{13})}{\\sqrt{1+x^{19}}} dx}",
    "\\boxed{9^{9^{9^9}}}",
    "\\boxed{\\sqrt{\\sqrt[7]{11+\\sqrt{3}}+\\sqrt[5]{19-\\sqrt{2}}} - \\sqrt[3]{17+\\sqrt[11]{5}}}",
    "\\boxed{" * 3000 + "x" + "}" * 3000,
    "(" * 40_000,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=6000)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    draw = random.Random(0)
    plain = [numeric(draw) for _ in range(options.num)]
    mixed = [(draw.choice(PATHOLOGICAL), "7") if i % 100 == 50 else pair for i, pair in enumerate(plain)]
    score(["\\boxed{x^2-1}"], ["(x-1)(x+1)"])  # the worker has loaded sympy
    print(
        f"{'answers':14}{'calls':>12}{'rewards':>9}{'rewards/s':>11}{'/CPU s':>9}{'p50 ms':>9}{'p99 ms':>9}{'max':>7}"
    )
    for name, pairs in (("numeric", plain), ("1 % nasty", mixed)):
        for size in (1, 64):
            show(name, size, pairs, options.threads)
    print(f"deadline {DEADLINE_S:.0f} s of algebra for one answer")


def numeric(draw: random.Random) -> tuple[str, str]:
    n, text = draw.randrange(2, 100_000), draw.choice(("12 + 3 = 15 and so on.\n" * 6, "So it is clear.\n"))
    said = draw.choice(
        (f"\\boxed{{{n}}}", f"The answer is {n:,}.", f"\\boxed{{\\frac{{{n}}}{{1}}}}", f"#### {n}.0", f"{n} km")
    )
    return text + said, str(n if draw.random() < 0.5 else n + 1)


def show(name: str, size: int, pairs: list[tuple[str, str]], threads: int) -> None:
    batches = [pairs[i : i + size] for i in range(0, len(pairs), size)]
    took: list[float] = []

    def call(batch: list[tuple[str, str]]) -> None:
        begun = time.perf_counter()
        score([text for text, _ in batch], [answer for _, answer in batch])
        took.append(1000 * (time.perf_counter() - begun))

    begun, begun_cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(call, batches))
    wall, cpu = time.perf_counter() - begun, time.process_time() - begun_cpu
    quantiles = statistics.quantiles(took, n=100)
    calls = "one each" if size == 1 else f"batches {size}"
    rates = f"{len(pairs):9}{len(pairs) / wall:11.0f}{len(pairs) / cpu:9.0f}"
    print(f"{name:14}{calls:>12}{rates}{statistics.median(took):9.2f}{quantiles[98]:9.1f}{max(took):7.0f}")


if __name__ == "__main__":
    main()
