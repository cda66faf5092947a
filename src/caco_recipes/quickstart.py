"""The whole road with no model, no key and no network: seeds that carry their own computation, scaled by transforms."""

from typing import Annotated

from pydantic import Field

from caco.config import RunnerConfig, SourceConfig
from caco.filters.rules import with_changes
from caco.plan import RunConfig
from caco.stage import Stage
from caco.stages import collect, distinct, execute, filter, reverse, transform, unify, vary, verify
from caco_recipes import chain as steps
from caco_recipes.chain import Chain, about


def quickstart(
    seeds: steps.Seeds = "caco:seeds",
    columns: steps.Columns = {},
    defaults: steps.Defaults = {},
    compilers: Annotated[steps.Names, about("what reads programs off seeds, in this order")] = unify.COMPILERS,
    fresh: Annotated[int, Field(ge=1, le=1000, description="instances with fresh inputs to ask for, per program")] = 2,
    compositions: Annotated[
        int, Field(ge=0, le=100, description="programs to make from each by feeding its answer into another")
    ] = 1,
    links: Annotated[int, Field(ge=2, le=4, description="up to how many programs are composed into one")] = 2,
    transforms: Annotated[steps.Names, about("others to use, once for each program; `caco plugins transform`")] = (),
    difficulty: Annotated[steps.Range, about("the least and the most difficult programs to keep: 3,8")] = (),
    rules: steps.Rules = "",
    stricter: Annotated[
        str, about("further rules, for a run that is there: they go by its measures, and no program runs again")
    ] = "",
    duplicates: Annotated[
        steps.Pairs, about("what makes programs of two seeds one, where not as usual: near_text=0.9,tree=3,behaviour=1")
    ] = {},
    decontaminate: steps.Decontaminate = "",
    isolation: steps.Isolation = "auto",
    sharing: steps.Sharing = "screened",
    cpu_s: steps.CpuSeconds = 2.0,
) -> RunConfig:
    """Seeds to verified examples, no model asked."""
    settings = steps.stated(locals())
    limits = {**distinct.DEFAULTS, **steps.numbers("duplicates", duplicates)}
    judged = filter.filter_programs(with_changes(rules))
    chain = Chain().then("collect", collect.collect(columns, defaults)).then("unify", unify.unify(compilers))
    chain.proven().then("filter", judged)
    if limits.get("behaviour"):
        chain.then("behave", execute.behave())
    chain.then("distinct", distinct.distinct(limits))
    programs = _made(chain, compositions, links, transforms, judged)
    chain.with_fresh(fresh, judged, *programs)
    if stricter:
        chain.then("stricter", filter.filter_programs(with_changes(stricter)))
    if difficulty:
        chain.then("difficulty", filter.of_difficulty(*difficulty))
    chain.clean(decontaminate).then("reverse", reverse.reverse()).then("solve", reverse.solve())
    chain.then("verify", verify.verify()).then("export", verify.export())
    return RunConfig(
        recipe="quickstart",
        source=SourceConfig(path=seeds, columns=columns, defaults=defaults),
        ports=steps.ports(isolation, cpu_s, sharing, decontaminate),
        runner=RunnerConfig(part_rows=max(20, min(200, 8000 // fresh))),  # a part is held in memory with all it becomes
        steps=chain.steps,
        settings=settings,
    )


def _made(chain: Chain, compositions: int, links: int, transforms: steps.Names, judged: Stage) -> tuple[str, ...]:
    """Make and check programs of other structure; names of the steps that hold all programs then."""
    making: list[str] = []
    if compositions:
        making.append(chain.then("compose", vary.join(compositions), "distinct").last)
    if transforms:
        making.append(chain.then("transform", transform.transform(transforms, 1), "distinct").last)
    if not making:
        return ("distinct",)
    programs = ["distinct", _checked(chain, "made", judged, *making)]
    for number in range(3, links + 1) if compositions else ():
        longer = chain.then(f"compose_{number}", vary.join(compositions, number), *programs).last
        programs.append(_checked(chain, f"made_{number}", judged, longer))
    return tuple(programs)


def _checked(chain: Chain, mark: str, judged: Stage, *made: str) -> str:
    """Run new programs; the step that has those which give the expected answer and keep bounds and rules."""
    chain.then(f"execute_{mark}", execute.execute(), *made).then(f"match_{mark}", execute.match())
    chain.then(f"keep_{mark}", filter.keep()).then(f"probe_{mark}", execute.probe())
    return chain.then(f"filter_{mark}", judged).last
