"""The road with models: every stage as the method's paper has it, each role filled by a model of your choice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from caco import prompts as texts
from caco.config import SourceConfig
from caco.errors import ConfigError, unknown
from caco.filters.rules import with_changes
from caco.plan import RunConfig
from caco.ports import Sampling
from caco.roles import Role, family, role
from caco.stage import Stage
from caco.stages import answer, collect, controls, distinct, filter, round_trip, verify, write
from caco.stages import judge as judging
from caco.stages import unify_by_model as unify
from caco.stages import verdict as verdicts
from caco.stages.prompt import Asking
from caco_recipes import chain as steps
from caco_recipes.chain import Chain, about

SAMPLING = {
    "unifier": Sampling(temperature=0.6, top_p=0.95, max_tokens=2048),
    "writer": Sampling(temperature=0.7, top_p=0.8, max_tokens=1024),
    "reader": Sampling(temperature=0.0, max_tokens=2048),
    "solver": Sampling(temperature=0.7, top_p=0.8, max_tokens=4096, n=4),
    "judge": Sampling(temperature=0.0, max_tokens=4096),
}
"""How each role draws, where its setting does not say."""


def paper(
    model: Annotated[
        steps.Pairs, about("serves every role without a setting of its own: model=NAME,url=http://HOST:PORT/v1")
    ] = {},
    unifier: Annotated[
        steps.Pairs, about("writes a seed's computation as a program; n=3: of three the clearest of those that agree")
    ] = {},
    writer: Annotated[steps.Pairs, about("writes problems for programs")] = {},
    reader: Annotated[steps.Pairs, about("writes programs from problems' texts alone (the round trip)")] = {},
    solver: Annotated[steps.Pairs, about("solves problems from their texts alone; n=4 samples")] = {},
    judge: Annotated[
        steps.Pairs, about("holds solutions against programs; of another model family than the solver")
    ] = {},
    seeds: steps.Seeds = "caco:seeds",
    columns: steps.Columns = {},
    defaults: steps.Defaults = {},
    compile_first: Annotated[
        bool, about("seeds that carry their own computation are compiled; only the others ask the unifier")
    ] = True,
    rounds: Annotated[int, Field(ge=0, le=5, description="rounds of repair, for programs and for texts")] = 1,
    rules: steps.Rules = "",
    decontaminate: steps.Decontaminate = "",
    fresh: Annotated[int, Field(ge=0, le=1000, description="instances with fresh inputs to ask for, per program")] = 2,
    texts_per_program: Annotated[
        int, Field(ge=1, le=50, description="problems to write for each program, in different styles")
    ] = 2,
    styles: Annotated[
        str, about("the styles to draw from (`caco prompts styles` lists them), or `all`")
    ] = "story,terse,exam",
    readings: Annotated[
        int, Field(ge=0, le=20, description="fresh inputs that the round trip reads, beside the text itself")
    ] = 2,
    controls_rate: Annotated[
        float, Field(ge=0, le=1, description="share of rows that bring a control along: known wrong, or known good")
    ] = 0.05,
    trust: Annotated[str, about("the least trust level that is exported: full, dual or agreed")] = "dual",
    same_family: Annotated[bool, about("allow a judge of the solver's family")] = False,
    prompts: steps.Prompts = "",
    budget: steps.Spending = {},
    isolation: steps.Isolation = "auto",
    sharing: steps.Sharing = "screened",
    cpu_s: steps.CpuSeconds = 5.0,
) -> RunConfig:
    """Seeds to verified examples, with models: unify, write back, solve, verify twice, and measure the verifying.

    A role's setting may also hold backend, key_env, price_in, price_out, temperature, max_tokens, n, timeout_s,
    concurrency, ... (see the how-to pages on models).
    """
    settings = steps.stated(locals())
    given = {"unifier": unifier, "writer": writer, "reader": reader, "solver": solver, "judge": judge}
    roles = {name: role(name, {**model, **own}, SAMPLING[name]) for name, own in given.items()}
    _check_families(roles["solver"], roles["judge"], same_family)
    if trust not in verdicts.RULE:
        raise unknown("trust level", trust, verdicts.RULE)
    asking = {stage: _asking(stage, roles[name], prompts) for stage, name in texts.STAGES.items()}
    chain = Chain().then("collect", collect.collect(columns, defaults))
    _unified(chain, asking, compile_first=compile_first, rounds=rounds)
    _scaled(chain, fresh, filter.filter_programs(with_changes(rules)))
    chain.clean(decontaminate)  # before any text is asked for: models are paid only for what can be kept
    chain.then("styles", write.styles(list(wanted := _wanted(styles, prompts)), texts_per_program))
    _written(chain, asking, wanted, rounds=rounds, readings=readings, rate=controls_rate)
    required = [name for name in (write.LINT, write.ROUND_TRIP) if name in verdicts.RULE[trust]]
    chain.then("settle_text", write.settle_text(required))
    _verified(chain, asking, rate=controls_rate, least=trust)
    return RunConfig(
        recipe="paper",
        source=SourceConfig(path=seeds, columns=columns, defaults=defaults),
        ports={
            **steps.ports(isolation, cpu_s, sharing, decontaminate),
            **{name: filled.port for name, filled in roles.items()},
        },
        steps=chain.steps,
        budget=steps.budget(budget),
        settings=settings,
    )


def _mark(number: int) -> str:
    """What a round adds to its steps' names; the first adds nothing."""
    return f"_{number + 1}" if number else ""


def _unified(chain: Chain, asking: Mapping[str, Asking], *, compile_first: bool, rounds: int) -> None:
    """Seeds to programs that ran, gave the gold answer, and need their inputs."""
    chain.then("draft", unify.draft(asking["unify"], compile_first=compile_first))
    for number in range(rounds + 1):
        if number:
            chain.then(f"repair{_mark(number)}", unify.repair(asking["repair"], number))
        chain.then(f"try_out{_mark(number)}", unify.try_out()).then(f"compare{_mark(number)}", unify.compare())
    chain.then("settle", unify.settle()).proven()


def _scaled(chain: Chain, fresh: int, judged: Stage) -> None:
    """The programs that keep the rules, each once, and the same with fresh inputs."""
    chain.then("filter", judged).then("distinct", distinct.distinct())
    if fresh:
        chain.with_fresh(fresh, judged, "distinct")


def _written(
    chain: Chain, asking: Mapping[str, Asking], wanted: Mapping[str, str], *, rounds: int, readings: int, rate: float
) -> None:
    """Programs to texts that were linted and read back, in rounds."""
    chain.then("write", write.write(asking["write"], wanted)).then("mix_problems", controls.mix_problems(rate))
    for number in range(rounds + 1):
        mark = _mark(number)
        if number:
            chain.then(f"rewrite{mark}", write.rewrite(asking["rewrite"], wanted, number))
        chain.then(f"lint{mark}", write.lint()).then(f"reread{mark}", round_trip.reread(asking["reread"], readings))
        chain.then(f"rerun{mark}", round_trip.rerun()).then(f"agree{mark}", round_trip.agree())


def _verified(chain: Chain, asking: Mapping[str, Asking], *, rate: float, least: str) -> None:
    """Texts to solutions, verdicts and examples."""
    chain.then("attempt", answer.attempt(asking["solve"])).then("mix_attempts", controls.mix_attempts(rate))
    chain.then("score", answer.score()).then("judge", judging.judge(asking["judge"]))
    chain.then("verdict", verdicts.verdict(verdicts.RULE, least)).then("export", verify.export())


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
