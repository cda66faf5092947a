"""A training as a LLaMA-Factory job: data, dataset_info.json and a YAML file, for those who train with that."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from caco.backends.trainers.recipe import TrainingRecipe
from caco.backends.trainers.templates import TEMPLATES
from caco.errors import ConfigError
from caco.jobs.train.rows import training_rows
from caco.program.tags import END
from caco.store.files import write_bytes, write_json

DATASET = "caco_train"
_COLUMNS = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
"""Each by name: once LLaMA-Factory finds the key `columns`, one left out has no default."""


def export_job(kind: str, places: Sequence[str], recipe: TrainingRecipe, out: Path, *, devices: int = 8) -> int:
    """Write the job into the new folder `out`; `devices` decide how steps are accumulated. Returns the rows.

    The prompts are written out with our own template and LLaMA-Factory's `empty` one is named, which adds nothing: so
    the model learns the very form in which Caco asks it. Raises ConfigError.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already; give a new folder")
    if not recipe.base:
        raise ConfigError("LLaMA-Factory trains a model that there is: say which with --set base=NAME")
    rows = [_row(kind, row, recipe) for row in training_rows(kind, places, recipe).rows]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write_bytes(out / "train.jsonl", lines.encode())
    entry = {"file_name": "train.jsonl", "formatting": "alpaca", "ranking": False, "columns": _COLUMNS}
    write_json(out / "dataset_info.json", {DATASET: entry})
    settings = "".join(f"{name}: {_yaml(value)}\n" for name, value in _settings(recipe, out, devices).items())
    head = f"# llamafactory-cli train {out.name}/train.yaml, for {devices} devices; add deepspeed or fsdp as you need\n"
    write_bytes(out / "train.yaml", (head + settings).encode())
    return len(rows)


def _row(kind: str, row: Mapping[str, Any], recipe: TrainingRecipe) -> dict[str, Any]:
    """Prompt and response as the very text that the model sees, with the mark that ends it."""
    prompt, response = row["prompt"], row["completion"]
    if kind == "sft":
        template = jinja2.Template(TEMPLATES[recipe.template])
        prompt = template.render(messages=prompt, add_generation_prompt=True)
        response = response[0]["content"]
    return {"instruction": prompt, "input": "", "output": response + END, "system": "", "history": []}


def _yaml(value: object) -> str:
    """A JSON value is a YAML value, but for 5e-06: many readers take that for text, and 5.0e-06 for a number."""
    return re.sub(r"^(-?\d+)e", r"\1.0e", json.dumps(value))


def _settings(recipe: TrainingRecipe, out: Path, devices: int) -> dict[str, Any]:
    at_once = min(recipe.device_batch, recipe.batch)
    return {
        "model_name_or_path": recipe.base,
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "full",
        "dataset_dir": out.name,
        "dataset": DATASET,
        "template": "empty",
        "cutoff_len": recipe.cutoff,
        "add_special_tokens": END,
        "resize_vocab": True,
        "packing": recipe.packing,
        "neat_packing": recipe.packing,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": max(1, recipe.batch // (at_once * devices)),
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_ratio": recipe.warmup,
        "weight_decay": recipe.weight_decay,
        "adam_beta2": recipe.beta2,
        "bf16": recipe.bf16,
        "disable_gradient_checkpointing": not recipe.checkpointing,
        "seed": recipe.seed,
        "output_dir": f"{out.name}/model",
        "save_steps": recipe.save_steps,
        "logging_steps": 10,
        "plot_loss": True,
    }
