"""Evaluation of a model on benchmarks. Nothing that it makes is ever exported: its last rows are verdicts."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from caco import prompts as texts
from caco.benchmark import TESTS
from caco.config import RunnerConfig, SourceConfig
from caco.errors import ConfigError
from caco.plan import RunConfig
from caco.plugins import find
from caco.ports import Sampling
from caco.roles import role
from caco.stages import evaluate as stages
from caco.stages import reverse, unify
from caco.stages.prompt import Asking
from caco_recipes import chain as steps
from caco_recipes.chain import Chain, about

TRAINED = "training.json"
"""What `caco train` leaves in a model's folder."""


def evaluate(
    model: Annotated[
        steps.Pairs, about("who is asked: model=NAME,url=http://HOST:PORT/v1, or backend=transformers,model=FOLDER")
    ] = {},
    benchmarks: Annotated[str, about("names, separated by commas")] = "gsm8k",
    data: Annotated[str, about("the folder that holds their files, or `hub:`")] = "benchmarks",
    items: Annotated[int, Field(ge=0, description="take the first N items of each benchmark only; 0 for all")] = 0,
    samples: Annotated[
        int, Field(ge=1, le=1024, description="samples of each problem; more than one needs a temperature above 0")
    ] = 1,
    temperature: Annotated[float, Field(ge=0, description="0 is greedy")] = 0.0,
    max_tokens: Annotated[
        int, Field(ge=1, description="tokens of a reply; what is cut off is wrong unless it marks its answer before")
    ] = 2048,
    template: Annotated[
        Literal["auto", "prompt", "chat", "alpaca"],
        about(
            "how problems are put: `prompt` (this project's), `chat` (the problem alone, as the user's turn), `alpaca` "
            "(its heading before the problem, for models without a chat template), or `auto`: as the model was "
            "trained by `caco train`, else `prompt`"
        ),
    ] = "auto",
    fresh: Annotated[
        int,
        Field(ge=0, le=100, description="fresh instances to ask besides, of each item that compiles: other numbers"),
    ] = 0,
    prompts: steps.Prompts = "",
    budget: steps.Spending = {},
    isolation: steps.Isolation = "auto",
    cpu_s: steps.CpuSeconds = 5.0,
) -> RunConfig:
    """A model's answers to the items of benchmarks, each sample right, wrong or undecided."""
    settings = steps.stated(locals())
    chosen = {name: find("benchmark", name) for name in (part.strip() for part in benchmarks.split(",")) if name}
    if not chosen:
        raise ConfigError("benchmarks: name at least one")
    solver = role("solver", model, Sampling(temperature=temperature, max_tokens=max_tokens, n=samples))
    if solver.sampling.n > 1 and not solver.sampling.temperature:
        raise ConfigError(f"samples={samples} at temperature=0 are all the same: give a temperature")
    asking = Asking(
        prompts=texts.load("evaluate", prompts), model=solver.model, sampling=solver.sampling, settings=solver.key
    )
    form = _form(template, str(solver.settings.get("model", "")))
    chain = Chain().then("items", stages.items(chosen)).then("pose", stages.pose(chosen))
    if fresh:  # items that compile, re-instantiated as the rows of a data set are
        chain.then("unify", unify.unify(), "items").proven().varied(fresh).then("reverse", reverse.reverse())
    chain.then("attempt", stages.attempt(asking, form, chosen), "pose", *(("reverse",) if fresh else ()))
    if any(benchmark.answer_type == TESTS for benchmark in chosen.values()):
        chain.then("run_tests", stages.run_tests())
    chain.then("mark", stages.mark(chosen))
    drawn = {name: getattr(solver.sampling, name) for name in ("temperature", "max_tokens")}
    return RunConfig(
        recipe="evaluate",
        source=SourceConfig(path=data, benchmarks=tuple(chosen), limit=items),
        ports={**steps.ports(isolation, cpu_s), "solver": solver.port},
        steps=chain.steps,
        runner=RunnerConfig(workers=1 if find("generator", solver.backend).loads else 0),
        budget=steps.budget(budget),
        settings={
            **settings,
            "benchmarks": list(chosen),
            "samples": solver.sampling.n,
            **drawn,
            "template": form,
        },
    )


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
