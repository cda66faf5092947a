"""The quickstart recipe on a file of seeds, GSM8K train by default: rows, seconds and rates of each step.

    python measurements/quickstart.py [--seeds FILE] [--fresh N] [--compositions N] [--workers N] [--limit N]

Prints a table: for each step the rows that went in and came out, worker seconds, and rows a worker-second; then wall
time, CPU time of the whole process tree, and the peak memory of its largest process.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import caco

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default=str(SHARED / "data" / "problems" / "gsm8k_train.jsonl.gz"))
    parser.add_argument("--fresh", type=int, default=4)
    parser.add_argument("--compositions", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--runs", default="", help="keep the run in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = ("seeds", "fresh", "compositions", "workers")
        settings = {name: getattr(options, name) for name in names}
        started = time.perf_counter()
        run = caco.run("quickstart", settings=settings, runs=options.runs or folder, limit=options.limit)
        wall_s = time.perf_counter() - started
        report(run, wall_s)


def report(run: caco.Run, wall_s: float) -> None:
    print(f"{'step':18}{'given':>9}{'went on':>9}{'rejected':>9}{'rows':>9}{'worker s':>10}{'rows/s':>9}")
    for step in run.funnel():
        rate = step.given / step.seconds if step.seconds else 0
        lost = sum(step.rejected.values())
        print(f"{step.name:18}{step.given:9}{step.kept:9}{lost:9}{step.rows:9}{step.seconds:10.1f}{rate:9.0f}")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(u.ru_utime + u.ru_stime for u in usage)
    peak_mb = max(u.ru_maxrss for u in usage) / 1024
    examples = run.funnel()[-1].rows
    size_mb = sum(f.stat().st_size for f in run.path.rglob("*") if f.is_file()) / 2**20
    print(f"\n{examples} examples in {wall_s:.0f} s wall ({examples / wall_s:.0f}/s), {cpu_s:.0f} s CPU")
    print(f"peak memory of one process {peak_mb:.0f} MB; {size_mb:.0f} MB on disk; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
