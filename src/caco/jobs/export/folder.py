"""Writing an export: rows split by lineage, a card, croissant.json, and whatever else the format needs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from caco.backends.graders import LocalGrader
from caco.backends.sandboxes import open_sandbox
from caco.errors import ConfigError, StoreError, unknown
from caco.jobs.card import Contents, Published, card
from caco.jobs.croissant import croissant
from caco.jobs.export.format import Fields, Format, Place, WrongSolution
from caco.jobs.export.split import TEST, TRAIN, Split, by_lineage
from caco.jobs.export.wrong import wrong_solutions
from caco.jobs.licences import forbids
from caco.jobs.publish import described, grouped
from caco.plugins import find
from caco.records import Example
from caco.store.codec import from_table
from caco.store.files import write_bytes, write_json
from caco.store.run import Run

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    path: Path
    rows: dict[str, int]
    """Split -> rows."""
    left_out: dict[str, int]
    """Why examples of the run are in no split -> how many."""


def export(run: Run, to: str, out: Path, *, test: float = 0.0, allow: str = "") -> Exported:
    """Write the examples of a finished run in the format `to` to the new folder `out`.

    Args:
        test: share of the rows for the test split, by lineage; 0 for none.
        allow: `commercial` or `derivatives`: leaves out rows whose licence forbids it or is not known.

    Raises:
        ConfigError: an unknown format, a share that is none, or a folder that is there already.
        StoreError: the run is not finished.
    """
    format_ = _checked(to, out, test, allow)
    step, rows_of_run, seeds = _last(run), 0, dict[str, Sequence[str]]()
    for table in grouped(run.parts(step)):
        rows_of_run += table.num_rows
        kept = _allowed(table, allow)
        seeds.update(zip(kept["id"].to_pylist(), kept["seeds"].to_pylist(), strict=True))
    split = by_lineage(seeds, test)
    partial = out.with_name(f".{out.name}.partial")
    contents = Contents()
    rows, schema, files = _write_rows(_counted(run, step, allow, contents), format_, split, partial)
    left_out = Counter({"its licence": rows_of_run - contents.rows, "seeds on both sides": split.left_out})
    left_out["no wrong solution"] = contents.rows - split.left_out - sum(rows.values())
    done = Exported(path=out, rows=rows, left_out={why: n for why, n in left_out.items() if n})
    notes = tuple(f"{n} examples of the run are left out: {why}." for why, n in done.left_out.items())
    use = format_.use.replace("FOLDER", out.name)
    published = Published(splits=files, rows=rows, format=to, use=use, notes=notes)
    write_bytes(partial / "README.md", card(run, contents, published).encode())
    about = described(f"{run.manifest.recipe}-{to}", contents)
    write_json(partial / "croissant.json", croissant(partial, files, schema, about))
    for name, content in format_.files(files).items():
        write_json(partial / name, content)
    partial.rename(out)
    return done


def _checked(to: str, out: Path, test: float, allow: str) -> Format:
    format_: Format = find("export", to)
    if not 0 <= test < 1:
        raise ConfigError(f"--test {test}: should be a share from 0 to below 1")
    if allow not in ("", "commercial", "derivatives"):
        raise unknown("use", allow, ("commercial", "derivatives"))
    if out.exists():
        raise ConfigError(f"{out} is there already; give a new folder")
    return format_


def _last(run: Run) -> str:
    """The step that made the examples."""
    last = run.manifest.steps[-1]
    if last.record != Example.__name__:
        raise ConfigError(f"{run.path} is a run of {run.manifest.recipe!r}, which makes no examples to export")
    if not run.manifest.finished:
        raise StoreError(f"{run.path} is not finished: run its recipe again to go on")
    return last.name


def _counted(run: Run, step: str, allow: str, contents: Contents) -> Iterator[pa.Table]:
    """The examples that may be used, by groups of rows; counted as they pass."""
    for table in grouped(run.parts(step)):
        kept = _allowed(table, allow)
        contents.add(kept)
        yield kept


def _allowed(table: pa.Table, allow: str) -> pa.Table:
    if not allow:
        return table
    licences = [name for name in set(table["licence"].to_pylist()) if not forbids(name, allow)]
    return table.filter(pc.is_in(table["licence"], pa.array(licences, pa.string())))


def _write_rows(
    tables: Iterable[pa.Table], format_: Format, split: Split, folder: Path
) -> tuple[dict[str, int], pa.Schema, dict[str, str]]:
    """Rows a split, the schema of a row, and the file of each split."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    wanted = (TRAIN, TEST) if TEST in split.side.values() else (TRAIN,)
    files = {side: f"data/{side}.{format_.kind}" for side in wanted}
    with ExitStack() as stack:
        writers = {side: stack.enter_context(closing(_Writer(folder / path))) for side, path in files.items()}
        for batch in _batches(tables, format_):
            for example, wrong in batch:
                writer = writers.get(split.side.get(example.id, ""))
                if writer:
                    place = Place(split=split.side[example.id], index=writer.rows, wrong=wrong)
                    writer.write(format_.row(example, place))
    return {side: writer.rows for side, writer in writers.items()}, writers[TRAIN].schema or pa.schema([]), files


Batch = Sequence[tuple[Example, WrongSolution | None]]


def _batches(tables: Iterable[pa.Table], format_: Format) -> Iterator[Batch]:
    """The examples, with wrong solutions where the format needs them."""
    slices = (table.slice(start, _BATCH) for table in tables for start in range(0, len(table), _BATCH))
    batches = (from_table(Example, few) for few in slices)
    if not format_.needs_wrong:
        yield from ([(example, None) for example in batch] for batch in batches)
        return
    with closing(open_sandbox()) as sandbox, closing(LocalGrader()) as grader:
        for batch in batches:
            wrong: Mapping[str, WrongSolution] = wrong_solutions(batch, sandbox, grader)
            yield [(example, wrong.get(example.id)) for example in batch]


class _Writer:
    """Rows to one file; Parquet by batches, without any reader's own metadata."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self.schema: pa.Schema | None = None
        self._lines: IO[str] | None = path.open("w", encoding="utf-8") if path.suffix == ".jsonl" else None
        self._parquet: pq.ParquetWriter | None = None
        self._waiting: list[Fields] = []

    def write(self, row: Fields | None) -> None:
        if row is None:
            return
        self.rows += 1
        self._waiting.append(row)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self.schema is None:
            self.schema = pa.Table.from_pylist(self._waiting).schema
        if self._lines:
            self._lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in self._waiting)
        else:
            table = pa.Table.from_pylist(self._waiting, schema=self.schema)
            self._parquet = self._parquet or pq.ParquetWriter(self.path, table.schema, compression="zstd")
            self._parquet.write_table(table)
        self._waiting = []

    def close(self) -> None:
        if self._waiting or not self.rows:
            self._flush()
        if self._lines:
            self._lines.close()
        if self._parquet:
            self._parquet.close()
