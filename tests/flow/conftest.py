"""A small real run, made once: real seeds through the real sandbox and grader."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import caco

ROOT = Path(__file__).parents[2]


def shipped_seeds(num):
    """The first `num` shipped seeds of every family."""
    files = sorted((ROOT / "src" / "caco" / "domains" / "data").glob("*.jsonl"))
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


@pytest.fixture(scope="session")
def seeds_file(tmp_path_factory):
    """Three seeds of each family, a broken line, a repeated line, and a seed that carries no computation."""
    lines = shipped_seeds(3)
    lines += ["{broken", lines[0], json.dumps({"problem": "What is the meaning of this?", "answer": "42"})]
    path = tmp_path_factory.mktemp("seeds") / "seeds.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def settings(seeds_file):
    return {"seeds": str(seeds_file), "fresh": "3", "part_rows": "10", "batch_rows": "7", "workers": "1"}


@pytest.fixture(scope="session")
def finished(tmp_path_factory, settings):
    """The run that all others are held against."""
    return caco.run("quickstart", settings=settings, runs=tmp_path_factory.mktemp("runs"))
