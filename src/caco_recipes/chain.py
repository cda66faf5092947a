"""What recipes are built of: a chain of steps, the stretches that several have, and the settings that they share.

A recipe of your own can begin with one of these and change it: see `caco.plan.inserted`, `replaced` and `removed`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from caco.config import Budget, PortConfig, pairs
from caco.errors import ConfigError
from caco.plan import Step
from caco.plugins import call
from caco.stage import Stage
from caco.stages import decontaminate as contamination
from caco.stages import execute, filter, vary


def _names(text: object) -> object:
    """`inversion,extension` as a tuple; anything else as it is."""
    return tuple(name.strip() for name in text.split(",") if name.strip()) if isinstance(text, str) else text


def about(meaning: str) -> Any:
    """What a setting means, for `caco recipes`."""
    return Field(description=meaning)


Pairs = Annotated[Mapping[str, Any], BeforeValidator(pairs)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Range = Annotated[tuple[()] | tuple[float, float], BeforeValidator(_names)]

Seeds = Annotated[str, about("a file (.jsonl .json .csv .parquet, also .gz), a folder, `caco:seeds` or `hub:NAME`")]
Columns = Annotated[Pairs, about("which column holds which field: problem=question,answer=final")]
Defaults = Annotated[Pairs, about("fields that the file does not have: licence=MIT,source=mine")]
Rules = Annotated[str, about("changes to the filter's rules: statements>=2,answer_in_code=off")]
Decontaminate = Annotated[str, about("files of benchmarks, separated by commas, of whose items none may come out")]
Prompts = Annotated[str, about("prompts of your own: a folder laid out as those that ship, or an installed set's name")]
Spending = Annotated[Pairs, about("what the run may spend: requests=1000,tokens=2000000,cost=5")]
Isolation = Annotated[
    Literal["auto", "jail", "process"], about("what the sandbox must offer: jail, process, or the host's best (auto)")
]
Sharing = Annotated[
    Literal["screened", "none"],
    about("which programs may share a process: those that a screen shows to be harmless, or none"),
]
CpuSeconds = Annotated[float, Field(gt=0, description="CPU seconds that a program may take")]


class Chain:
    """Steps in flow order; each takes the rows of the one before it, unless others are named."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps so far."""
        return tuple(self._steps)

    @property
    def last(self) -> str:
        """Name of the last step."""
        return self._steps[-1].name

    def then(self, name: str, stage: Stage, *takes: str) -> "Chain":
        """Add a step."""
        before = takes or ((self.last,) if self._steps else ())
        self._steps.append(Step(name=name, stage=stage, takes=before))
        return self

    def proven(self, *takes: str) -> "Chain":
        """Programs that ran, gave the gold answer, and need their inputs."""
        self.then("execute", execute.execute(), *takes)
        return self.then("match", execute.match()).then("probe", execute.probe())

    def varied(self, fresh: int, *takes: str) -> "Chain":
        """The same programs with fresh inputs that keep every bound of the first run."""
        self.then("vary", vary.vary(fresh), *takes)
        return self.then("execute_fresh", execute.execute()).then("keep", filter.keep())

    def with_fresh(self, fresh: int, judged: Stage, *programs: str) -> "Chain":
        """Programs together with their fresh instances that keep the rules too, each once."""
        self.varied(fresh, *programs).then("filter_fresh", judged)
        return self.then("deduplicate", filter.deduplicate(), *programs, "filter_fresh")

    def clean(self, benchmarks: str) -> "Chain":
        """Without items of benchmarks, where there are any to compare with."""
        return self.then("decontaminate", contamination.decontaminate()) if benchmarks else self


def ports(isolation: str, cpu_s: float, sharing: str = "screened", decontaminate: str = "") -> dict[str, PortConfig]:
    """The ports that no model serves."""
    sandbox = {"isolation": isolation, "sharing": sharing, "cpu_s": cpu_s}
    index = {"index": PortConfig(backend="local", settings={"benchmarks": decontaminate})} if decontaminate else {}
    served = {"sandbox": PortConfig(backend="local", settings=sandbox), "grader": PortConfig(backend="local")}
    return {**served, **index}


def stated(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's settings as the manifest and the card state them: without the addresses of servers."""
    return {name: _for_people(value) for name, value in settings.items()}


def _for_people(value: object) -> object:
    return {k: v for k, v in value.items() if k not in ("url", "log")} if isinstance(value, Mapping) else value


def budget(given: Mapping[str, Any]) -> Budget:
    """The budget in a setting. Raises ConfigError."""
    found: Budget = call("budget: ", Budget, given)
    return found


def numbers(what: str, given: Mapping[str, Any]) -> dict[str, float]:
    """Numbers by name. Raises ConfigError where one is none; `what` is the setting's name."""
    try:
        return {name: float(limit) for name, limit in given.items()}
    except ValueError as error:
        raise ConfigError(f"{what}: {error}; should be NAME=NUMBER,...") from None
