"""The numbers of a text: where each stands, its exact value, its spelling, and whether another could take its place.

Only a quantity can be replaced: `5 apples`, `$3.50`, `20%`, `seven days`. A clock time, date, year, label (`Grade 3`),
range, fraction, ordinal, ratio word (`half`, `twice`, `dozen`) or length in feet and inches is found, but not movable.

Number words are read and written: `twenty-five` is 25, and 25 is `twenty-five`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_PARTS = {
    "half": 2, "third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100,
}
"""Names of parts of a whole, by how many of them make it."""
# fmt: on
_UNITS = {word: value for value, word in enumerate(_SMALL)}
_TENS_VALUES = {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_VALUES = {**_UNITS, **_TENS_VALUES}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

MULTIPLES = {
    word: number
    for number, words in {
        1: "once",
        2: "twice double doubled doubles doubling couple pair pairs twins",
        3: "thrice triple tripled triples triplets",
        4: "quadruple quadrupled",
        5: "quintuple",
        12: "dozen dozens",
        20: "score",
    }.items()
    for word in words.split()
}
"""Words that multiply without being a number."""

_CARDINAL = "|".join(sorted([*_UNITS, *_TENS_VALUES], key=len, reverse=True))
CARDINAL = (
    rf"\b(?:{_CARDINAL})(?:[- ](?:{_CARDINAL}))?"
    rf"(?:[ ](?:hundred|thousand|million|billion)(?:(?:[ ]and)?[ ](?:{_CARDINAL})(?:-(?:{_CARDINAL}))?)?)*\b"
)
"""Pattern of a written cardinal, to be used without regard to case; it may stand in a verbose pattern."""
PART = rf"(?:{'|'.join(_PARTS)}|halve)s?"
"""Pattern of the name of a part: `half`, `thirds`, `quarters`."""
ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|fortieth|fiftieth|hundredth)"
)


WORDS = frozenset((*_UNITS, *_TENS_VALUES, *_PARTS, *MULTIPLES, *ORDINAL[3:-1].split("|")))
"""The words that a number, a part, a multiple or an ordinal may begin with (or those with an article before them)."""


def read_cardinal(text: str) -> Fraction | None:
    """Value of a written cardinal (`two hundred and five`), or None where the words are not one number."""
    total = current = 0
    previous = ""
    for word in re.split(r"[- ]+", text.lower()):
        if word == "and":
            continue
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
        elif word in _VALUES and _may_follow(word, previous):
            current += _VALUES[word]
        else:
            return None
        previous = word
    return Fraction(total + current)


def _may_follow(word: str, previous: str) -> bool:
    """Whether a word goes on with a number: `five` after `twenty`, nothing but a scale after any other number."""
    if previous in _TENS_VALUES:
        return 0 < _VALUES[word] < 10
    return previous not in _UNITS


def read_part(word: str) -> Fraction:
    """Value of the name of a part: `third` and `thirds` are 1/3."""
    name = word.lower()
    if name in ("halves", "halve"):
        name = "half"
    return Fraction(1, _PARTS[name if name in _PARTS else name.removesuffix("s")])


def write_cardinal(value: int) -> str:
    """A whole number from 0 to 999,999 in words: `twenty-five`, `one hundred twenty`."""
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, units = divmod(value, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[units]}" if units else "")
    scale, name = (100, "hundred") if value < 1000 else (1000, "thousand")
    many, rest = divmod(value, scale)
    return f"{write_cardinal(many)} {name}" + (f" {write_cardinal(rest)}" if rest else "")


def article(value: Fraction) -> str:
    """`an` before a number that is spoken with a vowel first (8, 11, 18, 80, 8,000), else `a`."""
    digits = str(int(abs(value)))
    head = digits[: len(digits) % 3 or 3]
    return "an" if head in ("11", "18") or head[0] == "8" else "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One number of a text, at `text[start:end]`."""

    start: int
    end: int
    value: Fraction
    style: str = ""
    """The style of `caco.text.template` that spells `value` as it stands here."""
    kind: str = "count"
    """`count`, `money` and `percent` are quantities; `fraction`, `ratio`, `ordinal`, `clock`, `date`, `label`, `range`,
    `scale` and `length` are not to be replaced."""

    @property
    def movable(self) -> bool:
        """Whether another value could stand in its place."""
        return self.kind in ("count", "money", "percent")


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_STARTS = "|".join(
    f"{first}(?:{'|'.join(sorted({word[1:3] for word in WORDS if word[0] == first}))})"
    for first in sorted({word[0] for word in WORDS})
)
_TOKENS = re.compile(
    # The look-ahead spares most words the list of alternatives.
    rf"""
    (?=\.?\d|\b(?:an?[- ]|{_STARTS}))(?:
    (?P<clock>\b\d{{1,2}}:\d{{2}}\b)
  | (?P<pair>\b\d+(?::\d+)+\b)
  | (?P<fraction>(?<![\w/.])(?:(?P<whole>\d+)(?:[ ]|[ ]and[ ]|-))?(?P<above>\d+)/(?P<below>\d+)(?![\d/]))
  | (?P<slashed>(?<!\w)\d+(?:/\d+)+)
  | (?P<part>\b(?:(?P<wholes>{CARDINAL})[ ]and[ ])?(?P<many>an?|{CARDINAL})[- ](?P<name>{PART})\b)
  | (?P<bare>\b(?:hal(?:f|ves?)|quarters?|(?:third|(?:four|fif|six|seven|eigh|nin|ten|twelf|twentie|hundred)th)s)\b)
  | (?P<ordinal>\b\d+(?:st|nd|rd|th)\b|\b(?:\w+ty-)?{ORDINAL}\b)
  | (?P<digits>(?<![\w.])(?:{_DIGITS}))
  | (?P<multiple>\b(?:{"|".join(MULTIPLES)})\b)
  | (?P<scale>\ban?[ ](?:hundred|thousand|million)\b)
  | (?P<word>{CARDINAL}))
    """,
    re.VERBOSE | re.IGNORECASE,
)

