"""Sampling programs and rounds of it, with a scripted model: real runs, sandbox, filters and folders."""

import json
from importlib.util import find_spec

import pytest

import caco
from caco.backends.trainers.recipe import recipe
from caco.jobs.train.rounds import CollapseError, rounds
from caco.jobs.train.rows import programs, training_rows
from running import cli, tables


def sampled(runs, function="write", name="codegen", **more):
    model = {"backend": "scripted", "function": f"writer_of_programs:{function}", "n": 5}
    settings = {"model": model, "draws": 20, "workers": "1", **more}
    return caco.run("codegen", settings=settings, runs=runs, name=name)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return sampled(tmp_path_factory.mktemp("runs"))


def test_each_text_ends_once_and_what_is_kept_holds(run):
    steps = {step.name: step for step in run.funnel()}
    assert steps["draw"].rows == 20 and steps["sample"].rows == 100
    assert 0 < steps["read_program"].rejected["not_in_form"] < 25
    assert 0 < steps["execute"].rejected["execution_failed"] < 25
    assert 0 < steps["probe"].rejected["unused_input"] < 25
    kept = list(run.rows("distinct"))
    assert len({row.codecot.code for row in kept}) == len(kept) > 40
    assert {row.codecot.origin for row in kept} == {"sampled"}


def test_the_same_draws_give_the_same_tables(run, tmp_path):
    assert tables(sampled(tmp_path, batch_rows="3")) == tables(run)


def test_draws_ask_for_the_tags_of_the_schedule(tmp_path):
    schedule = [[["difficulty: 2", "concepts: arithmetic"], 1.0]]
    found = sampled(tmp_path, schedule=schedule, draws=3)
    assert {row.tags for row in found.rows("draw")} == {("difficulty: 2", "concepts: arithmetic")}


def test_what_was_kept_can_be_trained_on(run):
    found = training_rows("codegen", [str(run.path)], recipe("codegen", "paper", {}))
    assert len(found.rows) == len(list(run.rows("distinct")))
    assert found.sources[0]["step"] == "distinct" and found.sources[0]["recipe"] == "codegen"


@pytest.fixture
def seeds(tmp_path):
    code = 'input = {"a": 3, "b": 2}\ndef solve(a, b):\n    return a - b\noutput = solve(**input)\nprint(output)\n'
    path = tmp_path / "seeds.jsonl"
    path.write_text(json.dumps({"code": code}) + "\n")
    return str(path)


def looped(seeds, out, functions, **more):
    """Rounds whose models are scripted functions; what they are trained on is noted."""
    trained, waiting = [], iter(functions)

    def draw(model, schedule, folder):
        return sampled(folder, next(waiting), "run", schedule=schedule)

    return trained, rounds([seeds], out, len(functions), lambda places, to: trained.append(list(places)), draw, **more)


def test_each_round_trains_on_what_the_rounds_before_it_kept(seeds, tmp_path):
    trained, going = looped(seeds, tmp_path / "out", ["write", "write"], least=0.0)
    one, two = going
    assert trained == [[seeds], [seeds, f"{tmp_path / 'out' / 'round-1' / 'run'}:distinct"]]
    assert one.trained == 1 and two.trained == 1 + one.kept
    assert one.drawn == 100 > one.parsed > one.ran > one.kept > 0
    assert one.new > 0.5 * one.kept and one.graphs == one.new_graphs + 1
    assert two.new < one.new  # the second model writes the same graphs, which are now known
    told = json.loads((tmp_path / "out" / "rounds.json").read_text())
    assert [entry["kept"] for entry in told] == [one.kept, two.kept]
    assert "<svg" in (tmp_path / "out" / "rounds.svg").read_text()
    assert "| kept | " in (tmp_path / "out" / "rounds.md").read_text()


def test_a_round_that_collapses_stops_the_rounds(seeds, tmp_path):
    _, going = looped(seeds, tmp_path / "out", ["write", "write_one_thing", "write"])
    told = []
    with pytest.raises(CollapseError, match="round 2 collapsed: novelty fell from"):
        told.extend(going)
    assert not (tmp_path / "out" / "round-3").exists()


def test_a_round_that_keeps_nothing_stops_the_rounds(seeds, tmp_path):
    _, going = looped(seeds, tmp_path / "out", ["write_nothing", "write"])
    with pytest.raises(CollapseError, match="round 1 kept nothing"):
        list(going)


def test_later_rounds_are_steered_by_the_tables_before_them(seeds, tmp_path):
    _, going = looped(seeds, tmp_path / "out", ["write", "write"], least=0.0, steer=0.5)
    assert len(list(going)) == 2
    second = caco.Run(tmp_path / "out" / "round-2" / "run")
    tags = {row.tags for row in second.rows("draw")}
    assert () in tags and ("difficulty: 2", "concepts: arithmetic") in tags


@pytest.mark.skipif(find_spec("trl") is not None, reason="the extra `train` is installed")
def test_training_without_the_extra_names_it(seeds, tmp_path):
    done = cli("train", "codegen", seeds, "--out", tmp_path / "model", "--recipe", "tiny")
    assert done.returncode == 2 and "pip install 'caco[train]'" in done.stderr


def test_a_job_for_llamafactory_needs_no_extra(seeds, tmp_path):
    done = cli("train", "codegen", seeds, "--out", tmp_path / "job", "--to", "llamafactory")
    assert done.returncode == 0 and (tmp_path / "job" / "train.yaml").exists()


def test_a_schedule_is_printed_for_the_next_run(run, seeds, tmp_path):
    done = cli("train", "steer", run.path, seeds, "--share", "0.4")
    schedule = json.loads(done.stdout)
    assert schedule[0] == [[], 0.6] and sum(weight for _, weight in schedule) == pytest.approx(1, abs=1e-4)
    found = sampled(tmp_path, schedule=done.stdout, draws=5)
    assert {row.tags for row in found.rows("draw")} <= {tuple(wanted) for wanted, _ in schedule}


def test_programs_are_read_from_runs_and_files(run, seeds):
    assert len(list(programs(str(run.path)))) == len(list(run.rows("distinct")))
    assert len(list(programs(seeds))) == 1
