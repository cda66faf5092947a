"""The whole road without models, at several sizes: rows a second of each step, who uses the cores, memory and disk.

    python measurements/pipeline.py [--seeds FILE] [--limits 100,800] [--fresh 12] [--workers 2] [--set NAME=VALUE ...]

Runs the recipe `quickstart` on the first seeds of a file (GSM8K train by default), many instances of each program.
While it runs, the processes below it are looked at once a second: what each kind has used of the cores, and how much
memory they hold together (pages that several share count once). What the store takes is measured afterwards, on a
sample of the run's own parts: each is written once more, and each that a step starts from is read. Wall times and
shares of the cores depend on what else the machine does; CPU seconds do not. The forecast goes by the largest size.
"""

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import caco
from caco.apply import Applied
from caco.records import Row
from caco.store.run_folder import RunFolder
from caco.store.table import Table

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared"))
TICK = os.sysconf("SC_CLK_TCK")
KINDS = {"caco.runners.worker": "workers", "/sandboxes/": "sandbox", "graders": "grader"}
FORECAST = 5_000_000


@dataclass
class Watch:
    """What the processes below this one have used so far."""

    cpu: dict[int, tuple[str, float]] = field(default_factory=dict)
    peak_mb: Counter[str] = field(default_factory=Counter)
    """Memory of each kind of process when all of them together held most."""
    own_s: float = 0.0
    """CPU seconds of looking itself."""

    def look(self) -> None:
        """Look at all of them once."""
        memory = Counter[str]()
        for pid, kind in self._below(os.getpid(), "parent"):
            try:
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue  # it has just ended
            inside = 13 + 2 * (kind == "sandbox")  # programs that a zygote has waited for count with it
            self.cpu[pid] = kind, sum(int(t) for t in stat[11:inside]) / TICK
            pss = next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
            memory[kind] += pss / 1024  # type: ignore[assignment]
        self.peak_mb = max(self.peak_mb, memory, key=Counter.total)
        self.own_s = time.thread_time()

    def _below(self, pid: int, kind: str) -> Iterator[tuple[int, str]]:
        yield pid, kind
        try:
            tasks = Path(f"/proc/{pid}/task").iterdir()
            children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
            for child in children:
                words = Path(f"/proc/{child}/cmdline").read_bytes().decode(errors="replace")
                yield from self._below(child, next((k for mark, k in KINDS.items() if mark in words), kind))
        except OSError:
            return

    def by_kind(self) -> Counter[str]:
        """CPU seconds of each kind of process."""
        found: Counter[str] = Counter()
        for kind, seconds in self.cpu.values():
            found[kind] += seconds
        found["parent"] -= self.own_s
        return found


@contextmanager
def watched() -> Iterator[Watch]:
    """Look once a second while the block runs."""
    watch, stop = Watch(), threading.Event()

    def keep_looking() -> None:
        while not stop.wait(1.0):
            watch.look()
        watch.look()

    thread = threading.Thread(target=keep_looking)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join()


