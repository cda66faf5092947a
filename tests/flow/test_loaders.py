"""The data loaders of verl, OpenRLHF and LLaMA-Factory read our exports; skipped where the trainer is not installed."""

import asyncio
import inspect
import json
from types import SimpleNamespace

import pytest

from caco.errors import ConfigError
from caco.jobs.export.folder import export
from caco.rlvr.rewards import openrlhf, verl

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def needs(name):
    return pytest.importorskip(name, reason=f"{name} is not installed", exc_type=ImportError)


@pytest.fixture(scope="session")
def exported(finished, tmp_path_factory):
    """The formats that have a loader here, by name."""
    out = tmp_path_factory.mktemp("exports")
    for name in ("verl-rl", "verl-sft", "openrlhf", "messages", "llamafactory", "preferences"):
        export(finished, name, out / name, test=0.2)
    return out


@pytest.fixture
def tokenizer(model):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(model)


def test_verl_reads_rl_rows_and_calls_the_reward(exported, tokenizer):
    rl_dataset, reward = needs("verl.utils.dataset.rl_dataset"), needs("verl.trainer.ppo.reward")
    from omegaconf import OmegaConf

    config = OmegaConf.create({"max_prompt_length": 4000, "filter_overlong_prompts_workers": 1})
    rows = rl_dataset.RLHFDataset(str(exported / "verl-rl" / "data" / "train.parquet"), tokenizer, config)
    batch = rl_dataset.collate_fn([rows[0], rows[1]])
    assert [turn["role"] for turn in batch["raw_prompt"][0]] == ["user"] and batch["index"][1] == 1
    settings = {"path": inspect.getsourcefile(verl), "name": "compute_score", "reward_kwargs": {"format_weight": 0.5}}
    call = reward.get_custom_reward_fn(OmegaConf.create({"reward": {"custom_reward_function": settings}}))
    said = f"\\boxed{{{batch['reward_model'][1]['ground_truth']}}}"
    given = {"data_source": batch["data_source"][1], "extra_info": batch["extra_info"][1]}
    found = call(solution_str=said, ground_truth=batch["reward_model"][1]["ground_truth"], **given)
    assert found == {"score": 1.5, "acc": 1.0, "undecided": 0.0}


def test_verls_reward_manager_takes_the_score(exported, tokenizer):
    manager, protocol = needs("verl.experimental.reward_loop.reward_manager.naive"), needs("verl.protocol")
    import numpy
    import pyarrow.parquet as pq
    import torch
    from omegaconf import OmegaConf

    row = pq.read_table(exported / "verl-rl" / "data" / "train.parquet").to_pylist()[0]
    replies = torch.tensor([tokenizer.encode(f"\\boxed{{{row['reward_model']['ground_truth']}}}")])
    others = {name: numpy.array([row[name]], dtype=object) for name in ("data_source", "reward_model", "extra_info")}
    tensors = {"responses": replies, "attention_mask": torch.ones_like(replies)}
    data = protocol.DataProto.from_dict(tensors=tensors, non_tensors=others)

    async def scored():
        made = manager.NaiveRewardManager(OmegaConf.create({"reward": {}}), tokenizer, verl.compute_score)
        return await made.run_single(data)

    assert asyncio.run(scored())["reward_score"] == 1.0


def test_verl_reads_sft_rows(exported, tokenizer):
    dataset = needs("verl.utils.dataset.multiturn_sft_dataset")
    import pyarrow.parquet as pq

    place = str(exported / "verl-sft" / "data" / "train.parquet")
    rows = dataset.MultiTurnSFTDataset(place, tokenizer, {"pad_mode": "no_padding", "max_length": 8000})
    one = rows[0]
    trained = tokenizer.decode(one["input_ids"][one["loss_mask"].bool()])
    solution = pq.read_table(place).to_pylist()[0]["messages"][1]["content"]
    assert len(rows) == pq.read_table(place).num_rows and solution in trained


