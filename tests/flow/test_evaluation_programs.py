"""Benchmarks as tasks of lm-evaluation-harness and lighteval: their own loaders take them, our grader judges."""

import json

import pytest

import examinees
from caco.errors import ConfigError
from caco.jobs.harness import judge, write_tasks
from caco.ports import GenerateRequest, Message

NAMES = list(examinees.FILES)


@pytest.fixture
def data(tmp_path):
    return str(examinees.write(tmp_path / "benchmarks"))


def reply(examinee, text):
    return examinee(GenerateRequest(messages=(Message(role="user", content=text),)))


def test_tasks_hold_the_items_and_replies_are_judged(data, tmp_path):
    out = tmp_path / "tasks"
    written = write_tasks("lm-eval", NAMES, data, out)
    assert {path.name for path in written} >= {"caco_gsm8k.yaml", "caco_grading.py", "test.jsonl"}
    for name in NAMES:
        rows = [json.loads(line) for line in (out / "data" / name / "test.jsonl").read_text().splitlines()]
        assert len(rows) == len(examinees.PROBLEMS[name]) and rows[0]["id"].startswith(f"{name}/")
        for row in rows:
            assert judge(row, reply(examinees.solves, row["problem"])) == "right"
            assert judge(row, reply(examinees.errs, row["problem"])) == "wrong"
            assert judge(row, "") == "wrong"


def test_a_set_up_that_cannot_work(data, tmp_path):
    with pytest.raises(ConfigError, match="unknown evaluation program 'helm'; known: lighteval, lm-eval"):
        write_tasks("helm", NAMES, data, tmp_path / "tasks")
    with pytest.raises(ConfigError, match="holds no math_test"):
        write_tasks("lm-eval", ["gsm8k", "math"], data, tmp_path / "tasks")
    assert not (tmp_path / "tasks").exists()
    with pytest.raises(ConfigError, match="is there already"):
        write_tasks("lm-eval", NAMES, data, tmp_path)


@pytest.mark.filterwarnings("ignore")
def test_lm_eval_runs_the_tasks(data, tmp_path):
    lm_eval = pytest.importorskip("lm_eval", reason="lm_eval is not installed")
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    class Known(LM):
        def generate_until(self, requests, disable_tqdm=False):
            return [reply(examinees.solves, request.args[0]) for request in requests]

        loglikelihood = loglikelihood_rolling = None

    Known.__abstractmethods__ = frozenset()
    write_tasks("lm-eval", NAMES, data, tmp_path / "tasks")
    tasks = TaskManager(include_path=str(tmp_path / "tasks"), include_defaults=False)
    names = [f"caco_{name}" for name in NAMES]
    found = lm_eval.simple_evaluate(model=Known(), tasks=names, task_manager=tasks, bootstrap_iters=0)["results"]
    assert {name: found[name]["right,none"] for name in names} == dict.fromkeys(names, 1.0)


@pytest.mark.filterwarnings("ignore")
def test_lighteval_loads_the_tasks(data, tmp_path):
    pytest.importorskip("lighteval.tasks.registry", reason="lighteval is not installed", exc_type=ImportError)
    from lighteval.models.model_output import ModelResponse
    from lighteval.tasks.lighteval_task import LightevalTask
    from lighteval.tasks.registry import Registry

    write_tasks("lighteval", NAMES, data, tmp_path / "tasks")
    module = Registry.create_custom_tasks_module(str(tmp_path / "tasks" / "caco_lighteval.py"))
    tasks = {name: LightevalTask(config=config) for name, config in Registry._extract_configs(module).items()}
    LightevalTask.load_datasets(tasks)
    assert sorted(tasks) == sorted(f"caco_{name}" for name in NAMES)
    for task in tasks.values():
        for doc in task.get_docs():
            for examinee, right in ((examinees.solves, 1), (examinees.errs, 0)):
                said = ModelResponse(text=[reply(examinee, doc.query)])
                assert task.metrics[0].compute_sample(doc=doc, model_response=said) == {"right": right}
