"""Programs sampled from a CodeGen model, executed, probed, filtered."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from caco.config import Pairs, PortConfig, RunnerConfig, SourceConfig
from caco.filters.rules import with_changes
from caco.plan import RunConfig, Step
from caco.ports import Sampling
from caco.roles import role
from caco.stages import distinct, execute, filter, sample
from caco.stages import execute as probe

SAMPLING = Sampling(temperature=0.9, top_p=1.0, max_tokens=1024, n=16)
"""As the method's paper has it; several programs a request share the work on its prompt."""


def _parsed(given: object) -> object:
    """JSON as `caco train steer` prints it; anything else as it is."""
    return json.loads(given) if isinstance(given, str) else given


Schedule = Annotated[Sequence[tuple[tuple[str, ...], float]], BeforeValidator(_parsed)]


def codegen(
    model: Pairs = {},  # noqa: B006 - never changed
    draws: Annotated[int, Field(ge=1)] = 100,
    schedule: Schedule = sample.FREE,
    prefix: str = "",
    rules: str = "",
    isolation: Literal["auto", "jail", "process"] = "auto",
    cpu_s: Annotated[float, Field(gt=0)] = 2.0,
) -> RunConfig:
    """New programs: sampled from a model that `caco train codegen` made, and kept where they hold.

    model      serves the role codegen: model=FOLDER,backend=transformers or model=NAME,url=http://HOST:PORT/v1
               with n (programs a draw), temperature, top_p, max_tokens
    draws      requests to make, each for n programs
    schedule   tags to ask for and their weights, as caco train steer prints them; none for the pre-query form
    prefix     text that every program begins with
    rules      changes to the filter's rules: statements>=2,answer_in_code=off
    isolation  what the sandbox must offer: jail, process, or the best this host has (auto)
    cpu_s      CPU seconds a program may take
    """
    filled = role("codegen", model, SAMPLING)
    settings: Mapping[str, Any] = {
        "model": {k: v for k, v in model.items() if k not in ("url", "log")},
        "draws": draws,
        "schedule": [[list(wanted), weight] for wanted, weight in schedule],
        "prefix": prefix,
        "rules": rules,
        "isolation": isolation,
        "cpu_s": cpu_s,
    }
    return RunConfig(
        recipe="codegen",
        source=SourceConfig(path=f"draws:{draws}"),
        ports={
            "sandbox": PortConfig(backend="local", settings={"isolation": isolation, "cpu_s": cpu_s}),
            "codegen": filled.port,
        },
        steps=(
            Step(name="draw", stage=sample.draw(schedule)),
            Step(name="sample", stage=sample.sample(filled.key, filled.sampling, prefix), takes=("draw",)),
            Step(name="read_program", stage=sample.read_program(), takes=("sample",)),
            Step(name="execute", stage=execute.execute(), takes=("read_program",)),
            Step(name="probe", stage=probe.probe(), takes=("execute",)),
            Step(name="filter", stage=filter.filter_programs(with_changes(rules)), takes=("probe",)),
            Step(name="distinct", stage=distinct.distinct({"computation": 1}), takes=("filter",)),
        ),
        runner=RunnerConfig(part_rows=10),  # few draws are many programs
        settings=settings,
    )
