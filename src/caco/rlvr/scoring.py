"""The reward: 1 for the right final answer, 0 for another, None where nobody can say. One grader for every trainer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from caco.answers import extract_answer
from caco.answers.reading import is_open
from caco.backends.graders import grade_many
from caco.records import Grade, Outcome

DEADLINE_S = 1.0
"""Seconds that algebra may take for one answer."""
BATCH_S = 20.0
"""Seconds that algebra may take for all answers of one call, so that a step of training is bounded."""
_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{([^{}]*)\}")


def score(
    completions: Sequence[object],
    answers: Sequence[object],
    *,
    timeout_s: float = DEADLINE_S,
    batch_s: float = BATCH_S,
) -> list[float | None]:
    """A reward for each completion (text, or a conversation whose last turn counts) against its right answer.

    The answer must be stated as one: boxed, after `the answer is` or `####`, in `<answer>`, or alone on the last line.
    The last number of a sentence is no answer, and neither are two boxes in one line that differ. Safe in threads;
    an answer that algebra cannot settle within `timeout_s`, or before `batch_s` are over for the whole call, is None.
    """
    stated = [stated_answer(text_of(completion)) for completion in completions]
    asked = [(answer, said) for answer, said in zip(answers, stated, strict=True) if said]
    grades = iter(grade_many([(str(answer), said) for answer, said in asked], timeout_s=timeout_s, batch_s=batch_s))
    return [reward_of(next(grades), said) if said else 0.0 for said in stated]


def stated_answer(text: str) -> str:
    """The answer that a text commits itself to; empty where there is none."""
    text = text.rpartition("</think>")[2]
    found = extract_answer(text)
    if found.weak:
        return ""
    if found.source == "boxed":
        start, end = text.rfind("\n", 0, found.span[0]) + 1, text.find("\n", found.span[1])
        if len({box.strip() for box in _BOX.findall(text[start : end if end >= 0 else None])}) > 1:
            return ""
    return found.text


def reward_of(grade: Grade, said: str) -> float | None:
    """1, 0, or None: an answer that cannot be read and is no formula either is wrong, not undecided."""
    return None if is_open(grade, said) else float(grade.verdict is Outcome.EQUAL)


def text_of(completion: object) -> str:
    """The text of a completion: as it is, or of the last turn of a conversation that has text."""
    if isinstance(completion, str):
        return completion
    turns: Sequence[Any] = completion if isinstance(completion, list | tuple) else [completion]
    texts = (_content(turn) for turn in reversed(turns))
    return next((text for text in texts if text), "")


def _content(turn: Any) -> str:
    content = turn.get("content") if isinstance(turn, Mapping) else getattr(turn, "content", None)
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""
