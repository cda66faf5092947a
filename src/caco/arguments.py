"""Arguments that several commands share, and how they print for machines."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

RunArgument = Annotated[str, typer.Argument(help="A run: its folder, or its name below --runs.")]
RunsOption = Annotated[Path, typer.Option("--runs", help="Folder that holds the runs.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of text for people.")]


def open_run(run: str, runs: Path) -> Any:
    """The run at a folder, or of a name below `runs`."""
    from caco.report.run import Run

    path = Path(run) if (Path(run) / "manifest.json").exists() else runs / run
    return Run(path)


def print_json(value: Any) -> None:
    """One line of JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
