"""Training in this process with TRL's SFTTrainer; under `accelerate launch` on several devices."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caco.backends.trainers.recipe import TrainingRecipe
from caco.errors import ConfigError, missing_extra

END = "<|im_end|>"
_SPECIAL = ("<|pad|>", "<|im_start|>", END)
_PARTS = r"(?<=[A-Za-z]) [A-Za-z]+|_?[A-Za-z]+|[0-9]|_+|[^A-Za-z0-9_]+"
"""What tokens are made of. Signs and the spaces around them go together, so that a word is the same wherever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training measured."""

    figures: Mapping[str, float]
    """Parameters, tokens, seconds, final loss, ..."""
    losses: Sequence[Mapping[str, float]]
    """One entry a logged step: step, epoch, loss, learning_rate."""
    writes: bool
    """False in the processes of a distributed training that leave writing to the first."""


def train(
    rows: Sequence[Mapping[str, Any]],
    recipe: TrainingRecipe,
    out: Path,
    *,
    chat_template: str = "",
    quiet: bool = False,
) -> Trained:
    """Train on rows of `prompt` and `completion` (texts, or turns of a chat) and write the model into `out`.

    Checkpoints lie in `out/checkpoints`; one that is there already is gone on from. The loss is on completions alone.
    Raises ConfigError for a model that cannot be loaded, or where the extra is missing.
    """
    # Threads that wait for one another without rest cost half the speed on cores that others use too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import datasets
        import torch
        import transformers
        import trl
    except ImportError as error:
        raise missing_extra("trl", "train") from error
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    tokenizer, model = _started(recipe, rows)
    if chat_template:
        tokenizer.chat_template = chat_template
    trainer = trl.SFTTrainer(
        model,
        args=trl.SFTConfig(**_arguments(recipe, out, len(rows), quiet)),
        train_dataset=datasets.Dataset.from_list([dict(row) for row in rows]),
        processing_class=tokenizer,
    )
    if quiet:
        trainer.remove_callback(transformers.PrinterCallback)
    checkpoint = _last_checkpoint(out)
    result = trainer.train(resume_from_checkpoint=checkpoint)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    trainer.save_model(str(out))
    (out / "training_args.bin").unlink(missing_ok=True)  # a pickle, of no use to a model's reader
    losses = [entry for entry in trainer.state.log_history if "loss" in entry]
    figures = {
        "parameters": model.num_parameters(),
        "rows": len(rows),
        "steps": trainer.state.global_step,
        "tokens": int(losses[-1].get("num_tokens", 0)) if losses else 0,
        "train_loss": round(result.training_loss, 4),
        "seconds": round(result.metrics["train_runtime"], 1),
        "processes": trainer.args.world_size,
        "resumed_from_step": int(checkpoint.rpartition("-")[2]) if checkpoint else 0,
    }
    kept = ("step", "epoch", "loss", "learning_rate", "mean_token_accuracy")
    return Trained(
        figures=figures,
        losses=[{name: entry[name] for name in kept if name in entry} for entry in losses],
        writes=trainer.is_world_process_zero(),
    )


def _arguments(recipe: TrainingRecipe, out: Path, num_rows: int, quiet: bool) -> dict[str, Any]:
    import torch

    processes = int(os.environ.get("WORLD_SIZE", "1"))
    accelerator = torch.cuda.is_available()
    at_once = min(recipe.device_batch, recipe.batch)
    steps = max(1, round(num_rows * recipe.epochs / recipe.batch))
    return {
        "output_dir": str(out / "checkpoints"),
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": recipe.warmup,
        "weight_decay": recipe.weight_decay,
        "adam_beta2": recipe.beta2,
        "max_length": recipe.cutoff,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": max(1, recipe.batch // (at_once * processes)),
        "bf16": recipe.bf16 and accelerator and torch.cuda.is_bf16_supported(),
        "packing": recipe.packing and _packs(),
        "activation_checkpointing": recipe.checkpointing,
        "use_cpu": not accelerator,
        # Rows of like length go together: less padding where rows are not packed.
        "train_sampling_strategy": "group_by_length",
        "eos_token": END,
        "save_steps": recipe.save_steps,
        "save_total_limit": 2,
        "logging_steps": max(1, steps // 100),
        "disable_tqdm": quiet,
        "report_to": "none",
        "seed": recipe.seed,
    }


def _packs() -> bool:
    """Packed rows need an attention kernel that keeps them apart; without it they are slow, and see one another."""
    from importlib.util import find_spec

    import torch

    return torch.cuda.is_available() and find_spec("flash_attn") is not None


def _started(recipe: TrainingRecipe, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, Any]:
    """Tokenizer and model, from the base or from nothing."""
    import torch
    import transformers

    if not recipe.base:
        tokenizer = _own_tokenizer(recipe, _texts(rows))
        torch.manual_seed(recipe.seed)
        return tokenizer, transformers.LlamaForCausalLM(_own_config(recipe, tokenizer))
    settings = {"attn_implementation": "flash_attention_2"} if _packs() else {}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(recipe.base)
        model = transformers.AutoModelForCausalLM.from_pretrained(recipe.base, dtype="auto", **settings)
    except (OSError, ValueError) as error:
        raise ConfigError(f"base model {recipe.base!r} cannot be loaded: {error}") from error
    if tokenizer.add_special_tokens({"additional_special_tokens": [END]}) and len(tokenizer) > len(
        model.get_input_embeddings().weight
    ):
        model.resize_token_embeddings(len(tokenizer))
    return tokenizer, model


def _own_config(recipe: TrainingRecipe, tokenizer: Any) -> Any:
    import transformers

    shape = recipe.scratch
    return transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        intermediate_size=shape.hidden * 8 // 3 // 32 * 32,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.heads,
        max_position_embeddings=max(2048, recipe.cutoff),
        tie_word_embeddings=True,
        # The usual 0.02 is for wide models: in a narrow one attention would start out flat, and stay so for long.
        initializer_range=shape.hidden**-0.5,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def _own_tokenizer(recipe: TrainingRecipe, texts: Iterable[str]) -> Any:
    """Pairs of bytes learned from the texts. A digit is a token of its own; a word takes the `_` before it along."""
    import tokenizers
    import transformers
    from tokenizers import decoders, models, pre_tokenizers, trainers

    found = tokenizers.Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(tokenizers.Regex(_PARTS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    found.decoder = decoders.ByteLevel()
    found.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=recipe.scratch.vocabulary,
            special_tokens=list(_SPECIAL),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return transformers.PreTrainedTokenizerFast(tokenizer_object=found, eos_token=END, pad_token=_SPECIAL[0])


def _texts(rows: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for row in rows:
        for part in (row["prompt"], row["completion"]):
            yield part if isinstance(part, str) else "\n".join(turn["content"] for turn in part)


def _last_checkpoint(out: Path) -> str | None:
    """The newest checkpoint that was written to its end: its state is written last."""
    found = [place for place in (out / "checkpoints").glob("checkpoint-*") if _whole(place)]
    return str(max(found, key=lambda place: int(place.name.rpartition("-")[2]))) if found else None


def _whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
