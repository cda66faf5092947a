"""Facts of the world that a problem states: units ("16 ounces in a pound"), bank notes. They must not change."""

import re
from functools import lru_cache

_UNITS = {
    "length": "inch(?:es)? foot feet yards? miles? mm cm km millimeters? centimeters? meters? metres? kilometers?",
    "weight": "ounces? oz pounds? lbs? grams? g kg kilograms? milligrams? mg kilos? tons? tonnes?",
    "volume": "ounces? oz cups? pints? quarts? gallons? ml milliliters? liters? litres? tablespoons? teaspoons? foot",
    "money": "cents? dollars? pennies penny nickels? dimes? quarters?",
    "data": "bits? bytes? kb mb gb tb kilobytes? megabytes? gigabytes? terabytes?",
    "time": "seconds? minutes? hours? days? weeks? months? years?",
}
_TIME_FACTS = (60, 24, 7, 12, 52, 365, 30, 31, 4)
"""Hours in a day and the like: any other number of hours a day is a habit, and may change."""
_SLOT = r"\{(\w+)(?::[^{}]*)?\}"
_OTHERS = re.compile(
    rf"{_SLOT}[- ](?:dollar |cent )?(?:bills?\b(?! (?:for|of))|notes?\b|coins?\b)|{_SLOT}[- ]cent piece"
    rf"|\b(?:gallon|liter|litre|pint|cup|quart)s? of water weighs? (?:about )?{_SLOT}",
    re.IGNORECASE,
)
"""Money as it is printed and struck, and the weight of water."""


def _pattern(units: str) -> re.Pattern[str]:
    unit = rf"(?:fluid |square |cubic )?(?:{'|'.join(units.split())})\b(?: of [a-z]+)?"
    equals = r"(?:is|are|=|equals?|contains?|has|have|makes?|weighs?)(?: equal to| about| approximately)?"
    one = "(?:an?|one|each|every|1)"
    return re.compile(
        rf"{_SLOT} {unit} (?:(?:in|to|per|for|{equals}) {one}|per) {unit}|\b{one} {unit} {equals} {_SLOT} {unit}",
        re.IGNORECASE,
    )


_CONVERSIONS = {dimension: _pattern(units) for dimension, units in _UNITS.items()}


def is_fact(text: str, name: str, value: int | float) -> bool:
    """Whether a template states with the input `name` how many of one unit make another, or another such fact."""
    timed, others = _stated(text)
    return name in others or (name in timed and value in _TIME_FACTS)


@lru_cache(maxsize=512)  # asked for each input of a text, by one function after the other
def _stated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The inputs that a template states to be conversions of time, and those of other facts."""
    found = {
        dimension: frozenset(name for match in conversions.finditer(text) for name in match.groups() if name)
        for dimension, conversions in _CONVERSIONS.items()
    }
    others = (name for match in _OTHERS.finditer(text) for name in match.groups() if name)
    return found.pop("time"), frozenset(others).union(*found.values())
