"""What a full run will take, from a pilot: rows, tokens, money and time of each step, with intervals.

Each quantity is added up for each seed of the pilot, over all rows that descend from it; the full run is that mean
times the number of its seeds. The intervals come from drawing the pilot's seeds anew (a bootstrap), so they hold the
spread between seeds, not what a larger run does differently: whole-table steps find more duplicates, a server is asked
more at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from caco.backends.generators.call_log import CallLog, Spent, request_key
from caco.backends.generators.recorded import identity
from caco.plan import RunConfig, Step
from caco.records import Row
from caco.roles import ROLES
from caco.stage import PortStage
from caco.store.run import Run

DRAWS = 2000
COLUMNS = ("rows", "requests", "tokens_in", "tokens_out", "cost", "seconds")
"""What is forecast of a step: rows that it makes, then what its requests take; `seconds` are work on its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A quantity of the full run: `low` to `high` holds it with 95% confidence."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForecast:
    """One step of the full run, or all of them together (`name` is `all`)."""

    name: str
    role: str
    """The role that it asks; empty where it asks no model."""
    of: Mapping[str, Estimate]
    """An estimate for each of COLUMNS."""
    hours: Estimate
    """Wall time at the pilot's pace."""
    gpu_hours: Estimate
    """Wall time multiplied by the GPUs that serve the role, where its setting `gpus` says how many."""


def forecast(run: Run, config: RunConfig, num_seeds: int, workers: int) -> list[StepForecast]:
    """The steps of a full run over `num_seeds` seeds, and their sum. `config` is the pilot's."""
    seeds = _Seeds()
    tables = {step.name: _per_seed(run, config, step, seeds) for step in config.steps}
    shown = [_step(config, step, tables[step.name], len(seeds), num_seeds, workers) for step in config.steps]
    rows = _matrix(tables[config.steps[-1].name], len(seeds))[:, :1]
    others = sum((_matrix(table, len(seeds))[:, 1:] for table in tables.values()), np.zeros((len(seeds), 5)))
    total = _estimates(np.hstack([rows, others]), num_seeds)
    hours = _sum(step.hours for step in shown)
    return [
        *shown,
        StepForecast(name="all", role="", of=total, hours=hours, gpu_hours=_sum(s.gpu_hours for s in shown)),
    ]


class _Seeds:
    """Which of the pilot's seeds each row descends from."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[int, ...]] = {}
        self._num = 0

    def __len__(self) -> int:
        return self._num

    def plant(self, row_id: str) -> None:
        """A line of the source, whatever became of it."""
        self._of[row_id] = (self._num,)
        self._num += 1

    def follow(self, row: Row) -> tuple[int, ...]:
        """The seeds of a row; those of its parents, where it is met for the first time."""
        if row.id not in self._of:
            roots = {root for parent in row.parents for root in self._of.get(parent, ())}
            self._of[row.id] = tuple(sorted(roots))
        return self._of[row.id]


def _per_seed(run: Run, config: RunConfig, step: Step, seeds: _Seeds) -> dict[int, np.ndarray]:
    """COLUMNS of one step for each seed."""
    found: dict[int, np.ndarray] = {}
    if not step.takes:
        for row in run.rows(step.name):
            seeds.plant(row.id)
        for ended in run.rejections(step.name):
            seeds.plant(ended.id)
    for row in run.rows(step.name):
        _add(found, seeds.follow(row), 0, 1.0)
    given = [row for name in step.takes for row in run.rows(name)]
    for row, spent in zip(given, _spent(run, config, step, given), strict=True):
        values = (spent.requests, spent.tokens_in, spent.tokens_out, spent.cost)
        for column, value in enumerate(values, start=1):
            _add(found, seeds.follow(row), column, value)
    seconds = next(s.seconds for s in run.funnel() if s.name == step.name)
    for row in given:
        _add(found, seeds.follow(row), 5, seconds / len(given))
    return found


def _add(found: dict[int, np.ndarray], roots: Sequence[int], column: int, value: float) -> None:
    for root in roots:
        found.setdefault(root, np.zeros(len(COLUMNS)))[column] += value / len(roots)


def _spent(run: Run, config: RunConfig, step: Step, rows: Sequence[Row]) -> list[Spent]:
    """What each row's requests took: asked again of the stage, which is pure, and looked up in the call log."""
    stage = step.stage
    if not isinstance(stage, PortStage) or stage.port not in ROLES:
        return [Spent()] * len(rows)
    port = config.ports[stage.port]
    named = identity(port.settings)
    keys = [[request_key(named, request) for request in stage.ask(row)] for row in rows]
    log = CallLog(Path(str(port.serving["log"])))
    costs = log.costs([key for some in keys for key in some])
    log.close()
    # A request that two rows share is paid for once: for the first.
    return [_total(costs.pop(key) for key in some if key in costs) for some in keys]


def _total(spent: Iterable[Spent]) -> Spent:
    whole = Spent()
    for one in spent:
        whole = replace(
            whole,
            requests=whole.requests + 1,
            tokens_in=whole.tokens_in + one.tokens_in,
            tokens_out=whole.tokens_out + one.tokens_out,
            cost=whole.cost + one.cost,
        )
    return whole


def _step(
    config: RunConfig, step: Step, table: dict[int, np.ndarray], pilot: int, num_seeds: int, workers: int
) -> StepForecast:
    of = _estimates(_matrix(table, pilot), num_seeds)
    stage = step.stage
    role = stage.port if isinstance(stage, PortStage) and stage.port in ROLES else ""
    hours = _scaled(of["seconds"], 1 / 3600 / workers)
    gpus = float(config.ports[role].serving.get("gpus", 0)) if role else 0.0  # type: ignore[arg-type]
    return StepForecast(name=step.name, role=role, of=of, hours=hours, gpu_hours=_scaled(hours, gpus))


def _matrix(table: dict[int, np.ndarray], pilot: int) -> np.ndarray:
    matrix = np.zeros((pilot, len(COLUMNS)))
    for seed, values in table.items():
        matrix[seed] = values
    return matrix


def _estimates(matrix: np.ndarray, num_seeds: int) -> dict[str, Estimate]:
    """The mean times the number of seeds, with a bootstrap interval; drawn with a fixed seed, so it repeats."""
    pilot = len(matrix)
    drawn = np.random.default_rng(0).multinomial(pilot, [1 / pilot] * pilot, size=DRAWS) @ matrix / pilot * num_seeds
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    mean = matrix.mean(axis=0) * num_seeds
    return {
        name: Estimate(mean=float(mean[i]), low=float(low[i]), high=float(high[i])) for i, name in enumerate(COLUMNS)
    }


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(mean=estimate.mean * factor, low=estimate.low * factor, high=estimate.high * factor)


def _sum(estimates: Iterable[Estimate]) -> Estimate:
    """Steps are slow on the same seeds, so their intervals add up."""
    found = list(estimates)
    return Estimate(mean=sum(e.mean for e in found), low=sum(e.low for e in found), high=sum(e.high for e in found))


def plain(step: StepForecast) -> dict[str, Any]:
    """A step as JSON for machines."""
    named = {**step.of, "hours": step.hours, "gpu_hours": step.gpu_hours}
    return {
        "step": step.name,
        "role": step.role,
        **{name: [round(e.mean, 6), round(e.low, 6), round(e.high, 6)] for name, e in named.items()},
    }
