"""The whole road with no model, no key and no network: seeds that carry their own computation, scaled by transforms."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from caco.config import PortConfig, RunnerConfig, SourceConfig, pairs
from caco.errors import ConfigError
from caco.filters.rules import with_changes
from caco.plan import RunConfig, Step
from caco.stage import Stage
from caco.stages import collect, distinct, execute, filter, reverse, transform, unify, vary, verify
from caco.stages import decontaminate as contamination
from caco.stages import execute as behave
from caco.stages import execute as match
from caco.stages import execute as probe
from caco.stages import filter as keep
from caco.stages import reverse as solve
from caco.stages import verify as export


def _limits(given: Mapping[str, str]) -> dict[str, float]:
    """How different rows must be, with the recipe's changes to the defaults."""
    try:
        return {**distinct.DEFAULTS, **{name: float(limit) for name, limit in given.items()}}
    except ValueError as error:
        raise ConfigError(f"duplicates: {error}; should be NAME=NUMBER,...") from None


def _names(text: object) -> object:
    """`inversion,extension` as a tuple; anything else as it is."""
    return tuple(name for name in text.split(",") if name) if isinstance(text, str) else text


Transform = Literal["distractor", "extension", "inversion", "loops", "reformulation", "restructuring"]
Names = Annotated[tuple[Transform, ...], BeforeValidator(_names)]
Range = Annotated[tuple[()] | tuple[float, float], BeforeValidator(_names)]
Pairs = Annotated[Mapping[str, str], BeforeValidator(pairs)]


