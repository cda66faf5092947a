"""Scaling by transforms that change a program's structure and its text together, each in `caco.transforms`."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from caco.lineage import rng
from caco.records import CodeCoT, Execution, Reason
from caco.stage import MapStage, Reject
from caco.transforms.distractor import distract
from caco.transforms.extension import extend
from caco.transforms.inversion import invert
from caco.transforms.loops import reloop
from caco.transforms.reformulation import reformulate
from caco.transforms.restructuring import restructure


@dataclass(frozen=True, slots=True)
class Kind:
    """A transform, and what of its program it says to preserve."""

    make: Callable[[Execution, int, random.Random], list[CodeCoT]]
    preserves: frozenset[str]
    """Of PRESERVED."""


PRESERVED: Mapping[str, str] = {
    "text": "the template is the same",
    "inputs": "the inputs are the same",
    "values": "every value that the program's run assigned is assigned in the new run too",
    "answer": "the output is the same",
    "way back": "the program gives the stated answer on the number that the new one finds",
}
"""What a transform can preserve. The answer that follows stands as gold on each row that is made, and its run is graded
against it; the tests hold the rest on runs of real programs."""

TRANSFORMS: Mapping[str, Kind] = {
    "distractor": Kind(distract, frozenset({"values", "answer"})),
    "extension": Kind(extend, frozenset({"values"})),
    "inversion": Kind(invert, frozenset({"way back"})),
    "loops": Kind(reloop, frozenset({"text", "inputs", "answer"})),
    "reformulation": Kind(reformulate, frozenset({"values", "answer"})),
    "restructuring": Kind(restructure, frozenset({"text", "inputs", "values", "answer"})),
}
"""The transforms by name. What they make is executed and checked like any other program; nothing is taken on trust."""


def transform(names: Sequence[str], each: int) -> MapStage:
    """The stage Execution -> CodeCoTs: up to `each` of every transform named."""
    settings = {"names": sorted(names), "each": each}
    fn = Transform(names=tuple(sorted(names)), each=each)
    return MapStage(name="transform", makes=CodeCoT, settings=settings, fn=fn, version=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """Execution -> CodeCoTs."""

    names: tuple[str, ...]
    each: int

    def __call__(self, execution: Execution) -> Sequence[CodeCoT] | Reject:
        draws = {name: rng(execution.id, name) for name in self.names}
        made = [cot for name in self.names for cot in TRANSFORMS[name].make(execution, self.each, draws[name])]
        return made or Reject(Reason.NO_TRANSFORM, f"none fits: {', '.join(self.names)}")
