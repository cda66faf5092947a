"""Number words of English, both ways: `twenty-five` is 25, and 25 is `twenty-five`."""

import re
from fractions import Fraction

# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_UNITS = {word: value for value, word in enumerate(_SMALL)}
_TENS_VALUES = {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

_PARTS = {
    "half": 2,
    "third": 3,
    "fourth": 4,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twelfth": 12,
    "twentieth": 20,
    "hundredth": 100,
}
"""Names of parts of a whole, by how many of them make it."""

MULTIPLES = {
    "once": 1,
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "doubling": 2,
    "couple": 2,
    "pair": 2,
    "pairs": 2,
    "twins": 2,
    "thrice": 3,
    "triple": 3,
    "tripled": 3,
    "triples": 3,
    "triplets": 3,
    "quadruple": 4,
    "quadrupled": 4,
    "quintuple": 5,
    "dozen": 12,
    "dozens": 12,
    "score": 20,
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
        elif word in _TENS_VALUES and previous not in _UNITS and previous not in _TENS_VALUES:
            current += _TENS_VALUES[word]
        elif word in _UNITS and previous not in _UNITS and (previous not in _TENS_VALUES or 0 < _UNITS[word] < 10):
            current += _UNITS[word]
        else:
            return None
        previous = word
    return Fraction(total + current)


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
