"""A plan: stages in flow order, each with the steps it takes its rows from; and the config of a run around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from caco.config import Budget, PortConfig, RunnerConfig, SourceConfig
from caco.errors import ConfigError, unknown
from caco.lineage import digest
from caco.stage import GroupStage, MapStage, PortStage, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage at its place: `takes` names the earlier steps whose rows it gets; the first step takes the source."""

    name: str
    stage: Stage
    takes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """All that a run is: what a recipe returns."""

    recipe: str
    source: SourceConfig
    steps: tuple[Step, ...]
    ports: Mapping[str, PortConfig] = field(default_factory=dict)
    runner: RunnerConfig = field(default_factory=RunnerConfig)
    budget: Budget = field(default_factory=Budget)
    settings: Mapping[str, object] = field(default_factory=dict)
    """The recipe's own settings as they were given, for people to read."""


def inserted(config: RunConfig, name: str, stage: Stage, *, after: str) -> RunConfig:
    """The plan with one step more: it takes the rows of `after`, and what took those takes its rows now.

    Raises ConfigError where there is no step called so.
    """
    at = _place(config, after)
    later = (_taking(step, {after: (name,)}) for step in config.steps[at + 1 :])
    return replace(config, steps=(*config.steps[: at + 1], Step(name=name, stage=stage, takes=(after,)), *later))


def replaced(config: RunConfig, name: str, stage: Stage) -> RunConfig:
    """The plan with another stage at a step. Raises ConfigError where there is no step called so."""
    at = _place(config, name)
    return replace(config, steps=(*config.steps[:at], replace(config.steps[at], stage=stage), *config.steps[at + 1 :]))


def removed(config: RunConfig, name: str) -> RunConfig:
    """The plan without a step: what took its rows takes those that it took. Raises ConfigError as `replaced` does."""
    at = _place(config, name)
    later = (_taking(step, {name: config.steps[at].takes}) for step in config.steps[at + 1 :])
    return replace(config, steps=(*config.steps[:at], *later))


def _place(config: RunConfig, name: str) -> int:
    found = [step.name for step in config.steps]
    if name not in found:
        raise unknown("step", name, found)
    return found.index(name)


def _taking(step: Step, instead: Mapping[str, tuple[str, ...]]) -> Step:
    """The step with other steps' rows instead of those named; each once."""
    takes = (one for taken in step.takes for one in instead.get(taken, (taken,)))
    return replace(step, takes=tuple(dict.fromkeys(takes)))


def check(config: RunConfig) -> None:
    """Refuse a plan that cannot run, before any work: raises ConfigError."""
    seen: set[str] = set()
    for step in config.steps:
        if step.name in seen:
            raise ConfigError(f"two steps are called {step.name!r}")
        if bool(step.takes) == (not seen):
            raise ConfigError(f"step {step.name!r}: the first step, and only the first, takes nothing")
        for taken in step.takes:
            if taken not in seen:
                raise unknown(f"step that {step.name!r} takes", taken, seen)
        if isinstance(step.stage, PortStage) and step.stage.port not in config.ports:
            raise unknown(f"port of step {step.name!r}", step.stage.port, config.ports)
        seen.add(step.name)
    if not isinstance(config.steps[0].stage, MapStage):
        raise ConfigError(f"the first step, {config.steps[0].name!r}, must be a map stage over the source's lines")


def keys(config: RunConfig, source_digest: str) -> dict[str, str]:
    """For each step a key that names its whole history: its stage, and all that came before it.

    `source_digest` names the source's content. A port's settings belong to the steps that use it.
    """
    found: dict[str, str] = {}
    for step in config.steps:
        before: list[object] = [found[taken] for taken in step.takes] or [source_digest, config.runner.part_rows]
        port = config.ports[step.stage.port] if isinstance(step.stage, PortStage) else None
        served_by = [port.backend, dict(port.settings)] if port else []
        found[step.name] = digest(step.stage.key, before, served_by)
    return found


def is_whole_table(step: Step) -> bool:
    """Whether the step needs all its rows at once."""
    return isinstance(step.stage, GroupStage)