_MONTHS = (
    "jan january feb february march apr april may jun june jul july aug august sep sept september oct october nov "
    "november dec december"
)
_LEADS = {
    word: kind
    for kind, words in {
        "label": "grade room chapter page pages number numbers no. route interstate highway level day week month year "
        "stage phase step team group lane exit gate section part season episode volume version class type figure "
        "question problem round lap size channel flight platform building floor apartment unit form book movie act "
        "area zone player person box bag house car bus train machine tank pool plan option store shop apollo formula "
        "top case age aged",
        "date": f"{_MONTHS} {_MONTHS.replace(' ', '. ')}.",
        "clock": "at until till by before after from since around past",
    }.items()
    for word in words.split()
}
"""Words directly before a number, and the kind that each makes it."""
_LAST_WORD = re.compile(r"\w*\.?$")
_UNIT = r"(?:cm|mm|km|m|kg|mg|g|lbs?|ml|l|oz|mph|kph|ft|in|hrs?|mins?|secs?|s|gb|mb|tb|kb|sq)\b"
_MONTH_AFTER = re.compile(rf" (?:of )?(?:{_MONTHS.replace(' ', '|')})\b", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"\b(?:in|since|by|of|from|until|year|before|after|during)(?: the year)? $", re.IGNORECASE)
_TIME_AFTER = re.compile(r" ?(?:[ap]\.?m\b|o['’]clock)", re.IGNORECASE)
# What follows a time or year that stands alone: `at 5 he`, `in 1998.`; in `at 5 shops` a noun follows.
_PLAIN_END = re.compile(r"\s*(?:[.,;?!)]|$| (?:and|to|until|till|or|on|in|each|every|for|he|she|they|it)\b)")
_RANGE_AFTER = re.compile(r"(?:-| ?– ?)[$£€]?\d")
_RANGE_BEFORE = re.compile(r"\d(?:-| ?– ?)[$£€]?$")
# `5'8`, but `5' s` and `5's` quote or own something.
_LENGTH_AFTER = re.compile(r"['’′](?! |s|$)|[\"”″] (?=by|x|tall|long|wide)")
_PERCENT_AFTER = re.compile(r" ?(?:%|percent\b|per cent\b)")
_MONEY = ("$", "£", "€", "$ ", "£ ", "€ ", "US$  ")
_SIGN_BEFORE = re.compile(r"(?<!\w)[-−–]$|\+$")
_LETTER_BEFORE = re.compile(r"[A-Za-z]-?$")
_SCALE_AFTER = re.compile(r"(?:k\b| ?(?:hundred|thousand|million|billion)\b| dozens?\b| scores?\b)", re.IGNORECASE)
# `7b`, `8's`, `5.5.5`, `1 000` are parts of something else; `5cm` and `20mph` are quantities.
_GLUED_AFTER = re.compile(rf"(?!{_UNIT})[A-Za-z]|['’]s\b|\.\d|,\d|-?\d|:\d|x\d| \d{{3}}\b")


@lru_cache(maxsize=4096)  # a part of rows is told first, then verified
def mentions(text: str) -> tuple[Mention, ...]:
    """All numbers of `text` in order, quantities or not."""
    return tuple(mention for match in _TOKENS.finditer(text) for mention in _read(text, match))


_PLACES = {"pair": "range", "slashed": "clock", "part": "ratio", "bare": "ratio", "multiple": "ratio"}
"""What tokens are as mentions, where they are not called the same."""


MOST_DIGITS = 1000
"""What has more digits is no quantity that a text speaks of; Python itself reads no more than 4,300 at once."""


