"""Settings of a run that are not stages: which backend serves a port, and how rows are placed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator


def pairs(text: object) -> object:
    """`model=qwen3:8b,url=http://localhost:11434/v1` as a mapping; anything else as it is."""
    if not isinstance(text, str):
        return text
    return dict(pair.partition("=")[::2] for pair in text.split(",") if pair)


Pairs = Annotated[Mapping[str, Any], BeforeValidator(pairs)]
"""A setting of a recipe that holds several, given as a mapping or as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortConfig:
    """The backend that serves a port, by name, and its settings."""

    backend: str
    settings: Mapping[str, object] = field(default_factory=dict)
    """What decides the replies: part of the keys of the steps that use the port."""
    serving: Mapping[str, object] = field(default_factory=dict)
    """Where and how the backend is reached (addresses, time limits, prices): no part of any key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a run may spend on models, over all its roles and all its lives; 0 is no limit.

    `cost` is in the currency of the prices that the roles state.
    """

    requests: int = 0
    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """Where seeds come from: `path` is a file, a folder of files, `caco:seeds` (those that ship), `hub:NAME` or
    `draws:NUMBER` (tickets to sample a model).

    `columns` maps a field of `Seed` to the column that holds it, where the names differ; `defaults` fills in fields
    that the file does not have. `limit` takes the first rows only (0: all); `sample` draws so many of these by their
    content (0: all), the same ones every time. With `benchmarks`, `path` is the folder with their files, or `hub:`,
    and `limit` counts items of each; the column `benchmark` says which one a row is of.
    """

    path: str = "caco:seeds"
    benchmarks: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    limit: int = 0
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerConfig:
    """How rows are placed. None of it changes a row: see docs/decisions/0002-no-meaning-in-order.md."""

    runner: str = "local"
    """`local`, or `ray` for a cluster (the extra `ray`)."""
    address: str = ""
    """Of a Ray cluster that is there (`auto`, `HOST:PORT`, `ray://HOST:PORT`); empty starts one on this machine."""
    workers: int = 0
    """Processes; 0 is one for each core."""
    batch_rows: int = 250
    """Rows handed to a stage at once."""
    part_rows: int = 200
    """Rows in a part of a table: the unit of resuming."""
