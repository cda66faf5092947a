"""Where a run lies: a folder of this machine, or one of a store that fsspec reaches (`s3://bucket/runs`)."""

from pathlib import Path
from typing import cast

from caco.errors import ConfigError, missing_extra


def place(where: str | Path) -> Path:
    """`where` as a path: a `Path`, or for an address an object that works as one. Raises ConfigError."""
    if not isinstance(where, str):
        return where
    if "://" not in where:
        return Path(where)
    if where.startswith("file://"):
        return Path(where.removeprefix("file://"))
    try:
        from upath import UPath
    except ImportError as error:
        raise missing_extra("universal-pathlib", "s3") from error
    try:
        # A listing that is kept would not show what other processes have written since.
        found = UPath(where, use_listings_cache=False)
        _ = found.fs
    except (ImportError, ValueError) as error:
        raise ConfigError(f"{where} cannot be reached: {error}") from error
    return cast(Path, found)


def is_local(path: Path) -> bool:
    """Whether `path` lies in a file system of this machine."""
    return isinstance(path, Path)
