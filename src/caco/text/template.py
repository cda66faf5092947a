"""Problem texts as templates: `{name}` or `{name:style}` stands for an input, `{{` and `}}` for braces.

A style is made of parts joined by `+`:

    (none)    a number in as few digits as are exact (`3`, `3.5`); a string as it stands; others as Python writes them
    ,         thousands commas                     `1,200`
    .2        so many decimals                     `3.50`
    .         no zero before the decimal point     `.5`
    money     two decimals unless it is whole      `3`, `3.50`
    percent   a share as a percentage              `0.2` gives `20`
    share     a percentage as a share              `20` gives `0.2`
    word      a number in words                    `twelve`; `Word` begins with a capital
    a         the article that fits the number     `a 7`, `an 8`; `A` begins with a capital
    $ £ €     the sign, where an article precedes  `an $8`
    repr      as Python writes it                  `'banana'`
    json      as JSON writes it                    `"banana"`
    items     the items of a list                  `3, 1, 4`
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from itertools import chain
from math import isfinite
from typing import TypeAlias, TypeGuard

from caco.text.mentions import Mention, article, mentions, write_cardinal

_PIECES = re.compile(r"\{\{|\}\}|\{([^\W\d]\w*)(?::([^{}]*))?\}|[{}]")
_ADDED = ("a", "A", ".", "$", "£", "€")
_LITERALS: dict[str, Callable[[object], str]] = {"repr": repr, "json": partial(json.dumps, ensure_ascii=False)}
_FACTORS = {"percent": Fraction(100), "share": Fraction(1, 100)}
_Span: TypeAlias = tuple[int, int, str]
"""A place of a text, and the slot for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A problem's text as a template over a program's inputs."""

    template: str
    varies: tuple[str, ...]
    """Inputs tied to all their mentions without doubt."""
    missing: tuple[str, ...]
    """Inputs that the text does not mention."""


def escape(text: str) -> str:
    """`text` as a template without slots."""
    return text.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=1024)  # instances of a program share their texts
def slots(text: str) -> tuple[tuple[str, str], ...]:
    """The slots of a template, in order, as (name, style). Raises ValueError where `text` is no template."""
    found = []
    for match in _PIECES.finditer(text):
        if match[1]:
            found.append((match[1], match[2] or ""))
        elif match[0] in "{}":
            raise ValueError(f"not a template: a single {match[0]!r} at {match.start()} (write it twice)")
    return tuple(found)


def render(text: str, inputs: Mapping[str, object]) -> str:
    """`text` with its slots filled. Raises KeyError for a name not in `inputs`, ValueError for a bad text or style."""

    def fill(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        return show(inputs[match[1]], match[2] or "")

    slots(text)
    return _PIECES.sub(fill, text)


def show(value: object, style: str = "") -> str:
    """One value in a style. Raises ValueError for a style that does not exist or does not fit the value."""
    if style in _LITERALS:
        return _LITERALS[style](value)
    if is_number(value):
        return _show_number(exact(value), style)
    if style == "":
        return value if isinstance(value, str) else repr(value)
    if style == "items" and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    raise ValueError(f"style {style!r} does not fit {value!r}")


@lru_cache(maxsize=4096)  # the numbers of a problem are asked for by every check on it
def exact(value: int | float | Fraction) -> Fraction:
    """The exact decimal number that a float is written as: 0.1 is 1/10."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def _show_number(value: Fraction, style: str) -> str:
    if not style:
        return plain(value)
    parts = style.split("+")
    shape = next((part for part in parts if part not in _ADDED), "")
    written = _spell(value, shape)
    if "." in parts:
        written = re.sub(r"^0(?=\.)", "", written)
    written = "".join(sign for sign in "$£€" if sign in parts) + written
    if not {"a", "A"}.isdisjoint(parts):
        written = f"{article(value)} {written}"
    return written[0].upper() + written[1:] if "A" in parts else written


def _spell(value: Fraction, shape: str) -> str:
    if shape in ("word", "Word"):
        return _in_words(value, capital=shape == "Word")
    if shape in _FACTORS:
        return plain(value * _FACTORS[shape])
    if shape == "money":
        return plain(value, commas=True) if value.denominator == 1 else fixed(value, 2, commas=True)
    match = re.fullmatch(r"(,?)(?:\.(\d+))?", shape)
    if match is None:
        raise ValueError(f"unknown style {shape!r}")
    commas = bool(match[1])
    return fixed(value, int(match[2]), commas) if match[2] else plain(value, commas)


