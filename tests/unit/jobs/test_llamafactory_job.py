"""The exported job: its files as LLaMA-Factory reads them."""

import json

import pytest

from caco.backends.trainers.recipe import recipe
from caco.errors import ConfigError
from caco.jobs.train.llamafactory import export_job
from caco.program.tags import codegen_prompt

CODE = 'input = {"a": 1}\n\ndef solve(a):\n    return a + 1\n\noutput = solve(**input)\nprint(output)\n'
ROWS = {"codegen": {"code": CODE}, "sft": {"problem": "Why?", "solution": "Because."}}


def written(kind, tmp_path, **changes):
    place = tmp_path / "rows.jsonl"
    place.write_text(json.dumps(ROWS[kind]) + "\n")
    assert export_job(kind, [str(place)], recipe(kind, "paper", changes), tmp_path / "job") == 1
    (line,) = (tmp_path / "job" / "train.jsonl").read_text().splitlines()
    settings = dict(
        line.split(": ", 1) for line in (tmp_path / "job" / "train.yaml").read_text().splitlines() if line[0] != "#"
    )
    return json.loads(line), {name: json.loads(value) for name, value in settings.items()}


def test_the_paper_s_codegen_job(tmp_path):
    row, settings = written("codegen", tmp_path, conditional=0)
    assert (row["instruction"], row["output"]) == (codegen_prompt(), CODE + "<|im_end|>")
    assert settings["model_name_or_path"] == "Qwen/Qwen2.5-Coder-7B" and settings["template"] == "empty"
    assert settings["per_device_train_batch_size"] * settings["gradient_accumulation_steps"] * 8 == 128
    assert (settings["learning_rate"], settings["lr_scheduler_type"], settings["warmup_ratio"]) == (
        5e-6,
        "cosine",
        0.03,
    )
    assert (settings["num_train_epochs"], settings["cutoff_len"], settings["weight_decay"]) == (1, 2048, 0.1)


def test_the_sft_job_writes_out_the_template_that_caco_asks_with(tmp_path):
    row, settings = written("sft", tmp_path)
    assert row["instruction"] == "### Instruction:\nWhy?\n\n### Response:\n" and row["output"] == "Because.<|im_end|>"
    assert settings["num_train_epochs"] == 3 and settings["cutoff_len"] == 4096


def test_every_column_has_a_name_and_is_there(tmp_path):
    row, settings = written("sft", tmp_path)
    (entry,) = json.loads((tmp_path / "job" / "dataset_info.json").read_text()).values()
    assert set(entry["columns"].values()) == set(row)
    assert settings["dataset"] == "caco_train" and settings["dataset_dir"] == "job"


def test_a_job_wants_a_base_and_a_new_folder(tmp_path):
    with pytest.raises(ConfigError, match="--set base=NAME"):
        written("sft", tmp_path, base="")
    (tmp_path / "job").mkdir()
    with pytest.raises(ConfigError, match="is there already"):
        written("sft", tmp_path)
