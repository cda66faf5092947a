"""Facts of the world that a problem states: units ("16 ounces in a pound"), bank notes. They must not change."""

import re

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
    if any(name in match.groups() for match in _OTHERS.finditer(text)):
        return True
    return any(
        name in match.groups()
        for dimension, conversions in _CONVERSIONS.items()
        if dimension != "time" or value in _TIME_FACTS
        for match in conversions.finditer(text)
    )
