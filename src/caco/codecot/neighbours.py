"""Near-duplicates among many texts: MinHash proposes pairs, the shingles themselves decide.

A text is the set of its shingles, three tokens each, as 32-bit hashes; two are near where the Jaccard similarity of
their sets reaches a threshold. Broder, "On the resemblance and containment of documents" (1997).
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import rensa
from numpy.typing import NDArray

from caco.codecot.program import FormError

PERMUTATIONS = 128
SEED = 42
WIDTH = 3
"""Tokens of a shingle."""
WINDOW = 4
"""Rows of one bucket before a row that it is paired with, beside the bucket's first: keeps the work linear."""
CHUNK = 20_000
"""Rows that are hashed, and pairs that are compared, at once."""

Hashes: TypeAlias = NDArray[np.uint32]


def text_shingles(text: str) -> Hashes:
    """Of a problem's text or template: words in lower case, any number or input as `0`."""
    return _shingles(re.findall(r"[^\W\d_]+|0", re.sub(r"\{[^{}]*\}|\d[\d,.]*", " 0 ", text.lower())))


def program_shingles(code: str) -> Hashes:
    """Of a program's functions: tokens without comments, any number as `0`.

    Raises FormError where the code has no `output = entry(**input)`: it is not in the form.
    """
    head, found, _ = code.rpartition("output = ")
    if not found:
        raise FormError("no `output = entry(**input)`")
    body = re.sub(r"#[^\n]*", "", head[max(head.find("\ndef "), 0) :])
    return _shingles(re.findall(r"[^\W\d]\w*|\d[\d.]*|[^\w\s]", re.sub(r"\b\d[\d.]*", "0", body)))


def _shingles(tokens: Sequence[str]) -> Hashes:
    width = min(WIDTH, len(tokens)) or 1
    joined = (" ".join(tokens[i : i + width]) for i in range(len(tokens) - width + 1))
    return np.unique(np.fromiter((zlib.crc32(s.encode()) for s in joined), dtype=np.uint32))


def jaccard(one: Hashes, other: Hashes) -> float:
    """Size of what two sets share over the size of what either has; 0 for two empty ones."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(len(one) + len(other) - shared, 1)


@dataclass(slots=True)
class Signatures:
    """Shingles and MinHash signatures of texts, in the order in which they were added."""

    flat: list[Hashes] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    rows: list[NDArray[np.uint32]] = field(default_factory=list)

    def extend(self, sets: Iterable[Hashes]) -> None:
        """Hash some more."""
        chunk = list(sets)
        if not chunk:
            return
        lengths = [len(s) for s in chunk]
        flat = np.concatenate(chunk)
        # The hash of rensa is linear: without mixing, the bits of CRC-32 that are linear too would show in the bands.
        mixed = flat.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64)
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(mixed, offsets, PERMUTATIONS, SEED)
        self.rows.append(np.array(matrix.to_rows(), dtype=np.uint32))
        self.flat.append(flat)
        self.lengths += lengths


def neighbours(sets: Sequence[Hashes], threshold: float) -> list[tuple[int, int, float]]:
    """Pairs (earlier, later, similarity) of the sets that are at least as similar as `threshold`.

    Each later one of a crowd is paired with some of the earlier ones, its first among them; empty sets have no
    neighbours.
    """
    signatures = Signatures()
    for start in range(0, len(sets), CHUNK):
        signatures.extend(sets[start : start + CHUNK])
    return list(near_pairs(signatures, threshold))


def near_pairs(signatures: Signatures, threshold: float) -> Iterator[tuple[int, int, float]]:
    """As `neighbours`, over signatures made beforehand."""
    if not signatures.rows:
        return
    digests, flat = np.concatenate(signatures.rows), np.concatenate(signatures.flat)
    offsets = np.concatenate([[0], np.cumsum(signatures.lengths)])
    pairs = _candidates(digests, np.asarray(signatures.lengths) > 0, band_rows(threshold))
    for start in range(0, len(pairs), CHUNK):
        first, second = np.divmod(pairs[start : start + CHUNK], np.uint64(len(digests)))
        alike = (digests[first] == digests[second]).mean(axis=1) >= threshold - 0.15
        for i, j in zip(first[alike].tolist(), second[alike].tolist(), strict=True):
            similarity = jaccard(flat[offsets[i] : offsets[i + 1]], flat[offsets[j] : offsets[j + 1]])
            if similarity >= threshold:
                yield i, j, similarity


def band_rows(threshold: float) -> int:
    """Signature rows of one band: as many as still propose 99 of 100 pairs at the threshold."""
    chances = {r: 1 - (1 - threshold**r) ** (PERMUTATIONS // r) for r in range(1, 33)}
    return max((r for r, chance in chances.items() if chance >= 0.99), default=1)


def _candidates(digests: NDArray[np.uint32], filled: NDArray[np.bool_], width: int) -> NDArray[np.uint64]:
    """Pairs of rows that share a band, each as `earlier * rows + later`."""
    size = np.uint64(len(digests))
    found = np.zeros(0, dtype=np.uint64)
    if not filled.any():
        return found
    for start in range(0, PERMUTATIONS - width + 1, width):
        keys = np.zeros(len(digests), dtype=np.uint64)
        for column in range(start, start + width):
            keys = (keys ^ digests[:, column]) * np.uint64(0x100000001B3)
            keys ^= keys >> np.uint64(31)
        order = np.argsort(keys, kind="stable").astype(np.uint64)
        order = order[filled[order]]
        keys = keys[order]
        fresh = np.concatenate([[True], keys[1:] != keys[:-1]])
        firsts = order[np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))]
        band = [(firsts * size + order)[~fresh]]
        for step in range(1, min(WINDOW, len(order) - 1) + 1):
            same = keys[step:] == keys[:-step]
            band.append((order[:-step] * size + order[step:])[same])
        found = np.unique(np.concatenate([found, *band]))
    return found
