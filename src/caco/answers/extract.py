"""The final answer of a worked solution: boxed, "the answer is", "####", final line, choice letter, in that order."""

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_TEXT = 20_000
"""Only the end of a longer text is read."""
MAX_MARKS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was found in a text.

    `source` is `boxed`, `answer_is`, `hash`, `final_line`, `choice`, or `none` where nothing was found; `span` is where
    `text` stands in the input; `weak` marks a guess: the last number or letter of a sentence nobody marked as final.
    """

    text: str
    source: str
    span: tuple[int, int]
    weak: bool = False


_BOX = re.compile(r"\\(?:boxed|fbox|framebox)\s*")
_BARE = re.compile(r"[^\W_]+|.", re.DOTALL)
"""What a box without braces holds: `\\boxed 72` or `\\boxed x`."""
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# The part between "answer" and "is" is short and holds no stop, so that "is" belongs to it.
_MARK = re.compile(
    r"<answer>|\b(?:final |correct |best |right )?(?:answer|ans|solution)\b[\"'*_]*"
    r"(?:\s+(?:to|of|for)\s[^.\n:=]{1,80}?)?\s*(?:\bis\b(?:\s+(?:therefore|thus|then|simply|indeed))?\s*[:=]?|\bare\b\s*:?|[:=])[\"'*_\s]*"
    r"|(?:^|\n)[ \t]*A:[ \t]*|\bthe value of [a-zA-Z]{1,3} is\s*",
    re.IGNORECASE,
)
_HASH = re.compile(r"####\s*")
# A stop before white space or a quotation mark (3.5 goes on), the end of a JSON string, of a line or of a tag.
_SENTENCE_END = re.compile(r"\.(?=\s|$|[\"'*])|[\"*]{1,2}\s*[,}\n]|\n|</answer>|<\|")
# Behind a letter a bracket or a stop, or the end of the line: "A" begins many sentences. There only A to E are options.
_OPTION = re.compile(
    r"\(([A-J])\)|\b(?:option|choice)\s+\(?([A-J])\b|(?:^|\s)([A-J])[).:](?:\s|$)|(?:^|\s)([A-E])\.?\s*$"
)
_NUMBER = re.compile(r"[-+]?\$?\d[\d,]*(?:\.\d+)?(?:/\d+)?%?")
# A dollar sign before a digit opens an amount: `$300 - $40` holds no formula.
_MATH = re.compile(
    r"\$\$([^$]{1,2000})\$\$|\$([^$]{1,2000})\$(?!\d)|\\\((.{1,400}?)\\\)|\\\[(.{1,400}?)\\\]", re.DOTALL
)


def extract_answer(text: str) -> Answer:
    """The final answer of `text`; `source` is `none` where there is no candidate."""
    offset = max(len(text) - MAX_TEXT, 0)
    thought = text.rfind("</think>")
    if thought >= 0:
        offset = max(offset, thought + len("</think>"))
    tail = text[offset:]
    for finder in _FINDERS:
        found = finder(tail)
        if found is not None and found.text:
            return Answer(found.text, found.source, (found.span[0] + offset, found.span[1] + offset), found.weak)
    return Answer("", "none", (len(text), len(text)), True)


def _answer(text: str, start: int, end: int, source: str, weak: bool = False) -> Answer:
    """text[start:end] without white space around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Answer(text[start:end], source, (start, end), weak)


def _boxed(text: str) -> Answer | None:
    """The last box that is closed."""
    closings: dict[int, int] | None = None
    for match in reversed(list(_BOX.finditer(text))):
        start = match.end()
        if start >= len(text):
            continue
        if text[start] != "{":
            return _answer(text, start, _BARE.match(text, start).end(), "boxed")  # type: ignore[union-attr]
        closings = _closings(text) if closings is None else closings
        if start in closings:
            return _answer(text, start + 1, closings[start], "boxed")
    return None


def _closings(text: str) -> dict[int, int]:
    """Where each brace that is closed is closed; one pass, however the braces nest."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            found[opened.pop()] = match.start()
    return found


def _stated(text: str) -> Answer | None:
    """What follows the last "the answer is"."""
    for match in list(_MARK.finditer(text))[:-MAX_MARKS:-1]:
        found = _sentence(text, match.end())
        if found.text.strip("\"'*_ .:"):
            return found
    return None


def _sentence(text: str, start: int) -> Answer:
    """From `start` to the end of the sentence; a formula right there is taken alone."""
    start = len(text) - len(text[start:].lstrip("} "))
    math = _MATH.match(text, start)
    stop = _SENTENCE_END.search(text, start)
    end = stop.start() if stop is not None else len(text)
    if math is not None:
        rest = text[math.end() : end].strip(" .*") if end > math.end() else ""
        if not rest:
            return _answer(text, *math.span(math.lastindex or 0), "answer_is")
        end = max(end, math.end())
    found = _answer(text, start, end, "answer_is")
    trimmed = found.text.rstrip("\"'*_ ")
    return Answer(trimmed, "answer_is", (found.span[0], found.span[0] + len(trimmed)))


def _hashed(text: str) -> Answer | None:
    """What follows the last `####` on its line (GSM8K's mark)."""
    matches = list(_HASH.finditer(text))
    if not matches:
        return None
    start = matches[-1].end()
    end = text.find("\n", start)
    return _answer(text, start, len(text) if end < 0 else end, "hash")


def _final_line(text: str) -> Answer | None:
    """The last line where it is nothing but an answer; else the last formula in it."""
    start, end = last_line(text)
    line = text[start:end]
    if len(line) <= 200 and not re.search(r"[a-z]{2,}[^{}]*\s[^{}]*[a-z]{2,}", line):
        return _answer(text, start, end, "final_line")
    if _OPTION.search(line):
        return None
    formulas = list(_MATH.finditer(line))
    if not formulas:
        return None
    inner_start, inner_end = formulas[-1].span(formulas[-1].lastindex or 0)
    return _answer(text, start + inner_start, start + inner_end, "final_line", True)


def last_line(text: str) -> tuple[int, int]:
    """Where the last line that is not blank begins and ends."""
    end = len(text.rstrip())
    return text.rfind("\n", 0, end) + 1, end


def _lettered(text: str) -> Answer | None:
    """The last option letter in the last line."""
    start, end = last_line(text)
    matches = list(_OPTION.finditer(text, start, end))
    if not matches:
        return None
    found = matches[-1]
    group = found.lastindex or 0
    return Answer(found[group], "choice", found.span(group), True)


def _last_number(text: str) -> Answer | None:
    """The last number of the text."""
    start, end = last_line(text)
    matches = list(_NUMBER.finditer(text, start, end)) or list(_NUMBER.finditer(text))
    if not matches:
        return None
    found = matches[-1]
    trimmed = found[0].rstrip(",")
    return Answer(trimmed, "final_line", (found.start(), found.start() + len(trimmed)), True)


_FINDERS: tuple[Callable[[str], Answer | None], ...] = (_boxed, _stated, _hashed, _final_line, _lettered, _last_number)
