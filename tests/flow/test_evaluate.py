"""Evaluation from end to end: known models get the scores they deserve, and every verdict can be traced."""

import json
import os
from collections import defaultdict
from pathlib import Path

import jinja2
import pytest

import caco
import examinees
from caco.backends.trainers.templates import RECEIPT, TEMPLATES
from caco.errors import ConfigError
from caco.jobs.compare import compare_runs
from caco.jobs.evaluate import evaluation
from caco.jobs.export.folder import export
from caco.plugins import find
from caco.rlvr.package import programs
from caco.stages.evaluate import ALPACA_TEXT
from caco.store.run import Run
from caco_recipes.evaluate import TRAINED
from running import ROOT, cli, tables

SHARED = Path(os.environ.get("CACO_SHARED", ROOT.parent / "shared")) / "data"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return examinees.write(tmp_path_factory.mktemp("benchmarks"))


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, data):
    """Evaluations by the name of the examinee and further settings, each made once."""
    runs, made = tmp_path_factory.mktemp("evaluations"), {}

    def of(name, **settings):
        key = json.dumps([name, settings], sort_keys=True)
        if key not in made:
            role = {"backend": "scripted", "function": f"examinees:{name}"}
            given = {"model": role, "benchmarks": examinees.NAMES, "data": str(data), "workers": 1, **settings}
            made[key] = caco.run("evaluate", settings=given, runs=runs, name=f"{name}-{len(made)}")
        return made[key]

    return of


def shares(run):
    return {(s.benchmark, s.style): s.right.mean for s in evaluation(run).scores}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("solves", (1, 1, 1)),
        ("errs", (0, 0, 0)),
        ("keeps_silent", (0, 0, 0)),
        ("rambles", (0, 0, 0)),
        ("refuses", (0, 0, 0)),
    ],
)
def test_known_models_get_what_they_deserve(evaluated, name, expected):
    run = evaluated(name)
    assert tuple(shares(run).values()) == expected
    score = evaluation(run).scores[0]
    assert (score.items, score.samples, score.missing, score.undecided) == (6, 1, 0, 0)
    assert score.no_answer == (6 if expected == (0, 0, 0) and name != "errs" else 0)
    assert score.cut_off == (6 if name == "rambles" else 0)


def test_a_verdict_is_traced_to_its_item(evaluated):
    run = evaluated("errs")
    row = next(run.rows("mark"))
    chain = run.explain(row.id)
    assert [type(a.row).__name__ for a in chain] == ["Verdict", "Attempts", "Problem", "Seed"]
    assert chain[-1].row.source.split("/")[0] in examinees.FILES
    assert "the reply says" in row.checks[0].evidence or "the tests" in row.checks[0].evidence


def test_fresh_instances_tell_knowing_from_remembering(evaluated):
    knows = evaluation(evaluated("solves", fresh=3)).freshness
    remembers = evaluation(evaluated("remembers", fresh=3)).freshness
    assert [(one.benchmark, one.items) for one in remembers] == [("gsm8k", 6)]
    assert knows[0].change.mean == 0 and knows[0].fresh.mean == 1
    assert remembers[0].original.mean == 1 and remembers[0].fresh.mean == 0 and remembers[0].change.high < 0
    (fresh,) = (s for s in evaluation(evaluated("remembers", fresh=3)).scores if s.style != "original")
    assert fresh.items == 6 and fresh.problems > 6


def test_several_samples(evaluated):
    run = evaluated("wavers", samples=4, temperature=1.0, benchmarks="gsm8k")
    (score,) = evaluation(run).scores
    sums = [48 + 31, 52 + 17, 75 + 24, 63 + 38, 29 + 46, 84 + 57]
    even = sum(total % 2 == 0 for total in sums)
    assert score.right.mean == pytest.approx((0.75 * even + 0.25 * (6 - even)) / 6)
    assert score.any_right == 1 and score.majority == pytest.approx(even / 6)
    with pytest.raises(ConfigError, match="are all the same"):
        evaluated("wavers", samples=4)


