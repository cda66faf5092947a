"""Answers that are words: yes and no, "no solution", numbers in words, choice letters, dates and times."""

import re
from fractions import Fraction
from types import MappingProxyType

from caco.answers.tree import Node, number

_BOOLS = MappingProxyType({"yes": "true", "true": "true", "no": "false", "false": "false"})
_SAID = re.compile(r"(yes|no|true|false)(?:$|\s*[,.;:]\s+(?!(?:yes|no|true|false)\b)\D)")
_REALS = re.compile(r"(?:the set of )?(?:all )?(?:reals|real (?:numbers|values|x))(?: (?:x|of x))?")
_TO = re.compile(r"(\d{1,9})\s+to\s+(\d{1,9})")
_NONE = re.compile(
    r"(?:there (?:is|are) )?(?:no|none|null|nil|n/?a)(?: (?:real|integer|such|valid|possible|finite|positive|complex))*"
    r"(?: (?:solutions?|answers?|roots?|numbers?|values?|integers?))?(?: (?:exists?|found))?"
    r"|(?:it |the limit |limit )?(?:does not exist|doesn'?t exist|dne|d\.n\.e\.?)|undefined|not defined|no limit",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?:the )?(?:empty|null) set|\\emptyset|\\varnothing|\{\s*\}|\\\{\s*\\\}|set\(\)|frozenset\(\)|EmptySet(?:\(\))?"
    r"|S\.EmptySet"
)
_CHOICE = re.compile(r"(?:option|choice|answer)?\s*[(\[]?\s*([A-J])\s*(?:[)\].:]|$)\s*", re.IGNORECASE)

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = MappingProxyType(
    {word: value for value, word in enumerate(_UNITS)} | {word: 10 * k for k, word in enumerate(_TENS, 2)}
)
_COUNT = MappingProxyType({"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7})
_PARTS = MappingProxyType(
    {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "tenth": 10}
)
_LARGE = MappingProxyType({"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9})

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "(?P<month>" + "|".join(f"{m[:3]}(?:{m[3:]})?" if m != "may" else "may" for m in _MONTHS) + r"|sept)\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?",
        r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
        r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4})",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
        rf"{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?",
        rf"(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<y>\d{{4}}))?",
        rf"{_MONTH},? (?P<y>\d{{4}})",
        r"(?:datetime\.)?date(?:time)?\((?P<y>\d{4}), ?(?P<m>\d{1,2}), ?(?P<d>\d{1,2})(?:, 0, 0)?\)",
    )
)
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*([ap]\.?(?:m\.?)?|noon|midnight)?", re.IGNORECASE)
_DAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?=\S)", re.IGNORECASE)


def special(text: str) -> Node | None:
    """The node of an answer that is one of the fixed phrases, a date, a time or a number in words; None otherwise."""
    lowered = text.lower()
    said = _SAID.match(lowered)
    if said is not None:
        return Node("bool", (), _BOOLS[said[1]])
    if _REALS.fullmatch(lowered):
        return Node("const", (), "set_R")
    if (pair := _TO.fullmatch(text)) is not None:
        return Node("ratio", (number(int(pair[1])), number(int(pair[2]))))
    if _NONE.fullmatch(text) and lowered != "no":
        return Node("none")
    if _EMPTY.fullmatch(text):
        return Node("empty")
    return date(text) or time(text) or number_in_words(lowered)


def date(text: str) -> Node | None:
    """A calendar date, written with digits or with the month's name."""
    text = _DAY.sub("", text)
    if len(text) > 40 or not any(c.isdigit() for c in text):
        return None
    for index, pattern in enumerate(_DATES):
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            month = parts.get("m") or str(
                1 + next(k for k, m in enumerate(_MONTHS) if m[:3] == parts["month"][:3].lower())
            )
            day, year = parts.get("d"), parts.get("y")
            if not 1 <= int(month) <= 12 and day and index in (2, 3) and 1 <= int(day) <= 12:
                month, day = day, month
            if not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
                return None
            numbers = (int(part) if part else None for part in (year, month, day))
            return Node("date", (), "-".join("?" if part is None else str(part) for part in numbers))
    return None


def time(text: str) -> Node | None:
    """A time of day with minutes or with am and pm."""
    if text.lower() in ("noon", "midnight"):
        return Node("time", (), "12:00:00" if text.lower() == "noon" else "0:00:00")
    found = _TIME.fullmatch(text)
    if found is None or not (found[2] or found[4]) or len(text) > 20:
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    half = (found[4] or "").lower().replace(".", "")
    if hour > 24 or minute > 59 or second > 59 or (half in ("am", "pm") and not 1 <= hour <= 12):
        return None
    half = {"noon": "pm", "midnight": "am", "a": "am", "p": "pm"}.get(half, half)
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    known = "" if half or hour > 12 or hour == 0 else "?"
    return Node("time", (), f"{hour}:{minute:02}:{second:02}{known}")


def number_in_words(text: str) -> Node | None:
    """Whole numbers in English words, up to the billions."""
    if len(text) > 80:
        return None
    words = [word for word in text.replace("-", " ").split() if word != "and"]
    if len(words) == 2 and words[0] in _COUNT and words[1].rstrip("s") in _PARTS:
        return number(Fraction(_COUNT[words[0]], _PARTS[words[1].rstrip("s")]))
    if not words or not all(word in _SMALL or word in _LARGE for word in words) or words[0] in _LARGE:
        return None
    total = current = 0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current *= 100
        else:
            total, current = total + current * _LARGE[word], 0
    return number(total + current)


def choice(text: str) -> tuple[str, str] | None:
    """The letter of a multiple-choice answer and the option's text behind it ("B) 12"), or None."""
    found = _CHOICE.match(text)
    if found is None:
        return None
    rest = text[found.end() :].strip()
    bracketed = found[0].strip()[1:2] != ""
    if rest and (not bracketed or ":" in rest):
        return None
    return found[1].upper(), rest


def phrase(text: str) -> str:
    """Words for comparison: one case, single spaces, no article, no closing punctuation."""
    text = " ".join(text.lower().split()).strip(" .!,;:'\"`*")
    return re.sub(r"^(?:a|an|the) (?=\S)", "", text)
