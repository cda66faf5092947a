"""Formats for reinforcement learning with verifiable rewards."""

from caco.jobs.export.format import REWARDS, Fields, Format, Place, asking, named, provenance, user
from caco.records import Example


def _trl(example: Example, place: Place) -> Fields:
    """`answer` is read by Caco's rewards, `solution` by TRL's own `accuracy_reward`."""
    shaping = {"inputs": example.inputs, "solution": f"\\boxed{{{example.answer}}}"}
    return {"prompt": [user(asking(example))], **shaping, **provenance(example)}


def _verl(example: Example, place: Place) -> Fields:
    """`ground_truth` is text, and `extra_info` one struct of the same types in every row."""
    extra = {"split": place.split, "index": place.index, "question": example.problem, "id": example.id}
    return {
        "data_source": "caco",
        "prompt": [user(asking(example))],
        "ability": example.domain or "math",
        "reward_model": {"style": "rule", "ground_truth": example.answer},
        "extra_info": {**extra, "code": example.code, "licence": example.licence},
    }


def _openrlhf(example: Example, place: Place) -> Fields:
    return {"input": [user(asking(example))], "label": example.answer, **provenance(example)}


def _open_instruct(example: Example, place: Place) -> Fields:
    """`dataset` names the verifier of open-instruct that grades `ground_truth`."""
    verifier = "gsm8k" if example.answer_type in ("integer", "number") else "math"
    messages = [user(asking(example))]
    return {"messages": messages, "ground_truth": example.answer, "dataset": verifier, **provenance(example)}


def _nemo_gym(example: Example, place: Place) -> Fields:
    return {
        "responses_create_params": {"input": [user(asking(example))]},
        "question": example.problem,
        "expected_answer": example.answer,
        **provenance(example),
    }


def _preferences(example: Example, place: Place) -> Fields | None:
    if place.wrong is None:
        return None
    turns = {
        "chosen": [{"role": "assistant", "content": example.solution}],
        "rejected": [{"role": "assistant", "content": place.wrong.text}],
    }
    fault = {"rejected_answer": place.wrong.answer, "fault": place.wrong.fault}
    return {"prompt": [user(example.problem)], **turns, **fault, **provenance(example)}


EXPORT = named(
    Format(
        name="trl-grpo",
        row=_trl,
        use=f'TRL: `GRPOTrainer(reward_funcs=correct, train_dataset=load_dataset("FOLDER", split="train"))` with '
        f"`from {REWARDS}.trl import correct`, or on the command line `trl grpo --dataset_name FOLDER "
        f"--reward_funcs {REWARDS}.trl.correct`.",
    ),
    Format(
        name="verl-rl",
        row=_verl,
        kind="parquet",
        use="verl: `data.train_files=FOLDER/data/train.parquet` with the reward in the file that "
        f"`python -c 'import {REWARDS}.verl as m; print(m.__file__)'` prints: "
        "`custom_reward_function.path=FILE custom_reward_function.name=compute_score` up to January 2026, "
        "`reward.custom_reward_function.path=FILE reward.custom_reward_function.name=compute_score` since.",
    ),
    Format(
        name="openrlhf",
        row=_openrlhf,
        use="OpenRLHF: `--data.prompt_dataset FOLDER --data.input_key input --data.label_key label "
        f"--data.apply_chat_template --reward.remote_url FILE`, where FILE is the path of `{REWARDS}.openrlhf`.",
    ),
    Format(
        name="open-instruct",
        row=_open_instruct,
        use="open-instruct: columns `messages`, `ground_truth`, and `dataset`, which names the verifier.",
    ),
    Format(
        name="nemo-gym",
        row=_nemo_gym,
        use="NeMo Gym: one task a line; `agent_ref` is added by its prepare step.",
    ),
    Format(
        name="preferences",
        row=_preferences,
        needs_wrong=True,
        use="TRL: `trl dpo --dataset_name FOLDER`. Every rejected solution was worked out by a program that was "
        "changed on purpose (column `fault`), and its answer was graded as wrong.",
    ),
)
