"""The road with models, against a real server: faults, kills, budgets and replays all lead to the same tables."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

import caco
from brain import Brain
from caco.errors import BackendError, ConfigError
from caco.jobs.control_rates import control_rates
from caco.store.run import Run
from running import cli, shipped_seeds, tables
from served import FAULTS, ModelServer

MODEL_STEPS = ("draft", "repair_2", "write", "rewrite_2", "reread", "reread_2", "attempt", "judge")


@pytest.fixture(scope="session")
def brain():
    return Brain()


@pytest.fixture(scope="session")
def road(tmp_path_factory):
    """Settings of a small run: five seeds that compile and one that does not; the unifier is asked for all."""
    lines = [*shipped_seeds(1)[:5], json.dumps({"problem": "What is the meaning of this?", "answer": "42"})]
    path = tmp_path_factory.mktemp("road") / "seeds.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {
        "seeds": str(path),
        "model": {"model": "brain-7b", "tries": 1, "timeout_s": 1.0},
        "judge": {"model": "juror-1b"},
        "compile_first": False,
        "fresh": 1,
        "controls_rate": 0.7,
        "part_rows": 5,
        "workers": 1,
    }


def at(road, server, **more):
    return {**road, "model": {**road["model"], "url": server.url}, **more}


@pytest.fixture(scope="session")
def clean(tmp_path_factory, road, brain):
    """The run that all others are held against, and how many replies it took."""
    with ModelServer(brain) as server:
        run = caco.run("paper", settings=at(road, server), runs=tmp_path_factory.mktemp("clean"))
        return run, server.num_answered


def one_in_seven(body, attempt):
    """One request in seven fails the first time it is made, each kind of fault in turn."""
    number = int(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(), 16)
    return FAULTS[number // 7 % len(FAULTS)] if attempt == 1 and number % 7 == 0 else ""


def num_deferred(run):
    return sum(step.deferred for step in run.funnel())


def test_the_road_ends_in_examples_with_all_their_evidence(clean):
    run, _ = clean
    examples = list(run.rows("export"))
    assert len(examples) >= 6 and num_deferred(run) == 0
    for example in examples:
        checks = {check.name: check for check in example.checks}
        for name in ("executes", "inputs_matter", "text_complete", "answer_agrees", "cot_consistent", "trace_grounded"):
            assert checks[name].evidence, name
        assert example.trust in ("full", "dual") and example.author == "brain-7b"
        assert 0 < example.pass_rate <= 1 and example.samples == 4
        assert "<think>" not in example.solution + example.problem and "```" not in example.problem
    assert {e.trust for e in examples} == {"full", "dual"}
    (lost,) = [r for r in run.rejections("settle") if r.reason in ("not_in_form", "unreadable_reply")]
    assert lost.detail


def test_controls_are_counted_and_never_published(clean):
    run, _ = clean
    rates = {rate.kind: rate for rate in control_rates(run)}
    assert rates["false_accept"].tried >= 3 and rates["false_reject"].tried >= 2
    assert 0 <= rates["false_accept"].low <= rates["false_accept"].rate <= rates["false_accept"].high <= 1
    verdicts = {v.id: v.solution for v in run.rows("verdict")}
    for example in run.rows("export"):
        solution = verdicts[example.parents[0]]
        assert not solution.control and not solution.problem.control
    card = (run.dataset / "README.md").read_text()
    assert "known to be wrong" in card and "127.0.0.1" not in card


def test_one_request_in_seven_fails_and_after_resume_the_tables_are_the_same(clean, road, brain, tmp_path):
    reference, num_replies = clean
    deferred = []
    with ModelServer(brain, fault=one_in_seven) as server:
        for _ in range(20):
            run = caco.run("paper", settings=at(road, server), runs=tmp_path)
            deferred.append(num_deferred(run))
            if not deferred[-1]:
                break
        assert server.num_answered == num_replies, "nothing is paid for twice"
        assert set(server.faults) == set(FAULTS)
    assert deferred[0] > 0 and deferred[-1] == 0
    assert tables(run) == tables(reference)


@pytest.mark.slow
def test_of_several_samples_of_a_program_one_is_kept(road, brain, tmp_path):
    with ModelServer(brain) as server:
        run = caco.run("paper", settings=at(road, server, unifier={"n": 3}, readings=0, rounds=0), runs=tmp_path)
    drafts = list(run.rows("compare"))
    assert len(drafts) == 18 and {draft.sample for draft in drafts} == {0, 1, 2}
    kept = [program.parents[0] for program in run.rows("settle")]
    seeds = {draft.id: draft.seed.id for draft in drafts}
    assert len(kept) == 5 == len({seeds[draft] for draft in kept})
    reasons = Counter(rejection.reason for rejection in run.rejections("settle"))
    assert (
        reasons.total() == 13 and reasons["duplicate"] and set(reasons) <= {"duplicate", "wrong_answer", "not_in_form"}
    )


def test_no_program_of_a_benchmark_is_written_about(road, brain, tmp_path):
    exam = tmp_path / "exam.jsonl"
    exam.write_text(json.dumps({**json.loads(shipped_seeds(1)[0]), "id": "q1"}) + "\n", encoding="utf-8")
    more = {"decontaminate": str(exam), "controls_rate": 0.0, "readings": 0, "fresh": 0}
    with ModelServer(brain) as server:
        run = caco.run("paper", settings=at(road, server, **more), runs=tmp_path / "runs")
    (leak,) = run.rejections("decontaminate")
    assert leak.reason == "contaminated" and leak.detail.startswith("exam/q1")
    examples = list(run.rows("export"))
    assert examples and all("decontaminated" in {check.name for check in e.checks} for e in examples)


@pytest.mark.slow
def test_with_further_tries_faults_are_not_even_seen(clean, road, brain, tmp_path):
    reference, num_replies = clean
    with ModelServer(brain, fault=one_in_seven) as server:
        settings = at(road, server)
        settings["model"] = {**settings["model"], "tries": 4, "wait_most_s": 0.05}
        run = caco.run("paper", settings=settings, runs=tmp_path)
        assert server.num_answered == num_replies
    assert tables(run) == tables(reference)


@pytest.mark.slow
def test_killed_again_and_again_with_two_workers(clean, road, brain, tmp_path):
    """Whatever is killed had at most its requests in flight to lose; the rest is in the log."""
    reference, num_replies = clean
    with ModelServer(brain, latency_s=0.01) as server:
        pairs = {**at(road, server), "workers": 2}
        words = [w for k, v in pairs.items() for w in ("--set", f"{k}={as_text(v)}")]
        command = [sys.executable, "-m", "caco", "run", "paper", *words, "--runs", str(tmp_path)]
        for stop in range(1, 5):
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
            while process.poll() is None and server.num_answered < num_replies * stop // 5:
                time.sleep(0.005)
            kill_all(process)
        lost = server.num_answered
        run = caco.run("paper", settings=pairs, runs=tmp_path)
        assert server.num_answered <= num_replies + 4 * 2 * 16, "at most what two workers had in flight at each kill"
        assert lost > num_replies // 2
    assert tables(run) == tables(reference)


def kill_all(process):
    """The run and its workers, which have sessions of their own."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True)
    for pid in (process.pid, *map(int, children.stdout.split())):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.communicate()


