"""Lines of a source in the order of their ids, whatever their number: sorted through temporary files."""

import pickle
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

from caco.records import Line

BUCKETS = 64
IN_MEMORY = 4 * 2**20
"""Bytes of a bucket that are kept in memory; more goes to a temporary file."""


def sorted_lines(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines by id. Ids are hex digits that spread evenly, so the first two of them name a bucket."""
    with ExitStack() as stack:
        buckets = [stack.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY)) for _ in range(BUCKETS)]
        counts = [0] * BUCKETS
        for line in lines:
            place = int(line.id[:2], 16) * BUCKETS // 256
            counts[place] += 1
            pickle.dump(line, buckets[place])
        for bucket, count in zip(buckets, counts, strict=True):
            bucket.seek(0)
            yield from sorted((pickle.load(bucket) for _ in range(count)), key=lambda line: str(line.id))
            bucket.close()
