"""Stage 4, scaling: fresh inputs for one program, and programs composed of two."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caco.apply import in_order
from caco.instances.fresh import fresh_inputs
from caco.lineage import rng
from caco.records import CodeCoT, Execution, Reason
from caco.stage import Fate, GroupStage, Joined, MapStage, Outline, Reject, Result
from caco.transforms.composition import answer_place, compose, open_places, partners

FRESH = "fresh_inputs"
OF_THE_PROGRAM = ("inputs_matter", "not_trivial")
"""Checks that are about the program, not about one run of it: they go on to the same program with other inputs."""


def vary(instances: int) -> MapStage:
    """The stage Execution -> up to `instances` CodeCoTs: the same program with fresh inputs."""
    return MapStage(name="vary", makes=CodeCoT, settings={"instances": instances}, fn=Vary(instances=instances))


def join(per_program: int, links: int = 2) -> GroupStage:
    """The stage Execution -> CodeCoT that feeds a program's answer into another, `per_program` times for each.

    What is made has the programs of `links` seeds in it: with three, a pair feeds a program (a chain), or a program
    feeds the second of a pair beside the first (two problems joined in a third).
    """
    work = Join(per_program=per_program, links=links)
    places = pa.list_(pa.string())
    columns = pa.schema([("links", pa.int32()), ("kind", pa.string()), ("size", pa.int32()), ("places", places)])
    outline = Outline(columns=columns, sketch=_open, decide=work.decide, make=work.make)
    settings = {"per_program": per_program, "links": links}
    return GroupStage(name="compose", makes=CodeCoT, settings=settings, outline=outline)


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
    """All executions of a table -> for each the programs it is the first half of."""

    per_program: int
    links: int

    def decide(self, sketches: pa.Table) -> Callable[[int], Fate]:
        """For each row those that may take its answer."""
        ids, kinds, sizes, links = (sketches[name] for name in ("id", "kind", "size", "links"))
        takers = _takers(sketches)

        def fate(row: int) -> Fate:
            kind, size = kinds[row].as_py(), sizes[row].as_py()
            other = self.links - links[row].as_py()
            near = [takers(f"{other} {kind} {size + by}") for by in (0, 1, -1)] if kind else []
            return partners(ids[row].as_py(), near, self.per_program) or _ALONE

        return fate

    def make(self, first: Execution, others: Iterable[Execution]) -> Result:
        """The first programs that can be composed with it."""
        composed = ((second, compose(first, second)) for second in others)
        made = (Joined(cot, (first.id, second.id)) for second, cot in composed if isinstance(cot, CodeCoT))
        return list(islice(made, self.per_program)) or _ALONE


_ALONE = Reject(Reason.NO_PARTNER, "no program takes this one's answer")


def _open(execution: Execution) -> Mapping[str, object]:
    """How many programs are in it, what kind of amount the answer is, and which kinds the inputs could take."""
    cot = execution.codecot
    fits = cot.transform in ("", "composition")
    places, answer = open_places(execution) if fits else None, answer_place(execution) if fits else None
    links = len(cot.seeds)
    sketch = {"links": links, "places": [f"{links} {kind} {size}" for kind, size in places or ()]}
    return sketch if places is None or answer is None else {**sketch, "kind": answer[0], "size": answer[1]}


def _takers(sketches: pa.Table) -> Callable[[str], Sequence[int]]:
    """Numbers of the rows that have a place, in order of ids."""
    by_id = in_order(sketches, "id")
    places = sketches["places"].combine_chunks().take(pa.array(by_id))
    coded = places.flatten().dictionary_encode()
    codes = coded.indices.to_numpy()
    rows = by_id[pc.list_parent_indices(places).to_numpy()][np.argsort(codes, kind="stable")]
    ends = np.cumsum(np.bincount(codes, minlength=len(coded.dictionary))).tolist()
    spans = dict(zip(coded.dictionary.to_pylist(), zip([0, *ends], ends, strict=False), strict=True))

    def takers(place: str) -> Sequence[int]:
        return rows[slice(*spans.get(place, (0, 0)))]  # type: ignore[no-any-return]

    return takers