def as_text(value):
    return ",".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


def test_a_budget_stops_the_spending_and_a_larger_one_goes_on(clean, road, brain, tmp_path):
    reference, num_replies = clean
    with ModelServer(brain) as server:
        short = caco.run("paper", settings=at(road, server, budget={"requests": 15}), runs=tmp_path)
        assert server.num_answered == 15 and num_deferred(short) > 0
        (detail,) = {d.detail for step in ("draft", "write") for d in short.deferrals(step)}
        assert detail == "the budget of 15 requests is spent"
        whole = caco.run("paper", settings=at(road, server, budget={"requests": 10_000}), runs=tmp_path)
        assert server.num_answered == num_replies and num_deferred(whole) == 0
    assert tables(whole) == tables(reference)


def test_a_replay_needs_no_model(clean, road, tmp_path):
    reference, _ = clean
    log = reference.path.parent / "calls.sqlite"
    settings = {**road, "model": {"model": "brain-7b", "backend": "replay", "log": str(log)}}
    run = caco.run("paper", settings=settings, runs=tmp_path)
    assert list(run.rows("export")) == list(reference.rows("export"))


def test_a_changed_prompt_redoes_its_stage_and_those_after_it(clean, road, brain, tmp_path):
    from caco.prompts import HOME
    from caco.wiring import prepare

    (tmp_path / "solve").mkdir()
    text = (HOME / "solve" / "any.txt").read_text()
    (tmp_path / "solve" / "any.txt").write_text(text.replace("step by step", "one step after another"))
    one = {e.name: e.table for e in clean[0].manifest.steps}
    settings = {**road, "prompts": str(tmp_path), "model": {"model": "brain-7b", "url": "http://elsewhere/v1"}}
    prepared = prepare("paper", settings=settings, runs=tmp_path / "runs")
    changed = [e.name for e in prepared.manifest.steps if e.table != one[e.name]]
    assert changed == ["attempt", "mix_attempts", "score", "judge", "verdict", "export"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "role 'unifier', served by 'openai': missing: model, url"),
        ({"model": {"model": "m-1", "url": "http://h/v1"}}, "the judge .* is of the solver's family"),
        ({"trust": "blind"}, "unknown trust level 'blind'; known: agreed, dual, full"),
        ({"styles": "baroque"}, "unknown style 'baroque'; known: business, exam"),
        ({"budget": {"time": 1}}, "budget: unknown setting 'time'; known: cost, requests, tokens"),
        ({"budget": {"cost": "much"}}, "budget: setting cost='much': input should be a valid number"),
        ({"solver": {"api_key": "sk-1"}}, "takes no key: name the environment variable"),
        ({"solver": {"temperature": "hot"}}, "solver: temperature='hot' should be a number"),
        ({"model": {"model": "m", "backend": "oracle"}, "same_family": True}, "unknown generator 'oracle'"),
        ({"prompts": "nowhere"}, "prompts=nowhere: is not a folder"),
    ],
)
def test_a_set_up_that_cannot_work_is_said_before_any_work(settings, message, tmp_path):
    with pytest.raises(ConfigError, match=message) as error:
        caco.run("paper", settings=settings, runs=tmp_path / "runs")
    assert "sk-1" not in str(error.value) and not (tmp_path / "runs").exists()


