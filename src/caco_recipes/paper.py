"""The road with models: every stage as the method's paper has it, each role filled by a model of your choice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from caco import prompts as texts
from caco.config import Budget, Pairs, PortConfig, SourceConfig
from caco.errors import ConfigError, unknown
from caco.filters.rules import with_changes
from caco.plan import RunConfig, Step
from caco.ports import Sampling
from caco.roles import Role, family, role
from caco.stage import Stage
from caco.stages import answer, collect, controls, distinct, execute, filter, round_trip, vary, write
from caco.stages import decontaminate as contamination
from caco.stages import execute as match
from caco.stages import execute as probe
from caco.stages import filter as keep
from caco.stages import judge as judging
from caco.stages import unify_by_model as unify
from caco.stages import verdict as verdicts
from caco.stages import verify as export
from caco.stages.prompt import Asking

SAMPLING = {
    "unifier": Sampling(temperature=0.6, top_p=0.95, max_tokens=2048),
    "writer": Sampling(temperature=0.7, top_p=0.8, max_tokens=1024),
    "reader": Sampling(temperature=0.0, max_tokens=2048),
    "solver": Sampling(temperature=0.7, top_p=0.8, max_tokens=4096, n=4),
    "judge": Sampling(temperature=0.0, max_tokens=4096),
}
"""How each role draws, where its setting does not say."""


def paper(
    model: Pairs = {},  # noqa: B006 - never changed
    unifier: Pairs = {},  # noqa: B006 - never changed
    writer: Pairs = {},  # noqa: B006 - never changed
    reader: Pairs = {},  # noqa: B006 - never changed
    solver: Pairs = {},  # noqa: B006 - never changed
    judge: Pairs = {},  # noqa: B006 - never changed
    seeds: str = "caco:seeds",
    columns: Pairs = {},  # noqa: B006 - never changed
    defaults: Pairs = {},  # noqa: B006 - never changed
    compile_first: bool = True,
    rounds: Annotated[int, Field(ge=0, le=5)] = 1,
    rules: str = "",
    decontaminate: str = "",
    fresh: Annotated[int, Field(ge=0, le=1000)] = 2,
    texts_per_program: Annotated[int, Field(ge=1, le=50)] = 2,
    styles: str = "story,terse,exam",
    readings: Annotated[int, Field(ge=0, le=20)] = 2,
    controls_rate: Annotated[float, Field(ge=0, le=1)] = 0.05,
    trust: str = "dual",
    same_family: bool = False,
    prompts: str = "",
    budget: Pairs = {},  # noqa: B006 - never changed
    isolation: Literal["auto", "jail", "process"] = "auto",
    sharing: Literal["screened", "none"] = "screened",
    cpu_s: Annotated[float, Field(gt=0)] = 5.0,
) -> RunConfig:
    """Seeds to verified examples, with models: unify, write back, solve, verify twice, and measure the verifying.

    model              serves every role that has no setting of its own: model=NAME,url=http://HOST:PORT/v1
    unifier            writes a seed's computation as a program; with n=3, of three the clearest of those that agree
    writer             writes problems for programs
    reader             writes programs from problems' texts alone (the round trip)
    solver             solves problems from their texts alone; n=4 samples
    judge              holds solutions against programs; of another model family than the solver
    seeds              a file (.jsonl .json .csv .parquet, also .gz), a folder of them, `caco:seeds` or `hub:NAME`
    columns            which column holds which field: problem=question,answer=final
    defaults           fields the file does not have: licence=MIT,source=mine
    compile_first      seeds that carry their own computation are compiled; only the others ask the unifier
    rounds             rounds of repair, for programs and for texts
    rules              changes to the filter's rules: statements>=2,answer_in_code=off
    decontaminate      files of benchmarks, separated by commas, of whose items no program is kept
    fresh              instances with fresh inputs to ask for, for each program
    texts_per_program  problems to write for each program, in different styles
    styles             the styles to draw from (`caco prompts styles` lists them), or `all`
    readings           re-writings with fresh inputs that the round trip reads, beside the text itself
    controls_rate      share of rows that bring a control along: known wrong, or known good
    trust              the least trust level that is exported: full, dual or agreed
    same_family        allow a judge of the solver's family
    prompts            a folder of your own prompts, laid out as those that ship
    budget             what the run may spend: requests=1000,tokens=2000000,cost=5
    isolation          what the sandbox must offer: jail, process, or the best this host has (auto)
    sharing            which programs may share a process: those that a screen shows to be harmless, or none
    cpu_s              CPU seconds a program may take

    A role's setting may also hold backend, key_env, price_in, price_out, temperature, max_tokens, n, timeout_s,
    concurrency, ... (see the how-to pages on models).
    """
    settings = {name: _for_people(value) for name, value in locals().items()}
    given = {"unifier": unifier, "writer": writer, "reader": reader, "solver": solver, "judge": judge}
    roles = {name: role(name, {**model, **own}, SAMPLING[name]) for name, own in given.items()}
    _check_families(roles["solver"], roles["judge"], same_family)
    if trust not in verdicts.RULE:
        raise unknown("trust level", trust, verdicts.RULE)
    wanted = _wanted(styles, prompts)
    asking = {stage: _asking(stage, roles[name], prompts) for stage, name in texts.STAGES.items()}
    steps: list[Step] = [Step(name="collect", stage=collect.collect(columns, defaults))]
    _unified(steps, asking, compile_first=compile_first, rounds=rounds)
    programs = _scaled(steps, fresh, filter.filter_programs(with_changes(rules)), clean=bool(decontaminate))
    index = {"index": PortConfig(backend="local", settings={"benchmarks": decontaminate})} if decontaminate else {}
    _written(
        steps,
        asking,
        programs,
        wanted=wanted,
        per_program=texts_per_program,
        rounds=rounds,
        readings=readings,
        rate=controls_rate,
        required=[name for name in (write.LINT, write.ROUND_TRIP) if name in verdicts.RULE[trust]],
    )
    _verified(steps, asking, rate=controls_rate, least=trust)
    return RunConfig(
        recipe="paper",
        source=SourceConfig(path=seeds, columns=columns, defaults=defaults),
        ports={
            "sandbox": PortConfig(
                backend="local", settings={"isolation": isolation, "sharing": sharing, "cpu_s": cpu_s}
            ),
            "grader": PortConfig(backend="local"),
            **index,
            **{name: filled.port for name, filled in roles.items()},
        },
        steps=tuple(steps),
        budget=_budget(budget),
        settings=settings,
    )


def _for_people(value: object) -> object:
    """A setting as the manifest and the dataset's card state it: without the addresses of servers."""
    return {k: v for k, v in value.items() if k not in ("url", "log")} if isinstance(value, Mapping) else value


