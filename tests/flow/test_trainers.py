"""Trainers' own loaders read what we write; each test is skipped where its trainer is not installed."""

import json

import pytest

from caco.jobs.export.folder import export
from caco.plugins import names

FORMATS = names("export")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def needs(name):
    return pytest.importorskip(name, reason=f"{name} is not installed")


@pytest.mark.parametrize("name", FORMATS)
def test_datasets_loads_every_format(finished, tmp_path, name):
    datasets = needs("datasets")
    export(finished, name, tmp_path / name, test=0.2)
    loaded = datasets.load_dataset(str(tmp_path / name), cache_dir=str(tmp_path / "cache"))
    assert set(loaded) == {"train", "test"} and loaded["train"].num_rows > loaded["test"].num_rows > 0


def trained_on(finished, tmp_path, name):
    datasets = needs("datasets")
    export(finished, name, tmp_path / name)
    return datasets.load_dataset(str(tmp_path / name), cache_dir=str(tmp_path / "cache"))["train"]


@pytest.mark.parametrize("name", ["messages", "prompt-completion", "trl-sft"])
def test_trl_trains_on_sft_formats(finished, tmp_path, model, name):
    from trl import SFTConfig, SFTTrainer

    arguments = SFTConfig(output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=2, use_cpu=True,
                          report_to=[], bf16=False, max_length=256, save_strategy="no")  # fmt: skip
    trainer = SFTTrainer(model, args=arguments, train_dataset=trained_on(finished, tmp_path, name))
    assert trainer.train().training_loss > 0


def test_trl_trains_on_preferences(finished, tmp_path, model):
    from trl import DPOConfig, DPOTrainer

    arguments = DPOConfig(output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=2, use_cpu=True,
                          report_to=[], bf16=False, max_length=512, save_strategy="no")  # fmt: skip
    trainer = DPOTrainer(model, args=arguments, train_dataset=trained_on(finished, tmp_path, "preferences"))
    assert trainer.train().training_loss > 0


def test_trl_takes_the_rewards(finished, tmp_path, model):
    from trl import GRPOConfig, GRPOTrainer

    from caco.rlvr.rewards.trl import brief, correct, correct_async, grounded

    arguments = GRPOConfig(output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=4, use_cpu=True,
                           num_generations=4, max_completion_length=8, report_to=[], bf16=False, save_strategy="no",
                           reward_weights=[1.0, 0.0, 0.1, 0.1])  # fmt: skip
    trainer = GRPOTrainer(model, reward_funcs=[correct, correct_async, brief, grounded], args=arguments,
                          train_dataset=trained_on(finished, tmp_path, "trl-grpo"))  # fmt: skip
    trainer.train()
    assert "rewards/correct/mean" in trainer.state.log_history[0]


def test_trl_takes_the_environment(package, model, tmp_path, monkeypatch):
    trl, datasets = needs("trl"), needs("datasets")
    from importlib.resources import files

    from transformers import AutoTokenizer

    environment = __import__(f"{package.package}.trl_environment", fromlist=["CacoEnvironment"]).CacoEnvironment
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = (files("trl") / "chat_templates" / "qwen3.jinja").read_text(encoding="utf-8")
    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    arguments = trl.GRPOConfig(output_dir=str(tmp_path / "out"), max_steps=1, per_device_train_batch_size=4,
                               num_generations=2, max_completion_length=8, report_to=[], bf16=False, use_cpu=True,
                               save_strategy="no")  # fmt: skip
    rows = datasets.Dataset.from_list(environment.rows(6, start=5))
    trainer = trl.GRPOTrainer(model, args=arguments, environment_factory=environment, train_dataset=rows,
                              processing_class=tokenizer)  # fmt: skip
    trainer.train()
    assert [tool.__name__ for tool in trainer.tools] == ["submit_answer"]
    assert "rewards/CacoEnvironment/mean" in trainer.state.log_history[0]
    asked = [rollout._instance.question for rollout in trainer.environments]
    assert asked[0] == asked[1] != asked[2] == asked[3]


def test_verifiers_loads_the_taskset(package):
    needs("verifiers")
    needs("verifiers.v1")
    import asyncio

    from verifiers.v1.utils.loaders import load_taskset

    from caco.rlvr.adapters.verifiers import EnvironmentsConfig

    taskset = load_taskset(EnvironmentsConfig(id=package.package))
    tasks = list(taskset.take(4))
    assert [task.data.idx for task in tasks] == [0, 1, 2, 3]
    trace = type("Trace", (), {"last_reply": f"The answer is {tasks[2].data.answer}."})()
    assert asyncio.run(tasks[2].correct(trace)) == 1.0


def test_verifiers_0_loads_the_environment(package):
    verifiers = needs("verifiers")
    if not hasattr(verifiers, "SingleTurnEnv"):
        pytest.skip("verifiers 0 is not installed")
    made = __import__(package.package).load_environment(num=6)
    assert made.get_dataset().num_rows == 6


def test_reasoning_gym_makes_the_dataset(package):
    gym = needs("reasoning_gym")
    __import__(f"{package.package}.reasoning_gym_dataset", fromlist=["register"]).register()
    made = gym.create_dataset(package.package, seed=3, size=10)
    entries = list(made)
    assert len(entries) == 10 and entries[4] == made[4]
    assert made.score_answer(f"\\boxed{{{entries[4]['answer']}}}", entries[4]) == 1.0
    assert made.score_answer(None, entries[4]) == 0.0


@pytest.mark.parametrize("name", ["messages", "verl-rl"])
def test_croissant_is_valid_and_reads_the_rows(finished, tmp_path, name):
    mlcroissant = needs("mlcroissant")
    export(finished, name, tmp_path / name)
    described = mlcroissant.Dataset(jsonld=str(tmp_path / name / "croissant.json"))
    assert described.metadata.issues.errors == set()
    first = next(iter(described.records("train")))
    assert json.dumps(first, default=str)
