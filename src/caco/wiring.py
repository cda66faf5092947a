"""Putting a run together: recipe, settings, source, folder and runner. Behind `caco.run` and the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from caco.backends import sources
from caco.backends.opening import check_ports, placed
from caco.config import RunnerConfig
from caco.errors import ConfigError, unknown
from caco.jobs.forecast import StepForecast, forecast
from caco.jobs.publish import DATASET, publish
from caco.plan import RunConfig, check, keys
from caco.plugins import call, find
from caco.records import Draw, Example
from caco.runners.observer import Observer, Silent
from caco.runners.part import num_workers
from caco.runners.spending import Spending
from caco.stages.collect import NAMES, column_of
from caco.store.place import place
from caco.store.run import Run
from caco.store.run_folder import FORMAT, Manifest, RunFolder, entries

_RUNNER_SETTINGS = tuple(f.name for f in fields(RunnerConfig))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run that has passed every check there is before work."""

    config: RunConfig
    manifest: Manifest
    folder: RunFolder
    source_digest: str
    columns: tuple[str, ...]


def run(
    recipe: str | RunConfig | Callable[..., RunConfig],
    *,
    settings: Mapping[str, Any] | None = None,
    runs: str | Path = "runs",
    name: str = "",
    limit: int = 0,
    observer: Observer | None = None,
) -> Run:
    """Run a recipe, or go on with it: what is done already in `runs/name` is not done again.

    `recipe` is a name, a function or a finished config; `settings` are its own, and the runner's (`workers`, ...).
    `limit` takes the first seeds only. Raises ConfigError before any work for a set-up that cannot work.
    """
    prepared = prepare(recipe, settings=settings or {}, runs=runs, name=name, limit=limit)
    config, folder = prepared.config, prepared.folder
    with folder.locked():
        folder.write_manifest(prepared.manifest)
        watching = Spending(observer or Silent(), config)
        runner = find("runner", config.runner.runner)(config, folder, prepared.manifest.steps, watching)
        runner.run(lambda: sources.lines(config.source), prepared.source_digest)
        folder.write_manifest(replace(prepared.manifest, finished=True))
        last = config.steps[-1]
        if last.stage.makes is Example:
            publish(Run(folder.path), last.name)
            folder.write_manifest(replace(prepared.manifest, finished=True, dataset=DATASET))
    return Run(folder.path)


def pilot(
    recipe: str | RunConfig | Callable[..., RunConfig],
    *,
    settings: Mapping[str, Any],
    runs: str | Path,
    size: int,
    name: str = "",
    limit: int = 0,
    observer: Observer | None = None,
) -> tuple[Run, list[StepForecast], int]:
    """Run `size` seeds of a recipe, drawn from all of them: the pilot's run, the forecast, and the seeds there are.

    What the pilot pays for is in the call log that a full run beside it reads.
    """
    config = _limited(_configured(recipe, settings), limit)
    num_seeds = len(sources.read_lines(config.source))
    small = replace(config, source=replace(config.source, sample=size))
    name = f"{name or config.recipe}-pilot"
    done = run(small, runs=runs, name=name, observer=observer)
    small = prepare(small, settings={}, runs=runs, name=name).config
    return done, forecast(done, small, num_seeds, num_workers(config)), num_seeds


def prepare(
    recipe: str | RunConfig | Callable[..., RunConfig],
    *,
    settings: Mapping[str, Any],
    runs: str | Path,
    name: str = "",
    limit: int = 0,
) -> Prepared:
    """Everything before work: config, plan, ports, source and folder, checked. Raises ConfigError, StoreError."""
    config = _limited(_configured(recipe, settings), limit)
    check(config)
    check_ports(config)
    find("runner", config.runner.runner)
    columns = sources.columns(config.source) if config.source.benchmarks else _checked_columns(config)
    folder = RunFolder(place(runs) / (name or config.recipe))
    config = placed(config, folder.path)
    folder.refuse_other_version()
    source_digest = sources.content_digest(config.source)
    manifest = Manifest(
        format=FORMAT,
        recipe=config.recipe,
        settings=dict(config.settings),
        source=asdict(config.source),
        steps=folder.as_they_lie(entries(config, keys(config, source_digest))),
    )
    return Prepared(config=config, manifest=manifest, folder=folder, source_digest=source_digest, columns=columns)


def _configured(recipe: str | RunConfig | Callable[..., RunConfig], settings: Mapping[str, Any]) -> RunConfig:
    for_runner = {k: v for k, v in settings.items() if k in _RUNNER_SETTINGS}
    own = {k: v for k, v in settings.items() if k not in _RUNNER_SETTINGS}
    if isinstance(recipe, RunConfig):
        if own:
            raise ConfigError(f"a finished config takes no settings of a recipe: {', '.join(own)}")
        config = recipe
    else:
        config = call("", find("recipe", recipe) if isinstance(recipe, str) else recipe, own)
    chosen = call("", RunnerConfig, for_runner)
    return replace(config, runner=replace(config.runner, **{name: getattr(chosen, name) for name in for_runner}))


def _limited(config: RunConfig, limit: int) -> RunConfig:
    if limit < 0:
        raise ConfigError(f"--limit {limit}: should be 0 (all) or more")
    return replace(config, source=replace(config.source, limit=limit or config.source.limit))


def _checked_columns(config: RunConfig) -> tuple[str, ...]:
    """The source's columns. Raises ConfigError where they cannot make a seed."""
    present, wanted = sources.columns(config.source), config.source.columns
    if config.steps[0].stage.makes is Draw:
        return present
    for field, column in wanted.items():
        if field not in NAMES:
            raise unknown("field in columns", field, NAMES)
        if column not in present:
            raise unknown(f"column for {field}", column, present)
    for field in config.source.defaults:
        if field not in NAMES:
            raise unknown("field in defaults", field, NAMES)
    if not column_of("problem", present, wanted):
        raise ConfigError(
            f"{config.source.path} has no column for the problem text; its columns: {', '.join(present)}; "
            "say which with --set columns=problem=NAME,answer=NAME"
        )
    _refuse_without_computation(config.source.path, present, wanted)
    return present


def _refuse_without_computation(path: str, present: Sequence[str], wanted: Mapping[str, str]) -> None:
    carriers = ("answer", "solution", "code", "tests")
    if not any(column_of(field, tuple(present), wanted) for field in carriers):
        raise ConfigError(
            f"{path} has no column for an answer, a solution, a program or tests; its columns: {', '.join(present)}; "
            "say which with --set columns=answer=NAME,solution=NAME,code=NAME,tests=NAME"
        )
