"""Units: names to one spelling, and conversion through pint where both sides carry one."""

import re
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

_CURRENCY = MappingProxyType(
    {"$": "dollar", "dollars": "dollar", "dollar": "dollar", "usd": "dollar", "us dollars": "dollar", "us$": "dollar",
     "inr": "rupee", "rs.": "rupee", "bucks": "dollar", "cents": "cent", "cent": "cent", "¢": "cent", "\\cent": "cent",
     "€": "euro", "euros": "euro", "euro": "euro", "eur": "euro", "£": "pound_sterling", "gbp": "pound_sterling",
     "pounds sterling": "pound_sterling", "yen": "yen", "rupees": "rupee", "rs": "rupee", "rupee": "rupee"}
)  # fmt: skip
_ALIASES = MappingProxyType(
    {"mph": "mile/hour", "kph": "kilometer/hour", "kmph": "kilometer/hour", "kmh": "kilometer/hour",
     "fps": "foot/second", "hrs": "hour", "hr": "hour", "h": "hour", "hours": "hour", "mins": "minute", "min": "minute",
     "minutes": "minute", "sec": "second", "secs": "second", "s": "second", "seconds": "second", "yrs": "year",
     "yr": "year", "years": "year", "lbs": "pound", "lb": "pound", "pounds": "pound", "ounces": "ounce", "oz": "ounce",
     "inches": "inch", "in": "inch", "feet": "foot", "ft": "foot", "yards": "yard", "yd": "yard", "yds": "yard",
     "miles": "mile", "mi": "mile", "metres": "meter", "metre": "meter", "meters": "meter", "m": "meter", "l": "liter",
     "litres": "liter", "L": "liter", "litre": "liter", "liters": "liter", "gal": "gallon", "gallons": "gallon",
     "grams": "gram", "g": "gram", "kilometres": "kilometer", "kilometre": "kilometer", "centimetres": "centimeter",
     "centimetre": "centimeter", "millimetres": "millimeter", "deg": "degree", "degrees": "degree", "rad": "radian",
     "radians": "radian", "degc": "degC", "degf": "degF", "°c": "degC", "celsius": "degC", "fahrenheit": "degF",
     "k": "kelvin", "K": "kelvin", "pints": "pint", "cups": "cup", "quarts": "quart", "tons": "ton", "tonnes": "tonne",
     "weeks": "week", "days": "day", "months": "month", "sq": "square", "cc": "centimeter**3", "dozens": "dozen"}
)  # fmt: skip
_TEMPERATURE = re.compile(r"(?:degrees?|deg|°)?\s*(?:C|F|celsius|fahrenheit)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|-?\d+|\^|\*+|/|\(|\)|-|\{|\}")
_KEEP_CASE = frozenset(
    ("mg", "Mg", "mW", "MW", "mPa", "MPa", "mV", "MV", "MHz", "mHz", "kW", "kWh", "Pa", "kPa", "Hz", "kHz", "GHz", "kJ",
     "J", "N", "W", "V", "A", "C", "F", "T", "K", "kg", "km", "cm", "mm", "mL", "nm", "pm", "kN")
)  # fmt: skip
"""Symbols whose case counts: mW is no MW."""
_SILENT = frozenset(("of", "the", "a", "an", "{", "}", "(", ")"))
_POWERS = MappingProxyType({"square": "**2", "sq": "**2", "cubic": "**3", "cu": "**3"})
"""Before the unit; `_SIGNS` has those behind it."""
_SIGNS = MappingProxyType(
    {"squared": "**2", "cubed": "**3", "per": "/", "/": "/", "^": "**", "**": "**", "*": "*", "-": "*"}
)


@cache
def registry() -> Any:
    """pint's units, loaded at the first conversion (it takes a third of a second)."""
    import pint

    return pint.UnitRegistry(cache_folder=None)


def spelled(text: str) -> str:
    """One spelling of a unit's text: `miles per hour`, `mi/h` and `mph` alike; unknown words in lower case."""
    text = text.strip().strip(".,").strip()
    if text.lower() in _CURRENCY:
        return _CURRENCY[text.lower()]
    if _TEMPERATURE.fullmatch(text) is not None:
        return "degC" if text.rstrip(".").lower().endswith(("c", "celsius")) else "degF"
    pieces: list[str] = []
    power = ""
    for word in _WORD.findall(text):
        lower = word.lower()
        if lower in _SILENT:
            continue
        if lower in _POWERS:
            power = _POWERS[lower]
        elif lower in _SIGNS:
            pieces.append(_SIGNS[lower])
        else:
            pieces += [_between(pieces), _name(word) + power]
            power = ""
    return "".join(pieces)


def _between(pieces: list[str]) -> str:
    """What stands between the last piece and a name: nothing behind an operator."""
    if not pieces or pieces[-1][0] in "/*":
        return ""
    return "*" if pieces[-1][-1].isdigit() else " "


def _name(word: str) -> str:
    """One spelling of a unit's name; unknown ones in lower case and in the singular."""
    lower = word.lower()
    if word in _KEEP_CASE:
        return word
    return _CURRENCY.get(lower) or _ALIASES.get(word) or _ALIASES.get(lower) or _singular(lower)


def _singular(word: str) -> str:
    """`apples` as `apple`."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def factor(source: str, target: str) -> Fraction | None:
    """How many `target` make one `source` (both as `spelled`); None where either is unknown, 0 for other dimensions.

    Scales with another zero (degrees Celsius) are not converted here: see `temperature`.
    """
    left, right = _known(source), _known(target)
    if left is None or right is None:
        return None
    if left[1] != right[1]:
        return Fraction(0)
    return left[0] / right[0]


@lru_cache(maxsize=1024)
def _known(name: str) -> tuple[Fraction, str] | None:
    """The size of a unit in base units and its dimension; None for a word that is no unit."""
    currency = {"dollar": (100, "dollar"), "cent": (1, "dollar"), "euro": (1, "euro"), "pound_sterling": (1, "gbp"),
                "yen": (1, "yen"), "rupee": (1, "rupee")}  # fmt: skip
    if name in currency:
        size, dimension = currency[name]
        return Fraction(size), f"currency {dimension}"
    if " " in name or not name or len(name) > 60:
        return None
    units = registry()
    try:
        quantity = units.Quantity(1, units.parse_units(name)).to_base_units()
    except Exception:  # noqa: BLE001 - pint raises many kinds for words that are no units
        return None
    return Fraction(quantity.magnitude).limit_denominator(10**12), str(quantity.dimensionality)


def temperature(value: Fraction, source: str, target: str) -> Fraction | None:
    """`value` of a temperature scale on another one; None where one of them is no scale."""
    to_kelvin = {"degC": (Fraction(1), Fraction("273.15")), "degF": (Fraction(5, 9), Fraction("459.67") * 5 / 9),
                 "kelvin": (Fraction(1), Fraction(0))}  # fmt: skip
    if source not in to_kelvin or target not in to_kelvin:
        return None
    (up, zero), (down, other) = to_kelvin[source], to_kelvin[target]
    return (value * up + zero - other) / down
