"""Reading what a model replied: past its thinking, its chatter and its fences, and never past its truncation."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from caco.ports import Completion

_CLOSED = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_OPENED = re.compile(r"<(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_FENCED = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
_CHATTER_BEFORE = re.compile(
    r"\A(?:(?:sure|certainly|of course|okay|ok|great|here(?:'s| is| are)|below is|the following)\b[^\n]*?[:.!]\s*\n+)+",
    re.IGNORECASE,
)
_CHATTER_AFTER = re.compile(
    r"\n+(?:let me know|i hope|feel free|note that|note:|this problem|would you like|\*\*note)[^\n]*(?:\n.*)?\Z",
    re.IGNORECASE | re.DOTALL,
)
_LABEL = re.compile(
    r"\A\s*(?:\*\*|#+ )?(?:problem|question|word problem|problem statement)(?: \d+)?:?(?:\*\*)?:?\s*\n*", re.I
)


class UnreadableError(ValueError):
    """The reply holds nothing of what was asked for; the message says why."""


def only(replies: Sequence[Completion]) -> tuple[str, str]:
    """The text and finish reason of the one sample that was asked for. Raises UnreadableError where there is none."""
    (completion,) = replies
    if not completion.texts:
        raise UnreadableError(completion.detail or "the reply is empty")
    return completion.texts[0], completion.finish[0]


def samples(replies: Sequence[Completion]) -> list[Completion]:
    """The one request's samples, each as a reply of its own; a reply without any stays as it is."""
    (completion,) = replies
    pairs = zip(completion.texts, completion.finish, strict=False)  # one that was refused has a reason, and no text
    return [replace(completion, texts=(text,), finish=(finish,)) for text, finish in pairs] or [completion]


def visible(text: str, finish: str = "stop") -> str:
    """What follows the model's thinking. Raises UnreadableError where nothing does, or the reply was cut off."""
    closed = list(_CLOSED.finditer(text))
    if closed:
        text = text[closed[-1].end() :]
    elif _OPENED.search(text):
        raise UnreadableError("it ends within its thinking")
    if finish == "length":
        raise UnreadableError("it was cut off at max_tokens")
    if not text.strip():
        raise UnreadableError("it is empty")
    return text.strip()


def program_text(text: str, finish: str = "stop") -> str:
    """The part of a reply that holds a program, fences and all; one that was cut off after its block is whole."""
    if finish == "length" and _FENCED.search(text) and not _OPENED.search(text):
        finish = "stop"
    return visible(text, finish)


def tagged(text: str, tag: str) -> str:
    """What stands between `<tag>` and `</tag>`; without the marks the reply less fences, labels and chatter."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL | re.IGNORECASE)
    if found:
        return str(found[-1]).strip()
    if re.search(rf"<{tag}>", text, re.IGNORECASE):
        return re.split(rf"<{tag}>", text, flags=re.IGNORECASE)[-1].strip()
    fenced = _FENCED.findall(text)
    if len(fenced) == 1:
        return str(fenced[0]).strip()
    return _LABEL.sub("", _CHATTER_AFTER.sub("", _CHATTER_BEFORE.sub("", text.strip()))).strip()


def json_object(text: str, *required: str) -> dict[str, Any]:
    """The last JSON object in a reply that has the keys `required`. Raises UnreadableError where there is none."""
    decoder, found, at = json.JSONDecoder(), None, text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1  # a brace within words, or an object that is broken
        else:
            found = value if all(key in value for key in required) else found
        at = text.find("{", end)
    if found is None:
        raise UnreadableError(f"it holds no JSON object with {', '.join(required)}")
    return dict(found)
