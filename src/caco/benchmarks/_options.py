"""Multiple choice: options out of a question's text, and the gold answer as letter and text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.records import Seed

NOTE = "Answer with the letter of the right option."
_OPTION = re.compile(r"""(?:^|(?<=[\s,['"]))(?:([A-Ja-j])\s?\)|([A-J])\.(?=\s))\s*""")


def options(question: str) -> dict[str, str]:
    """Letter -> text of the options behind the last `Options:`."""
    parts = _OPTION.split(question.rpartition("Options:")[2])
    found: dict[str, str] = {}
    for bracketed, dotted, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        if text := text.strip(" ,\n[]'\""):
            found.setdefault((bracketed or dotted).upper(), text)
    return found


def lettered(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    """A seed whose gold answer is a letter, with the option's text behind it; it is not compiled to fresh instances."""
    letter = seed.answer.strip("() .").upper()
    answer = f"{letter}) {options(seed.problem).get(letter, '')}".strip()
    return replace(seed, answer=answer, solution="", code="")
