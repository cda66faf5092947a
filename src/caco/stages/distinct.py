"""Distinct programs: one table's rows against each other, by fingerprint, near-match and behaviour.

Only rows without a seed in common are compared: instances of one program are alike on purpose.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from caco.codecot.fingerprint import graph_fingerprint, text_fingerprint, tree_fingerprint
from caco.codecot.neighbours import Hashes, neighbours, program_shingles, text_shingles
from caco.codecot.program import FormError
from caco.codecot.values import decode
from caco.errors import ConfigError, unknown
from caco.records import Execution, Reason
from caco.stage import Fate, GroupStage, Outline, Reject, in_order, outlined

BEHAVIOUR = "behaviour"

FINGERPRINTS: Mapping[str, Callable[[Execution], str]] = {
    "text": lambda row: text_fingerprint(row.codecot.code),
    "tree": lambda row: tree_fingerprint(row.codecot.code),
    "graph": lambda row: graph_fingerprint(row.codecot.code),
    "computation": lambda row: graph_fingerprint(row.codecot.code, values=True),
    BEHAVIOUR: lambda row: next((m.note for m in row.measures if m.name == BEHAVIOUR), ""),
}
"""Fingerprints by name; the setting says how many rows may share one. `computation` is the graph with its numbers."""

NEAR: Mapping[str, Callable[[Execution], Hashes]] = {
    "near_text": lambda row: text_shingles(row.codecot.text),
    "near_program": lambda row: program_shingles(row.codecot.code),
}
"""What is compared by its shingles; the setting is the Jaccard similarity from which two rows are duplicates."""

DEFAULTS: Mapping[str, float] = {"text": 1, "near_text": 0.8}


def distinct(limits: Mapping[str, float] = DEFAULTS) -> GroupStage:
    """The stage Execution -> Execution that keeps rows as different as `limits` ask.

    Raises ConfigError for an unknown name or a limit out of range; 0 switches one off.
    """
    for name, limit in limits.items():
        if name not in FINGERPRINTS and name not in NEAR:
            raise unknown("kind of duplicate", name, (*FINGERPRINTS, *NEAR))
        if not (0 <= limit <= 1 if name in NEAR else limit >= 0 and limit == int(limit)):
            form = "a similarity from 0 (off) to 1" if name in NEAR else "a whole number: rows that may share one"
            raise ConfigError(f"duplicates by {name}={limit:g}: should be {form}")
    on = {name: float(limit) for name, limit in limits.items() if limit}
    work = Distinct(limits=on)
    return outlined(
        "distinct", Execution, Outline(columns=work.columns, sketch=work.sketch, decide=work.decide), settings=on
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """All executions of a table -> each kept or rejected with its twin.

    Rows are taken in a fixed order, seeds' own programs first; a row goes where an earlier one that was kept is its
    twin, so the result does not depend on the order in which rows came.
    """

    limits: Mapping[str, float]

    @property
    def columns(self) -> pa.Schema:
        """A sketch has a fingerprint (or none) and the shingles for each kind of duplicate that is on."""
        of = {name: pa.string() if name in FINGERPRINTS else pa.list_(pa.uint32()) for name in self.limits}
        return pa.schema([("made", pa.bool_()), ("seeds", pa.list_(pa.string())), *of.items()])

    def sketch(self, row: Execution) -> Mapping[str, object]:
        """What decides which rows are twins of this one."""
        near = {name: _hashes(name, row) for name in self.limits if name in NEAR}
        return {"made": row.codecot.transform != "", "seeds": row.codecot.seeds, **near, **self._prints(row)}

    def _prints(self, row: Execution) -> dict[str, str | None]:
        try:
            return {name: FINGERPRINTS[name](row) or None for name in self.limits if name in FINGERPRINTS}
        except FormError:
            return {}

    def decide(self, sketches: pa.Table) -> Callable[[int], Fate]:
        """The twin of each row that goes."""
        order = in_order(sketches, "made", "id")
        ranked = Ranked(sketches, order, _relatives(sketches, order))
        near, shared = self._near(ranked), self._shared(sketches, order)
        contested = np.unique(np.concatenate([*(np.flatnonzero(codes >= 0) for codes in shared.values()), [*near]]))
        sharing: dict[tuple[str, int], list[int]] = defaultdict(list)
        ends: dict[int, Reject] = {}
        for i in contested.astype(int).tolist():
            keys = [(name, int(codes[i])) for name, codes in shared.items() if codes[i] >= 0]
            twin = self._equal(ranked, i, keys, sharing) or _alike(ranked, near.get(i, ()), ends)
            if twin:
                ends[ranked.row(i)] = twin
                continue
            for key in keys:
                sharing[key].append(i)
        return ends.get

    def _shared(self, sketches: pa.Table, order: NDArray[np.uint64]) -> dict[str, NDArray[np.int64]]:
        """For each fingerprint a number that names it, in order of rows; -1 where no other row has it."""
        found: dict[str, NDArray[np.int64]] = {}
        for name in (n for n in self.limits if n in FINGERPRINTS):
            coded = sketches[name].combine_chunks().dictionary_encode()
            codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy().astype(np.int64)[order]
            often = np.bincount(codes, minlength=len(coded.dictionary) + 1) > 1
            often[len(coded.dictionary)] = False
            found[name] = np.where(often[codes], codes, -1)
        return found

    def _equal(
        self, rows: "Ranked", i: int, keys: Sequence[tuple[str, int]], sharing: Mapping[tuple[str, int], list[int]]
    ) -> Reject | None:
        for key in keys:
            limit = self.limits[key[0]]
            others = sharing[key]
            if len(others) >= limit and (kin := rows.kin(i)):
                others = [place for place in others if place not in kin]
            if len(others) >= limit:
                many = f"{len(others)} rows" if len(others) > 1 else "one row"
                return Reject(Reason.DUPLICATE, f"equal by {key[0]} to {many}: {rows.id(others[0])}")
        return None

    def _near(self, ranked: "Ranked") -> dict[int, list[tuple[int, float, str]]]:
        """For each row the earlier ones that are near, with the similarity and what it is of."""
        found = defaultdict(list)
        for name in (n for n in self.limits if n in NEAR):
            sets = ranked.sketches[name].combine_chunks().take(pa.array(ranked.order))
            flat, offsets = sets.values.to_numpy(), sets.offsets.to_numpy()
            for i, j, similarity in neighbours(flat, offsets, self.limits[name]):
                if i not in ranked.kin(j):
                    found[j].append((i, similarity, name))
        return found


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sketches by their place in the order in which rows are taken."""

    sketches: pa.Table
    order: NDArray[np.uint64]
    relatives: Mapping[str, Sequence[int]]

    def row(self, place: int) -> int:
        """Number of the row at a place."""
        return int(self.order[place])

    def id(self, place: int) -> str:
        """Id of the row at a place."""
        return str(self.sketches["id"][self.row(place)].as_py())

    def kin(self, place: int) -> set[int]:
        """Places of the rows that have a seed in common with the one at a place: they are no twins."""
        seeds = self.sketches["seeds"][self.row(place)].as_py() if self.relatives else ()
        return {other for seed in seeds for other in self.relatives.get(seed, ())}


