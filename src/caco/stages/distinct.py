"""Distinct programs: one table's rows against each other, by fingerprint, near-match and behaviour.

Only rows without a seed in common are compared: instances of one program are alike on purpose. Rows with the same
shingles and seeds stand as one set among their neighbours, however many they are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from caco.alike.neighbours import CHUNK, Hashes, neighbours, program_shingles, text_shingles
from caco.apply import in_order
from caco.errors import ConfigError, unknown
from caco.program.fingerprint import graph_fingerprint, text_fingerprint, tree_fingerprint
from caco.program.form import FormError
from caco.program.values import decode
from caco.records import Execution, Reason
from caco.stage import Fate, GroupStage, Outline, Reject

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
        _check(name, limit)
    on = {name: float(limit) for name, limit in limits.items() if limit}
    work = Distinct(limits=on)
    outline = Outline(columns=work.columns, sketch=work.sketch, decide=work.decide)
    return GroupStage(name="distinct", makes=Execution, settings=on, outline=outline)


def _check(name: str, limit: float) -> None:
    if name in NEAR:
        fits, form = 0 <= limit <= 1, "a similarity from 0 (off) to 1"
    elif name in FINGERPRINTS:
        fits, form = limit >= 0 and limit == int(limit), "a whole number: rows that may share one"
    else:
        raise unknown("kind of duplicate", name, (*FINGERPRINTS, *NEAR))
    if not fits:
        raise ConfigError(f"duplicates by {name}={limit:g}: should be {form}")


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
        ranked = Ranked(sketches, order)
        near = [self._near(ranked, name) for name in self.limits if name in NEAR]
        shared = self._shared(sketches, order)
        equal = [np.flatnonzero(codes >= 0) for codes in shared.values()]
        contested = np.unique(np.concatenate([*equal, *(kind.rows for kind in near), np.zeros(0, dtype=np.int64)]))
        sharing: dict[tuple[str, int], dict[frozenset[str], list[int]]] = defaultdict(lambda: defaultdict(list))
        ends: dict[int, Reject] = {}
        for i in contested.astype(int).tolist():
            keys = [(name, int(codes[i])) for name, codes in shared.items() if codes[i] >= 0]
            twin = self._equal(ranked, i, keys, sharing) or _alike(ranked, i, near, ends)
            if twin:
                ends[ranked.row(i)] = twin
                continue
            for key in keys:
                sharing[key][ranked.seeds(i)].append(i)
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
        self,
        rows: "Ranked",
        i: int,
        keys: Sequence[tuple[str, int]],
        sharing: Mapping[tuple[str, int], Mapping[frozenset[str], list[int]]],
    ) -> Reject | None:
        own = rows.seeds(i)
        for key in keys:
            others = [place for seeds, places in sharing[key].items() if own.isdisjoint(seeds) for place in places]
            if len(others) >= self.limits[key[0]]:
                many = f"{len(others)} rows" if len(others) > 1 else "one row"
                return Reject(Reason.DUPLICATE, f"equal by {key[0]} to {many}: {rows.id(min(others))}")
        return None

    def _near(self, ranked: "Ranked", name: str) -> "Near":
        """Which sets of shingles are near, each with the rows that it stands for."""
        column = ranked.sketches[name].combine_chunks()
        groups, firsts = _groups(_marks(column) ^ ranked.seed_marks(), ranked.order)
        sets = column.take(pa.array(ranked.order[firsts]))
        near: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for g, h, similarity in neighbours(sets.values.to_numpy(), sets.offsets.to_numpy(), self.limits[name]):
            if ranked.seeds(int(firsts[g])).isdisjoint(ranked.seeds(int(firsts[h]))):
                near[g].append((h, similarity))
                near[h].append((g, similarity))
        rows = np.flatnonzero(np.isin(groups, np.fromiter(near, dtype=np.int64)))
        members: dict[int, list[int]] = defaultdict(list)
        for place in rows.tolist():
            members[int(groups[place])].append(place)
        return Near(name, rows, groups, near, members)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sketches by their place in the order in which rows are taken."""

    sketches: pa.Table
    order: NDArray[np.uint64]

    def row(self, place: int) -> int:
        """Number of the row at a place."""
        return int(self.order[place])

    def id(self, place: int) -> str:
        """Id of the row at a place."""
        return str(self.sketches["id"][self.row(place)].as_py())

    def seeds(self, place: int) -> frozenset[str]:
        """The seeds of the row at a place: rows that share one are no twins."""
        return frozenset(self.sketches["seeds"][self.row(place)].as_py())

    def seed_marks(self) -> NDArray[np.uint64]:
        """A number for each row in the table's order, the same for the same seeds."""
        seeds = self.sketches["seeds"].combine_chunks()
        codes = seeds.values.dictionary_encode().indices
        return _marks(pa.ListArray.from_arrays(seeds.offsets, codes)) * np.uint64(0x9FB21C651E98DF25)


@dataclass(frozen=True, slots=True)
class Near:
    """Rows that may have a near-duplicate of one kind."""

    name: str
    rows: NDArray[np.int64]
    """Their places."""
    groups: NDArray[np.int64]
    """Of each place the number of its set."""
    near: Mapping[int, Sequence[tuple[int, float]]]
    """Of each set those that are near, with the similarity."""
    members: Mapping[int, Sequence[int]]
    """Of each set its places."""


def _marks(lists: pa.ListArray) -> NDArray[np.uint64]:
    """A number for each list of numbers, the same for the same ones in any order."""
    flat, offsets = lists.values.to_numpy(), lists.offsets.to_numpy()
    found = np.zeros(len(lists), dtype=np.uint64)
    # Sums do not depend on order; each number is mixed first (much as splitmix64 does), or 1 + 4 would be 2 + 3.
    for start in range(0, len(lists), CHUNK):
        ends = offsets[start : start + CHUNK + 1]
        mixed = (flat[ends[0] : ends[-1]].astype(np.uint64) + np.uint64(1)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        sums = np.concatenate([[np.uint64(0)], np.cumsum(mixed ^ (mixed >> np.uint64(31)))])
        found[start : start + CHUNK] = sums[ends[1:] - ends[0]] - sums[ends[:-1] - ends[0]]
    return found


def _groups(marks: NDArray[np.uint64], order: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By the place of each row the number of its group, groups in the order of their first places; these places."""
    _, firsts, groups = np.unique(marks[order], return_index=True, return_inverse=True)
    by_place = np.argsort(firsts)
    rank = np.empty_like(by_place)
    rank[by_place] = np.arange(len(by_place))
    return rank[groups], firsts[by_place]


def _alike(rows: Ranked, place: int, kinds: Sequence[Near], ends: Mapping[int, Reject]) -> Reject | None:
    """The nearest earlier row that was kept."""
    found = []
    for kind in kinds:
        for group, similarity in kind.near.get(int(kind.groups[place]), ()):
            kept = (p for p in kind.members[group] if p >= place or rows.row(p) not in ends)
            first = next(kept, place)
            if first < place:
                found.append((-similarity, first, kind.name))
    if not found:
        return None
    similarity, twin, name = min(found)
    return Reject(Reason.NEAR_DUPLICATE, f"{name} {-similarity:.2f} with {rows.id(twin)}")


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
