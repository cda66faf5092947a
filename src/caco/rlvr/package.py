"""Environments of a run as one package that can be installed: written by `build`, read by `load`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from caco.errors import ConfigError, StoreError
from caco.records import Example, Execution, Verdict
from caco.rlvr import oracle
from caco.rlvr.audit import Audit, audit
from caco.rlvr.environment import Environment, Instance, Made, Oracle, identity
from caco.store.codec import from_table, to_table
from caco.store.files import read_json, read_parquet, write_bytes, write_json, write_parquet
from caco.store.run import Run

FORMAT = 1
_RUNS, _INSTANCES, _INDEX = "programs.parquet", "instances.parquet", "index.json"
_FILES = ("pyproject.toml", "README.md", "__init__.py", "reasoning_gym_dataset.py", "trl_environment.py")


class EnvironmentSet:
    """The environments of a package, in a fixed order, each by its id too."""

    def __init__(self, environments: Mapping[str, Environment]) -> None:
        if not environments:
            raise ConfigError("there is no environment")
        self.environments = dict(environments)
        self._order = list(self.environments.values())

    def __len__(self) -> int:
        return len(self._order)

    def instance(self, seed: int, level: int | None = None) -> Instance:
        """Instance number `seed` of all environments in turn; of one level, from those that have it."""
        tried = self._order[seed % len(self) :] + self._order[: seed % len(self)]
        for environment in tried:
            if level is None or environment.has(level):
                return environment.instance(seed // len(self), level)
        raise ConfigError(f"no environment has an instance of level {level}")

    def score(self, completion: object, instance: Instance) -> float | None:
        """1 for the right answer, 0 for a wrong one, None where it cannot be decided."""
        return self.environments[instance.environment].score(completion, instance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What `build` made."""

    path: Path
    package: str
    admitted: int
    instances: int
    refused: tuple[Audit, ...]
    unable: int
    """Programs in which nothing can vary."""


def build(run: Run, out: Path, *, instances: int = 256, limit: int = 0) -> Built:
    """Compile the kept programs of a run into a package in the new folder `out`.

    Args:
        instances: how many of each environment are made beforehand; others are made when asked for.
        limit: the first so many programs only; 0 for all.

    Raises:
        ConfigError: `out` is there already, or no program makes an environment.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already; give a new folder")
    admitted: dict[str, Environment] = {}
    refused, unable = list[Audit](), 0
    for number, execution in enumerate(programs(run).values()):
        if limit and number >= limit:
            break
        try:
            environment = Environment(execution, oracle.run)
            environment.instance(instances - 1)
        except ConfigError:  # nothing varies, or no instance is valid: it is counted
            unable += 1
            continue
        found = audit(environment)
        if found.admitted:
            admitted[environment.id] = environment
        else:
            refused.append(found)
    package = re.sub(r"\W+", "_", f"caco_{out.name}").lower()
    if not admitted:
        raise ConfigError(f"no program of {run.path} makes an environment ({len(refused)} refused, {unable} fixed)")
    _write(admitted, refused, out, package)
    total = sum(len(environment.made().instances) for environment in admitted.values())
    return Built(
        path=out, package=package, admitted=len(admitted), instances=total, refused=tuple(refused), unable=unable
    )


def programs(run: Run) -> dict[str, Execution]:
    """One run of each published program: the seed's own where it is there, else one of its fresh instances."""
    last = run.manifest.steps[-1]
    if last.record != Example.__name__:
        raise ConfigError(f"{run.path} is a run of {run.manifest.recipe!r}, which publishes no programs")
    published = {parent for row in run.rows(last.name) for parent in row.parents}
    found: dict[str, Execution] = {}
    for step in last.takes:
        for verdict in run.rows(step):
            if isinstance(verdict, Verdict) and verdict.id in published:
                execution = verdict.solution.problem.execution
                assert execution is not None
                key = identity(execution.codecot)
                if key not in found or ("fresh_inputs" in found[key].codecot.transform, found[key].id) > (
                    "fresh_inputs" in execution.codecot.transform,
                    execution.id,
                ):
                    found[key] = execution
    return dict(sorted(found.items()))


def load(folder: Path, oracle: Oracle = oracle.run) -> EnvironmentSet:
    """The environments of a package, or of the folder that `build` wrote around it.

    Raises ConfigError where there is none, StoreError where another version wrote it.
    """
    folder = next((place.parent for place in (*folder.glob(_INDEX), *folder.glob(f"*/{_INDEX}"))), folder)
    if not (folder / _INDEX).is_file():
        raise ConfigError(f"{folder} is no folder of environments: make one with caco env build")
    index = read_json(folder / _INDEX)
    if index["format"] != FORMAT:
        raise StoreError(f"{folder} was built by another version: build it again")
    made: dict[str, list[Instance]] = {name: [] for name in index["environments"]}
    for instance in from_table(Instance, read_parquet(folder / _INSTANCES)):
        made[instance.environment].append(instance)
    executions = from_table(Execution, read_parquet(folder / _RUNS))
    return EnvironmentSet(dict(_loaded(executions, index["environments"], made, oracle)))


def _loaded(
    executions: list[Execution], index: Mapping[str, Any], made: Mapping[str, list[Instance]], oracle: Oracle
) -> Iterator[tuple[str, Environment]]:
    for name, execution in zip(index, executions, strict=True):
        stored = {**index[name], "limits": tuple(index[name]["limits"]), "instances": tuple(made[name])}
        yield name, Environment(execution, oracle, Made(**stored))


def _write(admitted: Mapping[str, Environment], refused: list[Audit], out: Path, package: str) -> None:
    folder = out / package
    environments = list(admitted.values())
    rows = [instance for environment in environments for instance in environment.made().instances]
    index = {}
    for environment in environments:
        made = environment.made()
        index[environment.id] = {"drawn": made.drawn, "limits": made.limits, "exhausted": made.exhausted}
    write_parquet(folder / _RUNS, to_table(Execution, [environment.execution for environment in environments]))
    write_parquet(folder / _INSTANCES, to_table(Instance, rows))
    write_json(folder / _INDEX, {"format": FORMAT, "environments": index})
    audits = [asdict(audit(environment)) for environment in environments]
    write_json(folder / "audit.json", {"admitted": audits, "refused": [asdict(found) for found in refused]})
    licences = sorted({environment.execution.codecot.licence or "not stated" for environment in environments})
    about = {"package": package, "name": package.replace("_", "-"), "licences": licences, "number": len(environments)}
    for name in _FILES:
        template = jinja2.Environment(autoescape=False, keep_trailing_newline=True).from_string(
            (files("caco.rlvr") / "package_files" / f"{name}.j2").read_text(encoding="utf-8")
        )
        place = folder / name if name.endswith(".py") else out / name
        write_bytes(place, template.render(**about).encode())
