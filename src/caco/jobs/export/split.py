"""Splits by lineage: no seed stands on both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caco.lineage import digest

TRAIN, TEST = "train", "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Which side each row is on. A row that is on neither was left out, because its seeds are on both."""

    side: Mapping[str, str]
    """Row id -> `train` or `test`."""
    left_out: int = 0


def by_lineage(seeds: Mapping[str, Sequence[str]], share: float) -> Split:
    """Split rows (id -> ids of their seeds) so that about `share` of them are in the test split.

    Rows that share a seed stay together, also through others. Compositions can tie nearly all rows to each other; where
    the rest is too little for half of the share, the seeds are split, and rows with seeds on both sides are left out.
    """
    if share <= 0:
        return Split(side=dict.fromkeys(seeds, TRAIN))
    groups = sorted(components(seeds), key=lambda rows: digest("split", sorted(rows)))
    room, test = share * len(seeds), set[str]()
    for rows in groups:
        if len(test) + len(rows) <= room:
            test.update(rows)
    if len(test) >= room / 2:
        return Split(side={row: TEST if row in test else TRAIN for row in seeds})
    return _by_seed(seeds, share)


def _by_seed(seeds: Mapping[str, Sequence[str]], share: float) -> Split:
    def drawn(seed: str) -> str:
        return TEST if int(digest("split", seed), 16) < share * 16**16 else TRAIN

    sides = {row: {drawn(seed) for seed in own or (row,)} for row, own in seeds.items()}
    kept = {row: side.copy().pop() for row, side in sides.items() if len(side) == 1}
    return Split(side=kept, left_out=len(seeds) - len(kept))


def components(seeds: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Rows in groups: two rows with a seed in common are in one group. A row without seeds is alone."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for row, own in seeds.items():
        for seed in own:
            parent[root(f"seed {seed}")] = root(f"row {row}")
    groups: dict[str, list[str]] = {}
    for row in seeds:
        groups.setdefault(root(f"row {row}"), []).append(row)
    return list(groups.values())
