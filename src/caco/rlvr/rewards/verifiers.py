"""verifiers: rewards as coroutines, for a `Rubric` (completion and answer by name) or from a task's own reward."""

import asyncio
from typing import Any

from caco.rlvr.scoring import score, text_of
from caco.rlvr.shaping import format_score


async def correct(completion: object, answer: str, **more: Any) -> float:
    """1 for the right answer; 0 for a wrong one and for one that cannot be decided: verifiers has no word for that."""
    (found,) = await asyncio.to_thread(score, [completion], [answer])
    return found or 0.0


async def well_formed(completion: object, **more: Any) -> float:
    """1 for exactly one box, in the last line. A shaping part: list it with a weight to use it."""
    return format_score(text_of(completion))
