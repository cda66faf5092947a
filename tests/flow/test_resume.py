"""Killed anywhere and started again: the same tables as a run that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import caco
from caco.errors import StoreError
from caco.records import Reason
from caco.store.run import Run
from running import tables


def start(settings, runs, **more):
    pairs = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "caco", "run", "quickstart", *pairs, "--runs", str(runs)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **more)


def num_receipts(runs):
    return len(list(runs.rglob("receipts/*.json")))


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.slow
def test_killed_again_and_again(finished, settings, tmp_path, workers):
    """Each life ends by SIGKILL a little later than a random number of further receipts; the last one is left alone."""
    random_stop = random.Random(workers)
    total = num_receipts(finished.path)
    for _ in range(6):
        process = start({**settings, "workers": workers}, tmp_path)
        wanted = num_receipts(tmp_path) + random_stop.randint(1, max(total // 6, 1))
        while process.poll() is None and num_receipts(tmp_path) < wanted:
            time.sleep(0.01)
        time.sleep(random_stop.random() / 10)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("receipts/*.json")}
    run = caco.run("quickstart", settings={**settings, "workers": workers}, runs=tmp_path)
    assert tables(run) == tables(finished)
    assert {p: p.stat().st_mtime_ns for p in kept} == kept, "finished parts were made again"


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(settings, tmp_path):
    process = start({**settings, "workers": "2"}, tmp_path)
    while num_receipts(tmp_path) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Go on with the same command" in said and b"Traceback" not in said


def test_a_torn_part_is_one_clear_error(finished, settings, tmp_path):
    run = caco.run("quickstart", settings=settings, runs=tmp_path)
    part = next((run.path / run.manifest.steps[4].table).rglob("part-00000.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(StoreError, match=r"is torn or was changed; delete its receipt"):
        list(Run(run.path).rows(run.manifest.steps[4].name))


def test_two_processes_on_one_run_are_kept_apart(settings, tmp_path):
    process = start(settings, tmp_path)
    while not (tmp_path / "quickstart" / "manifest.json").exists():
        assert process.poll() is None
        time.sleep(0.01)
    with pytest.raises(StoreError, match=f"is in use by process {process.pid}"):
        caco.run("quickstart", settings=settings, runs=tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_row_that_kills_each_worker_ends_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)  # workers find the recipe there
    run = caco.run("deadly:deadly", settings={"workers": "2", "part_rows": "10"}, runs=tmp_path)
    (ended,) = run.rejections()
    assert ended.reason == Reason.OUR_FAULT
    assert ended.detail == "its worker died, or was stopped, each of the 2 times that it was tried alone"
    poison = next(seed for seed in run.rows("collect") if seed.id == ended.id)
    assert poison.source_id == "algebra-005"
    assert [step.rows for step in run.funnel()] == [40, 39]
    assert not list(tmp_path.rglob("suspects/*"))
