"""The command line: parses words, calls the library, prints. No logic of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from caco.cli import datasets, evaluation, training
from caco.cli.arguments import JsonOption, RunArgument, RunsOption, open_run, print_json, settings_of
from caco.errors import CacoError, ConfigError, StoreError

app = typer.Typer(
    help="Verifiable reasoning data: seed problems become programs, scaled, verified, exported with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

prompts_app = typer.Typer(help="What models are asked: the prompts of each stage and domain.", no_args_is_help=True)
app.add_typer(prompts_app, name="prompts")

PromptsOption = Annotated[str, typer.Option("--folder", help="A folder of your own prompts, as a recipe is given it.")]
app.add_typer(datasets.app)
app.add_typer(training.app, name="train")
app.add_typer(evaluation.app)


def main() -> None:
    """Entry point of the `caco` command: exit code 2 for a set-up that cannot work, 1 for any other failure."""
    try:
        app()
    except CacoError as error:
        typer.echo(f"caco: {error}", err=True)
        sys.exit(2 if isinstance(error, ConfigError | StoreError) else 1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone (`caco show RUN | head`): nothing is left to say
        sys.exit(0)


@app.command()
def run(
    recipe: Annotated[str, typer.Argument(help="A recipe's name (see `caco recipes`) or module:function.")],
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting.")] = None,
    runs: RunsOption = Path("runs"),
    name: Annotated[str, typer.Option(help="The run's name below --runs; the recipe's name by default.")] = "",
    limit: Annotated[int, typer.Option(help="Take the first N seeds only; 0 for all.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, show the plan, do no work.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a recipe, or go on with it: the same command resumes a run that was stopped.

    Examples:

      caco run quickstart

      caco run quickstart --set seeds=gsm8k_train.jsonl --set fresh=6 --name gsm8k

      caco run quickstart --set seeds=mine.csv --set columns=problem=question,answer=final

      caco run quickstart --set runner=ray --set address=auto --runs s3://bucket/runs
    """
    from caco import wiring

    settings = settings_of(set_ or [])
    if dry_run:
        _show_plan(wiring.prepare(recipe, settings=settings, runs=runs, name=name, limit=limit), as_json)
        return
    from caco.report.progress import watching

    with _resumable(), watching(as_json) as observer:
        done = wiring.run(recipe, settings=settings, runs=runs, name=name, limit=limit, observer=observer)
    from caco.report.page import write_page

    page = write_page(done)
    if as_json:
        print_json({"run": str(done.path), "dataset": str(done.dataset), "report": str(page)})
        return
    from caco.report.terminal import print_funnel

    print_funnel(done)
    typer.echo(f"dataset  {done.dataset or 'none: the last step makes no examples'}")
    typer.echo(f"report   {page}\nlook at  caco show {done.path}")


