"""The last table as a dataset: Parquet and JSONL files, and a card that says what is in them."""

import io
import json
from collections import Counter
from importlib.resources import files

import jinja2
import pyarrow as pa

from caco.report.control_rates import control_rates
from caco.report.run import Run
from caco.store.files import write_bytes, write_parquet

DATASET = "dataset"
"""Folder of the dataset below the run's."""
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


def publish(run: Run, step: str) -> None:
    """Write `dataset/` from the examples of `step`: data/train.parquet, train.jsonl and README.md."""
    folder = run.path / DATASET
    table = run.table(step)
    write_parquet(folder / "data" / "train.parquet", table)
    write_bytes(folder / "train.jsonl", _jsonl(table))
    write_bytes(folder / "README.md", card(run, table).encode())


def _jsonl(table: pa.Table) -> bytes:
    out = io.StringIO()
    for batch in table.to_batches(max_chunksize=1000):
        for row in batch.to_pylist():
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out.getvalue().encode()


def card(run: Run, table: pa.Table) -> str:
    """The dataset card: what the rows are, how they were made, what was checked, whose they are."""
    environment = jinja2.Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((files("caco.jobs") / "card.md.j2").read_text(encoding="utf-8"))
    checks: dict[str, Counter[str]] = {}
    for row_checks in table["checks"].to_pylist():
        for check in row_checks:
            kind = "by construction" if check["by_construction"] else "independent"
            checks.setdefault(check["name"], Counter())[kind if check["passed"] else "not passed"] += 1
    return template.render(
        rows=table.num_rows,
        size=next((name for limit, name in _SIZES if table.num_rows < limit), "n>10M"),
        manifest=run.manifest,
        funnel=run.funnel(),
        licences=_counts(table["licence"]),
        sources=_counts(table["source"]),
        domains=_counts(table["domain"]),
        transforms=_counts(table["transform"]),
        trusts=_counts(table["trust"]),
        checks=checks,
        controls=control_rates(run),
        example=table.slice(0, 1).to_pylist()[0] if table.num_rows else None,
    )


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    return dict(Counter(column.to_pylist()).most_common())
