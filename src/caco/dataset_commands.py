"""Commands on what a run has made: exports, checks of published files, rewards and environments."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from caco.arguments import JsonOption, RunArgument, RunsOption, open_run, print_json

app = typer.Typer()


@app.command()
def export(
    run: RunArgument,
    to: Annotated[str, typer.Option(help="The format, such as messages, trl-grpo, verl-rl or llamafactory.")],
    out: Annotated[Path, typer.Option(help="A new folder for the files.")],
    runs: RunsOption = Path("runs"),
    test: Annotated[float, typer.Option(help="Share of rows for a test split, by lineage.")] = 0.0,
    allow: Annotated[str, typer.Option(help="Keep rows whose licence allows this: commercial, derivatives.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write a run's examples in the form that a trainer reads, with a card and croissant.json.

    Examples:

      caco export quickstart --to trl-grpo --out rl --test 0.1

      caco export quickstart --to llamafactory --out sft --allow commercial
    """
    from caco.jobs.export.folder import export as write

    done = write(open_run(run, runs), to, out, test=test, allow=allow)
    if as_json:
        print_json(asdict(done))
        return
    for split, rows in done.rows.items():
        typer.echo(f"{split:8}{rows:>8} rows")
    for why, rows in done.left_out.items():
        typer.echo(f"{rows:>16} examples left out: {why}")
    typer.echo(f"dataset {done.path}")
