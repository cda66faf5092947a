"""Commands on what a run has made: exports, checks of published files, rewards and environments."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from caco.cli import environments
from caco.cli.arguments import JsonOption, RunArgument, RunsOption, open_run, print_json

app = typer.Typer()
serving = typer.Typer(help="Serve the reward or the sandbox over HTTP.", no_args_is_help=True)
app.add_typer(serving, name="serve")
app.add_typer(environments.app, name="env")


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


@app.command()
def verify(
    dataset: Annotated[Path, typer.Argument(help="A file of rows, a dataset's folder, or a run's.")],
    limit: Annotated[int, typer.Option(help="Look at the first N rows of each file only; 0 for all.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run the programs of a published file again, and list each row that no longer holds (exit code 1 if there is one).

    Takes our own formats and the published Caco columns (instruction, output, answer, code).

    Examples:

      caco verify runs/quickstart

      caco verify rl/data/train.jsonl --json
    """
    from caco.jobs.verify import verify as check

    found = check(dataset, limit=limit)
    for fault in found.faults:
        if as_json:
            print_json(asdict(fault))
        else:
            typer.echo(f"{fault.file}:{fault.line} {fault.id}  {fault.check}: {fault.evidence}")
    if as_json:
        print_json({"rows": found.rows, "holding": found.holding})
    else:
        typer.echo(f"{found.holding} of {found.rows} rows hold")
    raise typer.Exit(1 if found.faults else 0)


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="A dataset's folder, as caco export writes it.")],
    name: Annotated[str, typer.Argument(help="OWNER/NAME on the hub.")],
    private: Annotated[bool, typer.Option("--private", help="Show it to the owner only.")] = False,
) -> None:
    """Push a dataset's folder to the hub (needs the extra `hub`, and that you are logged in there)."""
    from caco.jobs.hub import push

    typer.echo(push(folder, name, private=private))


@app.command()
def compact(
    run: RunArgument,
    rows: Annotated[int, typer.Option(min=1, help="Rows that a part should have at least.")] = 100_000,
    runs: RunsOption = Path("runs"),
    as_json: JsonOption = False,
) -> None:
    """Merge the small parts of a finished run's tables: fewer files, the same rows; it can still be gone on with.

    Example:

      caco compact quickstart --rows 50000
    """
    from caco.jobs.compact import compact as merge

    done = merge(open_run(run, runs).path, rows)
    if as_json:
        print_json({name: {"before": before, "after": after} for name, (before, after) in done.items()})
        return
    for name, (before, after) in done.items():
        typer.echo(f"{name:18}{before:>8} parts -> {after}")


@serving.callback()
def serve() -> None:
    """Serve what trainers call from elsewhere."""


@serving.command("reward")
def serve_reward(
    host: Annotated[str, typer.Option(help="Address to listen on; by default this machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any that is free.")] = 8000,
) -> None:
    """Serve the reward: POST /reward {"items": [{"completion": "...", "answer": "..."}]}, GET /health."""
    from caco.rlvr.serve import RewardServer

    with RewardServer(host, port) as server:
        typer.echo(f"listening on http://{server.server_address[0]!s}:{server.server_address[1]}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)


@serving.command("sandbox")
def serve_sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on; by default this machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any that is free.")] = 8080,
    isolation: Annotated[str, typer.Option(help="jail, process, or auto: the best this host has.")] = "auto",
    queue: Annotated[int, typer.Option(help="Programs that may wait; more are answered 429.")] = 256,
) -> None:
    """Serve the sandbox as SandboxFusion's POST /run_code, for trainers that call it already."""
    from caco.backends.sandboxes.http import open_server

    server = open_server(host, port, isolation=isolation, queue=queue)
    typer.echo(f"listening on http://{server.server_address[0]!s}:{server.server_address[1]}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
    finally:
        server.server_close()
        server.sandbox.close()
