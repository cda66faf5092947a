"""Environments of the shipped seeds: how many are admitted, how fast instances come, and whether any comes twice.

    python measurements/environments.py [--limit SEEDS] [--draws N] [--run FINISHED_RUN]

Makes a quickstart run, compiles its programs, and prints: the audit's refusals; instances a second, made beforehand (no
program runs) and made when asked for (every one runs in the sandbox); how large the domains are; and, in the largest of
them, draws of inputs a second with the number of repeats among N.
"""

import argparse
import math
import tempfile
import time
from itertools import islice
from pathlib import Path

import caco
from caco.rlvr.environment import BLOCK, Environment
from caco.rlvr.package import build, load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--run", default="", help="take this finished run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = caco.Run(options.run) if options.run else caco.run("quickstart", runs=folder, limit=options.limit)
        begun = time.perf_counter()
        built = build(run, Path(folder) / "made", instances=128, limit=options.limit)
        wall_s = time.perf_counter() - begun
        print(f"{built.admitted} environments admitted, {len(built.refused)} refused, {built.unable} cannot vary")
        for found in built.refused:
            print("  refused:", "; ".join(f"{c.name}: {c.evidence}" for c in found.checks if not c.passed)[:150])
        print(f"{built.instances} instances made and audited in {wall_s:.0f} s ({built.instances / wall_s:.0f}/s)")
        environments = load(built.path / built.package)
        print(f"made beforehand: {rate(environments.instance, range(built.admitted * 60)):,.0f} instances a CPU second")
        ordered = sorted(environments.environments.values(), key=candidates)
        print(f"made when asked for: {online(ordered[-1], 10 * BLOCK):.0f} instances a second")
        sizes = [len(list(islice(e.draws(), 20_000))) for e in ordered]
        for least in (100, 1_000, 20_000):
            print(f"environments with {least:,} inputs or more: {sum(n >= least for n in sizes)} of {len(sizes)}")
        large = sum(candidates(e) >= options.draws and n == 20_000 for e, n in zip(ordered, sizes, strict=True))
        print(f"of these, with {options.draws:,} candidates or more: {large}")
        repeats(ordered[-1], options.draws)


def candidates(environment: Environment) -> int:
    """How many inputs there are before any bound: the product over the numbers that vary."""
    return math.prod(len(values) for values in environment.domain.numbers.values())


def online(environment: Environment, num: int) -> float:
    fresh = Environment(environment.execution, environment.oracle)
    begun = time.perf_counter()
    fresh.instance(num - 1)
    return len(fresh.made().instances) / (time.perf_counter() - begun)


def rate(call: object, seeds: range) -> float:
    begun = time.process_time()
    for seed in seeds:
        call(seed)  # type: ignore[operator]
    return len(seeds) / (time.process_time() - begun)


def repeats(environment: Environment, num: int) -> None:
    begun, seen, drawn = time.process_time(), set(), 0
    for inputs in islice(environment.draws(), num):
        seen.add(tuple(map(repr, inputs.values())))
        drawn += 1
    cpu_s = time.process_time() - begun
    print(f"{drawn:,} draws of one domain in {cpu_s:.0f} CPU s ({drawn / cpu_s:.0f}/s): {drawn - len(seen)} repeats")


if __name__ == "__main__":
    main()