def test_a_killed_evaluation_goes_on_and_asks_nothing_twice(evaluated, data, tmp_path):
    whole = evaluated("solves")
    role = {"backend": "scripted", "function": "examinees:solves"}
    given = {"model": role, "benchmarks": examinees.NAMES, "data": str(data), "workers": 1}
    partly = caco.run("evaluate", settings={**given, "budget": {"requests": 4}}, runs=tmp_path, name="partly")
    assert sum(score.missing for score in evaluation(partly).scores) == 5
    done = caco.run("evaluate", settings=given, runs=tmp_path, name="partly")
    assert tables(done) == tables(whole)
    replay = {**role, "backend": "replay"}
    again = caco.run("evaluate", settings={**given, "model": replay}, runs=tmp_path, name="replayed")
    assert shares(again) == shares(whole)


def test_two_runs_item_by_item(evaluated):
    found = compare_runs(evaluated("errs"), evaluated("solves"))
    assert [(one.benchmark, one.better, one.worse) for one in found.comparisons] == [
        ("gsm8k", 6, 0),
        ("humaneval", 1, 0),
        ("mmlu_stem", 2, 0),
        ("all", 9, 0),
    ]
    assert found.comparisons[0].p_value == pytest.approx(2 / 2**6)
    assert len(found.differing) == 9 and found.differing[0].first_answer == "7" and not found.doubts
    same = compare_runs(evaluated("solves"), evaluated("solves"))
    assert not same.differing and all(one.p_value == 1 for one in same.comparisons)
    other = compare_runs(evaluated("solves"), evaluated("solves", benchmarks="gsm8k", max_tokens=100))
    assert other.doubts == ("max_tokens differs: 2048 and 100", "3 problems are in one run only, and are left out")


def test_nothing_of_an_evaluation_is_exported(evaluated, tmp_path):
    run = evaluated("solves", fresh=3)
    assert run.dataset is None and not any(entry.makes == "Example" for entry in run.manifest.steps)
    with pytest.raises(ConfigError, match="makes no examples to export"):
        export(run, "messages", tmp_path / "out")
    with pytest.raises(ConfigError, match="publishes no programs"):
        programs(run)


def test_a_model_is_asked_as_it_was_trained(data, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "training.json").write_text('{"template": "x"}')
    given = {"model": {"backend": "scripted", "function": "examinees:solves", "model": str(model)}, "workers": 1}
    given |= {"benchmarks": "gsm8k", "data": str(data)}
    run = caco.run("evaluate", settings=given, runs=tmp_path, name="auto")
    assert run.manifest.settings["template"] == "chat"
    for form in ("prompt", "alpaca"):
        with pytest.raises(ConfigError, match="was trained on problems alone"):
            caco.run("evaluate", settings={**given, "template": form}, runs=tmp_path, name=form)


def test_forms_are_those_of_the_training():
    turns = [{"role": "user", "content": "How many?"}]
    asked = jinja2.Environment().from_string(TEMPLATES["alpaca"]).render(messages=turns, add_generation_prompt=True)
    assert asked == ALPACA_TEXT.replace("{instruction}", "How many?")
    assert TRAINED == RECEIPT