def _relatives(sketches: pa.Table, order: NDArray[np.uint64]) -> dict[str, list[int]]:
    """For each seed that several rows have, their places; most seeds have one row, and need no memory."""
    seeds = sketches["seeds"].combine_chunks().take(pa.array(order))
    coded, places = seeds.flatten().dictionary_encode(), pc.list_parent_indices(seeds).to_numpy()
    codes = coded.indices.to_numpy()
    several = np.flatnonzero((np.bincount(codes, minlength=len(coded.dictionary)) > 1)[codes])
    found: dict[str, list[int]] = defaultdict(list)
    for code, place in zip(codes[several].tolist(), places[several].tolist(), strict=True):
        found[coded.dictionary[code].as_py()].append(place)
    return dict(found)


def _alike(rows: Ranked, near: Sequence[tuple[int, float, str]], ends: Mapping[int, Reject]) -> Reject | None:
    found = [(-similarity, j, name) for j, similarity, name in near if rows.row(j) not in ends]
    if not found:
        return None
    similarity, j, name = min(found)
    return Reject(Reason.NEAR_DUPLICATE, f"{name} {-similarity:.2f} with {rows.id(j)}")


def _hashes(name: str, row: Execution) -> Hashes:
    try:
        return NEAR[name](row)
    except FormError:
        return text_shingles("")


def probe_inputs(inputs: str) -> Iterator[dict[str, object]]:
    """Fixed inputs of the same types as these (canonical JSON), whatever their names: the probes of `behaviour`."""
    given = decode(inputs)
    for row in range(PROBES):
        yield {name: _probe(value, place, row) for place, (name, value) in enumerate(given.items())}


PROBES = 4
_NUMBERS = (6, 15, 4, 9, 20, 8, 3, 12, 5, 10, 7, 18, 2, 14, 11, 16)


def _probe(value: object, place: int, row: int) -> object:
    number = _NUMBERS[(5 * row + 3 * place) % len(_NUMBERS)] + len(_NUMBERS) * (place // len(_NUMBERS))
    match value:
        case bool():
            return bool((row + place) % 2)
        case int() | float():
            return type(value)(number)
        case list() | tuple():
            return type(value)(_probe(part, place + i, row) for i, part in enumerate(value))
    return value
