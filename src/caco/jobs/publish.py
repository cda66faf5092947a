"""The last table as a dataset: Parquet and JSONL files, a card that says what is in them, and croissant.json."""

import json
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from caco.jobs.card import Contents, Published, card
from caco.jobs.croissant import croissant
from caco.records import Example
from caco.store.codec import schema
from caco.store.files import write_bytes, write_json, writing
from caco.store.run import Run

DATASET = "dataset"
"""Folder of the dataset below the run's."""
ROW_GROUP = 10_000
"""Rows that readers of the Parquet file take in at once."""


def publish(run: Run, step: str) -> None:
    """Write `dataset/` from the examples of `step`: data/train.parquet, train.jsonl, README.md and croissant.json.

    They go through memory by groups of rows, however many there are.
    """
    folder, columns, contents = run.path / DATASET, schema(Example), Contents()
    with (
        writing(folder / "data" / "train.parquet") as file,
        writing(folder / "train.jsonl") as lines,
        pq.ParquetWriter(file, columns, compression="zstd") as parquet,
    ):
        for table in grouped(run.parts(step)):
            parquet.write_table(table)
            lines.write(_jsonl(table))
            contents.add(table)
    published = Published(splits={"train": "data/train.parquet"}, rows={"train": contents.rows})
    write_bytes(folder / "README.md", card(run, contents, published).encode())
    about = described(run.manifest.recipe, contents)
    write_json(folder / "croissant.json", croissant(folder, published.splits, columns, about))


def grouped(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Parts together, by at least `ROW_GROUP` rows but for the last."""
    waiting: list[pa.Table] = []
    for part in parts:
        waiting.append(part)
        if sum(map(len, waiting)) >= ROW_GROUP:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def described(recipe: str, contents: Contents) -> dict[str, str]:
    """Name, description and licence of a dataset, for croissant.json."""
    return {
        "name": f"caco-{recipe}",
        "description": f"{contents.rows} problems with solutions, each with the program that computes its answer.",
        "licence": " AND ".join(sorted(contents.columns["licence"])) or "not stated",
    }


def _jsonl(table: pa.Table) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()).encode()
