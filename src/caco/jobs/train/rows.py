"""What is trained on: programs for CodeGen, problems with solutions for sft, from runs and from files."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caco.backends import sources
from caco.backends.trainers.recipe import TrainingRecipe
from caco.errors import ConfigError, StoreError
from caco.lineage import digest, rng
from caco.program.form import FormError, parse
from caco.program.plain import plain
from caco.program.tags import codegen_prompt, tags
from caco.records import CodeCoT, Example, Execution, Row
from caco.store.run import Run

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRows:
    """Rows of `prompt` and `completion`, texts or turns of a chat, and where they come from."""

    rows: Sequence[Fields]
    sources: Sequence[Mapping[str, Any]]
    """Of each source: path, step and recipe of a run, rows, rows left out, fingerprint of its rows."""

    @property
    def fingerprint(self) -> str:
        """Names the rows."""
        return digest([source["fingerprint"] for source in self.sources])


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One source as it was opened."""

    about: Mapping[str, Any]
    rows: Iterable[Row | Fields]


def training_rows(kind: str, places: Sequence[str], recipe: TrainingRecipe) -> TrainingRows:
    """The rows of all places (runs' folders, `RUN:STEP`, files) for training a `codegen` or `sft` model.

    Raises ConfigError for a place that is neither, or that holds nothing to train on.
    """
    read = {"codegen": _codegen_row, "sft": _sft_row}[kind]
    rows: list[Fields] = []
    about = []
    for place in places:
        given = _given(kind, place)
        made = [read(row, recipe) for row in given.rows]
        found = [row for row in made if row is not None]
        if not found:
            raise ConfigError(f"{place} holds nothing to train {kind} on: {_WANTED[kind]}")
        rows += found
        named = digest([[str(row["prompt"]), str(row["completion"])] for row in found])
        left_out = len(made) - len(found)
        about.append({**given.about, "rows": len(found), "left_out": left_out, "fingerprint": named})
    return TrainingRows(rows=rows, sources=about)


def programs(place: str) -> Iterator[CodeCoT]:
    """The programs of a run or a file, in no form in particular."""
    for row in _given("codegen", place).rows:
        found = _program(row)
        if found is not None:
            yield found


_WANTED = {
    "codegen": "it wants programs (a run's executions, or a column `code`)",
    "sft": "it wants examples, or columns such as problem and solution, instruction and output, messages",
}
_PAIRS = (("prompt", "completion"), ("instruction", "output"), ("problem", "solution"), ("question", "solution"))
_STEPS = {"codegen": ("Execution", "CodeCoT"), "sft": ("Example",)}


def _given(kind: str, place: str) -> Given:
    path, _, step = place.partition(":")
    if not (Path(path) / "manifest.json").exists():
        rows = (fields for _, fields, _ in sources.rows(place) if fields is not None)
        return Given(about={"path": place}, rows=rows)
    run = Run(path)
    makes = _STEPS[kind]
    step = step or next((entry.name for entry in reversed(run.manifest.steps) if entry.record in makes), "")
    if not step:
        raise ConfigError(f"{path} has no step that makes {' or '.join(makes)}s")
    if not run.manifest.finished:
        raise StoreError(f"{path} is not finished: run its recipe again to go on")
    return Given(about={"path": path, "recipe": run.manifest.recipe, "step": step}, rows=run.rows(step))


def _program(row: Row | Fields) -> CodeCoT | None:
    match row:
        case CodeCoT():
            return row
        case Execution():
            return row.codecot
        case Mapping() if row.get("code"):
            return CodeCoT(code=str(row["code"]), domain=str(row.get("domain") or ""))
    return None


def _codegen_row(row: Row | Fields, recipe: TrainingRecipe) -> Fields | None:
    """Whether a row states tags, and which, is drawn by its program."""
    codecot = _program(row)
    if codecot is None:
        return None
    try:
        program = parse(codecot.code)
    except FormError:
        return None
    draw = rng(digest(codecot.code), "tags")
    wanted: tuple[str, ...] = ()
    if draw.random() < recipe.conditional:
        wanted = tuple(tag for tag in tags(codecot.code, codecot.domain) if draw.random() < recipe.tag_share)
    match recipe.text:
        case "whole":
            text = program.code
        case "layout":
            text = ast.unparse(program.tree)
        case "plain":
            text = plain(program.code)
    return {"prompt": codegen_prompt(wanted), "completion": text.strip() + "\n"}


def _sft_row(row: Row | Fields, recipe: TrainingRecipe) -> Fields | None:
    pair = _pair(row)
    if pair is None:
        return None
    asked, answered = ({"role": role, "content": text} for role, text in zip(("user", "assistant"), pair, strict=True))
    return {"prompt": [asked], "completion": [answered]}


def _pair(row: Row | Fields) -> tuple[str, str] | None:
    if isinstance(row, Example):
        return row.problem, row.solution
    assert isinstance(row, Mapping)
    turns = row.get("messages")
    if turns:
        return (str(turns[0]["content"]), str(turns[1]["content"])) if len(turns) == 2 else None
    names = next((pair for pair in _PAIRS if row.get(pair[0]) and row.get(pair[1])), None)
    if names is None or not isinstance(row[names[0]], str):
        return None
    return "\n".join(filter(None, (row[names[0]], row.get("input") or ""))), str(row[names[1]])
