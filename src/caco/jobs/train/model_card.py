"""The card of a trained model: base, data, recipe and figures."""

from collections.abc import Iterable, Mapping
from typing import Any

_WHAT = {
    "codegen": "Writes programs in the unified form: an `input` dict, functions, one printed `output`.",
    "sft": "Solves problems in words, trained on verified solutions.",
}
_USE = {
    "codegen": "caco run codegen --set model=model=FOLDER,backend=transformers",
    "sft": "caco evaluate FOLDER --benchmarks ...",
}


def model_card(receipt: Mapping[str, Any]) -> str:
    """The card as Markdown with the hub's header."""
    recipe, kind = receipt["recipe"], receipt["kind"]
    head = ["---", "library_name: transformers", "tags: [caco]"]
    head += [f"base_model: {recipe['base']}"] if recipe["base"] else []
    base = recipe["base"] or "none: it starts from random weights, with a tokenizer trained on the same rows"
    return "\n".join(
        [
            *head,
            "---",
            f"# A {kind} model",
            "",
            _WHAT[kind],
            "",
            f"Base: {base}.",
            "",
            f"    {_USE[kind]}",
            "",
            "## Data",
            "",
            f"{receipt['data']['rows']} rows, fingerprint `{receipt['data']['fingerprint']}`.",
            "",
            *_table(("source", "step", "rows", "left out", "fingerprint"), map(_source, receipt["data"]["sources"])),
            "",
            "## Recipe",
            "",
            *_table(("setting", "value"), ((name, value) for name, value in recipe.items() if name != "base")),
            "",
            "## Figures",
            "",
            *_table(("figure", "value"), receipt["figures"].items()),
            "",
            "![loss](loss.svg)",
            "",
        ]
    )


def _source(source: Mapping[str, Any]) -> tuple[object, ...]:
    step = source.get("step", "")
    # A folder's name is enough: where it lay on the machine of the training says nothing to others.
    name = str(source["path"]).rstrip("/").rpartition("/")[2]
    return name, step, source["rows"], source["left_out"], source["fingerprint"]


def _table(names: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    names = list(names)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return ["| " + " | ".join(line) + " |" for line in lines]
