"""The Ray runner: the local runner's steps and parts, placed on a Ray cluster. Rows, ids and bytes are the same.

Parts of map steps are Ray tasks; parts of steps that use a port go to actors that hold its backend. Whole-table work by
sketches is tasks too; other group steps are a shuffle by ranges of keys. All parts go through the run's folder, which
every node must reach; a receipt is what makes a part done, so a run may be gone on with by another runner.
"""

import os
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from caco.apply import Applied, apply
from caco.backends.opening import open_ports
from caco.config import PortConfig
from caco.errors import BackendError, CacoError, ConfigError, missing_extra
from caco.plan import RunConfig, Step
from caco.plugins import find
from caco.records import Line, Row
from caco.roles import ROLES
from caco.runners.careful import CarefulTask
from caco.runners.crew import Waiting
from caco.runners.local import LocalRunner
from caco.runners.observer import Observer
from caco.runners.part import PartTask
from caco.runners.task import Task, after_death, do_task
from caco.stage import GroupStage, PortStage
from caco.store.run_folder import RunFolder, StepEntry
from caco.store.table import Table

try:
    import ray
    from ray import exceptions
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
except ImportError as error:
    raise missing_extra("ray", "ray") from error

DEATHS = (
    exceptions.WorkerCrashedError,
    exceptions.RayActorError,
    exceptions.NodeDiedError,
    exceptions.OutOfMemoryError,
    exceptions.ObjectLostError,
)
"""What Ray raises where a worker or its node is gone."""
CLIENTS = 2
"""Actors for a role whose model is elsewhere: one sends while the last replies of the other's part come in."""
SAMPLED = 64
"""Keys of a part from which the ranges of a shuffle are drawn."""


