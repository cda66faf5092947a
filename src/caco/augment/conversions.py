"""Facts that a problem states for the reader's convenience ("there are 16 ounces in a pound"): they must not change."""

import re

_UNITS = {
    "length": "inch(?:es)? foot feet yards? miles? mm cm km millimeters? centimeters? meters? metres? kilometers?",
    "weight": "ounces? oz pounds? lbs? grams? g kg kilograms? milligrams? mg kilos? tons? tonnes?",
    "volume": "ounces? oz cups? pints? quarts? gallons? ml milliliters? liters? litres? tablespoons? teaspoons? ml",
    "money": "cents? dollars? pennies penny nickels? dimes? quarters?",
    "time": "seconds? minutes? hours? days? weeks? months? years?",
}
_TIME_FACTS = (60, 24, 7, 12, 52, 365, 30, 31, 4)


def _patterns(units: str) -> re.Pattern[str]:
    slot = r"\{(\w+)(?::[^{}]*)?\}"
    unit = rf"(?:fluid |square |cubic )?(?:{'|'.join(units.split())})\b"
    equals = r"(?:is|are|=|equals?|contains?|has|have|makes?|weighs?)(?: equal to| about| approximately)?"
    return re.compile(
        rf"{slot} {unit} (?:in|to|per|for|{equals}) (?:an?|one|each|every|1) {unit}"
        rf"|\b(?:an?|one|each|every|1) {unit} {equals} {slot} {unit}",
        re.IGNORECASE,
    )


_FACTS = {dimension: _patterns(units) for dimension, units in _UNITS.items()}


def is_conversion(text: str, name: str, value: int | float) -> bool:
    """Whether a template states the input `name` as how many of one unit make another of the same dimension."""
    return any(
        name in (match[1], match[2])
        for dimension, facts in _FACTS.items()
        if dimension != "time" or value in _TIME_FACTS
        for match in facts.finditer(text)
    )
