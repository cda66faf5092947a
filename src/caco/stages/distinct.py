"""Distinct programs: one table's rows against each other, by fingerprint, near-match and behaviour.

Only rows without a seed in common are compared: instances of one program are alike on purpose.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caco.codecot.fingerprint import graph_fingerprint, text_fingerprint, tree_fingerprint
from caco.codecot.neighbours import Hashes, neighbours, program_shingles, text_shingles
from caco.codecot.program import FormError
from caco.codecot.values import decode
from caco.errors import ConfigError, unknown
from caco.records import Execution, Reason
from caco.stage import GroupStage, Reject, Result

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
    return GroupStage(name="distinct", makes=Execution, settings=on, key_of=_together, fn=Distinct(limits=on))


def _together(_: Execution) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distinct:
    """All executions of a table -> each kept or rejected with its twin.

    Rows are taken in a fixed order, seeds' own programs first; a row goes where an earlier one that was kept is its
    twin, so the result does not depend on the order in which rows came.
    """

    limits: Mapping[str, float]

    def __call__(self, rows: Sequence[Execution]) -> Sequence[Result]:
        ranked = sorted(rows, key=lambda row: (row.codecot.transform != "", row.id))
        near = self._near(ranked)
        kept: set[int] = set()
        sharing: dict[tuple[str, str], list[int]] = defaultdict(list)
        results: dict[str, Result] = {}
        for i, row in enumerate(ranked):
            prints = self._prints(row)
            twin = self._equal(ranked, i, prints, sharing) or self._alike(ranked, near[i], kept)
            results[row.id] = twin or row
            if twin is None:
                kept.add(i)
                for key in prints:
                    sharing[key].append(i)
        return [results[row.id] for row in rows]

    def _prints(self, row: Execution) -> list[tuple[str, str]]:
        names = [name for name in self.limits if name in FINGERPRINTS]
        try:
            found = [(name, FINGERPRINTS[name](row)) for name in names]
        except FormError:
            return []
        return [(name, fingerprint) for name, fingerprint in found if fingerprint]

    def _equal(
        self,
        rows: Sequence[Execution],
        i: int,
        prints: Sequence[tuple[str, str]],
        sharing: Mapping[tuple[str, str], Sequence[int]],
    ) -> Reject | None:
        for name, fingerprint in prints:
            others = [j for j in sharing.get((name, fingerprint), ()) if _strangers(rows[i], rows[j])]
            if len(others) >= self.limits[name]:
                many = f"{len(others)} rows" if len(others) > 1 else "one row"
                return Reject(Reason.DUPLICATE, f"equal by {name} to {many}: {rows[others[0]].id}")
        return None

    def _alike(
        self, rows: Sequence[Execution], near: Sequence[tuple[int, float, str]], kept: set[int]
    ) -> Reject | None:
        found = [(-similarity, j, name) for j, similarity, name in near if j in kept]
        if not found:
            return None
        similarity, j, name = min(found)
        return Reject(Reason.NEAR_DUPLICATE, f"{name} {-similarity:.2f} with {rows[j].id}")

    def _near(self, rows: Sequence[Execution]) -> dict[int, list[tuple[int, float, str]]]:
        """For each row the earlier ones that are near, with the similarity and what it is of."""
        found: dict[int, list[tuple[int, float, str]]] = defaultdict(list)
        for name in (n for n in self.limits if n in NEAR):
            sets = [_hashes(name, row) for row in rows]
            for i, j, similarity in neighbours(sets, self.limits[name]):
                if _strangers(rows[i], rows[j]):
                    found[j].append((i, similarity, name))
        return found


def _hashes(name: str, row: Execution) -> Hashes:
    try:
        return NEAR[name](row)
    except FormError:
        return text_shingles("")


def _strangers(one: Execution, other: Execution) -> bool:
    """Whether two rows have no seed in common."""
    return not set(one.codecot.seeds) & set(other.codecot.seeds)


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
