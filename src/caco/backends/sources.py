"""Reading seeds from where they lie: files in several formats, the seeds that ship, a hub dataset.

A source that cannot be read at all is a ConfigError before any work; a single bad line is a line with a fault.
"""

import csv
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import nsmallest
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from caco.benchmark import Benchmark
from caco.config import SourceConfig
from caco.errors import ConfigError, missing_extra, whole
from caco.lineage import digest
from caco.plugins import find
from caco.records import Line

SHIPPED = "caco:seeds"
HUB = "hub:"
DRAWS = "draws:"
"""`draws:NUMBER` is so many tickets to sample a model, and nothing else."""

Parsed = tuple[int, dict[str, Any] | None, str]
"""Line number, its columns, and the fault where there are none."""


def read_lines(source: SourceConfig) -> list[Line]:
    """All `lines` of the source at once."""
    return list(lines(source))


def lines(source: SourceConfig) -> Iterator[Line]:
    """The lines of the source (the first `limit`), equal ones marked as duplicates of the first.

    Raises ConfigError where the source is missing, empty, of an unknown kind or not UTF-8.
    """
    limit = source.limit or None
    tables = [items(name, source.path) for name in source.benchmarks] or [rows(source.path)]
    parsed = (row for table in tables for row in islice(table, limit))
    first_seen: dict[int, int] = {}
    read = (_line(number, fields, fault, first_seen) for number, fields, fault in parsed)
    first = next(read, None)
    if first is None:
        raise ConfigError(f"{source.path} holds no rows")
    found: Iterator[Line] = chain([first], read)
    if source.sample:
        found = iter(nsmallest(source.sample, found, key=lambda line: digest("sample", line.id)))
    return found


def columns(source: SourceConfig) -> tuple[str, ...]:
    """Names of the columns of the first readable line; nested objects as dotted names."""
    for _, fields, _ in items(source.benchmarks[0], source.path) if source.benchmarks else rows(source.path):
        if fields is not None:
            nested = [f"{k}.{inner}" for k, v in fields.items() if isinstance(v, dict) for inner in v]
            return (*fields, *nested)
    raise ConfigError(f"{source.path} holds no readable rows")


def content_digest(source: SourceConfig) -> str:
    """Names the content of the source, without reading it into rows."""
    if source.path.startswith((HUB, DRAWS)):
        return digest(source.path, source.benchmarks, source.limit, source.sample)
    named = [benchmark_path(find("benchmark", name), source.path) for name in source.benchmarks] or [source.path]
    paths = [path for one in named for path in _paths(one)]
    return digest([_file_digest(path) for path in paths], source.limit, source.sample)


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


def _line(number: int, fields: dict[str, Any] | None, fault: str, first_seen: dict[int, int]) -> Line:
    if fields is None:
        return Line(id=digest("broken line", number, fault), number=number, fault=fault)
    text = whole(json.dumps(fields, sort_keys=True, ensure_ascii=False, default=str))
    identity = digest(text)
    first = first_seen.get(int(identity, 16))
    if first is not None:
        return Line(id=digest(identity, number), number=number, fields=text, fault=f"the same as line {first}")
    first_seen[int(identity, 16)] = number
    return Line(id=identity, number=number, fields=text)


def rows(path: str) -> Iterator[Parsed]:
    """The rows of a file, a folder or a hub dataset as they stand there. Raises ConfigError as `read_lines` does."""
    if path.startswith(HUB):
        return _hub_rows(path.removeprefix(HUB))
    if path.startswith(DRAWS):
        return ((number, {"draw": number}, "") for number in range(int(path.removeprefix(DRAWS))))
    return (row for file in _paths(path) for row in _file_rows(file))


def items(name: str, folder: str) -> Iterator[Parsed]:
    """The rows of a benchmark that are its items, with the benchmark's name; rows that cannot be read come too."""
    benchmark = find("benchmark", name)
    for number, fields, fault in rows(benchmark_path(benchmark, folder)):
        if fields is None or benchmark.is_item(fields):
            yield number, fields if fields is None else {"benchmark": name, **fields}, fault


def benchmark_path(benchmark: Benchmark, folder: str) -> str:
    """Where a benchmark lies. Raises ConfigError where it does not."""
    if folder.startswith(HUB):
        if not benchmark.hub:
            raise ConfigError(
                f"benchmark {benchmark.name!r} has no hub dataset: give a folder that holds {benchmark.file}"
            )
        return HUB + benchmark.hub
    found = next((p for p in _places(Path(folder), benchmark.file) if p.is_file()), None)
    if found is None:
        raise ConfigError(f"benchmark {benchmark.name!r}: {folder} holds no {benchmark.file}; --data names the folder")
    return str(found)


