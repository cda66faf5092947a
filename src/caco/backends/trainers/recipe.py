"""Training recipes as data: everything that decides what a training does with its rows."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caco.errors import ConfigError, unknown


class Scratch(BaseModel):
    """A Llama that starts from nothing, with a tokenizer of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = 192
    layers: int = 4
    heads: int = 4
    vocabulary: int = 2048


class TrainingRecipe(BaseModel):
    """One training. Numbers are the usual ones of `transformers.TrainingArguments`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = ""
    """Model to start from, a folder or a hub name; empty starts from nothing, as `scratch` says."""
    epochs: float = Field(1.0, gt=0)
    learning_rate: float = Field(5e-6, gt=0)
    warmup: float = Field(0.03, ge=0, lt=1)
    """Share of the steps; the rate then falls along a cosine."""
    weight_decay: float = Field(0.1, ge=0)
    beta2: float = Field(0.999, gt=0, lt=1)
    """Of AdamW; lower where there are few steps."""
    cutoff: int = Field(2048, ge=16)
    """Tokens of a row; a longer one is cut."""
    batch: int = Field(128, ge=1)
    """Rows a step, over all devices."""
    device_batch: int = Field(8, ge=1)
    """Rows that go through one device at once; steps are accumulated up to `batch`."""
    bf16: bool = True
    """Where the device has it."""
    packing: bool = True
    """Several rows in one sequence; only on devices with an attention kernel for it."""
    checkpointing: bool = True
    """Activations are computed again rather than kept."""
    save_steps: int = Field(200, ge=1)
    seed: int = 42
    template: str = "chatml"
    """Of sft: `chatml` or `alpaca`; a name of `caco.backends.trainers.templates`."""
    conditional: float = Field(0.5, ge=0, le=1)
    """Of codegen: share of rows that state tags; the others are in the pre-query form."""
    tag_share: float = Field(0.75, ge=0, le=1)
    """Of codegen: share of its tags that such a row states."""
    text: Literal["whole", "layout", "plain"] = "whole"
    """Of codegen: programs as they are; in one layout without comments; or with short names, too."""
    scratch: Scratch = Scratch()
    threads: int = Field(0, ge=0)
    """Of the CPU; 0 leaves it to torch."""


_TINY = TrainingRecipe(
    epochs=1,
    learning_rate=2e-3,
    beta2=0.95,
    cutoff=320,
    batch=8,
    checkpointing=False,
    text="plain",
)
RECIPES: Mapping[str, Mapping[str, TrainingRecipe]] = {
    "codegen": {
        "paper": TrainingRecipe(base="Qwen/Qwen2.5-Coder-7B"),
        # Narrow, for many steps in little time: it is steps that names and tags need.
        "tiny": _TINY.model_copy(
            update={
                "epochs": 3,
                "conditional": 0.75,
                "tag_share": 0.9,
                "scratch": Scratch(hidden=128, layers=3, vocabulary=512),
            }
        ),
    },
    "sft": {
        "paper": TrainingRecipe(base="Qwen/Qwen2.5-Math-7B", epochs=3, cutoff=4096, template="alpaca"),
        "tiny": _TINY.model_copy(update={"cutoff": 512}),
    },
}
"""Recipes by what is trained: `paper` is the method's own, `tiny` starts from nothing and trains on two cores."""


def recipe(kind: str, name: str, changes: Mapping[str, Any]) -> TrainingRecipe:
    """A recipe with changes, given as text or values (`scratch.layers=4` reaches inside). Raises ConfigError."""
    if name not in RECIPES[kind]:
        raise unknown(f"recipe of {kind}", name, RECIPES[kind])
    found = RECIPES[kind][name].model_dump()
    for path, value in changes.items():
        outer, _, inner = path.partition(".")
        place = found[outer] if inner and isinstance(found.get(outer), dict) else found
        if (inner or outer) not in place:
            raise unknown("setting of the training", path, _settings(found))
        place[inner or outer] = value
    try:
        return TrainingRecipe.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        given = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"setting {given}={first['input']!r}: {first['msg'].lower()}") from error


def _settings(found: Mapping[str, Any]) -> list[str]:
    plain = [name for name, value in found.items() if not isinstance(value, dict)]
    return plain + [f"{name}.{k}" for name, value in found.items() if isinstance(value, dict) for k in value]
