"""Evaluation of a model on benchmarks. Nothing that it makes is ever exported: its last rows are verdicts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from caco import prompts as texts
from caco.benchmark import TESTS
from caco.benchmarks import find_benchmark
from caco.config import Budget, Pairs, PortConfig, RunnerConfig, SourceConfig
from caco.errors import ConfigError, unknown
from caco.plan import RunConfig, Step
from caco.ports import Sampling
from caco.roles import role
from caco.stages import evaluate as stages
from caco.stages import execute, reverse, unify, vary
from caco.stages import execute as match
from caco.stages import execute as probe
from caco.stages import filter as keep
from caco.stages.prompt import Asking

TRAINED = "training.json"
"""What `caco train` leaves in a model's folder."""
IN_PROCESS = ("transformers", "vllm")
"""Backends that hold a model in memory: one process is enough."""


def evaluate(
    model: Pairs = {},  # noqa: B006 - never changed
    benchmarks: str = "gsm8k",
    data: str = "benchmarks",
    items: Annotated[int, Field(ge=0)] = 0,
    samples: Annotated[int, Field(ge=1, le=1024)] = 1,
    temperature: Annotated[float, Field(ge=0)] = 0.0,
    max_tokens: Annotated[int, Field(ge=1)] = 2048,
    template: Literal["auto", "prompt", "chat", "alpaca"] = "auto",
    fresh: Annotated[int, Field(ge=0, le=100)] = 0,
    prompts: str = "",
    budget: Pairs = {},  # noqa: B006 - never changed
    isolation: Literal["auto", "jail", "process"] = "auto",
    cpu_s: Annotated[float, Field(gt=0)] = 5.0,
) -> RunConfig:
    """A model's answers to the items of benchmarks, each sample right, wrong or undecided.

    model        who is asked: model=NAME,url=http://HOST:PORT/v1, or backend=transformers,model=FOLDER
    benchmarks   names, separated by commas
    data         the folder that holds their files, or `hub:`
    items        take the first N items of each benchmark only; 0 for all
    samples      samples of each problem; more than one needs a temperature above 0
    temperature  0 is greedy
    max_tokens   tokens of a reply; what is cut off is wrong unless it marks its answer before
    template     how problems are put: `prompt` (this project's), `chat` (the problem alone, as the user's turn),
                 `alpaca` (its heading before the problem, for models without a chat template), or `auto`: as the
                 model was trained by `caco train`, else `prompt`
    fresh        fresh instances to ask besides, of each item that compiles: the same problem with other numbers
    prompts      a folder of your own prompts
    budget       what the run may spend: requests=1000,tokens=2000000,cost=5
    isolation    what the sandbox must offer: jail, process, or the best this host has (auto)
    cpu_s        CPU seconds a program may take
    """
    chosen = {name: find_benchmark(name) for name in (part.strip() for part in benchmarks.split(",")) if name}
    if not chosen:
        raise ConfigError("benchmarks: name at least one")
    solver = role("solver", model, Sampling(temperature=temperature, max_tokens=max_tokens, n=samples))
    if solver.sampling.n > 1 and not solver.sampling.temperature:
        raise ConfigError(f"samples={samples} at temperature=0 are all the same: give a temperature")
    asking = Asking(
        prompts=texts.load("evaluate", prompts), model=solver.model, sampling=solver.sampling, settings=solver.key
    )
    form = _form(template, str(solver.settings.get("model", "")))
    steps = [
        Step(name="items", stage=stages.items(chosen)),
        Step(name="pose", stage=stages.pose(chosen), takes=("items",)),
        *(_fresh(fresh) if fresh else ()),
    ]
    asked = ("pose", "reverse") if fresh else ("pose",)
    steps.append(Step(name="attempt", stage=stages.attempt(asking, form, chosen), takes=asked))
    if any(benchmark.answer_type == TESTS for benchmark in chosen.values()):
        steps.append(Step(name="run_tests", stage=stages.run_tests(), takes=("attempt",)))
    steps.append(Step(name="mark", stage=stages.mark(chosen), takes=(steps[-1].name,)))
    return RunConfig(
        recipe="evaluate",
        source=SourceConfig(path=data, benchmarks=tuple(chosen), limit=items),
        ports={
            "sandbox": PortConfig(backend="local", settings={"isolation": isolation, "cpu_s": cpu_s}),
            "grader": PortConfig(backend="local"),
            "solver": solver.port,
        },
        steps=tuple(steps),
        runner=RunnerConfig(workers=1 if solver.backend in IN_PROCESS else 0),
        budget=Budget(**_amounts(budget)),
        settings={
            "model": {k: v for k, v in model.items() if k not in ("url", "log")},
            "benchmarks": list(chosen),
            "items": items,
            "samples": solver.sampling.n,
            "temperature": solver.sampling.temperature,
            "max_tokens": solver.sampling.max_tokens,
            "template": form,
            "fresh": fresh,
        },
    )


def _fresh(instances: int) -> list[Step]:
    """Items that compile, re-instantiated as the rows of a data set are, by programs that give their gold answer."""
    return [
        Step(name="unify", stage=unify.unify(), takes=("items",)),
        Step(name="execute", stage=execute.execute(), takes=("unify",)),
        Step(name="match", stage=match.match(), takes=("execute",)),
        Step(name="probe", stage=probe.probe(), takes=("match",)),
        Step(name="vary", stage=vary.vary(instances), takes=("probe",)),
        Step(name="execute_fresh", stage=execute.execute(), takes=("vary",)),
        Step(name="keep", stage=keep.keep(), takes=("execute_fresh",)),
        Step(name="reverse", stage=reverse.reverse(), takes=("keep",)),
    ]


def _form(wanted: str, model: str) -> str:
    """How problems are put. Raises ConfigError where a model was trained in another form."""
    trained = bool(model) and (Path(model) / TRAINED).is_file()
    if trained and wanted not in ("auto", stages.CHAT):
        raise ConfigError(
            f"template={wanted}: {model} was trained on problems alone, in its own chat template; use auto or chat"
        )
    if wanted != "auto":
        return wanted
    return stages.CHAT if trained else stages.PROMPT


def _amounts(budget: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {"requests": int, "tokens": int, "cost": float}
    for name in budget:
        if name not in kinds:
            raise unknown("budget", name, kinds)
    try:
        return {name: kinds[name](value) for name, value in budget.items()}
    except ValueError as error:
        raise ConfigError(f"budget={dict(budget)}: {error}") from error
