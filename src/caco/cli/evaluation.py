"""`caco evaluate` and `caco compare`: models on benchmarks."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from caco.cli.arguments import JsonOption, RunsOption, open_run, print_json, settings_of
from caco.errors import ConfigError

app = typer.Typer()


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A model's folder, its hub name, or its name on a server.")] = "",
    benchmarks: Annotated[str, typer.Option(help="Names, separated by commas; `list` shows them.")] = "list",
    data: Annotated[str, typer.Option(help="The folder with the benchmarks' files, or `hub:`.")] = "benchmarks",
    out: Annotated[Path, typer.Option(help="The run's folder; the same one goes on with it.")] = Path("runs/evaluate"),
    backend: Annotated[str, typer.Option(help="openai, vllm, transformers, batch, scripted or replay.")] = "openai",
    samples: Annotated[int, typer.Option(min=1, help="Samples of each problem.")] = 1,
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="Tokens of a reply.")] = 2048,
    template: Annotated[str, typer.Option(help="prompt, chat, alpaca; auto: as caco trained the model.")] = "auto",
    fresh: Annotated[int, typer.Option(min=0, help="Fresh instances of each item that compiles.")] = 0,
    limit: Annotated[int, typer.Option(min=0, help="The first N items of each benchmark; 0 for all.")] = 0,
    to: Annotated[str, typer.Option(help="Ask nobody: write tasks for lm-eval or lighteval into --out.")] = "",
    role: Annotated[str, typer.Option("--role", help="More of the role: url=...,key_env=...,top_p=0.95.")] = "",
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another setting.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a model the items of benchmarks, and grade every reply; the same command goes on with what was stopped.

    Examples:

      caco evaluate --benchmarks list

      caco evaluate models/mine --backend transformers --benchmarks gsm8k,svamp --data problems --out runs/mine

      caco evaluate Qwen/Qwen3-8B --role url=http://localhost:8000/v1 --benchmarks aime24 --samples 32 --temperature 0.7

      caco evaluate --to lm-eval --benchmarks gsm8k,math --data problems --out tasks
    """
    if benchmarks == "list":
        _list(as_json)
        return
    if to:
        _write_tasks(to, benchmarks, data, out, limit)
        return
    if not model:
        raise ConfigError("name the model: caco evaluate MODEL --benchmarks ...")
    named = {"function": model} if backend == "scripted" else {"model": model}
    asked = {**named, "backend": backend, **settings_of(filter(None, role.split(",")), "--role")}
    settings = {"model": asked, "benchmarks": benchmarks, "data": data, "items": limit, "samples": samples}
    settings |= {"temperature": temperature, "max_tokens": max_tokens, "template": template, "fresh": fresh}
    settings |= settings_of(set_ or [])
    from caco import wiring
    from caco.jobs.evaluate import evaluation
    from caco.report.evaluation import print_evaluation
    from caco.report.page import write_page
    from caco.report.progress import watching

    with watching(as_json) as observer:
        run = wiring.run("evaluate", settings=settings, runs=out.parent, name=out.name, observer=observer)
    found, page = evaluation(run), write_page(run)
    if as_json:
        print_json({"run": str(run.path), "report": str(page), **asdict(found)})
        return
    print_evaluation(found)
    typer.echo(f"report   {page}\nlook at  caco explain {run.path} ROW")


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="An evaluation's run: its folder, or its name below --runs.")],
    second: Annotated[str, typer.Argument(help="The other run.")],
    runs: RunsOption = Path("runs"),
    show: Annotated[int, typer.Option(min=0, help="How many of the problems that differ to list.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Hold two evaluations against each other, item by item: is the difference more than chance?

    Example:

      caco compare runs/base runs/trained
    """
    from caco.jobs.compare import compare_runs
    from caco.report.evaluation import print_comparison

    found = compare_runs(open_run(first, runs), open_run(second, runs))
    if as_json:
        print_json(asdict(found))
        return
    print_comparison(found, show)


def _write_tasks(to: str, benchmarks: str, data: str, out: Path, limit: int) -> None:
    from caco.jobs.harness import write_tasks

    for path in write_tasks(to, [name for name in benchmarks.split(",") if name], data, out, limit=limit):
        typer.echo(str(path))


def _list(as_json: bool) -> None:
    from caco.plugins import find, names

    for name in names("benchmark"):
        benchmark = find("benchmark", name)
        if as_json:
            print_json({"name": name, "title": benchmark.title, "file": benchmark.file, "hub": benchmark.hub})
        else:
            typer.echo(f"{name:22}{benchmark.title:24}{benchmark.file:36}{benchmark.hub}")