def quickstart(
    seeds: str = "caco:seeds",
    columns: Pairs = {},  # noqa: B006 - never changed
    defaults: Pairs = {},  # noqa: B006 - never changed
    fresh: Annotated[int, Field(ge=1, le=1000)] = 2,
    compositions: Annotated[int, Field(ge=0, le=100)] = 1,
    links: Annotated[int, Field(ge=2, le=4)] = 2,
    transforms: Names = (),
    difficulty: Range = (),
    rules: str = "",
    stricter: str = "",
    duplicates: Pairs = {},  # noqa: B006 - never changed
    decontaminate: str = "",
    isolation: Literal["auto", "jail", "process"] = "auto",
    sharing: Literal["screened", "none"] = "screened",
    cpu_s: Annotated[float, Field(gt=0)] = 2.0,
) -> RunConfig:
    """Seeds to verified examples, no model asked.

    seeds         a file (.jsonl .json .csv .parquet, also .gz), a folder of them, `caco:seeds` or `hub:NAME`
    columns       which column holds which field: problem=question,answer=final
    defaults      fields the file does not have: licence=MIT,source=mine
    fresh         instances with fresh inputs to ask for, for each program
    compositions  programs to make from each one by feeding its answer into another
    links         up to how many programs are composed into one
    transforms    others to use, once for each program:
                  distractor,extension,inversion,loops,reformulation,restructuring
    difficulty    the least and the most difficult programs to keep: 3,8
    rules         changes to the filter's rules: statements>=2,answer_in_code=off
    stricter      further rules, for a run that is there: they go by its measures, and no program runs again
    duplicates    changes to what makes programs of two seeds one: near_text=0.9,tree=3,behaviour=1
    decontaminate files of benchmarks, separated by commas, of which no item may come out
    isolation     what the sandbox must offer: jail, process, or the best this host has (auto)
    sharing       which programs may share a process: those that a screen shows to be harmless, or none
    cpu_s         CPU seconds a program may take
    """
    limits, judged = _limits(duplicates), filter.filter_programs(with_changes(rules))
    behaving = [Step(name="behave", stage=behave.behave(), takes=("filter",))] if limits.get("behaviour") else []
    programs, making = _making(compositions, links, transforms, judged)
    index = {"index": PortConfig(backend="local", settings={"benchmarks": decontaminate})} if decontaminate else {}
    last = "deduplicate"
    choosing: list[Step] = []
    if stricter:
        again = filter.filter_programs(with_changes(stricter))
        choosing.append(Step(name="stricter", stage=again, takes=(last,)))
        last = "stricter"
    if difficulty:
        choosing.append(Step(name="difficulty", stage=filter.of_difficulty(*difficulty), takes=(last,)))
        last = "difficulty"
    if decontaminate:
        choosing.append(Step(name="decontaminate", stage=contamination.decontaminate(), takes=(last,)))
        last = "decontaminate"
    return RunConfig(
        recipe="quickstart",
        source=SourceConfig(path=seeds, columns=columns, defaults=defaults),
        ports={
            "sandbox": PortConfig(
                backend="local", settings={"isolation": isolation, "sharing": sharing, "cpu_s": cpu_s}
            ),
            "grader": PortConfig(backend="local"),
            **index,
        },
        runner=RunnerConfig(part_rows=max(20, min(200, 8000 // fresh))),  # a part is held in memory with all it becomes
        steps=(
            Step(name="collect", stage=collect.collect(columns, defaults)),
            Step(name="unify", stage=unify.unify(), takes=("collect",)),
            Step(name="execute", stage=execute.execute(), takes=("unify",)),
            Step(name="match", stage=match.match(), takes=("execute",)),
            Step(name="probe", stage=probe.probe(), takes=("match",)),
            Step(name="filter", stage=judged, takes=("probe",)),
            *behaving,
            Step(name="distinct", stage=distinct.distinct(limits), takes=("behave" if behaving else "filter",)),
            *making,
            Step(name="vary", stage=vary.vary(fresh), takes=programs),
            Step(name="execute_fresh", stage=execute.execute(), takes=("vary",)),
            Step(name="keep", stage=keep.keep(), takes=("execute_fresh",)),
            Step(name="filter_fresh", stage=judged, takes=("keep",)),
            Step(name="deduplicate", stage=keep.deduplicate(), takes=(*programs, "filter_fresh")),
            *choosing,
            Step(name="reverse", stage=reverse.reverse(), takes=(last,)),
            Step(name="solve", stage=solve.solve(), takes=("reverse",)),
            Step(name="verify", stage=verify.verify(), takes=("solve",)),
            Step(name="export", stage=export.export(), takes=("verify",)),
        ),
        settings={
            "seeds": seeds,
            "columns": dict(columns),
            "defaults": dict(defaults),
            "fresh": fresh,
            "compositions": compositions,
            "links": links,
            "transforms": list(transforms),
            "difficulty": list(difficulty),
            "rules": rules,
            "stricter": stricter,
            "duplicates": dict(duplicates),
            "decontaminate": decontaminate,
            "isolation": isolation,
            "sharing": sharing,
            "cpu_s": cpu_s,
        },
    )


def _making(compositions: int, links: int, transforms: Names, judged: Stage) -> tuple[tuple[str, ...], list[Step]]:
    """The steps that make and check programs of other structure; first the steps that hold all programs then."""
    steps: list[Step] = []
    if compositions:
        steps.append(Step(name="compose", stage=vary.join(compositions), takes=("distinct",)))
    if transforms:
        steps.append(Step(name="transform", stage=transform.transform(transforms, 1), takes=("distinct",)))
    if not steps:
        return ("distinct",), steps
    steps += _checking("made", tuple(step.name for step in steps), judged)
    programs = ["distinct", "filter_made"]
    for number in range(3, links + 1) if compositions else ():
        longer = Step(name=f"compose_{number}", stage=vary.join(compositions, number), takes=tuple(programs))
        steps += (longer, *_checking(f"made_{number}", (longer.name,), judged))
        programs.append(f"filter_made_{number}")
    return tuple(programs), steps


def _checking(mark: str, made: tuple[str, ...], judged: Stage) -> list[Step]:
    """The steps that run new programs and let through what gives the expected answer and keeps bounds and rules."""
    stages = {
        "execute": execute.execute(),
        "match": match.match(),
        "keep": keep.keep(),
        "probe": probe.probe(),
        "filter": judged,
    }
    takes, steps = made, []
    for name, stage in stages.items():
        steps.append(Step(name=f"{name}_{mark}", stage=stage, takes=takes))
        takes = (f"{name}_{mark}",)
    return steps
