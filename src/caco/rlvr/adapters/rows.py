"""Instances as rows of a dataset, for trainers that read files."""

from collections.abc import Callable, Mapping
from typing import Any

from caco.jobs.export.format import INSTRUCTION, user
from caco.rlvr.environment import Instance


def verl(one: Instance, index: int) -> dict[str, Any]:
    """A row for verl's parquet."""
    extra = {"split": "train", "index": index, "id": _id(one), "level": one.level, "environment": one.environment}
    return {
        "data_source": "caco",
        "prompt": [user(_asked(one))],
        "ability": "math",
        "reward_model": {"style": "rule", "ground_truth": one.answer},
        "extra_info": extra,
    }


def nemo_gym(one: Instance, index: int) -> dict[str, Any]:
    """A row for NeMo Gym's JSONL."""
    turns = {"input": [user(_asked(one))]}
    return {
        "responses_create_params": turns,
        "question": one.question,
        "expected_answer": one.answer,
        "id": _id(one),
        "level": one.level,
    }


def trl(one: Instance, index: int) -> dict[str, Any]:
    """A row for `GRPOTrainer` with the rewards of `caco.rlvr.rewards.trl`."""
    return {"prompt": [user(_asked(one))], "answer": one.answer, "id": _id(one), "level": one.level, "seed": index}


def plain(one: Instance, index: int) -> dict[str, Any]:
    """A row of nothing but the instance."""
    return {"id": _id(one), "question": one.question, "answer": one.answer, "level": one.level, "inputs": one.inputs}


ROWS: Mapping[str, Callable[[Instance, int], dict[str, Any]]] = {
    "plain": plain,
    "trl-grpo": trl,
    "verl-rl": verl,
    "nemo-gym": nemo_gym,
}
"""Row makers by format."""


def _id(one: Instance) -> str:
    return f"{one.environment}-{one.number}"


def _asked(one: Instance) -> str:
    return f"{one.question}\n\n{INSTRUCTION}"
