"""Writing files so that a reader sees the old content or the new, never a torn one."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from caco.errors import StoreError


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` in one step: the content is on disk before the name points to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """`write_bytes` for a JSON value, indented for people."""
    write_bytes(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """The JSON value in `path`. Raises StoreError where it is missing or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StoreError(f"{path} is missing") from error
    except ValueError as error:
        raise StoreError(f"{path} is not readable JSON ({error}); delete it to have its rows made again") from error


def write_parquet(path: Path, table: pa.Table) -> None:
    """`write_bytes` for a table, as zstd-compressed Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_bytes(path, sink.getvalue())


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The table in `path`, or some columns of it. Raises StoreError where it is missing or torn."""
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is missing or torn ({error}); delete its receipt to have it made again") from error