def _then(steps: list[Step], name: str, stage: Stage, *takes: str) -> None:
    """Add a step that takes the rows of the last one, or of those named."""
    steps.append(Step(name=name, stage=stage, takes=takes or (steps[-1].name,)))


def _unified(steps: list[Step], asking: Mapping[str, Asking], *, compile_first: bool, rounds: int) -> None:
    """Seeds to programs that ran, gave the gold answer, and need their inputs."""
    for number in range(rounds + 1):
        mark = f"_{number + 1}" if number else ""
        stage = (
            unify.repair(asking["repair"], number)
            if number
            else unify.draft(asking["unify"], compile_first=compile_first)
        )
        _then(steps, f"repair{mark}" if number else "draft", stage)
        _then(steps, f"try_out{mark}", unify.try_out())
        _then(steps, f"compare{mark}", unify.compare())
    _then(steps, "settle", unify.settle())
    _then(steps, "execute", execute.execute())
    _then(steps, "match", match.match())
    _then(steps, "probe", probe.probe())


def _scaled(steps: list[Step], fresh: int, judged: Stage, *, clean: bool) -> str:
    """The programs that keep the rules, each once, and the same with fresh inputs; the step that holds them all.

    With `clean` none of them may be a benchmark's: models are asked for what can be kept only.
    """
    _then(steps, "filter", judged)
    _then(steps, "distinct", distinct.distinct())
    if fresh:
        _then(steps, "vary", vary.vary(fresh))
        _then(steps, "execute_fresh", execute.execute())
        _then(steps, "keep", keep.keep())
        _then(steps, "filter_fresh", judged)
        _then(steps, "deduplicate", keep.deduplicate(), "distinct", "filter_fresh")
    if clean:
        _then(steps, "decontaminate", contamination.decontaminate())
    return steps[-1].name


def _written(
    steps: list[Step],
    asking: Mapping[str, Asking],
    programs: str,
    *,
    wanted: Mapping[str, str],
    per_program: int,
    rounds: int,
    readings: int,
    rate: float,
    required: list[str],
) -> None:
    """Programs to texts that were linted and read back, in rounds."""
    _then(steps, "styles", write.styles(list(wanted), per_program), programs)
    for number in range(rounds + 1):
        mark = f"_{number + 1}" if number else ""
        if number:
            _then(steps, f"rewrite{mark}", write.rewrite(asking["rewrite"], wanted, number))
        else:
            _then(steps, "write", write.write(asking["write"], wanted))
            _then(steps, "mix_problems", controls.mix_problems(rate))
        _then(steps, f"lint{mark}", write.lint())
        _then(steps, f"reread{mark}", round_trip.reread(asking["reread"], readings))
        _then(steps, f"rerun{mark}", round_trip.rerun())
        _then(steps, f"agree{mark}", round_trip.agree())
    _then(steps, "settle_text", write.settle_text(required))


def _verified(steps: list[Step], asking: Mapping[str, Asking], *, rate: float, least: str) -> None:
    """Texts to solutions, verdicts and examples."""
    _then(steps, "attempt", answer.attempt(asking["solve"]))
    _then(steps, "mix_attempts", controls.mix_attempts(rate))
    _then(steps, "score", answer.score())
    _then(steps, "judge", judging.judge(asking["judge"]))
    _then(steps, "verdict", verdicts.verdict(verdicts.RULE, least))
    _then(steps, "export", export.export())


def _asking(stage: str, filled: Role, folder: str) -> Asking:
    loaded = texts.load(stage, folder)
    sampling = replace(filled.sampling, n=1) if stage == "repair" else filled.sampling
    return Asking(prompts=loaded, model=filled.model, sampling=sampling, settings=filled.key)


def _wanted(styles: str, folder: str) -> dict[str, str]:
    known = texts.styles(folder)
    names = list(known) if styles == "all" else [name.strip() for name in styles.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise unknown("style", name, known)
    return {name: known[name] for name in names}


def _check_families(solver: Role, judge: Role, same_family: bool) -> None:
    if not solver.settings or not judge.settings or same_family:
        return
    if family(solver.model) == family(judge.model):
        raise ConfigError(
            f"the judge ({judge.model}) is of the solver's family ({solver.model}), and would forgive its mistakes; "
            "give judge another model, or allow it with same_family=true"
        )


def _budget(given: Mapping[str, Any]) -> Budget:
    kinds = {"requests": int, "tokens": int, "cost": float}
    for name in given:
        if name not in kinds:
            raise unknown("budget", name, kinds)
    try:
        return Budget(**{name: kinds[name](value) for name, value in given.items()})
    except ValueError as error:
        raise ConfigError(f"budget={dict(given)}: {error}") from error
