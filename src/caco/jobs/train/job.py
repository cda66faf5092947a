"""One training: checked before work, gone on with after a kill, told in its folder."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from caco.backends.trainers.recipe import TrainingRecipe
from caco.backends.trainers.templates import RECEIPT, TEMPLATES, template_fingerprint
from caco.chart import line_chart
from caco.errors import ConfigError, unknown
from caco.jobs.train.model_card import model_card
from caco.jobs.train.rows import training_rows
from caco.store.files import read_json, write_bytes, write_json

LOSSES = "loss.json"
CURVE = "loss.svg"


def train(
    kind: str, places: Sequence[str], recipe: TrainingRecipe, out: Path, *, quiet: bool = False
) -> dict[str, Any]:
    """Train on the rows of `places` and return the receipt that lies in `out/training.json`.

    A training that is done is not done again; one that was stopped goes on from its last checkpoint.

    Raises:
        ConfigError: nothing to train on, another training in `out`, a model that cannot be loaded, no extra `train`.
    """
    if kind == "sft" and recipe.template not in TEMPLATES:
        raise unknown("template", recipe.template, TEMPLATES)
    given = training_rows(kind, places, recipe)
    template = TEMPLATES[recipe.template] if kind == "sft" else ""
    receipt: dict[str, Any] = {
        "kind": kind,
        "recipe": recipe.model_dump(),
        "template": template_fingerprint(template) if template else "",
        "data": {"rows": len(given.rows), "fingerprint": given.fingerprint, "sources": list(given.sources)},
        "finished": False,
    }
    done = _begun(out, receipt)
    if done["finished"]:
        return done
    from caco.backends.trainers import trl

    trained = trl.train(given.rows, recipe, out, chat_template=template, quiet=quiet)
    receipt |= {"figures": dict(trained.figures), "finished": True}
    if trained.writes:
        _tell(out, receipt, trained.losses)
    return receipt


def _begun(out: Path, receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt of the training in `out`, which must be this one; written where there is none."""
    path = out / RECEIPT
    if not path.exists():
        # Another process of this training may be writing the receipt at this very moment.
        if out.exists() and any(p.name != RECEIPT and not p.name.startswith(".") for p in out.iterdir()):
            raise ConfigError(f"{out} holds something else; give a new folder")
        write_json(path, receipt)
        return receipt
    there: dict[str, Any] = read_json(path)
    for part in ("kind", "recipe", "data"):
        if there.get(part) != receipt[part]:
            raise ConfigError(f"{out} holds a training with another {part}; give a new folder")
    return there


def _tell(out: Path, receipt: Mapping[str, Any], losses: Sequence[Mapping[str, float]]) -> None:
    """Losses as numbers and as a picture, the card, and last the receipt that says it is done."""
    write_json(out / LOSSES, list(losses))
    points = [(entry["step"], entry["loss"]) for entry in losses]
    write_bytes(out / CURVE, line_chart("Training loss", "step", {"loss": points}).encode())
    write_bytes(out / "README.md", model_card(receipt).encode())
    write_json(out / RECEIPT, receipt)
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
