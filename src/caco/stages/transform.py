"""Scaling by transforms that change a program's structure and its text together, each in `caco.augment`."""

from collections.abc import Sequence
from dataclasses import dataclass

from caco.augment.extension import extend
from caco.augment.inversion import invert
from caco.augment.reformulation import reformulate
from caco.augment.restructuring import restructure
from caco.lineage import rng
from caco.records import CodeCoT, Execution, Reason
from caco.stage import MapStage, Reject

TRANSFORMS = {
    "extension": extend,
    "inversion": invert,
    "reformulation": reformulate,
    "restructuring": restructure,
}
"""The transforms by name. What they make is executed and checked like any other program; nothing is taken on trust."""


def transform(names: Sequence[str], each: int) -> MapStage:
    """The stage Execution -> CodeCoTs: up to `each` of every transform named."""
    settings = {"names": sorted(names), "each": each}
    fn = Transform(names=tuple(sorted(names)), each=each)
    return MapStage(name="transform", makes=CodeCoT, settings=settings, fn=fn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """Execution -> CodeCoTs."""

    names: tuple[str, ...]
    each: int

    def __call__(self, execution: Execution) -> Sequence[CodeCoT] | Reject:
        made = [cot for name in self.names for cot in TRANSFORMS[name](execution, self.each, rng(execution.id, name))]
        return made or Reject(Reason.NO_TRANSFORM, f"none fits: {', '.join(self.names)}")