def test_no_server_stops_the_run_with_one_line(road, tmp_path):
    settings = {**road, "model": {**road["model"], "url": "http://127.0.0.1:9/v1"}}
    with pytest.raises(BackendError, match="no server answers at"):
        caco.run("paper", settings=settings, runs=tmp_path)


def test_the_command_line_runs_it_and_shows_what_was_spent(road, brain, tmp_path):
    with ModelServer(brain) as server:
        settings = at(road, server)
        settings["model"] |= {"price_in": 1.0, "price_out": 2.0}
        words = [w for k, v in settings.items() for w in ("--set", f"{k}={as_text(v)}")]
        done = cli("run", "paper", *words, "--runs", tmp_path, "--limit", "3")
    assert done.returncode == 0, done.stderr
    shown = cli("show", "paper", "--runs", tmp_path)
    for text in (done.stdout, shown.stdout):
        assert "solver" in text and "tokens" in text and "false_accept" in text
    told = json.loads(cli("show", "paper", "--runs", tmp_path, "--json").stdout)
    assert {s["role"] for s in told["spent"]} == {"unifier", "writer", "reader", "solver", "judge"}
    assert all(s["cost"] > 0 for s in told["spent"])
    assert isinstance(Run(tmp_path / "paper").dataset, type(tmp_path))


def test_an_observer_hears_what_is_spent_and_what_a_step_will_take(road, brain, tmp_path):
    from caco.runners.observer import Silent

    heard = []

    class Listener(Silent):
        def spent(self, name, so_far, forecast):
            heard.append((name, so_far.requests, forecast.requests))

    with ModelServer(brain) as server:
        settings = at(road, server, batch_rows=1)
        run = caco.run("paper", settings=settings, runs=tmp_path, limit=2, observer=Listener())
        assert heard[-1][1] == server.num_answered
    assert {name for name, _, _ in heard} <= {step.name for step in run.funnel()}
    assert [so_far for _, so_far, _ in heard] == sorted(so_far for _, so_far, _ in heard)
    assert all(forecast > 0 for _, _, forecast in heard)
