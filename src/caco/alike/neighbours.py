"""Near-duplicates among many texts: MinHash proposes pairs, the shingles themselves decide.

A text is the set of its shingles, three tokens each, as 32-bit hashes; two are near where the Jaccard similarity of
their sets reaches a threshold. Broder, "On the resemblance and containment of documents" (1997).
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import rensa
from numpy.typing import NDArray

from caco.program.form import FormError

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
    width = min(WIDTH, len(tokens)) or WIDTH
    joined = (" ".join(tokens[i : i + width]) for i in range(len(tokens) - width + 1))
    return np.unique(np.fromiter((zlib.crc32(s.encode()) for s in joined), dtype=np.uint32))


def jaccard(one: Hashes, other: Hashes) -> float:
    """Size of what two sets share over the size of what either has; 0 for two empty ones."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(len(one) + len(other) - shared, 1)


def neighbours(flat: Hashes, offsets: NDArray[np.integer], threshold: float) -> Iterator[tuple[int, int, float]]:
    """Pairs (earlier, later, similarity) of sets that are at least as similar as `threshold`.

    Set i is `flat[offsets[i]:offsets[i + 1]]`. Each later one of a crowd is paired with some of the earlier ones, its
    first among them; empty sets have no neighbours. The memory that it takes is about 128 bytes for each set, and 8
    for each band and set.
    """
    size = len(offsets) - 1
    width = band_rows(threshold)
    bands = np.empty((PERMUTATIONS // width, size), dtype=np.uint64)
    estimates = np.empty((size, PERMUTATIONS), dtype=np.uint8)
    for start in range(0, size, CHUNK):
        digests = _digests(flat, offsets[start : start + CHUNK + 1])
        bands[:, start : start + CHUNK] = _band_keys(digests, width)
        estimates[start : start + CHUNK] = digests  # the lowest bits: one in 256 agrees by chance
    pairs = _candidates(bands, np.diff(offsets) > 0)
    for start in range(0, len(pairs), CHUNK):
        first, second = np.divmod(pairs[start : start + CHUNK], np.uint64(size))
        # Four standard deviations below the threshold: what looks less alike is not worth a look at the sets.
        alike = (estimates[first] == estimates[second]).mean(axis=1) >= threshold - 0.15
        for i, j in zip(first[alike].tolist(), second[alike].tolist(), strict=True):
            similarity = jaccard(flat[offsets[i] : offsets[i + 1]], flat[offsets[j] : offsets[j + 1]])
            if similarity >= threshold:
                yield i, j, similarity


def _digests(flat: Hashes, offsets: NDArray[np.integer]) -> Hashes:
    """MinHash signatures of some of the sets, a row each."""
    # The hash of rensa is linear: without mixing, the bits of CRC-32 that are linear too would show in the bands.
    mixed = flat[offsets[0] : offsets[-1]].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    places = (offsets - offsets[0]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(mixed, places, PERMUTATIONS, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _band_keys(digests: Hashes, width: int) -> NDArray[np.uint64]:
    """A hash of each band of each signature; one row for each band."""
    keys = np.zeros((PERMUTATIONS // width, len(digests)), dtype=np.uint64)
    for column in range(width):
        keys = (keys ^ digests[:, column : len(keys) * width : width].T) * np.uint64(0x100000001B3)
        keys ^= keys >> np.uint64(31)
    return keys


def band_rows(threshold: float) -> int:
    """Signature rows of one band: as many as still propose 99 of 100 pairs at the threshold."""
    chances = {r: 1 - (1 - threshold**r) ** (PERMUTATIONS // r) for r in range(2, 33)}
    return max((r for r, chance in chances.items() if chance >= 0.99), default=1)


def _candidates(bands: NDArray[np.uint64], filled: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pairs of sets that share a band, each as `earlier * sets + later`."""
    size = np.uint64(len(filled))
    found = np.zeros(0, dtype=np.uint64)
    if not filled.any():
        return found
    for band in bands:
        order = np.argsort(band, kind="stable").astype(np.uint64)
        order = order[filled[order]]
        keys = band[order]
        fresh = np.concatenate([[True], keys[1:] != keys[:-1]])
        firsts = order[np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))]
        pairs = [(firsts * size + order)[~fresh]]
        for step in range(1, WINDOW + 1):
            same = keys[step:] == keys[:-step]
            pairs.append((order[:-step] * size + order[step:])[same])
        found = np.unique(np.concatenate([found, *pairs]))
    return found
