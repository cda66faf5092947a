"""Scaling by transforms that change a program's structure and its text together, each in `caco.transforms`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caco.lineage import rng
from caco.plugins import find
from caco.records import CodeCoT, Execution, Reason
from caco.stage import MapStage, Reject
from caco.transforms import Transform


def transform(names: Sequence[str], each: int) -> MapStage:
    """The stage Execution -> CodeCoTs: up to `each` of every transform named. Raises ConfigError for one there is not.

    What they make is executed and checked like any other program; nothing is taken on trust.
    """
    found = {name: find("transform", name) for name in sorted(names)}
    settings = {"names": list(found), "each": each}
    return MapStage(name="transform", makes=CodeCoT, settings=settings, fn=Transforming(found, each), version=2)


@dataclass(frozen=True, slots=True)
class Transforming:
    """Execution -> CodeCoTs."""

    transforms: Mapping[str, Transform]
    each: int

    def __call__(self, execution: Execution) -> Sequence[CodeCoT] | Reject:
        draws = {name: rng(execution.id, name) for name in self.transforms}
        made = [cot for name, one in self.transforms.items() for cot in one.make(execution, self.each, draws[name])]
        return made or Reject(Reason.NO_TRANSFORM, f"none fits: {', '.join(self.transforms)}")
