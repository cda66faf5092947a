"""Settings of a run that are not stages: which backend serves a port, and how rows are placed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def pairs(text: object) -> object:
    """Text as a mapping; anything else as it is.

    >>> pairs("model=qwen3:8b,url=http://localhost:11434/v1")
    {'model': 'qwen3:8b', 'url': 'http://localhost:11434/v1'}
    """
    if not isinstance(text, str):
        return text
    return dict(pair.partition("=")[::2] for pair in text.split(",") if pair)


Pairs = Annotated[Mapping[str, Any], BeforeValidator(pairs)]
"""A setting of a recipe that holds several, given as a mapping or as text."""


def _from_json(text: object) -> object:
    """JSON text as what it says; anything else as it is."""
    return json.loads(text) if isinstance(text, str) else text


Json = Annotated[Mapping[str, Any], BeforeValidator(_from_json)]
"""A setting that holds a JSON object, given as a mapping or as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """An implementation of a port, declared once, in its own file (`GENERATOR = Backend(...)`).

    The keyword parameters of `open` are its settings, with their types. Two of them are not the user's: `role`, the
    name of the port that is served, and `cores`, how many may be kept busy.
    """

    open: Callable[..., Any]
    reach: frozenset[str] = frozenset()
    """Settings that say where and how it is reached. All others decide the replies, and are part of keys."""
    loads: str = ""
    """The package that holds a model in this process, which is its extra too; empty for what loads none."""


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
    workers: Annotated[int, Field(ge=0)] = 0
    """Processes; 0 is one for each core."""
    batch_rows: Annotated[int, Field(ge=1)] = 250
    """Rows handed to a stage at once."""
    part_rows: Annotated[int, Field(ge=1)] = 200
    """Rows in a part of a table: the unit of resuming."""
    faults: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Share of a step's rows that may end as our fault before the run stops there; the first 20 never stop it."""
    row_cpu_s: Annotated[float, Field(gt=0)] = 60.0
    """CPU seconds that a stage may work on one row; the row that takes longer ends as our fault."""
    memory_mb: Annotated[int, Field(ge=0)] = 0
    """Memory of a worker process, likewise; 0 is an equal share of what the machine has."""
