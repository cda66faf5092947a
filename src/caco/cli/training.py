"""`caco train`: CodeGen, reasoning models, and rounds of training and sampling."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from caco.cli.arguments import JsonOption, print_json, settings_of
from caco.errors import ConfigError

app = typer.Typer(help="Train models on what runs have made (needs the extra `train`).", no_args_is_help=True)

Sources = Annotated[list[str], typer.Argument(help="Folders of runs, RUN:STEP, or files of rows.")]
Out = Annotated[Path, typer.Option(help="The model's folder; the same command goes on with a training in it.")]
RecipeName = Annotated[str, typer.Option(help="paper, or tiny: from nothing, on two cores.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting of the training.")]
FEW_STEPS = 10
"""A training with fewer has hardly begun: said to whoever runs it."""
To = Annotated[str, typer.Option(help="llamafactory: write a job for it instead of training.")]


@app.command()
def codegen(
    sources: Sources,
    out: Out,
    recipe: RecipeName = "paper",
    set_: Set = None,
    to: To = "",
    as_json: JsonOption = False,
) -> None:
    """Train a model that writes programs, on programs alone.

    Half of the rows are in the pre-query form (nothing before the program), the others state tags: domain, difficulty,
    concepts, a sketch of the operations. `caco run codegen` samples the model.

    Examples:

      caco train codegen runs/quickstart --recipe tiny --out models/tiny

      caco train codegen runs/paper --out models/codegen --set base=Qwen/Qwen2.5-Coder-1.5B

      accelerate launch -m caco train codegen runs/paper --out models/codegen
    """
    _train("codegen", sources, out, recipe, set_, to, as_json)


@app.command()
def sft(
    sources: Sources,
    out: Out,
    recipe: RecipeName = "paper",
    set_: Set = None,
    to: To = "",
    as_json: JsonOption = False,
) -> None:
    """Train a model that solves problems, on problems and solutions. Its chat template lies in its folder.

    Examples:

      caco train sft runs/quickstart --out models/sft --set base=Qwen/Qwen2.5-Math-1.5B

      caco train sft sft/data/train.jsonl --out job --to llamafactory
    """
    _train("sft", sources, out, recipe, set_, to, as_json)


@app.command()
def rounds(
    sources: Sources,
    out: Annotated[Path, typer.Option(help="A folder for the rounds: round-1/model, round-1/run, ...")],
    num: Annotated[int, typer.Option("--rounds", min=1, help="How many.")] = 2,
    draws: Annotated[int, typer.Option(min=1, help="Requests a round, each for n programs.")] = 100,
    model: Annotated[str, typer.Option(help="How it is sampled: temperature=0.9,n=16,batch=64.")] = "",
    steer: Annotated[float, typer.Option(min=0, max=1, help="Share of draws that ask for what is rare.")] = 0.0,
    least: Annotated[float, typer.Option(min=0, max=1, help="Stop below this share of the former novelty.")] = 0.5,
    recipe: RecipeName = "paper",
    set_: Set = None,
    as_json: JsonOption = False,
) -> None:
    """Train, sample, execute, filter, and train again with what was kept; stops where rounds bring little that is new.

    Example:

      caco train rounds runs/quickstart --out rounds --recipe tiny --rounds 2 --draws 125 --steer 0.3
    """
    from caco import wiring
    from caco.backends.trainers.recipe import recipe as build
    from caco.jobs.train import rounds as looping
    from caco.jobs.train.job import train
    from caco.stages.sample import Schedule

    chosen = build("codegen", recipe, settings_of(set_ or []))
    sampled = {"backend": "transformers", **settings_of(filter(None, model.split(",")), "--model")}

    def draw(folder: Path, schedule: Schedule, place: Path) -> Any:
        settings = {"model": {**sampled, "model": str(folder)}, "draws": draws, "schedule": schedule}
        return wiring.run("codegen", settings=settings, runs=place, name="run")

    told = []
    try:
        for found in looping.rounds(
            sources, out, num, lambda places, to: train("codegen", places, chosen, to), draw, steer=steer, least=least
        ):
            told.append(found)
    finally:
        if told and not as_json:
            typer.echo(looping.table(told) + f"plot  {out / 'rounds.svg'}")
        elif told:
            print_json({"rounds": [found.shares for found in told], "plot": str(out / "rounds.svg")})


@app.command()
def steer(
    sources: Sources,
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the draws that state tags.")] = 0.5,
) -> None:
    """Print a schedule of tags: more draws of what few programs were accepted of, or solvers fail at.

    Example:

      caco run codegen --set model=model=models/tiny,... --set schedule="$(caco train steer runs/seeds)"
    """
    from caco.jobs.train.rounds import known
    from caco.stages.sample import steered

    print_json(steered(list(known(sources)), 1 - share))


def _train(
    kind: str, sources: Sequence[str], out: Path, name: str, set_: Sequence[str] | None, to: str, as_json: bool
) -> None:
    from caco.backends.trainers.recipe import recipe
    from caco.jobs.train.job import train
    from caco.jobs.train.llamafactory import export_job

    chosen = recipe(kind, name, settings_of(set_ or []))
    if to:
        if to != "llamafactory":
            raise ConfigError(f"unknown job {to!r}; known: llamafactory")
        rows = export_job(kind, sources, chosen, out)
        typer.echo(f"{rows} rows and train.yaml in {out}")
        return
    receipt = train(kind, sources, chosen, out, quiet=as_json)
    if os.environ.get("RANK", "0") != "0":
        return  # the first of several processes speaks for all
    if as_json:
        print_json(receipt)
        return
    _show(receipt, out)


def _show(receipt: Mapping[str, Any], out: Path) -> None:
    for name, value in receipt["figures"].items():
        typer.echo(f"{name:20}{value:>14,}")
    if receipt["figures"]["steps"] < FEW_STEPS:
        typer.echo("few steps: the first ones only warm up; take a smaller --set batch=..., or more rows or epochs")
    typer.echo(f"model   {out}\nloss    {out / 'loss.svg'}")
