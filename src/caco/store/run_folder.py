"""A run's folder: its manifest, its tables, and the lock that keeps a second process out."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from caco import records
from caco.errors import StoreError
from caco.lineage import digest
from caco.plan import RunConfig, Step
from caco.records import Row
from caco.store.codec import record_like, schema
from caco.store.files import read_json, sweep, write_json
from caco.store.lock import held
from caco.store.table import Table

FORMAT = 1
"""Version of the folder's layout; a folder of another version is refused, never guessed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEntry:
    """A step as the manifest records it."""

    name: str
    stage: str
    makes: str
    """Module and name of its record type; a name alone is one of `caco.records` (until 0.1.0)."""
    takes: list[str]
    table: str
    """Folder of its table, below the run's."""

    @property
    def record(self) -> str:
        """Name of its record type."""
        return self.makes.rpartition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What the run is; `finished` is set once every step is."""

    format: int
    recipe: str
    settings: dict[str, Any]
    source: dict[str, Any]
    steps: list[StepEntry]
    finished: bool = False
    dataset: str = ""
    """Folder of the exported dataset, below the run's; empty until there is one."""
    notes: list[str] = field(default_factory=list)
    """What this host could not do (an isolation level it lacks), for the card and the report."""


class RunFolder:
    """Reading and writing one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> Manifest:
        """The manifest. Raises StoreError where there is none, or one of another version."""
        path = self.path / "manifest.json"
        if not path.exists():
            raise StoreError(f"{self.path} is not a run: it has no manifest.json")
        plain = read_json(path)
        if plain.get("format") != FORMAT:
            raise StoreError(
                f"{self.path} is a run of format {plain.get('format')!r}, this caco reads format {FORMAT}; "
                "give another --runs folder or --name"
            )
        return Manifest(**{**plain, "steps": [StepEntry(**step) for step in plain["steps"]]})

    def write_manifest(self, manifest: Manifest) -> None:
        """Replace the manifest in one step."""
        write_json(self.path / "manifest.json", asdict(manifest))

    def refuse_other_version(self) -> None:
        """Raise StoreError where the folder holds a run that this version must not touch."""
        if (self.path / "manifest.json").exists():
            self.manifest()
        elif self.path.exists() and any(not p.name.startswith(".") for p in self.path.iterdir()):
            raise StoreError(f"{self.path} is not empty and is not a run; give another --runs folder or --name")

    def table(self, entry: StepEntry) -> Table[Row]:
        """The table of a step. Where its record type is not loaded, its rows have one made from their columns."""
        folder = self.path / entry.table
        record = record_type(entry.makes)
        if record is None:
            parts = Table(folder, Row).parts()
            columns = Table(folder, Row).arrow_part(parts[0]).schema if parts else schema(Row)
            record = record_like(entry.record, columns)
        return Table(folder, record)

    def as_they_lie(self, steps: list[StepEntry]) -> list[StepEntry]:
        """The steps with the folders that compaction has put their tables into."""
        if not (self.path / "manifest.json").exists():
            return steps
        compacted = {plain_name(entry.table): entry.table for entry in self.manifest().steps}
        return [replace(step, table=compacted.get(step.table, step.table)) for step in steps]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for this process. Raises StoreError where another holds it."""
        with held(self.path):
            sweep(self.path)
            yield


def entries(config: RunConfig, keys: Mapping[str, str]) -> list[StepEntry]:
    """The manifest's entries for a plan."""
    return [_entry(number, step, keys[step.name]) for number, step in enumerate(config.steps, start=1)]


def _entry(number: int, step: Step, key: str) -> StepEntry:
    # A record type that gains a column is another table: the old one would be read as if the column were missing.
    table_key = digest(key, schema(step.stage.makes).to_string())
    return StepEntry(
        name=step.name,
        stage=step.stage.key,
        makes=type_name(step.stage.makes),
        takes=list(step.takes),
        table=f"tables/{number:02d}-{step.name}-{table_key}",
    )


def plain_name(table: str) -> str:
    """A table's folder before compaction gave it a number: `05-verify-<key>` for `05-verify-<key>.1`."""
    return re.sub(r"\.\d+$", "", table)


def type_name(record: type[Row]) -> str:
    """A record type as the manifest names it: `caco.records:Seed`."""
    return f"{record.__module__}:{record.__qualname__}"


def record_type(name: str) -> type[Row] | None:
    """The record type of that name, if its module is loaded: a manifest is data, and nothing is imported for it."""
    module, _, record = name.rpartition(":")
    found = getattr(sys.modules.get(module or records.__name__), record, None)
    return found if isinstance(found, type) and issubclass(found, Row) else None