def _in_words(value: Fraction, capital: bool) -> str:
    """A whole number below 1,000 in words; nobody writes out others, so they stay digits."""
    if value.denominator != 1 or not 0 <= value < 1000:
        return plain(value, commas=True)
    words = write_cardinal(int(value))
    return words.capitalize() if capital else words


def plain(value: Fraction, commas: bool = False) -> str:
    """The shortest exact decimal of `value`; where there is none within 10 places, the nearest with 10."""
    if value.denominator == 1 and abs(value.numerator) < 10**300:
        return f"{value.numerator:,}" if commas else str(value.numerator)
    text = fixed(value, 10, commas)
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Fraction, places: int, commas: bool = False) -> str:
    """`value` with so many decimals, halves rounded away from zero; more where fewer would not be exact."""
    for more in range(places, 11):
        if (value * 10**more).denominator == 1:
            places = more
            break
    scaled = int(abs(value) * 10**places + Fraction(1, 2))
    whole, decimals = divmod(scaled, 10**places)
    sign = "-" if value < 0 and scaled else ""
    return sign + (f"{whole:,}" if commas else str(whole)) + (f".{decimals:0{places}}" if places else "")


_IMPLIED = {
    2: r"twice|doubl|both|couple|pair|half|halves|halv|two|twin|together|parents|each other|bi-?weekly|fortnight",
    3: r"third|tripl|thrice|yard",
    4: r"quarter|quadrupl|month|weeks|square|fourth|legs",
    5: r"nickel|weekday|school week|work week|workday|fifth",
    7: r"week|daily|per day|each day|every day|a day",
    8: r"octopus|ounce|spider",
    10: r"dime|decade|tenth",
    12: r"dozen|month|year|annual|inch|feet|foot|clock|noon|midnight",
    16: r"ounce|pound",
    24: r"hour|day",
    25: r"quarter",
    28: r"february",
    30: r"month|day|daily|april|june|september|november|half",
    31: r"month|january|march|may|july|august|october|december",
    36: r"yard|inch",
    50: r"half",
    52: r"week|year|card",
    60: r"hour|minute|second",
    90: r"degree|angle|triangle|minute|half",
    100: r"percent|%|cent|dollar|\$|meter|century|dime|quarter|penn",
    180: r"degree|angle|triangle",
    360: r"degree|circle",
    365: r"year|day|daily",
    366: r"year|day|daily",
    1000: r"kilo|\bkm\b|\bkg\b|liter|meter|gram|ton|mill",
    2000: r"\bton",
    5280: r"mile",
}
"""Values that a text can mean without writing them, each with the words that bring it to mind."""


def implied(value: Fraction, text: str) -> bool:
    """Whether `text` brings to mind a constant of this value (7 and `week`, 60 and `hour`, 100 and `percent`)."""
    words = _IMPLIED.get(int(value)) if value.denominator == 1 else None
    return bool(words and re.search(words, text, re.IGNORECASE))


def tie(text: str, inputs: Mapping[str, object], other: Collection[Fraction] = ()) -> Tie:
    """The template of `text` over `inputs`; an input that could be tied wrongly stays as it is written.

    `other` holds values that a number of the text could also mean: the program's constants and intermediate results.
    """
    literals = {
        name: places
        for name, value in inputs.items()
        if isinstance(value, str | list | tuple | dict) and (places := _literal_places(text, name, value))
    }
    numbers = _number_places(text, _blank(text, chain.from_iterable(literals.values())), inputs, other)
    held, mentioned = list(inputs.values()), {*literals, *numbers}
    tied = {name: places for name, places in literals.items() if held.count(inputs[name]) == 1}
    tied |= {name: places for name, places in numbers.items() if places}
    return Tie(
        template=fill_slots(text, list(chain.from_iterable(tied.values()))),
        varies=tuple(name for name in inputs if name in tied),
        missing=tuple(name for name in inputs if name not in mentioned),
    )


def _number_places(
    text: str, free: str, inputs: Mapping[str, object], other: Collection[Fraction]
) -> dict[str, list[_Span]]:
    """The slots for each number that `free` (what is left of `text`) mentions; none where it is in doubt."""
    numbers = {name: exact(value) for name, value in inputs.items() if is_number(value)}
    found, commas = mentions(free), sets_off_thousands(text)
    places: dict[str, list[_Span]] = {}
    for name, number in numbers.items():
        mine = [mention for mention in found if _means(mention, number)]
        if mine:
            sure = _is_alone(number, numbers.values()) and number not in other and certain(number, mine, free)
            slotted = mine if sure else ()
            places[name] = [(*place(text, mention), slot(text, name, mention, number, commas)) for mention in slotted]
    return places


