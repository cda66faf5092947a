"""Kills a run again and again, and strikes at every file operation of a small one; counts what became of it.

    python benchmarks/soak.py [--kills 200] [--every 1]

First part: the quickstart on two workers, killed by SIGKILL (the whole process group) after a random while, gone on
with, and killed again, until `--kills` lives have ended so. Each time a run comes to its end its tables are held
against those of one that nobody disturbed, and a new run begins. Second part: `tests/faulty.py`, which kills or fills
the disk at each operation in turn (each `--every`-th).
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import caco  # noqa: E402 - the tests' own helpers are found through the line above
from running import shipped_seeds, tables  # noqa: E402


def kills(folder: Path, wanted: int) -> None:
    """The first part."""
    seeds = folder / "seeds.jsonl"
    seeds.write_text("\n".join(shipped_seeds(1)) + "\n", encoding="utf-8")
    settings = {"seeds": str(seeds), "fresh": "1", "part_rows": "5", "workers": "2"}
    started = time.perf_counter()
    undisturbed = caco.run("quickstart", settings=settings, runs=folder / "undisturbed")
    whole = time.perf_counter() - started
    chance, ends, during = random.Random(1), Counter[str](), Counter[str]()
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    number = 0
    while ends["killed"] < wanted or (folder / str(number)).exists():
        runs = folder / str(number)
        command = [sys.executable, "-m", "caco", "run", "quickstart", *words, "--runs", str(runs)]
        life = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            # Most die young, some live long enough to get somewhere; the last one is left alone.
            left = chance.expovariate(4 / whole) if ends["killed"] < wanted else None
            _, said = life.communicate(timeout=left)
        except subprocess.TimeoutExpired:
            os.killpg(life.pid, signal.SIGKILL)
            life.communicate()
            ends["killed"] += 1
            done = sorted(path.parent.name for path in runs.rglob("receipts"))
            during[done[-1].rpartition("-")[0] if done else "before the first part"] += 1
            continue
        if life.returncode:
            ends[f"error: {said.decode()[-200:]}"] += 1
            break
        same = tables(caco.Run(runs / "quickstart")) == tables(undisturbed)
        ends["finished, the same tables" if same else "FINISHED, OTHER TABLES"] += 1
        number += 1
    print(f"{'how lives of the quickstart ended':40}{'lives':>8}")
    for end, count in ends.items():
        print(f"{end:40}{count:>8}")
    print(f"\n{'killed, the last step begun being':40}{'lives':>8}")
    for step, count in sorted(during.items()):
        print(f"{step:40}{count:>8}")


def strikes(folder: Path, every: int) -> None:
    """The second part."""
    print(f"\n{'fault at a file operation':28}{'struck':>8}{'same after':>12}{'clear error':>12}{'killed':>8}")
    for fault in ("before", "after", "torn", "full"):
        command = [sys.executable, str(ROOT / "tests" / "faulty.py"), fault, str(folder / fault), str(every)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        lives = [json.loads(line) for line in done.stdout.splitlines()]
        same = sum(life["same"] for life in lives)
        clear = sum(life["ended"].startswith("StoreError") for life in lives)
        killed = sum(life["ended"] == "killed" for life in lives)
        print(f"{fault:28}{len(lives):>8}{same:>12}{clear:>12}{killed:>8}", flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--every", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as where:
        kills(Path(where), given.kills)
        strikes(Path(where), given.every)
