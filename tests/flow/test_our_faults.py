"""A fault of ours on one row is that row's end: counted, shown, kept with its traceback, and never the run's end."""

import json

import pytest

import caco
from caco.errors import StageError
from caco.records import Reason
from odd_recipe import NUM, odd, write
from running import cli

KINDS = ("raise", "deep", "unwritable", "nothing", "late", "text", "sketch", "large", "make", "key")


def faults(run):
    return {r.id: (r.stage, r.detail) for r in run.rejections() if r.reason == Reason.OUR_FAULT}


@pytest.mark.parametrize("workers", [1, 2])
def test_each_odd_row_ends_alone_and_the_others_as_without_it(tmp_path, workers):
    plain = caco.run(odd(write(tmp_path / "plain.jsonl")), runs=tmp_path, name="plain")
    run = caco.run(odd(write(tmp_path / "odd.jsonl", *KINDS), workers=workers), runs=tmp_path, name="odd")
    ended = faults(run)
    assert sorted(stage for stage, _ in ended.values()) == ["keyed", *["whole"] * 3, *["work"] * 6]
    assert {f.id for f in run.faults()} == set(ended) and len(list(run.faults("work"))) == 6
    details = " ".join(detail for _, detail in ended.values())
    for said in (
        "half an emoji",
        "RecursionError",
        "surrogates not allowed",
        "made nothing",
        "ZeroDivision",
        "not str",
    ):
        assert said in details, said
    kept = {(s.problem, s.solution, s.source) for s in run.rows("keyed")}
    assert kept == {(s.problem, s.solution, s.source) for s in plain.rows("keyed")} and len(kept) == NUM
    assert sum(step.rejected.get(Reason.OUR_FAULT, 0) for step in run.funnel()) == len(KINDS)


def test_a_group_whose_function_raises_ends_as_a_whole(tmp_path):
    run = caco.run(odd(write(tmp_path / "s.jsonl", "group")), runs=tmp_path, name="run")
    ((stage, detail),) = faults(run).values()  # its key, the last letter, is its own
    assert stage == "keyed" and "the whole group" in detail


@pytest.mark.slow
@pytest.mark.parametrize("what", ["die", "hang", "sleepless", "memory"])
def test_a_row_that_kills_or_holds_its_worker_is_a_row(tmp_path, what):
    limits = {"row_cpu_s": 1.5, "memory_mb": 700}
    run = caco.run(odd(write(tmp_path / "s.jsonl", what), workers=2, **limits), runs=tmp_path, name="run")
    ((stage, detail),) = faults(run).values()
    assert stage == "work" and "its worker died, or was stopped" in detail
    assert len(list(run.rows("keyed"))) == NUM


def test_too_many_faults_stop_the_run_and_a_larger_share_goes_on(tmp_path):
    path = write(tmp_path / "s.jsonl", *["raise"] * 21)
    with pytest.raises(StageError, match=r"step 'work' failed on 21 of 51 rows .*caco rejects .*/run --reason our_f"):
        caco.run(odd(path), runs=tmp_path, name="run")
    run = caco.run(odd(path, faults=0.5), runs=tmp_path, name="run")
    assert run.manifest.finished and len(faults(run)) == 21


def test_the_command_lists_what_was_rejected_and_why(tmp_path):
    run = caco.run(odd(write(tmp_path / "s.jsonl", "raise", "late")), runs=tmp_path, name="run")
    listed = cli("rejects", run.path, "--reason", "our_fault")
    assert listed.returncode == 0 and "ZeroDivisionError" in listed.stdout and "2 of 2 rejected rows" in listed.stdout
    rows = json.loads(cli("rejects", run.path, "--step", "work", "--json", "-n", 2).stdout)
    assert any("in trouble" in row["traceback"] for row in rows)
    assert "2 rows met a fault of ours" in cli("show", run.path).stdout
    wrong = cli("rejects", run.path, "--reason", "our_falt")
    assert wrong.returncode == 2 and "did you mean 'our_fault'?" in wrong.stderr
