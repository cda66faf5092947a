"""Kills runs again and again, and strikes at every file operation of a small one; counts what became of them.

    python measurements/soak.py [--kills 200] [--every 1]

First part: the quickstart on two workers, killed by SIGKILL at a random moment of its work (one in ten while it
starts), gone on with, and killed again, until `--kills` lives have ended so. A run that comes to its end is held
against one that nobody disturbed, tables and dataset byte by byte, and a new one begins. Second part:
`tests/faulty.py`, which kills or fills the disk at each operation in turn (each `--every`-th). Two of all these go on
side by side. Ends with status 1 where anything came out otherwise.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import caco  # noqa: E402 - the tests' own helpers are found through the line above
from caco.store.run import Run  # noqa: E402
from running import shipped_seeds, tables  # noqa: E402


def outcome(run: Run) -> dict[str, bytes]:
    """All that a finished run leaves for others."""
    dataset = run.path / "dataset"
    return {**tables(run), **{str(p): p.read_bytes() for p in sorted(dataset.rglob("*")) if p.is_file()}}


def inside(run: Run) -> dict[str, bytes]:
    """`outcome` by names below the run's folder."""
    return {name.removeprefix(str(run.path)): content for name, content in outcome(run).items()}


@dataclass
class Kills:
    """The first part: what is wanted, and what has become of it so far."""

    folder: Path
    left: int
    ends: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        seeds = self.folder / "seeds.jsonl"
        seeds.write_text("\n".join(shipped_seeds(1)) + "\n", encoding="utf-8")
        settings = {"seeds": str(seeds), "fresh": "1", "part_rows": "5", "workers": "2"}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        self.command = [sys.executable, "-m", "caco", "run", "quickstart", *words, "--runs"]
        started = time.perf_counter()
        self.undisturbed = inside(caco.run("quickstart", settings=settings, runs=self.folder / "undisturbed"))
        self.whole_s = time.perf_counter() - started

    def go_on(self, seed: int) -> None:
        """One run after the other, each killed until it comes to its end, as long as kills are wanted."""
        chance, number = random.Random(seed), 0
        while self.left > 0 and not self.wrong:
            runs = self.folder / f"{seed}-{number}"
            while not self.life(runs, chance):
                pass
            number += 1

    @property
    def wrong(self) -> bool:
        """Whether a life ended otherwise than it should."""
        return any(end not in ("killed", "finished, all the same bytes") for end in self.ends)

    def life(self, runs: Path, chance: random.Random) -> bool:
        """One life of a run; whether it came to its end."""
        with self.lock:
            doomed, self.left = self.left > 0, self.left - 1
        life = subprocess.Popen(
            [*self.command, str(runs)], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        if doomed and killed(life, runs, chance, self.whole_s):
            done = sorted(path.parent.name for path in runs.rglob("receipts"))
            with self.lock:
                self.ends["killed"] += 1
                self.during[done[-1].rpartition("-")[0] if done else "before the first part"] += 1
            return False
        said = life.communicate()[1].decode()
        if life.returncode:
            end = f"ERROR {life.returncode}: {said[-300:]}"
        else:
            same = inside(Run(runs / "quickstart")) == self.undisturbed
            end = "finished, all the same bytes" if same else f"OTHER BYTES in {runs}"
        with self.lock:
            self.ends[end] += 1
            self.left += doomed  # the kill that it was meant for has yet to come
            print(f"{self.ends.total()} lives, {self.ends['killed']} killed", file=sys.stderr, flush=True)
        return True


def killed(life: subprocess.Popen[bytes], runs: Path, chance: random.Random, whole_s: float) -> bool:
    """Kill a life after a random while, unless it is done by then."""
    until = time.monotonic() + 60
    if chance.random() < 0.1:
        until = time.monotonic() + chance.uniform(0, 1)
    while time.monotonic() < until and life.poll() is None and not at_work(life.pid, runs):
        time.sleep(0.02)
    if at_work(life.pid, runs):
        with suppress(subprocess.TimeoutExpired):
            life.wait(timeout=chance.uniform(0, whole_s))
    if life.poll() is not None:
        return False
    os.killpg(life.pid, signal.SIGKILL)
    life.communicate()
    return True


def at_work(pid: int, runs: Path) -> bool:
    """Whether the process holds the run."""
    with suppress(OSError):
        return (runs / "quickstart" / ".lock").read_text() == str(pid)
    return False


def struck(fault: str, folder: Path, every: int) -> tuple[str, bool]:
    """The second part, one kind of fault: a line for the table, and whether all went as it should."""
    command = [sys.executable, str(ROOT / "tests" / "faulty.py"), fault, str(folder / fault), str(every)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    same = sum(life["same"] for life in lives)
    clear = sum(life["ended"].startswith("StoreError") for life in lives)
    dead = sum(life["ended"] == "killed" for life in lives)
    unhurt = sum(life["ended"] == "finished" for life in lives)  # the disk was full after the last write
    well = same == clear + dead + unhurt == len(lives)
    return f"{fault:28}{len(lives):>8}{same:>12}{clear:>12}{dead:>8}{unhurt:>8}", well


def main(num_kills: int, every: int) -> int:
    """Do both parts and print the counts."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as where, ThreadPoolExecutor(2) as pool:
        folder = Path(where)
        kills = Kills(folder, num_kills)
        chains = [pool.submit(kills.go_on, seed) for seed in (1, 2)]
        faults = [pool.submit(struck, fault, folder, every) for fault in ("before", "after", "torn", "full")]
        for chain in chains:
            chain.result()
        for title, counts in (("how lives of the quickstart ended", kills.ends), ("last step begun", kills.during)):
            print(f"{title:40}{'lives':>8}")
            for what, count in sorted(counts.items()):
                print(f"{what:40}{count:>8}")
            print(flush=True)
        heads = {"struck": 8, "same after": 12, "clear error": 12, "killed": 8, "unhurt": 8}
        print(f"{'fault at a file operation':28}" + "".join(f"{head:>{width}}" for head, width in heads.items()))
        well = [fault.result() for fault in faults]
    print(*(line for line, _ in well), sep="\n")
    print(f"\n{time.perf_counter() - started:.0f} s")
    return int(kills.wrong or not all(fine for _, fine in well))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--every", type=int, default=1)
    given = asked.parse_args()
    sys.exit(main(given.kills, given.every))