def _places(folder: Path, file: str) -> list[Path]:
    """The file, also unpacked, or below `problems/`."""
    names = (file, file.removesuffix(".gz"))
    return [home / name for home in (folder, folder / "problems") for name in names]


def _paths(path: str) -> list[Path]:
    if path == SHIPPED:
        return sorted(Path(str(files("caco.seeds"))).glob("*.jsonl"))
    where = Path(path)
    if where.is_dir():
        found = sorted(p for p in where.iterdir() if _format(p))
        if not found:
            raise ConfigError(f"{path} holds no seeds files ({', '.join(_FORMATS)})")
        return found
    if not where.is_file():
        raise ConfigError(f"seeds file {path} does not exist; give a file, a folder, {SHIPPED!r} or '{HUB}NAME'")
    if not _format(where):
        raise ConfigError(f"{path} is of an unknown kind; known endings: {', '.join(_FORMATS)}, also with .gz")
    return [where]


def _format(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    return next((ending for ending in _FORMATS if name.endswith(ending)), "")


def _file_rows(path: Path) -> Iterator[Parsed]:
    """The rows of a file, read as they are asked for."""
    try:
        with path.open("rb") as plain:
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=plain)) if path.suffix == ".gz" else plain
            yield from _FORMATS[_format(path)](path, file)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _text_lines(path: Path, file: IO[bytes]) -> Iterator[str]:
    """The lines of a text file with their ends. Raises ConfigError where there are none, or a byte is not UTF-8."""
    blank = True
    for number, raw in enumerate(file, start=1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8: line {number} has the byte {raw[error.start]:#04x}") from error
        blank = blank and not text.strip()
        yield text
    if blank:
        raise ConfigError(f"{path} is empty")


def _jsonl_rows(path: Path, file: IO[bytes]) -> Iterator[Parsed]:
    for number, text in enumerate(_text_lines(path, file), start=1):
        if text.strip():
            yield _json_row(number, text)


def _json_row(number: int, text: str) -> Parsed:
    try:
        fields = json.loads(text)
    except ValueError as error:
        return number, None, f"line {number} is not JSON: {error}"
    if not isinstance(fields, dict):
        return number, None, f"line {number} is a JSON {type(fields).__name__}, not an object"
    return number, fields, ""


def _json_rows(path: Path, file: IO[bytes]) -> Iterator[Parsed]:
    try:
        rows = json.loads("".join(_text_lines(path, file)))
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from error
    if not isinstance(rows, list):
        raise ConfigError(f"{path} must hold a list of objects; for one object a line use .jsonl")
    for number, row in enumerate(rows, start=1):
        fault = "" if isinstance(row, dict) else f"item {number} is a {type(row).__name__}, not an object"
        yield number, None if fault else row, fault


def _csv_rows(path: Path, file: IO[bytes]) -> Iterator[Parsed]:
    reader = csv.DictReader(_text_lines(path, file))
    for number, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            yield number, None, f"row {number} has another number of columns than the header"
        else:
            yield number, dict(row), ""


def _parquet_rows(path: Path, file: IO[bytes]) -> Iterator[Parsed]:
    try:
        batches = pq.ParquetFile(file).iter_batches(batch_size=1000)
        yield from _numbered(row for batch in batches for row in batch.to_pylist())
    except pa.ArrowException as error:
        raise ConfigError(f"{path} is not a Parquet file: {error}") from error


def _hub_rows(name: str) -> Iterator[Parsed]:
    """`NAME`, `NAME:SPLIT` or `NAME:SPLIT:CONFIG`, as `datasets.load_dataset` takes them."""
    try:
        import datasets
    except ImportError as error:
        raise missing_extra("datasets", "hub") from error
    name, split, config = (*name.split(":", 2), "", "")[:3]
    try:
        rows: Iterable[Mapping[str, Any]] = datasets.load_dataset(
            name, config or None, split=split or "train", streaming=True
        )
    except Exception as error:  # the hub's client raises whatever its transport does
        raise ConfigError(f"hub dataset {name!r} cannot be loaded: {error}") from error
    return _numbered(rows)


def _numbered(rows: Iterable[Mapping[str, Any]]) -> Iterator[Parsed]:
    return ((number, dict(row), "") for number, row in enumerate(rows, start=1))


_FORMATS: dict[str, Callable[[Path, IO[bytes]], Iterator[Parsed]]] = {
    ".jsonl": _jsonl_rows,
    ".json": _json_rows,
    ".csv": _csv_rows,
    ".parquet": _parquet_rows,
}
