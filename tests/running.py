"""What the flow tests use to run things and to compare what came out."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def shipped_seeds(num):
    """The first `num` shipped seeds of every family."""
    files = sorted((ROOT / "src" / "caco" / "seeds").glob("*.jsonl"))
    return [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[:num]]


def tables(run):
    """All bytes of a run's rows, rejections and deferrals, by path."""
    folder = run.path / "tables"
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))}


def cli(*words, **more):
    """Run the command line in a process of its own."""
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "caco", *map(str, words)], capture_output=True, text=True, env=environment, **more
    )