def test_the_command_line(data, tmp_path, monkeypatch):
    listed = cli("evaluate", "--benchmarks", "list", cwd=tmp_path).stdout
    assert "gsm8k" in listed and "openai/gsm8k" in listed
    words = ["--backend", "scripted", "--benchmarks", examinees.NAMES, "--data", data, "--set", "workers=1"]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]))
    for name in ("solves", "errs"):
        done = cli("evaluate", f"examinees:{name}", *words, "--out", f"runs/{name}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "gsm8k" in done.stdout and ("100.0%" in done.stdout) == (name == "solves")
    page = (tmp_path / "runs" / "errs" / "report.html").read_text(encoding="utf-8")
    assert "Problems to read" in page and "def twice" in page and "wrong" in page
    scores = json.loads((tmp_path / "runs" / "errs" / "evaluation.json").read_text())
    assert scores["model"] == "examinees:errs" and scores["scores"][0]["right"]["mean"] == 0
    told = cli("compare", "solves", "errs", cwd=tmp_path).stdout
    assert "-100.0%" in told and "9 problems differ" in told
    assert json.loads(cli("compare", "solves", "errs", "--json", cwd=tmp_path).stdout)["comparisons"]
    assert cli("report", "errs", cwd=tmp_path).stdout.strip() == "runs/errs/report.html"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["m", "--benchmarks", "gsm9k"], "unknown benchmark 'gsm9k'; known: aime24, "),
        (
            ["m", "--benchmarks", "math", "--role", "url=http://localhost:1/v1"],
            "benchmark 'math': benchmarks holds no math_test.jsonl.gz; --data names the folder",
        ),
        (
            ["m", "--benchmarks", "theoremqa", "--data", "hub:", "--backend", "replay"],
            "benchmark 'theoremqa' has no hub dataset",
        ),
        (["--benchmarks", "gsm8k"], "name the model"),
        (["m", "--benchmarks", "gsm8k", "--role", "url"], "url: should be KEY=VALUE"),
        (["m", "--benchmarks", "gsm8k", "--backend", "magic"], "unknown generator 'magic'; known: batch, openai"),
        (["m", "--benchmarks", "gsm8k", "--template", "poem"], "setting template='poem'"),
    ],
)
def test_a_set_up_that_cannot_work(tmp_path, words, message):
    done = cli("evaluate", *words, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1


def test_comparing_what_is_no_evaluation(finished, evaluated):
    with pytest.raises(ConfigError, match="is a run of 'quickstart', not an evaluation"):
        compare_runs(Run(finished.path), evaluated("solves"))


RECORDED = defaultdict(list)


def recorded(request):
    """What a real model said to this question."""
    text = examinees.question(request)
    return RECORDED[text.partition("\n\nAnswer with")[0]]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize(
    ("solutions", "author", "benchmark", "least"),
    [
        ("openai", "GPT-3 175b_verification", "gsm8k", 1.0),
        ("openai", "GPT-3 6b_finetuning", "gsm8k", 1.0),
        ("qwen25_math", "Qwen2.5-Math-Instruct", "math", 0.98),  # one item's gold answer is garbled: `4:30p..`
    ],
)
def test_recorded_solutions_get_the_recorded_verdicts(tmp_path, solutions, author, benchmark, least):
    from caco.backends.sources import rows

    RECORDED.clear()
    correct, asked = {}, {}
    for _, row, _ in rows(str(SHARED / "solutions" / f"{solutions}.jsonl.gz")):
        if row["meta"]["solution_author"] == author and row["problem"] not in RECORDED and len(RECORDED) < 300:
            RECORDED[row["problem"].strip()].append(row["solution"])
            correct[row["problem"].strip()] = row["meta"]["recorded_correct"]
    file = find("benchmark", benchmark).file
    for _, row, _ in rows(str(SHARED / "problems" / file)):
        if row["problem"].strip() in RECORDED:
            asked[row["problem"].strip()] = row
    (tmp_path / file.removesuffix(".gz")).write_text("".join(json.dumps(row) + "\n" for row in asked.values()))
    role = {"backend": "scripted", "function": f"{__name__}:recorded"}
    given = {"model": role, "benchmarks": benchmark, "data": str(tmp_path), "workers": 1}
    run = caco.run("evaluate", settings=given, runs=tmp_path / "runs")
    verdicts = {row.solution.problem.question.strip(): row.trust for row in run.rows("mark")}
    assert len(verdicts) == len(asked) > 50
    agreed = sum((verdicts[text] == "right") == correct[text] for text in verdicts)
    assert agreed / len(verdicts) >= least
