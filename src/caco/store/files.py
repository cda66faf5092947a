"""Writing files so that a reader sees the old content or the new, never a torn one: the one seam to where they lie."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from caco.errors import StoreError
from caco.store.place import is_local

SIDE_BY_SIDE = 32
"""Files that are read from a store at the same time."""
_REDO = "delete its receipt to have it made again"


def write_bytes(path: Path, content: bytes) -> str:
    """Replace `path` in one step and return the digest of its content. Raises StoreError where that fails.

    Here the content is on disk before the name points to it; in an object store an object appears whole or not at all.
    """
    with writing(path) as file:
        file.write(content)
    return content_digest(content)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file for the new content of `path`, which takes its place in one step where the block ends well."""
    with _failing_clearly(path), _beside(path) if is_local(path) else _uploaded(path) as file:
        yield file


@contextmanager
def _failing_clearly(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error}); what is finished is kept: mend that, then give the same command again"
        ) from error


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # where something failed; else it has its place by now


@contextmanager
def _uploaded(path: Path) -> Iterator[IO[bytes]]:
    with NamedTemporaryFile() as file:
        yield cast(IO[bytes], file)
        file.flush()
        remote = cast(Any, path)
        remote.fs.put_file(file.name, remote.path)


def _settle_names(folder: Path) -> None:
    """Have the names of a folder on disk: after a power cut a receipt must not be there without its files."""
    if not is_local(folder):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with _failing_clearly(folder):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Delete what writers that were killed have left below `folder`. Only for one who holds the run."""
    if is_local(folder):
        for leftover in folder.rglob(".*.tmp"):
            leftover.unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Delete a folder with all that is in it, if it is there."""
    if is_local(folder):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        for file in [found for found in folder.rglob("*") if found.is_file()]:
            file.unlink(missing_ok=True)


def content_digest(content: bytes) -> str:
    """32 hex digits that name a file's content."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def read_bytes(path: Path, digest: str = "") -> bytes:
    """The content of `path`. Raises StoreError where it is missing, or is not what `digest` names."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} is missing or unreadable ({error}); {_REDO}") from error
    if digest and content_digest(content) != digest:
        raise StoreError(f"{path} is torn or was changed; {_REDO}")
    return content


def write_json(path: Path, value: Any) -> None:
    """`write_bytes` for a JSON value, indented for people."""
    write_bytes(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_json(path: Path) -> Any:
    """The JSON value in `path`. Raises StoreError where it is missing or not JSON."""
    found = json_or_none(path)
    if found is None:
        raise StoreError(f"{path} is missing")
    return found


def json_or_none(path: Path) -> Any:
    """`read_json`; None where the file is missing."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise StoreError(f"{path} is not readable JSON ({error}); delete it to have its rows made again") from error


def jsons(paths: Sequence[Path]) -> list[Any]:
    """`json_or_none` for several files: side by side where each takes a journey to a store."""
    if not paths or is_local(paths[0]):
        return [json_or_none(path) for path in paths]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(json_or_none, paths))


def write_parquet(path: Path, table: pa.Table) -> str:
    """`write_bytes` for a table, as zstd-compressed Parquet."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    written = write_bytes(path, sink.getvalue())
    _settle_names(path.parent)
    return written


def read_parquet(path: Path, columns: list[str] | None = None, digest: str = "") -> pa.Table:
    """The table in `path`, or some of its columns. Raises StoreError.

    Threads of Arrow's own would gain nothing on a part, and one that still lets go of our bytes while the interpreter
    ends aborts the process.
    """
    content = read_bytes(path, digest)
    try:
        return pq.ParquetFile(pa.BufferReader(content), pre_buffer=False).read(columns, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} is torn ({error}); {_REDO}") from error
