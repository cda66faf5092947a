"""What people build on Caco without touching it: a recipe in a file, a stage put in, rows of a type of their own."""

import json
import tarfile
from pathlib import Path

import pytest

from running import cli

MINE = '''
"""A recipe of my own: the shipped one, with a step more, and another that ends in rows of my own."""

from dataclasses import dataclass, replace

from caco.plan import RunConfig, Step, inserted, removed
from caco.records import Example, Row, Seed
from caco.stage import MapStage
from caco_recipes.quickstart import quickstart


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    label: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Row):
    title: str
    stamps: tuple[Stamp, ...] = ()
    last: Stamp | None = None


def shout(example: Example) -> Example:
    return replace(example, problem=example.problem.upper())


def carded(seed: Seed) -> Card:
    return Card(title=seed.problem[:20], stamps=(Stamp(label=seed.domain, weight=0.5),))


def loud(seeds: str = "seeds.jsonl") -> RunConfig:
    config = quickstart(seeds=seeds, isolation="process")
    stage = MapStage(name="shout", makes=Example, fn=shout)
    return replace(inserted(config, "shout", stage, after="export"), recipe="loud")


def cards(seeds: str = "seeds.jsonl") -> RunConfig:
    config = quickstart(seeds=seeds, isolation="process")
    stage = MapStage(name="card", makes=Card, fn=carded)
    return replace(config, recipe="cards", steps=(config.steps[0], Step(name="card", stage=stage, takes=("collect",))))
'''


@pytest.fixture(scope="module")
def home(tmp_path_factory, seeds_file):
    folder = tmp_path_factory.mktemp("mine")
    (folder / "mine.py").write_text(MINE)
    (folder / "seeds.jsonl").write_text("".join(seeds_file.read_text(encoding="utf-8").splitlines(True)[:4]))
    return folder


def test_a_recipe_in_a_file_runs_with_a_step_of_its_own_on_worker_processes(home):
    done = cli("run", "./mine.py:loud", "--set", "workers=2", "--json", cwd=home)
    assert done.returncode == 0, done.stderr
    published = (home / "runs" / "loud" / "dataset" / "train.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in published.splitlines()]
    assert lines and all(line["problem"] == line["problem"].upper() for line in lines)


def test_rows_of_a_type_of_ones_own_are_read_without_its_module(home, tmp_path):
    made = cli("run", "./mine.py:cards", "--set", "workers=1", "--json", cwd=home)
    assert made.returncode == 0, made.stderr
    manifest = json.loads((home / "runs" / "cards" / "manifest.json").read_text(encoding="utf-8"))
    assert [step["makes"] for step in manifest["steps"]] == ["caco.records:Seed", "mine:Card"]
    run = home / "runs" / "cards"
    shown = cli("show", run, cwd=tmp_path)
    assert shown.returncode == 0 and "card" in shown.stdout
    from caco.store.run import Run

    rows = list(Run(run).rows("card"))
    assert [type(row).__name__ for row in rows] == ["Card"] * 4
    assert rows[0].stamps[0].weight == 0.5 and rows[0].last is None and rows[0].parents
    told = cli("explain", run, rows[0].id, "--json", cwd=tmp_path)
    assert told.returncode == 0 and json.loads(told.stdout)[0]["row"]["title"] == rows[0].title


@pytest.fixture(scope="module")
def old_run(tmp_path_factory):
    """A run that 0.1.0 made."""
    home = tmp_path_factory.mktemp("old")
    with tarfile.open(Path(__file__).parents[1] / "data" / "runs" / "0.1.0.tar.xz") as packed:
        packed.extractall(home, filter="data")
    return home / "old"


def test_a_run_of_an_older_version_is_shown_explained_and_exported(old_run, tmp_path):
    shown = cli("show", old_run, "--json")
    assert shown.returncode == 0, shown.stderr
    funnel = json.loads(shown.stdout)["funnel"]
    assert funnel[0]["rows"] == 4 and funnel[-1]["rows"] > 8
    line = json.loads((old_run / "dataset" / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    told = json.loads(cli("explain", old_run, line["id"], "--json").stdout)
    assert told[-1]["step"] == "collect"
    exported = cli("export", old_run, "--to", "messages", "--out", tmp_path / "messages")
    assert exported.returncode == 0, exported.stderr
    assert cli("verify", tmp_path / "messages").returncode == 0


def test_going_on_with_a_run_of_another_format_is_refused_in_one_line(old_run, tmp_path):
    manifest = old_run / "manifest.json"
    plain = json.loads(manifest.read_text(encoding="utf-8"))
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer" / "manifest.json").write_text(json.dumps({**plain, "format": 99}), encoding="utf-8")
    for words in (["show", tmp_path / "newer"], ["run", "quickstart", "--runs", tmp_path, "--name", "newer"]):
        refused = cli(*words)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1
        assert "is a run of format 99, this caco reads format 1" in refused.stderr
