"""Parts of a reward beside the answer, each on its own and used only where a trainer asks for it by name."""

import re
from functools import lru_cache

from caco.records import Execution, Status
from caco.rlvr.oracle import run
from caco.text.grounding import align

_BOX = re.compile(r"\\boxed\s*\{")
ENOUGH = 2_000
"""Characters up to which a completion is not too long."""


def format_score(text: str) -> float:
    """1 where there is exactly one box and it stands in the last line, else 0."""
    lines = text.rstrip().split("\n")
    return float(len(_BOX.findall(text)) == 1 and bool(_BOX.search(lines[-1])))


def length_score(text: str, enough: int = ENOUGH) -> float:
    """1 up to `enough` characters, then falling evenly to 0 at twice as many."""
    return max(0.0, min(1.0, 2.0 - len(text) / enough))


def grounding_score(text: str, code: str) -> float | None:
    """The share of the program's steps whose values the text tells in their order; None where the program has none.

    Each value counts once, so saying a number again and again earns nothing.
    """
    execution = _traced(code)
    if execution is None:
        return None
    told = align(text, execution)
    return told.matched / told.steps if told.steps else None


@lru_cache(maxsize=4096)
def _traced(code: str) -> Execution | None:
    (execution,) = run([code])
    return execution if execution.status is Status.OK else None
