"""Answers that are words: yes and no, "no solution", numbers in words, choice letters, dates and times."""

import re
from fractions import Fraction
from types import MappingProxyType

from caco.answers.tree import Node, number

_BOOLS = MappingProxyType({"yes": "true", "true": "true", "no": "false", "false": "false"})
# What follows a yes or no is its reason, unless it holds another, or a number that may be the answer.
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

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = MappingProxyType(
    {word: value for value, word in enumerate(_UNITS)} | {word: 10 * k for k, word in enumerate(_TENS, 2)}
)
_COUNT = MappingProxyType({"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7})
_PARTS = MappingProxyType(
    {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "tenth": 10}
)
_LARGE = MappingProxyType({"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9})

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_MONTH_NUMBERS = MappingProxyType({month[:3]: number for number, month in enumerate(_MONTHS, 1)})
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
_MONTH_FIRST = _DATES[2:4]
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
    """A calendar date, written with digits or with the month's name.

    >>> date("May 3rd, 2020").name, date("3 May").name
    ('2020-5-3', '?-5-3')
    """
    text = _DAY.sub("", text)
    if len(text) > 40 or not any(c.isdigit() for c in text):
        return None
    for pattern in _DATES:
        found = pattern.fullmatch(text)
        if found is not None:
            return _date(found.groupdict(), pattern in _MONTH_FIRST)
    return None


def _date(parts: dict[str, str | None], month_first: bool) -> Node | None:
    """The date of the parts that were found; where the month comes first by habit, a number over 12 is the day."""
    named, said, year = parts.get("month"), parts.get("d"), parts.get("y")
    month = _MONTH_NUMBERS[named[:3].lower()] if named else int(parts.get("m") or 0)
    day = int(said) if said else None
    if month_first and day is not None and month > 12 >= day:
        month, day = day, month
    if not 1 <= month <= 12 or not (day is None or 1 <= day <= 31):
        return None
    return Node("date", (), f"{int(year) if year else '?'}-{month}-{day or '?'}")


def time(text: str) -> Node | None:
    """A time of day with minutes or with am and pm; "?" behind it where the half of the day is unsaid.

    >>> time("3:30 pm").name, time("3:30").name
    ('15:30:00', '3:30:00?')
    """
    if text.lower() in _NAMED_TIMES:
        return Node("time", (), _NAMED_TIMES[text.lower()])
    found = _TIME.fullmatch(text)
    if found is None or not (found[2] or found[4]) or len(text) > 20:
        return None
    hour, minute, second = map(int, found.groups(default="0")[:3])
    return _clock(hour, minute, second, (found[4] or "").lower().replace(".", ""))


def _clock(hour: int, minute: int, second: int, said: str) -> Node | None:
    """A time whose half of the day is `said`, a key of `_HALVES`; None where no clock shows it."""
    if hour > 24 or max(minute, second) > 59 or (said in ("am", "pm") and not 1 <= hour <= 12):
        return None
    half = _HALVES[said]
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    known = "" if half or hour > 12 or hour == 0 else "?"
    return Node("time", (), f"{hour}:{minute:02}:{second:02}{known}")


_NAMED_TIMES = MappingProxyType({"noon": "12:00:00", "midnight": "0:00:00"})
_HALVES = MappingProxyType({"": "", "a": "am", "am": "am", "midnight": "am", "p": "pm", "pm": "pm", "noon": "pm"})


def number_in_words(text: str) -> Node | None:
    """Whole numbers in English words, up to the billions, and parts such as "three quarters".

    >>> number_in_words("two hundred and five").value
    205
    """
    if len(text) > 80:
        return None
    words = [word for word in text.replace("-", " ").split() if word != "and"]
    if len(words) == 2 and words[0] in _COUNT and words[1].rstrip("s") in _PARTS:
        return number(Fraction(_COUNT[words[0]], _PARTS[words[1].rstrip("s")]))
    if words and words[0] in _SMALL and all(word in _SMALL or word in _LARGE for word in words):
        return number(_counted(words))
    return None


def _counted(words: list[str]) -> int:
    """The sum of what stands before thousands, millions and billions."""
    total = current = 0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current *= 100
        else:
            total, current = total + current * _LARGE[word], 0
    return total + current


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