def machine_busy_s() -> float:
    """CPU seconds of everything on this machine."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(fields[i]) for i in (0, 1, 2, 5, 6)) / TICK


def store_s(run: caco.Run, folder: Path) -> float:
    """CPU seconds of writing each table once, and of reading those that a step starts from: some parts, for all."""
    total = 0.0
    steps = {entry.name: entry for entry in run.manifest.steps}
    for entry in run.manifest.steps:
        table = RunFolder(run.path).table(entry)
        goes_on = len(entry.takes) == 1 and entry.name not in ("distinct", "compose", "deduplicate")
        heads = [] if goes_on and steps[entry.takes[0]] and entry.name not in ("vary", "reverse") else entry.takes
        for taken in heads:
            source = RunFolder(run.path).table(steps[taken])
            some, share = sample(source)
            total += cpu_s([partial(source.read, part) for part in some]) / share
        again = Table(folder / entry.name, table.record)
        some, share = sample(table)
        writes = [partial(write, again, part, table.read(part)) for part in some]
        total += cpu_s(writes) / share
    return total


def sample(table: Table[Row]) -> tuple[list[int], float]:
    """Up to 20 parts that lie evenly in a table, and the share of all parts that they are."""
    parts = table.parts()
    some = parts[:: max(1, len(parts) // 20)]
    return some, len(some) / max(1, len(parts)) or 1.0


def write(table: Table[Row], part: int, rows: list[Row]) -> None:
    """Write a part as a run does."""
    table.write(part, Applied(rows=rows), given=len(rows), input_digest="", seconds=0.0)


def cpu_s(work: Sequence[Callable[[], object]]) -> float:
    """CPU seconds of doing all of it."""
    clock = time.process_time()
    for do in work:
        do()
    return time.process_time() - clock


def measured(limit: int, settings: dict[str, str], folder: Path) -> tuple[int, float]:
    """One run, told of; rows that came out, and CPU seconds for each."""
    before, started = machine_busy_s(), time.perf_counter()
    with watched() as watch:
        run = caco.run("quickstart", settings=settings, runs=folder, limit=limit)
    wall, busy = time.perf_counter() - started, machine_busy_s() - before
    rows, used = run.funnel()[-1].rows, watch.by_kind()
    store = store_s(run, folder / "again")
    shutil.rmtree(folder / "again")
    size = sum(f.stat().st_size for f in (run.path / "tables").rglob("*") if f.is_file())
    published = (run.path / "dataset" / "data" / "train.parquet").stat().st_size
    print(f"\n{limit} seeds, {rows} rows out\n{'step':18}{'given':>9}{'rows':>9}{'worker s':>10}{'rows/s':>9}")
    for step in run.funnel():
        print(
            f"{step.name:18}{step.given:9}{step.rows:9}{step.seconds:10.1f}{step.given / max(step.seconds, 1e-9):9.0f}"
        )
    total = sum(used.values())
    python = used["workers"] + used["parent"] - store
    shares = {"sandbox": used["sandbox"], "grader": used["grader"], "store": store, "Python": python}
    print("CPU: " + ", ".join(f"{kind} {s:.0f} s ({s / total:.0%})" for kind, s in shares.items()))
    cores = wall * (os.cpu_count() or 1)
    print(
        f"{total:.0f} CPU s, {1000 * total / rows:.1f} ms a row ({1000 * (total - used['sandbox']) / rows:.1f} without "
        f"the sandbox); {wall:.0f} s wall, {rows / wall:.0f} rows/s; cores busy {total / cores:.0%} with this and "
        f"{max(busy - total, 0) / cores:.0%} with other things"
    )
    peak = ", ".join(f"{kind} {mb:.0f}" for kind, mb in watch.peak_mb.items())
    print(f"peak memory of all processes {watch.peak_mb.total():.0f} MB ({peak})")
    print(f"{size / rows:.0f} bytes a row on disk, all tables; {published / rows:.0f} published as Parquet")
    shutil.rmtree(run.path)
    return rows, total / rows


def main() -> None:
    """Print the tables and the forecast."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default=str(SHARED / "data" / "problems" / "gsm8k_train.jsonl.gz"))
    parser.add_argument("--limits", default="100,800")
    parser.add_argument("--fresh", default="12")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    settings = {"seeds": options.seeds, "fresh": options.fresh, "workers": options.workers}
    settings |= dict(pair.split("=", 1) for pair in options.set)
    found = []
    for limit in options.limits.split(","):
        # Each size has a process of its own, which holds nothing of the one before.
        with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn")) as fresh:
            found.append(fresh.submit(measured, int(limit), settings, Path(folder)).result())
    print("\nCPU ms a row by rows: " + ", ".join(f"{rows:,}: {1000 * cost:.1f}" for rows, cost in found))
    hours = found[-1][1] * FORECAST / 3600
    print(f"forecast for {FORECAST:,} rows: {hours:.0f} CPU hours, {hours / 2:.0f} h on two cores that do nothing else")


if __name__ == "__main__":
    main()