@app.command()
def plan(
    recipe: Annotated[str, typer.Argument(help="A recipe's name (see `caco recipes`) or module:function.")],
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting.")] = None,
    size: Annotated[int, typer.Option("--pilot", min=2, help="Seeds to run, drawn from all of them.")] = 30,
    runs: RunsOption = Path("runs"),
    name: Annotated[str, typer.Option(help="The full run's name; the pilot's is NAME-pilot.")] = "",
    limit: Annotated[int, typer.Option(help="The full run's --limit.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run a small pilot and forecast the full run: rows, tokens, money and hours of each step, with intervals.

    What the pilot pays for is not paid again: a run in the same --runs folder finds its replies in the call log.

    Example:

      caco plan paper --set model=model=qwen3:8b,url=http://localhost:11434/v1 --set same_family=true
    """
    from caco import wiring
    from caco.jobs.forecast import plain
    from caco.report.progress import watching

    with _resumable(), watching(as_json) as observer:
        done, steps, num_seeds = wiring.pilot(
            recipe, settings=settings_of(set_ or []), runs=runs, size=size, name=name, limit=limit, observer=observer
        )
    if as_json:
        print_json({"run": str(done.path), "seeds": num_seeds, "forecast": [plain(step) for step in steps]})
        return
    from caco.report.models import print_forecast
    from caco.report.terminal import wide_console

    print_forecast(steps, min(size, num_seeds), num_seeds, wide_console())
    if deferred := sum(step.deferred for step in done.funnel()):
        typer.echo(f"{deferred} rows of the pilot are deferred, so this is too low; run it again to complete them")


@app.command()
def show(run: RunArgument, runs: RunsOption = Path("runs"), as_json: JsonOption = False) -> None:
    """Show a run's funnel: what went into each step, what went on, what was rejected and why."""
    found = open_run(run, runs)
    if as_json:
        from caco.jobs.control_rates import control_rates
        from caco.report.models import spending

        told = {"funnel": _plain(found.funnel()), "spent": _plain(spending(found))}
        rates = _plain(control_rates(found))
        print_json({"run": str(found.path), "manifest": asdict(found.manifest), **told, "controls": rates})
        return
    from caco.report.terminal import print_funnel

    print_funnel(found)


@app.command()
def explain(
    run: RunArgument,
    row: Annotated[str, typer.Argument(help="A row's id, or the start of one.")],
    runs: RunsOption = Path("runs"),
    as_json: JsonOption = False,
) -> None:
    """Walk from a row to its seed, with every program, output and check on the way."""
    chain = open_run(run, runs).explain(row)
    if as_json:
        print_json(_plain(chain))
        return
    from caco.report.terminal import print_chain

    print_chain(chain)


@app.command()
def rejects(
    run: RunArgument,
    step: Annotated[str, typer.Option(help="Of one step only.")] = "",
    reason: Annotated[str, typer.Option(help="For one reason only, such as wrong_answer or our_fault.")] = "",
    limit: Annotated[int, typer.Option("-n", min=0, help="Show the first N; 0 for all.")] = 50,
    runs: RunsOption = Path("runs"),
    as_json: JsonOption = False,
) -> None:
    """List the rows that were rejected: where, why, and their ids, which `caco explain` takes.

    A row that met a fault of ours (`our_fault`) has the traceback with it, for a report to us.

    Examples:

      caco rejects quickstart --reason wrong_answer

      caco rejects quickstart --step unify --json -n 0
    """
    from caco.errors import unknown
    from caco.records import Reason

    if reason and reason not in {str(one) for one in Reason}:
        raise unknown("reason", reason, list(Reason))
    found = open_run(run, runs)
    rows = [r for r in found.rejections(step) if not reason or r.reason == reason]
    traces = {fault.id: fault.traceback for fault in found.faults(step)}
    shown = rows[: limit or None]
    if as_json:
        print_json([{**asdict(r), "traceback": traces.get(r.id, "")} for r in shown])
        return
    for r in shown:
        typer.echo(f"{r.id}  {r.stage:14}{r.reason:20}{r.detail}")
        if trace := traces.get(r.id):
            typer.echo(_indented(trace))
    typer.echo(f"{len(shown):,} of {len(rows):,} rejected rows")


@app.command()
def report(run: RunArgument, runs: RunsOption = Path("runs"), as_json: JsonOption = False) -> None:
    """Write the run's report: one HTML page with the funnel, the reasons and rows to read."""
    from caco.report.page import write_page

    page = write_page(open_run(run, runs))
    if as_json:
        print_json({"report": str(page)})
    else:
        typer.echo(str(page))


@app.command("exec")
def exec_(
    files: Annotated[list[Path], typer.Argument(help="Programs; `-` reads one from standard input.")],
    isolation: Annotated[str, typer.Option(help="jail, process, or auto: the best this host has.")] = "auto",
    sharing: Annotated[str, typer.Option(help="Which may share a process: screened, or none.")] = "screened",
    cpu_s: Annotated[float, typer.Option(help="CPU seconds a program may take.")] = 5.0,
    memory_mb: Annotated[int, typer.Option(help="Memory a program may take, in MiB.")] = 512,
    trace: Annotated[bool, typer.Option("--trace", help="Record each assignment.")] = False,
    repeat: Annotated[bool, typer.Option("--repeat", help="Run twice under two hash seeds and compare.")] = False,
) -> None:
    """Run programs in the sandbox and print one JSON line for each, in order."""
    from caco.backends.sandboxes import Limits, execute

    codes = (_program(file) for file in files)
    limits = Limits(cpu_s=cpu_s, memory_mb=memory_mb)
    executions = execute(codes, limits=limits, isolation=isolation, sharing=sharing, trace=trace, repeat=repeat)
    for file, execution in zip(files, executions, strict=True):
        plain = asdict(execution)
        kept = {k: v for k, v in plain.items() if k not in ("id", "parents", "made_by", "codecot", "checks")}
        print_json({"file": str(file), **kept})


@app.command()
def grade(
    gold: Annotated[str, typer.Option(help="The trusted answer.")],
    pred: Annotated[str, typer.Option(help="The answer to check.")],
    timeout_s: Annotated[float, typer.Option(help="Deadline in seconds.")] = 5.0,
) -> None:
    """Compare two answers: equal, not_equal or undecided, with the reason, as one JSON line."""
    from caco.backends.graders import grade as compare

    print_json(asdict(compare(gold, pred, timeout_s=timeout_s)))


@app.command()
def recipes(as_json: JsonOption = False) -> None:
    """List the recipes and their settings."""
    from caco.plugins import described, find, names

    found = {name: find("recipe", name) for name in names("recipe")}
    if as_json:
        print_json({name: {s.name: asdict(s) for s in described(recipe)} for name, recipe in found.items()})
        return
    for name, recipe in found.items():
        typer.echo(f"{name}\n{_indented(recipe.__doc__ or '')}\n    settings:")
        for setting in described(recipe):
            typer.echo(f"      {setting.name:18}{setting.about}  [{setting.default}]")


@app.command()
def plugins(
    kind: Annotated[
        str, typer.Argument(help="A kind, such as recipe, transform or benchmark; all kinds if left out.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """List what can be named, by kind: what ships, and what installed packages bring along.

    Anything else is named by its place: module:attribute or ./file.py:attribute.
    """
    from caco.errors import unknown
    from caco.plugins import KINDS, names

    if kind and kind not in KINDS:
        raise unknown("kind", kind, KINDS)
    found = {one: names(one) for one in ((kind,) if kind else KINDS)}
    if as_json:
        print_json(found)
        return
    for one, there in found.items():
        typer.echo(f"{one:12}{', '.join(there) or 'none'}")


@prompts_app.command("list")
def list_prompts(folder: PromptsOption = "", as_json: JsonOption = False) -> None:
    """List the prompts by stage and domain, with version and purpose."""
    from caco import prompts

    found = [prompt for stage in prompts.STAGES for prompt in prompts.load(stage, folder).values()]
    if as_json:
        print_json(_plain(found))
        return
    for prompt in found:
        typer.echo(f"{prompt.name:20} version {prompt.version}  {prompt.about}")


@prompts_app.command("show")
def show_prompt(
    name: Annotated[str, typer.Argument(help="A stage, or stage/domain: write, write/algorithms.")],
    folder: PromptsOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show a prompt as a model gets it, its fields filled in from a small example."""
    from caco import prompts

    prompt = prompts.find(name, folder)
    messages = prompt.messages(prompts.EXAMPLE)
    if as_json:
        print_json({"name": prompt.name, "key": prompt.key, "messages": _plain(list(messages))})
        return
    typer.echo(f"{prompt.key}: {prompt.about}")
    for message in messages:
        typer.echo(f"\n--- {message.role}\n{message.content}")


@prompts_app.command("styles")
def list_styles(folder: PromptsOption = "", as_json: JsonOption = False) -> None:
    """List the styles that a writer can be asked for."""
    from caco import prompts

    found = prompts.styles(folder)
    if as_json:
        print_json(found)
        return
    for name, wish in found.items():
        typer.echo(f"{name:12}{wish}")


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Say what this host offers: isolation level, optional parts, devices."""
    from caco.report.doctor import examine

    findings = examine()
    if as_json:
        print_json(dict(findings))
        return
    for name, finding in findings:
        typer.echo(f"{name:24}{finding}")


@contextmanager
def _resumable() -> Iterator[None]:
    """Ctrl-C: whole parts are on disk; say how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("\nstopped; what is finished is kept. Go on with the same command.", err=True)
        raise SystemExit(130) from None


def _show_plan(prepared: Any, as_json: bool) -> None:
    manifest = prepared.manifest
    steps = [{**asdict(entry), "done": bool(prepared.folder.table(entry).parts())} for entry in manifest.steps]
    if as_json:
        print_json({"run": str(prepared.folder.path), "columns": prepared.columns, "steps": steps})
        return
    typer.echo(f"run      {prepared.folder.path}\nsource   {manifest.source['path']} ({', '.join(prepared.columns)})")
    for step in steps:
        state, makes = "there already" if step["done"] else "to do", step["makes"].rpartition(":")[2]
        typer.echo(f"  {step['name']:18}{', '.join(step['takes']) or 'the source':38} -> {makes:10} {state}")


def _program(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"program {file} cannot be read: {error}") from error


def _plain(records: list[Any]) -> list[dict[str, Any]]:
    return [asdict(record) for record in records]


def _indented(text: str) -> str:
    return "\n".join(f"    {line.strip()}" if line.strip() else "" for line in text.strip().splitlines())
