"""A small real run, made once: real seeds through the real sandbox and grader."""

import json

import pytest

import caco
from running import shipped_seeds


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