def _read(text: str, match: re.Match[str]) -> Iterator[Mention]:
    start, end, found = match.start(), match.end(), match[0]
    if len(found) > MOST_DIGITS:
        return
    kind = match.lastgroup or ""
    if kind in ("clock", "pair", "slashed"):
        yield from _each_number(found, start, _PLACES.get(kind, kind))
    elif kind in ("digits", "word"):
        value, style = _spelled(found) if kind == "digits" else _in_words(found)
        if value is not None:
            yield Mention(start=start, end=end, value=value, style=style, kind=_kind(text, start, end, value))
    elif (value := _fixed(match, kind)) is not None:
        yield Mention(start=start, end=end, value=value, kind=_PLACES.get(kind, kind))


def _each_number(found: str, start: int, kind: str) -> Iterator[Mention]:
    for part in re.finditer(r"\d+", found):
        at = start + part.start()
        yield Mention(start=at, end=at + len(part[0]), value=Fraction(part[0]), kind=kind)


def _fixed(match: re.Match[str], kind: str) -> Fraction | None:
    """Value of a token that is never a quantity; 0 for an ordinal, None for what is no number (`1/0`)."""
    if kind == "fraction":
        below = int(match["below"])
        return Fraction(int(match["above"]), below) + int(match["whole"] or 0) if below else None
    if kind == "part":
        return _value_of_part(match["wholes"], match["many"], match["name"])
    if kind == "bare":
        return read_part(match[0])
    if kind == "multiple":
        return Fraction(MULTIPLES[match[0].lower()])
    if kind == "scale":
        return read_cardinal(match[0].split()[1])
    return Fraction(0)


def _value_of_part(wholes: str | None, many: str, name: str) -> Fraction | None:
    """Value of `two thirds`, `a third`, `one and a half`."""
    number = Fraction(1) if many.lower() in ("a", "an") else read_cardinal(many)
    before = read_cardinal(wholes) if wholes else Fraction(0)
    return None if number is None or before is None else before + number * read_part(name)


def numeral(text: str, start: int, end: int) -> Mention:
    """The number in digits at `text[start:end]`, whatever its place."""
    value, style = _spelled(text[start:end])
    return Mention(start=start, end=end, value=value, style=style)


@lru_cache(maxsize=4096)
def _spelled(found: str) -> tuple[Fraction, str]:
    """Value and style of a number in digits."""
    whole, _, decimals = found.partition(".")
    shape = "," if "," in found else ""
    if decimals.endswith("0"):
        shape += f".{len(decimals)}"
    if not whole:
        shape += "+." if shape else "."
    return Fraction(found.replace(",", "")), shape


def _in_words(found: str) -> tuple[Fraction | None, str]:
    """Value and style of a number in words."""
    return read_cardinal(found), "Word" if found[0].isupper() else "word"


def _kind(text: str, start: int, end: int, value: Fraction) -> str:
    """What sort of place the number stands in."""
    before, after = text[max(0, start - 20) : start], text[end : end + 20]  # no rule below looks farther
    digits = text[start].isdigit() or text[start] == "."
    if kind := _kind_by_sign(before, after, digits):
        return kind
    if digits and (_GLUED_AFTER.match(after) or _LETTER_BEFORE.search(before[-2:])):
        return "label"
    return _kind_by_words(before, after, value, text[start:end])


def _kind_by_sign(before: str, after: str, digits: bool) -> str:
    """The kind that a sign, unit or number right beside it makes a number, if one does."""
    if _TIME_AFTER.match(after):
        return "clock"
    if _SCALE_AFTER.match(after):
        return "scale"
    if digits and (kind := _kind_of_digits(before, after)):
        return kind
    if _PERCENT_AFTER.match(after):
        return "percent"
    return "money" if before.endswith(_MONEY) else ""


def _kind_of_digits(before: str, after: str) -> str:
    if _RANGE_AFTER.match(after) or _RANGE_BEFORE.search(before[-5:]):
        return "range"
    if _LENGTH_AFTER.match(after):
        return "length"
    return "label" if _SIGN_BEFORE.search(before[-2:]) else ""


def _kind_by_words(before: str, after: str, value: Fraction, found: str) -> str:
    """The kind that the words around it make a number: `count` where they do not."""
    lead = _lead(before)
    if lead == "label":
        return "label"
    if lead == "date" or _MONTH_AFTER.match(after) or _year(before, after, value, found):
        return "date"
    return "clock" if lead == "clock" and _PLAIN_END.match(after) and value <= 12 else "count"


def _lead(before: str) -> str:
    """The kind of place that the words before a number make it, if they do."""
    *words, end = before.lower().split(" ")
    if end or not words:
        return "label" if end.endswith("#") else ""
    word = words.pop()
    if word == "the" and words:
        return "date" if _lead(f"{words[-1]} ") == "date" else ""
    return _LEADS.get(word if word.isalpha() else _LAST_WORD.search(word)[0], "")  # type: ignore[index]


def _year(before: str, after: str, value: Fraction, found: str) -> bool:
    if not (found.isdigit() and 1600 <= value < 2100):
        return False
    return bool(_YEAR_BEFORE.search(before) or _PLAIN_END.match(after))
