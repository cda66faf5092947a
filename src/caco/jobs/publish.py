"""The last table as a dataset: Parquet and JSONL files, a card that says what is in them, and croissant.json."""

import io
import json

import pyarrow as pa

from caco.jobs.card import Published, card, counts
from caco.jobs.croissant import croissant
from caco.report.run import Run
from caco.store.files import write_bytes, write_json, write_parquet

DATASET = "dataset"
"""Folder of the dataset below the run's."""


def publish(run: Run, step: str) -> None:
    """Write `dataset/` from the examples of `step`: data/train.parquet, train.jsonl, README.md and croissant.json."""
    folder = run.path / DATASET
    table = run.table(step)
    published = Published(splits={"train": "data/train.parquet"}, rows={"train": table.num_rows})
    write_parquet(folder / "data" / "train.parquet", table)
    write_bytes(folder / "train.jsonl", _jsonl(table))
    write_bytes(folder / "README.md", card(run, table, published).encode())
    about = described(run.manifest.recipe, table)
    write_json(folder / "croissant.json", croissant(folder, published.splits, table.schema, about))


def described(recipe: str, table: pa.Table) -> dict[str, str]:
    """Name, description and licence of a dataset, for croissant.json."""
    return {
        "name": f"caco-{recipe}",
        "description": f"{table.num_rows} problems with solutions, each with the program that computes its answer.",
        "licence": " AND ".join(sorted(counts(table["licence"]))) or "not stated",
    }


def _jsonl(table: pa.Table) -> bytes:
    out = io.StringIO()
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out.getvalue().encode()
