"""Whatever goes wrong with files, clocks and processes: the undisturbed tables or one clear error, never a silent loss.

`make soak` strikes at every single operation; here a share of them is struck, spread over the whole run.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import caco
from caco.errors import CacoError
from caco.store.run import Run
from running import tables
from small_road import small, write_seeds

TESTS = Path(__file__).parents[1]


def struck(fault, folder, every):
    command = [sys.executable, str(TESTS / "faulty.py"), fault, str(folder), str(every)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["before", "after", "torn"])
def test_killed_at_a_file_operation(tmp_path, fault):
    lives = struck(fault, tmp_path / "runs", 43)
    assert len(lives) >= 7 and all(life["same"] for life in lives), lives
    assert {life["ended"] for life in lives} == {"killed"}


@pytest.mark.slow
def test_a_full_disk_is_one_clear_error_and_loses_nothing(tmp_path):
    lives = struck("full", tmp_path / "runs", 41)
    assert len(lives) >= 7 and all(life["same"] for life in lives), lives
    for life in lives:
        assert life["ended"].startswith("StoreError: "), life
        assert "No space left" in life["ended"] or "disk is full" in life["ended"]


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    """The run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("road")
    write_seeds(folder / "seeds.jsonl")
    return caco.run(small(folder / "seeds.jsonl"), runs=folder / "runs")


def again(road, folder):
    return caco.run(small(road.path.parents[1] / "seeds.jsonl"), runs=folder)


def start(road, folder):
    """The same run in a process of its own."""
    code = "import sys, caco, small_road; caco.run(small_road.small(sys.argv[1]), runs=sys.argv[2])"
    command = [sys.executable, "-c", code, str(road.path.parents[1] / "seeds.jsonl"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def test_a_disk_that_is_really_full(road, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=112k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        _, said = start(road, disk).communicate(timeout=60)
        assert "StoreError" in said and ("No space left on device" in said or "disk is full" in said)
        shutil.copytree(disk, tmp_path / "kept")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    assert tables(again(road, tmp_path / "kept")) == tables(road)


def damaged(content, chance):
    """One flipped bit, or the file cut somewhere."""
    at = chance.randrange(len(content))
    if chance.random() < 0.3:
        return content[:at]
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def test_a_damaged_file_is_redone_or_one_clear_error(road, tmp_path):
    chance = random.Random(8)
    files = [p.relative_to(road.path) for p in road.path.rglob("*") if p.is_file() and p.name != ".lock"]
    redone = refused = 0
    for i, name in enumerate(sorted(files)):
        shutil.copytree(road.path.parent, tmp_path / str(i))
        file = tmp_path / str(i) / "small" / name
        file.write_bytes(damaged(file.read_bytes(), chance))
        try:
            run = again(road, tmp_path / str(i))
            run.funnel(), list(run.rejections()), [list(run.rows(entry.name)) for entry in run.manifest.steps]
        except CacoError:
            refused += 1
        else:
            assert tables(run) == tables(road), name
            redone += 1
    assert redone >= 3 and refused >= 10


@pytest.mark.parametrize("part", ["01-collect*/rows/part-00001", "02-grow*/rows/part-00000"])
def test_the_receipt_of_a_damaged_part_deleted_has_it_made_again(road, tmp_path, part):
    shutil.copytree(road.path.parent, tmp_path / "runs")
    file = next((tmp_path / "runs").rglob(f"{part}.parquet"))
    file.write_bytes(damaged(file.read_bytes(), random.Random(1)))
    (file.parents[1] / "receipts" / f"{file.stem}.json").unlink()
    assert tables(again(road, tmp_path / "runs")) == tables(road)


def test_fewer_parts_than_a_life_before_leave_nothing_behind(road, tmp_path):
    """A life that was killed while it dropped old parts must not leave some of them to be read."""
    shutil.copytree(road.path.parent, tmp_path / "runs")
    folder = next((tmp_path / "runs").rglob("04-choose*"))
    shutil.copy(folder / "rows" / "part-00001.parquet", folder / "rows" / "part-00007.parquet")
    shutil.copy(folder / "receipts" / "part-00001.json", folder / "receipts" / "part-00007.json")
    (folder / "receipts" / "part-00000.json").unlink()
    assert tables(again(road, tmp_path / "runs")) == tables(road)


def test_a_clock_that_jumps_changes_nothing(road, tmp_path, monkeypatch):
    chance, now = random.Random(2), time.time
    monkeypatch.setattr(time, "time", lambda: now() + chance.uniform(-1e6, 1e6))
    monkeypatch.setattr(time, "perf_counter", lambda: chance.uniform(0, 1e6))
    assert tables(again(road, tmp_path)) == tables(road)


def test_two_that_start_at_once_on_one_run(road, tmp_path):
    both = [start(road, tmp_path) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert 0 in [process.returncode for process in both]
    for process, text in zip(both, said, strict=True):
        assert process.returncode == 0 or "is in use by process" in text, text
    assert tables(Run(tmp_path / "small")) == tables(road)
