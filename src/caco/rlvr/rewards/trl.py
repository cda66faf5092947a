"""TRL: functions for `GRPOTrainer(reward_funcs=...)`; the columns `answer` and `code` come from the dataset.

    from caco.rlvr.rewards.trl import correct

`correct` is the reward. The others shape it, and count only where they are listed too, with a weight
(`GRPOConfig(reward_weights=...)`).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from caco.rlvr.scoring import score, text_of
from caco.rlvr.shaping import format_score, grounding_score, length_score


def correct(completions: Sequence[object], answer: Sequence[object], **columns: Any) -> list[float | None]:
    """1 for the right answer, 0 for a wrong one, None (left out of the mean) where it cannot be decided."""
    return score(completions, answer)


async def correct_async(completions: Sequence[object], answer: Sequence[object], **columns: Any) -> list[float | None]:
    """`correct` in a thread, so that other rewards are computed meanwhile."""
    return await asyncio.to_thread(score, completions, answer)


def well_formed(completions: Sequence[object], **columns: Any) -> list[float | None]:
    """1 for exactly one box, in the last line."""
    return [format_score(text_of(completion)) for completion in completions]


def grounded(completions: Sequence[object], code: Sequence[str], **columns: Any) -> list[float | None]:
    """The share of the program's steps that are told in order."""
    return [grounding_score(text_of(c), program) for c, program in zip(completions, code, strict=True)]


def brief(completions: Sequence[object], **columns: Any) -> list[float | None]:
    """1 up to 2,000 characters, falling to 0 at 4,000."""
    return [length_score(text_of(completion)) for completion in completions]
