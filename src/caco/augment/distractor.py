"""Distractor: the text has a sentence more, with a number that does not matter.

What is preserved: the program, its inputs and its answer. The program shows that the number does not matter, as it does
not take it.
"""

import random
import re
from dataclasses import replace

from caco.codecot.template import escape
from caco.records import CodeCoT, Execution, Status

_SENTENCES = (
    ("A sign on the way there says that the road was opened {} years ago.", range(11, 60)),
    ("It is {} degrees outside.", range(41, 79)),
    ("A poster on the wall announces a concert in {} days.", range(3, 29)),
    ("The local library, which has nothing to do with this, owns {} maps.", range(120, 900, 10)),
    ("On the radio, someone says that the town has {} bridges.", range(5, 40)),
    ("Meanwhile, a bus with {} seats drives by.", range(22, 58, 2)),
)
"""What can be said in any story without bearing on it, and the numbers it can be said with."""
_QUESTION = re.compile(r"(?:(?<=[.!?]) +|\n+)(?=[^.!?\n]*\?\s*$)")


def distract(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` texts with an irrelevant sentence before the question, whose number is none of the problem's."""
    cot = execution.codecot
    question = _QUESTION.search(cot.text)
    if (
        execution.status is not Status.OK
        or question is None
        or re.match(r"(?:If|When|After)\b", cot.text[question.end() :])
    ):
        return []
    before, after = cot.text[: question.start()], cot.text[question.end() :]
    return [
        replace(
            cot,
            id="",
            parents=(),
            made_by="",
            text=f"{before} {_sentence(words, numbers, cot.text, rng)} {after}",
            origin="transformed",
            transform="distractor",
        )
        for words, numbers in rng.sample(_SENTENCES, min(n, len(_SENTENCES)))
    ]


def _sentence(words: str, numbers: range, text: str, rng: random.Random) -> str:
    free = [number for number in numbers if not re.search(rf"\b{number}\b", text)]
    return escape(words.format(rng.choice(free)))
