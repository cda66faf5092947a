"""`caco env`: environments compiled from the programs of a run."""

from pathlib import Path
from typing import Annotated, Any

import typer

from caco.cli.arguments import JsonOption, RunArgument, RunsOption, open_run, print_json
from caco.errors import ConfigError, unknown

app = typer.Typer(help="Environments compiled from the programs of a run.", no_args_is_help=True)


@app.command()
def build(
    run: RunArgument,
    out: Annotated[Path, typer.Option(help="A new folder for the package.")],
    runs: RunsOption = Path("runs"),
    instances: Annotated[int, typer.Option(help="Instances to make beforehand, of each program.", min=24)] = 256,
    limit: Annotated[int, typer.Option(help="Take the first N programs only; 0 for all.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Compile a run's programs into one package of environments; each is audited before it is admitted.

    Example:

      caco env build quickstart --out maths_envs
    """
    from caco.rlvr.package import build as compile_all

    done = compile_all(open_run(run, runs), out, instances=instances, limit=limit)
    refused = {found.environment: [c.name for c in found.checks if not c.passed] for found in done.refused}
    if as_json:
        counts = {"admitted": done.admitted, "instances": done.instances, "unable": done.unable}
        print_json({"path": str(done.path), "package": done.package, **counts, "refused": refused})
        return
    typer.echo(f"{done.admitted} environments with {done.instances} instances; {done.unable} programs cannot vary")
    for found in done.refused:
        for check in found.checks:
            if not check.passed:
                typer.echo(f"refused {found.environment}  {check.name}: {check.evidence}")
    typer.echo(f"package {done.package} in {done.path}; install it with: pip install {done.path}")


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="A folder that `caco env build` wrote.")],
    num: Annotated[int, typer.Option(help="How many instances.", min=1)] = 5,
    start: Annotated[int, typer.Option(help="The first seed.", min=0)] = 0,
    level: Annotated[int, typer.Option(help="0, 1 or 2 for one level of difficulty; -1 for all.")] = -1,
    to: Annotated[str, typer.Option(help="plain, trl-grpo, verl-rl or nemo-gym.")] = "plain",
    out: Annotated[Path | None, typer.Option(help="A .jsonl or .parquet file; printed where none is given.")] = None,
) -> None:
    """Write or print instances of a package's environments: the same ones for the same seeds."""
    from caco.rlvr.adapters.rows import ROWS
    from caco.rlvr.package import load

    if to not in ROWS:
        raise unknown("format", to, ROWS)
    environments = load(folder)
    seeds = range(start, start + num)
    rows = [ROWS[to](environments.instance(seed, None if level < 0 else level), seed) for seed in seeds]
    if out is None:
        for row in rows:
            print_json(row)
        return
    _write(out, rows)
    typer.echo(f"{len(rows)} rows in {out}")


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    import json

    import pyarrow as pa

    from caco.store.files import write_bytes, write_parquet

    if out.suffix == ".parquet":
        write_parquet(out, pa.Table.from_pylist(rows))
    elif out.suffix == ".jsonl":
        write_bytes(out, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    else:
        raise ConfigError(f"{out} should end with .jsonl or .parquet")
