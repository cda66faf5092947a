"""Arguments that several commands share, and how they print for machines."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from caco.errors import ConfigError
from caco.store.place import place

_RUNS = "Folder that holds the runs; also one of a store, such as s3://bucket/runs."
RunArgument = Annotated[str, typer.Argument(help="A run: its folder, or its name below --runs.")]
RunsOption = Annotated[Path, typer.Option("--runs", parser=place, metavar="FOLDER", help=_RUNS)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text for people.")]


def open_run(run: str, runs: Path) -> Any:
    """The run at a folder, or of a name below `runs`."""
    from caco.store.run import Run

    path = place(run)
    return Run(path if "/" in run or (path / "manifest.json").exists() else runs / run)


def print_json(value: Any) -> None:
    """One line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def settings_of(pairs: Iterable[str], option: str = "--set") -> dict[str, str]:
    """The `KEY=VALUE` texts of an option as a mapping. Raises ConfigError for one that is none."""
    for pair in (pairs := list(pairs)):
        if "=" not in pair:
            raise ConfigError(f"{option} {pair}: should be KEY=VALUE")
    return dict(pair.partition("=")[::2] for pair in pairs)
