"""Programs sampled from a CodeGen model, executed, probed, filtered."""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from caco.config import RunnerConfig, SourceConfig
from caco.filters.rules import with_changes
from caco.plan import RunConfig
from caco.ports import Sampling
from caco.roles import role
from caco.stages import distinct, execute, filter, sample
from caco_recipes import chain as steps
from caco_recipes.chain import Chain, about

SAMPLING = Sampling(temperature=0.9, top_p=1.0, max_tokens=1024, n=16)
"""As the method's paper has it; several programs a request share the work on its prompt."""


def _parsed(given: object) -> object:
    """JSON as `caco train steer` prints it; anything else as it is."""
    return json.loads(given) if isinstance(given, str) else given


Schedule = Annotated[Sequence[tuple[tuple[str, ...], float]], BeforeValidator(_parsed)]


def codegen(
    model: Annotated[
        steps.Pairs,
        about(
            "serves the role codegen: model=FOLDER,backend=transformers or model=NAME,url=http://HOST:PORT/v1; "
            "with n (programs a draw), temperature, top_p, max_tokens"
        ),
    ] = {},
    draws: Annotated[int, Field(ge=1, description="requests to make, each for n programs")] = 100,
    schedule: Annotated[
        Schedule, about("tags to ask for and their weights, as `caco train steer` prints them; none: pre-query form")
    ] = sample.FREE,
    prefix: Annotated[str, about("text that every program begins with")] = "",
    rules: steps.Rules = "",
    isolation: steps.Isolation = "auto",
    cpu_s: steps.CpuSeconds = 2.0,
) -> RunConfig:
    """New programs: sampled from a model that `caco train codegen` made, and kept where they hold."""
    settings = steps.stated(locals())
    filled = role("codegen", model, SAMPLING)
    served = steps.ports(isolation, cpu_s)
    chain = Chain().then("draw", sample.draw(schedule))
    chain.then("sample", sample.sample(filled.key, filled.sampling, prefix)).then("read_program", sample.read_program())
    chain.then("execute", execute.execute()).then("probe", execute.probe())
    chain.then("filter", filter.filter_programs(with_changes(rules)))
    chain.then("distinct", distinct.distinct({"computation": 1}))
    return RunConfig(
        recipe="codegen",
        source=SourceConfig(path=f"draws:{draws}"),
        ports={"sandbox": served["sandbox"], "codegen": filled.port},
        steps=chain.steps,
        runner=RunnerConfig(part_rows=10),  # few draws are many programs
        settings=settings,
    )