class RayRunner(LocalRunner):
    """Runs a plan on the cluster at `config.runner.address`, or on one of its own on this machine."""

    def __init__(self, config: RunConfig, folder: RunFolder, steps: list[StepEntry], observer: Observer) -> None:
        super().__init__(_absolute(config), RunFolder(folder.path.absolute()), steps, observer)

    def run(self, lines: Callable[[], Iterable[Line]], source_digest: str) -> None:
        """Run every step that is not done."""
        with _connected(self._config):
            self._places = Places(self._config)
            super().run(lines, source_digest)
            self._places.close()

    def _do(self, tasks: Iterable[Task], advance: Callable[[int], None]) -> None:
        self._places.run(tasks, advance)

    def _grouped(self, step: Step, before: Sequence[Table[Row]]) -> Iterator[tuple[int, Applied]]:
        """A shuffle: each part is split by ranges of keys, and each range is worked on as a whole, in key order."""
        stage = ray.put(step.stage)
        parts = [(table, part) for table in before for part in table.parts()]
        keys = sorted(key for some in _got([_SAMPLE.remote(stage, *at) for at in parts]) for key in some)
        num = min(len(parts), 2 * _num_cores())
        bounds = sorted({keys[len(keys) * i // num] for i in range(1, num)}) if keys else []
        split = _SPLIT.options(num_returns=len(bounds) + 1)
        pieces = [split.remote(stage, *at, bounds) for at in parts]
        ranges = zip(*pieces, strict=True) if bounds else [pieces]
        for made in [_REDUCE.remote(stage, *some) for some in ranges]:
            given, applied = _got(made)
            yield given, applied
            self._observer.advanced(step.name, given)


class Places:
    """Where tasks go: those that need no port to any worker of the cluster, others to the actors of their port."""

    def __init__(self, config: RunConfig) -> None:
        self._config, self._shared = config, ray.put(config)
        self._limit = 2 * _num_cores()
        self._idle: dict[str, list[Any]] = {}

    def run(self, tasks: Iterable[Task], advance: Callable[[int], None]) -> None:
        """Have every task done. Raises what a task raised; BackendError where one kills each worker it meets."""
        waiting, deaths = Waiting(tasks), Counter[int]()
        in_hand: dict[Any, tuple[Task, str, Any]] = {}
        while True:
            while len(in_hand) < self._limit and (task := waiting.next()):
                port = self._port(task)
                if port and not self._actors(port):
                    waiting.again.append(task)
                    break
                actor = self._actors(port).pop() if port else None
                done = actor.do.remote(task) if actor else _DO.remote(self._shared, task)
                in_hand[done] = task, port, actor
            if not in_hand:
                return
            (done,), _ = ray.wait(list(in_hand))
            task, port, actor = in_hand.pop(done)
            try:
                advance(_got(done))
            except DEATHS as death:
                deaths[task.part] += 1
                waiting.again.append(after_death(task, deaths[task.part], type(death).__name__))
                actor = self._opened(port) if actor else None
            if actor:
                self._actors(port).append(actor)

    def close(self) -> None:
        """Have the actors close their backends."""
        _got([actor.close.remote() for actors in self._idle.values() for actor in actors])

    def _port(self, task: Task) -> str:
        """The port that decides where a task goes: its role, or `tools` for all those that are served on any node."""
        of = task.of if isinstance(task, CarefulTask) else task
        names = {of.step, *(name for name, _ in of.then)} if isinstance(of, PartTask) else set()
        stages = [step.stage for step in self._config.steps if step.name in names]
        ports = {stage.port for stage in stages if isinstance(stage, PortStage)}
        return next((port for port in ports if port in ROLES), "tools" if ports else "")

    def _actors(self, port: str) -> list[Any]:
        """The idle actors of a port, opened when the first is asked for."""
        if port not in self._idle:
            num = _num_cores() if port == "tools" else int(self._serving(port).get("replicas", CLIENTS))
            self._make_room(port, num)
            self._idle[port] = [self._opened(port) for _ in range(num)]
        return self._idle[port]

    def _make_room(self, port: str, num: int) -> None:
        """Let go of models that earlier steps asked, where their GPUs are needed. Raises ConfigError for too many."""
        wanted = 0.0 if port == "tools" else num * _num_gpus(self._config.ports[port])
        if wanted > (there := ray.cluster_resources().get("GPU", 0)) and not self._config.runner.address:
            raise ConfigError(
                f"the role {port!r} asks for {wanted:g} GPUs, and this machine has {there:g}: set its gpus"
            )
        if wanted > ray.available_resources().get("GPU", 0):
            for other in [name for name in self._idle if name != "tools" and _num_gpus(self._config.ports[name])]:
                for actor in self._idle.pop(other):
                    ray.kill(actor)  # its replies are in the call log

    def _opened(self, port: str) -> Any:
        if port == "tools":
            return _HOLDER.options(num_cpus=0, scheduling_strategy="SPREAD").remote(self._shared)
        if gpus := _num_gpus(self._config.ports[port]):
            return _HOLDER.options(num_cpus=0, num_gpus=gpus).remote(self._shared)
        # The call log lies on the driver's node, so that is where replies come in.
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
        return _HOLDER.options(num_cpus=0, scheduling_strategy=here).remote(self._shared)

    def _serving(self, port: str) -> dict[str, Any]:
        config = self._config.ports[port]
        alone = {"replicas": 1} if _loads(config) else {}
        return {**alone, **config.serving}


class Holder:
    """An actor that holds ports, each opened with its first request."""

    def __init__(self, config: RunConfig) -> None:
        self._config, self._open = config, ExitStack()
        self._ports = self._open.enter_context(open_ports(config, 1))

    def do(self, task: Task) -> int:
        """Do a task; returns the rows that were worked on."""
        rows: list[int] = []
        do_task(self._config, task, self._ports, rows.append)
        return sum(rows)

    def close(self) -> None:
        """Close the backends."""
        self._open.close()


def _do(config: RunConfig, task: Task) -> int:
    rows: list[int] = []
    do_task(config, task, {}, rows.append)
    return sum(rows)


def _sample(stage: GroupStage, table: Table[Row], part: int) -> list[str]:
    assert stage.key_of
    keys = sorted(stage.key_of(row) for row in table.read(part))
    return keys[:: max(1, len(keys) // SAMPLED)]


def _split(stage: GroupStage, table: Table[Row], part: int, bounds: list[str]) -> Any:
    assert stage.key_of
    pieces: list[list[Row]] = [[] for _ in range(len(bounds) + 1)]
    for row in table.read(part):
        pieces[bisect_right(bounds, stage.key_of(row))].append(row)
    return pieces if bounds else pieces[0]


def _reduce(stage: GroupStage, *pieces: list[Row]) -> tuple[int, Applied]:
    rows = [row for piece in pieces for row in piece]
    return len(rows), apply(stage, rows) if rows else Applied()


_HOLDER: Any = ray.remote(Holder)
_DO: Any = ray.remote(max_retries=0)(_do)
_SAMPLE: Any = ray.remote(_sample)
_SPLIT: Any = ray.remote(_split)
_REDUCE: Any = ray.remote(_reduce)


def _got(refs: Any) -> Any:
    """What was made. An error of ours that was raised elsewhere is raised as it was."""
    try:
        return ray.get(refs)
    except exceptions.RayTaskError as error:
        if isinstance(error.cause, CacoError):
            raise error.cause from None
        if isinstance(error.cause, exceptions.RaySystemError):
            said = next(line for line in str(error.cause).splitlines() if line)
            raise ConfigError(f"the nodes cannot read the plan: install its modules there ({said})") from error
        raise


@contextmanager
def _connected(config: RunConfig) -> Iterator[None]:
    if ray.is_initialized():  # the caller's own connection, which is not ours to close
        yield
        return
    address = config.runner.address or os.environ.get("RAY_ADDRESS", "")
    path = {"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}}  # where the modules of a recipe may lie
    own = {"num_cpus": config.runner.workers or None, "include_dashboard": False, "runtime_env": path}
    try:
        ray.init(address=address or "local", log_to_driver=False, **({} if address else own))
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise BackendError(f"no Ray cluster at {address or 'this machine'}: {error}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _num_cores() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _num_gpus(port: PortConfig) -> float:
    """GPUs that each actor of a model in process asks for: `gpus`, shared by its replicas."""
    if not _loads(port):
        return 0.0
    usual = port.serving.get("tensor_parallel_size", 1) if port.backend == "vllm" else 0
    return float(str(port.serving.get("gpus", usual))) / int(str(port.serving.get("replicas", 1)))


def _absolute(config: RunConfig) -> RunConfig:
    """The config with the call log's place spelled out: workers run in other folders."""
    ports = {
        name: replace(port, serving={**port.serving, "log": Path(str(port.serving["log"])).absolute()})
        if "log" in port.serving
        else port
        for name, port in config.ports.items()
    }
    return replace(config, ports=ports)


def _loads(port: PortConfig) -> bool:
    """Whether a role's backend holds its model in memory."""
    return bool(find("generator", port.backend).loads)


RUNNER = RayRunner