def _is_alone(number: Fraction, numbers: Iterable[Fraction]) -> bool:
    """Whether no other number could be written like this one, as a share or percentage."""
    return sum(twin in (number, number * 100, number / 100) for twin in numbers) == 1


def is_number(value: object) -> TypeGuard[int | float | Fraction]:
    """Whether a value is a finite number (a bool is not): only these can be told, compared and drawn."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _blank(text: str, places: Iterable[_Span]) -> str:
    for start, end, _ in places:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def certain(value: Fraction, mine: Collection[Mention], text: str) -> bool:
    """Whether all mentions of a value can take another: it is not 0 or 1, nor fixed in its place, nor implied."""
    return (
        value > 0
        and value != 1
        and all(mention.movable and faithful(text, mention, value) for mention in mine)
        and not implied(value, text)
    )


def faithful(text: str, mention: Mention, value: Fraction) -> bool:
    """Whether the slot gives back just what the author wrote (not `a 8`, not `05`)."""
    start, end = place(text, mention)
    return render(slot(text, "value", mention, value, False), {"value": value}) == text[start:end]


def _means(mention: Mention, value: Fraction) -> bool:
    return mention.kind != "ordinal" and (
        mention.value == value or (mention.kind == "percent" and mention.value == value * 100)
    )


def place(text: str, mention: Mention) -> tuple[int, int]:
    """The span that a slot for `mention` takes: with it goes an article that must agree with the number."""
    lead = re.search(r"\b[Aa]n? [$£€]?$", text[: mention.start])
    return (lead.start() if lead else mention.start), mention.end


def sets_off_thousands(text: str) -> bool:
    """Whether a fresh number of `text` may have a thousands comma: no number of four digits lacks it."""
    return re.search(r"(?<![\d.,])\d{4}", text) is None


def slot(text: str, name: str, mention: Mention, value: Fraction, commas: bool) -> str:
    """The slot for one mention of the input `name` of this value; with `commas`, a larger value gets them too."""
    start, _ = place(text, mention)
    article_and_sign = [text[start], text[mention.start - 1].strip()] if start < mention.start else []
    style = "+".join(filter(None, [*article_and_sign, _shape(mention, value, commas)]))
    return f"{{{name}:{style}}}" if style else f"{{{name}}}"


def _shape(mention: Mention, value: Fraction, commas: bool) -> str:
    """The part of a style that spells the number as the mention does, and larger or broken ones as its text would."""
    if shape := "percent" if mention.value != value else mention.style:
        return shape
    if commas and value >= 100 and mention.kind != "percent":
        return ","
    cents = (value * 100).denominator == 1 != (value * 10).denominator
    return "money" if cents and mention.kind == "money" else ""


def fill_slots(text: str, spans: Collection[_Span]) -> str:
    """`text` with each span (start, end, slot) replaced and all else escaped."""
    pieces, at = [], 0
    for start, end, filled in sorted(spans):
        pieces += [escape(text[at:start]), filled]
        at = end
    return "".join([*pieces, escape(text[at:])])


def _literal_places(text: str, name: str, value: object) -> list[_Span]:
    """Where a string, list or dict stands in `text` as a literal; empty where it also stands there in another way."""
    spellings = _spellings(value)
    pattern = "|".join(re.escape(spelling) for spelling in sorted(spellings, key=len, reverse=True))
    places = [
        (match.start(), match.end(), f"{{{name}:{spellings[match[0]]}}}")
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text)
        if spellings[match[0]] != "items" or not _is_part_of_list(text, match)
    ]
    if isinstance(value, str) and len(re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", text)) != len(places):
        return []
    return places


def _spellings(value: object) -> dict[str, str]:
    """The literals of a value, each with its style; a list of one item as `items` would look like the item."""
    found: dict[str, str] = {}
    for style in ("repr", "json", "items"):
        if style == "items" and not (isinstance(value, list | tuple) and len(value) > 1):
            continue
        try:
            found.setdefault(show(value, style), style)
        except (TypeError, ValueError):
            continue
    return found


def _is_part_of_list(text: str, match: re.Match[str]) -> bool:
    """Whether digits on either side of `3, 1, 4` tell that a longer list stands there."""
    before, after = text[: match.start()], text[match.end() :]
    return re.search(r"[\d.],? ?$", before) is not None or re.match(r"(?:,? ?|\.)\d", after) is not None
