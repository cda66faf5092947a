"""Environments of the shipped seeds: how many are admitted, how fast instances come, and whether any comes twice.

    python benchmarks/environments.py [--limit SEEDS] [--draws N]

Makes a quickstart run, compiles its programs, and prints: instances a second (made beforehand: no program runs),
draws of inputs a second in the largest domain with the number of repeats among N of them, and the audit's refusals.
"""

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path

import caco
from caco.rlvr.package import build, load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--run", default="", help="take this finished run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = caco.Run(options.run) if options.run else caco.run("quickstart", runs=folder, limit=options.limit)
        begun = time.process_time()
        built = build(run, Path(folder) / "made", instances=128, limit=options.limit)
        cpu_s = time.process_time() - begun
        print(f"{built.admitted} environments admitted, {len(built.refused)} refused, {built.unable} cannot vary")
        for found in built.refused:
            print("  refused:", "; ".join(f"{c.name}: {c.evidence}" for c in found.checks if not c.passed)[:150])
        print(
            f"{built.instances} instances made in {cpu_s:.1f} s of this process's CPU (the sandbox's own not counted)"
        )
        environments = load(built.path / built.package)
        print(f"instance(seed): {rate(environments.instance, range(built.admitted * 60)):.0f} a CPU second")
        sizes = {name: len(list(islice(e.draws(), 20_000))) for name, e in environments.environments.items()}
        print("domains with at least 20,000 inputs:", sum(n == 20_000 for n in sizes.values()), "of", len(sizes))
        largest = environments.environments[max(sizes, key=lambda name: sizes[name])]
        repeats(largest, options.draws)


def rate(call: object, seeds: range) -> float:
    begun = time.process_time()
    for seed in seeds:
        call(seed)  # type: ignore[operator]
    return len(seeds) / (time.process_time() - begun)


def repeats(environment: object, num: int) -> None:
    begun, seen, drawn = time.process_time(), set(), 0
    for inputs in islice(environment.draws(), num):  # type: ignore[attr-defined]
        seen.add(tuple(map(repr, inputs.values())))
        drawn += 1
    cpu_s = time.process_time() - begun
    print(f"{drawn:,} draws of one domain in {cpu_s:.0f} CPU s ({drawn / cpu_s:.0f}/s): {drawn - len(seen)} repeats")


if __name__ == "__main__":
    main()
