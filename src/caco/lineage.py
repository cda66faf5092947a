"""Identity and randomness of rows: both come from content alone, never from order, time or place."""

import hashlib
import json
import random
from collections.abc import Iterable


def digest(*parts: object) -> str:
    """16 hex digits that name `parts` (strings, numbers, lists and dicts of them); equal parts give equal digests."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def row_id(stage_key: str, parents: Iterable[str], ordinal: int) -> str:
    """Id of the `ordinal`-th row that the stage with `stage_key` makes from `parents`."""
    return digest(stage_key, list(parents), ordinal)


def rng(row: str, purpose: str) -> random.Random:
    """A random generator that belongs to one row and one purpose."""
    return random.Random(digest(row, purpose))
