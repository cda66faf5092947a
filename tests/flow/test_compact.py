"""Compaction: fewer files, the same rows, and a run that goes on as if it had been made in these parts."""

import json
import shutil

import pytest

import caco
from caco.errors import StoreError
from caco.jobs.compact import compact
from caco.store.run import Run
from running import cli
from small_road import small, write_seeds

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    folder = tmp_path_factory.mktemp("road")
    write_seeds(folder / "seeds.jsonl", 60)
    return caco.run(small(folder / "seeds.jsonl"), runs=folder / "runs")


def content(run):
    """All rows, rejections and deferrals, in order."""
    steps = {entry.name: list(run.rows(entry.name)) for entry in run.manifest.steps}
    return steps, list(run.rejections()), list(run.deferrals())


def counted(run):
    return [(s.name, s.given, s.kept, s.rows, s.rejected, s.deferred) for s in run.funnel()]


def untouched(run):
    return {p: p.stat().st_mtime_ns for p in (run.path / "tables").rglob("*.*") if p.is_file()}


def test_fewer_parts_hold_the_same_rows_and_nothing_is_made_again(road, tmp_path):
    shutil.copytree(road.path.parent, tmp_path / "runs")
    done = compact(tmp_path / "runs" / "small", 30)
    assert all(after < before for before, after in done.values()), done
    run = Run(tmp_path / "runs" / "small")
    assert content(run) == content(road) and counted(run) == counted(road)
    assert len(list((run.path / "tables").iterdir())) == len(run.manifest.steps)
    before = untouched(run)
    again = caco.run(small(road.path.parents[1] / "seeds.jsonl"), runs=tmp_path / "runs")
    assert untouched(again) == before
    assert content(again) == content(road)


def test_a_compacted_run_of_the_quickstart_goes_on(finished, settings, tmp_path):
    shutil.copytree(finished.path, tmp_path / "quickstart")
    done = cli("compact", "quickstart", "--runs", tmp_path, "--rows", 1000, "--json")
    assert done.returncode == 0, done.stderr
    assert {step["after"] for step in json.loads(done.stdout).values()} <= {1, 2, 3, 4}
    assert content(Run(tmp_path / "quickstart")) == content(finished)
    before = untouched(Run(tmp_path / "quickstart"))
    run = caco.run("quickstart", settings=settings, runs=tmp_path)
    assert untouched(run) == before


def test_compacting_twice_and_with_another_setting_between(finished, settings, tmp_path):
    shutil.copytree(finished.path, tmp_path / "quickstart")
    compact(tmp_path / "quickstart", 50)
    changed = caco.run("quickstart", settings={**settings, "fresh": "2"}, runs=tmp_path)
    wanted = content(changed)
    compact(tmp_path / "quickstart", 1000)
    assert content(Run(tmp_path / "quickstart")) == wanted


def test_killed_at_any_point_it_leaves_the_run_whole(road, tmp_path, monkeypatch):
    """Stopped before each of its writes in turn, the run still has all its rows, and can be compacted after."""
    from caco.store import files

    plain, steps = files.write_bytes, 0
    for stop_at in range(1, 60, 17):
        shutil.copytree(road.path.parent, tmp_path / str(stop_at))
        count = iter(range(1000))

        def stopping(path, data, count=count, stop_at=stop_at):
            if next(count) == stop_at:
                raise KeyboardInterrupt
            return plain(path, data)

        monkeypatch.setattr(files, "write_bytes", stopping)
        try:
            compact(tmp_path / str(stop_at) / "small", 30)
        except KeyboardInterrupt:
            steps += 1
        monkeypatch.setattr(files, "write_bytes", plain)
        assert content(Run(tmp_path / str(stop_at) / "small")) == content(road)
        compact(tmp_path / str(stop_at) / "small", 30)
        assert content(Run(tmp_path / str(stop_at) / "small")) == content(road)
    assert steps >= 2


def test_an_unfinished_run_is_refused(road, tmp_path):
    shutil.copytree(road.path, tmp_path / "small")
    manifest = tmp_path / "small" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "finished": False}))
    with pytest.raises(StoreError, match="is not finished: run its recipe again"):
        compact(tmp_path / "small", 30)
