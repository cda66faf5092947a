"""Stage 4, with a model: tickets become requests to the CodeGen model, and its replies become programs.

`draw` gives each ticket its tags, `sample` asks, `read_program` lets through what is a program in the unified form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from caco.lineage import rng
from caco.ports import Completion, GenerateRequest, Sampling
from caco.program.form import FormError, parse
from caco.program.tags import codegen_prompt, tags
from caco.records import CodeCoT, Draw, Line, Reason
from caco.stage import MapStage, PortStage, Reject

Schedule = Sequence[tuple[tuple[str, ...], float]]
"""Tags and their weights: what to draw how often. Empty tags are the pre-query form."""
FREE: Schedule = (((), 1.0),)


def draw(schedule: Schedule = FREE) -> MapStage:
    """The stage Line -> Draw: each ticket takes tags of the schedule, by its own id."""
    settings = {"schedule": [[list(wanted), weight] for wanted, weight in schedule]}
    return MapStage(name="draw", makes=Draw, settings=settings, fn=Drawing(schedule=tuple(schedule)))


def sample(role: Mapping[str, Any], sampling: Sampling, prefix: str = "") -> PortStage:
    """The stage Draw -> CodeCoTs as they were replied: `sampling.n` of them.

    `prefix` is text that every program begins with (prefix forcing); `role` belongs into the stage's key.
    """
    asking = Sample(sampling=sampling, prefix=prefix)
    settings = {"role": dict(role), "prefix": prefix}
    return PortStage(name="sample", makes=CodeCoT, port="codegen", settings=settings, ask=asking.ask, read=asking.read)


def read_program() -> MapStage:
    """The stage CodeCoT -> CodeCoT that ends what is no program in the unified form."""
    return MapStage(name="read_program", makes=CodeCoT, fn=_in_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Line -> Draw."""

    schedule: Schedule

    def __call__(self, line: Line) -> Draw:
        chosen = rng(line.id, "tags").choices([t for t, _ in self.schedule], [w for _, w in self.schedule])
        return Draw(number=line.number, tags=chosen[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Asks for programs. The seed of a request is the ticket's own, so that no two tickets are one request."""

    sampling: Sampling
    prefix: str

    def ask(self, ticket: Draw) -> Sequence[GenerateRequest]:
        """One request, bare text to go on with."""
        own = replace(self.sampling, seed=rng(ticket.id, "sample").getrandbits(31))
        return (GenerateRequest(prompt=codegen_prompt(ticket.tags) + self.prefix, sampling=own),)

    def read(self, ticket: Draw, replies: Sequence[Completion]) -> Sequence[CodeCoT] | Reject:
        """A program for each text, unread."""
        (completion,) = replies
        if not completion.texts:
            return Reject(Reason.UNREADABLE_REPLY, completion.detail or "no text came")
        domain = next((tag.removeprefix("domain: ") for tag in ticket.tags if tag.startswith("domain: ")), "")
        return [CodeCoT(code=self.prefix + text, origin="sampled", domain=domain) for text in completion.texts]


def _in_form(codecot: CodeCoT) -> CodeCoT | Reject:
    try:
        parse(codecot.code)
    except FormError as error:
        return Reject(Reason.NOT_IN_FORM, str(error))
    return codecot


def steered(found: Sequence[tuple[tuple[str, ...], bool, float | None]], explore: float = 0.5) -> Schedule:
    """Tags for the next draws, more where accepted programs are rare or solvers fail.

    Args:
        found: of each program that is known its tags, whether it was accepted, and the share of solvers' samples that
            were right (None where no solver was asked).
        explore: share of draws without tags.

    A kind of program weighs the less the more of it was accepted (by the root of their number), and up to twice as much
    where solvers fail.
    """
    kinds: dict[tuple[str, ...], list[tuple[bool, float | None]]] = {}
    for wanted, accepted, pass_rate in found:
        kinds.setdefault(wanted, []).append((accepted, pass_rate))
    weights = {wanted: _weight(rows) for wanted, rows in kinds.items() if wanted}
    total = sum(weights.values())
    if not total:
        return FREE
    share = (1 - explore) / total
    chosen = [(wanted, round(weight * share, 6)) for wanted, weight in sorted(weights.items())]
    return (((), explore), *chosen) if explore else tuple(chosen)


def kind(code: str, domain: str = "") -> tuple[str, ...]:
    """The tags by which draws are steered: all but the sketch, which is a program's own."""
    return tuple(tag for tag in tags(code, domain) if not tag.startswith("sketch: "))


def _weight(rows: Sequence[tuple[bool, float | None]]) -> float:
    rates = [rate for _, rate in rows if rate is not None]
    failing = 1 - sum(rates) / len(rates) if rates else 0.0
    # The root keeps the rarest kinds, which a model has hardly seen, from taking all draws.
    return (1 + failing) / sqrt(1 + sum(accepted for accepted, _ in rows))
