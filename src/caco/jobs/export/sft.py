"""Formats for supervised fine-tuning."""

from collections.abc import Mapping
from typing import Any

from caco.jobs.export.format import Fields, Format, Place, assistant, named, provenance, user
from caco.records import Example


def _messages(example: Example, place: Place) -> Fields:
    return {"messages": [user(example.problem), assistant(example.solution)], **provenance(example)}


def _prompt_completion(example: Example, place: Place) -> Fields:
    return {"prompt": example.problem, "completion": example.solution, **provenance(example)}


def _conversational(example: Example, place: Place) -> Fields:
    return {"prompt": [user(example.problem)], "completion": [assistant(example.solution)], **provenance(example)}


def _alpaca(example: Example, place: Place) -> Fields:
    return {"instruction": example.problem, "input": "", "output": example.solution, **provenance(example)}


def _caco(example: Example, place: Place) -> Fields:
    return {
        "instruction": example.problem,
        "output": example.solution,
        "answer": example.answer,
        "code": example.code,
    }


def _llamafactory(example: Example, place: Place) -> Fields:
    fields = {"instruction": example.problem, "input": "", "output": example.solution, "system": "", "history": []}
    return {**fields, **provenance(example)}


def _dataset_info(splits: Mapping[str, str]) -> dict[str, Any]:
    """Each column by name: once LLaMA-Factory finds the key `columns`, one left out has no default."""
    names = {"prompt": "instruction", "query": "input", "response": "output", "system": "system", "history": "history"}
    entries = {
        f"caco_{split}": {"file_name": file, "formatting": "alpaca", "ranking": False, "columns": names}
        for split, file in splits.items()
    }
    return {"dataset_info.json": entries}


EXPORT = named(
    Format(
        name="messages",
        row=_messages,
        use='Any trainer that reads chat messages: `load_dataset("FOLDER")`, column `messages`.',
    ),
    Format(
        name="prompt-completion",
        row=_prompt_completion,
        use='`load_dataset("FOLDER")`, columns `prompt` and `completion`, both plain text.',
    ),
    Format(name="alpaca", row=_alpaca, use="Columns `instruction`, `input` (always empty) and `output`."),
    Format(
        name="caco",
        row=_caco,
        use="The columns of the published Caco sets: `instruction`, `output`, `answer`, `code`.",
    ),
    Format(
        name="llamafactory",
        row=_llamafactory,
        files=_dataset_info,
        use="LLaMA-Factory: `llamafactory-cli train ... --dataset_dir FOLDER --dataset caco_train`. "
        "The entry in `dataset_info.json` names every column.",
    ),
    Format(
        name="trl-sft",
        row=_conversational,
        use="TRL: `trl sft --dataset_name FOLDER --model_name_or_path MODEL`. "
        "Prompt and completion are message lists, so that the loss is on the completion alone.",
    ),
    Format(
        name="verl-sft",
        row=_messages,
        kind="parquet",
        use="verl: `data.train_files=FOLDER/data/train.parquet data.messages_key=messages`.",
    ),
)