def test_verl_trains_on_instances_that_are_made_meanwhile(package, tokenizer):
    utils = needs("verl.trainer.ppo.utils")
    from omegaconf import OmegaConf

    from caco.rlvr.package import load

    environments = load(package.path)
    last = len(environments) * 24 + 200  # beyond what was made beforehand
    custom = {"path": "pkg://caco.rlvr.adapters.verl", "name": "InstanceDataset"}
    config = OmegaConf.create({"custom_cls": custom, "shuffle": False})
    rows = utils.create_rl_dataset([f"{package.path}:5:{last}"], config, tokenizer, None)
    assert len(rows) == last - 5
    assert [rows[i]["raw_prompt"][0]["content"].startswith(environments.instance(i + 5).question) for i in (0, 9)]
    assert rows[last - 6]["reward_model"]["ground_truth"] == environments.instance(last - 1).answer
    assert len(utils.create_rl_dataset([f"{package.path}:0:50:1"], config, tokenizer, None, max_samples=7)) == 7
    with pytest.raises(ConfigError, match="FOLDER:START:STOP"):
        utils.create_rl_dataset([str(package.path)], config, tokenizer, None)


def strategy(**data):
    return SimpleNamespace(
        args=SimpleNamespace(data=SimpleNamespace(**data), use_ms=False), is_rank_0=lambda: True, print=lambda *_: None
    )


def test_openrlhf_reads_prompts_and_calls_the_reward(exported, tokenizer, tmp_path, monkeypatch):
    datasets, agent = needs("openrlhf.datasets"), needs("openrlhf.utils.agent")
    from openrlhf.datasets.utils import blending_datasets

    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    asked = strategy(input_key="input", label_key="label", apply_chat_template=True)
    found = blending_datasets(str(exported / "openrlhf"), strategy=asked)
    rows = datasets.PromptDataset(found, tokenizer, asked)
    _, prompt, label, _ = rows[0]
    assert prompt.endswith("assistant: ") and label == found[0]["label"]
    run = agent.SingleTurnAgentExecutor(inspect.getsourcefile(openrlhf))
    replies = [f"{prompt}The answer is {label}.{tokenizer.eos_token}", f"{prompt}No idea.{tokenizer.eos_token}"]
    (right,), (wrong,) = (asyncio.run(run._fetch_rewards_via_func([said], [prompt], [label])) for said in replies)
    assert (right["rewards"].item(), right["scores"].item(), wrong["rewards"].item()) == (1.0, 1.0, 0.0)


def test_openrlhf_reads_messages_and_preferences(exported, tokenizer):
    datasets = needs("openrlhf.datasets")
    from openrlhf.datasets.utils import blending_datasets

    asked = strategy(input_key="messages", output_key=None, apply_chat_template=True)
    found = blending_datasets(str(exported / "messages" / "data" / "train.jsonl"), strategy=asked)
    rows = datasets.SFTDataset(found, tokenizer, 8000, asked, num_processors=1)
    ids, _, mask = rows[0]
    trained = tokenizer.decode(ids[0][1:][mask[0][:-1].bool()])
    assert trained.startswith(found[0]["messages"][1]["content"])
    asked = strategy(prompt_key="prompt", chosen_key="chosen", rejected_key="rejected", apply_chat_template=True)
    found = blending_datasets(str(exported / "preferences" / "data" / "train.jsonl"), strategy=asked)
    pairs = datasets.RewardDataset(found, tokenizer, 8000, asked, num_processors=1)
    assert len(pairs) == len(found) and pairs.chosens[0] != pairs.rejects[0]


def test_llamafactory_reads_its_files(exported, model, tmp_path):
    data, hparams = needs("llamafactory.data"), needs("llamafactory.hparams")
    from transformers import AutoTokenizer

    words = {"model_name_or_path": model, "stage": "sft", "do_train": True, "finetuning_type": "full", "use_cpu": True,
             "dataset_dir": str(exported / "llamafactory"), "dataset": "caco_train", "eval_dataset": "caco_test",
             "template": "alpaca", "cutoff_len": 8000, "output_dir": str(tmp_path / "out"), "report_to": "none",
             "overwrite_cache": True}  # fmt: skip
    model_args, data_args, training_args, _, _ = hparams.get_train_args(words)
    tokenizer = AutoTokenizer.from_pretrained(model)
    template = data.get_template_and_fix_tokenizer(tokenizer, data_args)
    found = data.get_dataset(template, model_args, data_args, training_args, "sft", tokenizer=tokenizer)
    row = found["train_dataset"][0]
    trained = tokenizer.decode([label for label in row["labels"] if label >= 0])
    lines = (exported / "llamafactory" / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(found["train_dataset"]) == len(lines) and len(found["eval_dataset"]) > 0
    assert trained.startswith(json.loads(lines[0])["output"])


def test_the_adapter_says_that_verl_is_missing():
    try:
        import verl  # noqa: F401
    except ImportError:
        with pytest.raises(ConfigError, match="verl is not installed"):
            __import__("caco.rlvr.adapters.verl")
