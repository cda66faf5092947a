"""Stage 4, scaling: fresh inputs for one program, and programs composed of two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caco.augment.composition import compose, pair
from caco.augment.fresh_inputs import fresh_inputs
from caco.lineage import rng
from caco.records import CodeCoT, Execution, Reason
from caco.stage import GroupStage, Joined, MapStage, Reject, Result

FRESH = "fresh_inputs"
OF_THE_PROGRAM = ("inputs_matter", "not_trivial")
"""Checks that are about the program, not about one run of it: they go on to the same program with other inputs."""


def vary(instances: int) -> MapStage:
    """The stage Execution -> up to `instances` CodeCoTs: the same program with fresh inputs."""
    return MapStage(name="vary", makes=CodeCoT, settings={"instances": instances}, fn=Vary(instances=instances))


def join(per_program: int) -> GroupStage:
    """The stage Execution -> CodeCoT that feeds a program's answer into another, `per_program` times for each."""
    return GroupStage(
        name="compose",
        makes=CodeCoT,
        settings={"per_program": per_program},
        key_of=_all_together,
        fn=Join(per_program=per_program),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vary:
    """Execution -> CodeCoTs."""

    instances: int

    def __call__(self, execution: Execution) -> Sequence[CodeCoT] | Reject:
        if not execution.codecot.varies:
            return Reject(Reason.NO_FRESH_INPUTS, "no input is tied to the text without doubt")
        made = fresh_inputs(execution, self.instances, rng(execution.id, "fresh inputs"))
        if not made:
            return Reject(Reason.NO_FRESH_INPUTS, "no other inputs keep what the seed's run shows")
        proven = tuple(check for check in execution.checks if check.name in OF_THE_PROGRAM)
        transform = "+".join(filter(None, (execution.codecot.transform, FRESH)))
        return [replace(codecot, checks=proven, transform=transform) for codecot in made]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A group of executions -> for each the programs it is the first half of."""

    per_program: int

    def __call__(self, rows: Sequence[Execution]) -> Sequence[Result]:
        made: dict[str, list[Joined]] = {row.id: [] for row in rows}
        for first, second in pair(rows, self.per_program):
            composed = compose(first, second)
            if isinstance(composed, CodeCoT):
                made[first.id].append(Joined(composed, (first.id, second.id)))
        return [made[row.id] or Reject(Reason.NO_PARTNER, "no program takes this one's answer") for row in rows]


def _all_together(execution: Execution) -> str:
    return ""
