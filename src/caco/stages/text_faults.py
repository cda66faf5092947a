"""What is wrong with a problem text that a model wrote: inputs left out, the answer told, two questions, code-speak."""

import re
from collections.abc import Iterator
from dataclasses import replace

from caco.program import values
from caco.program.form import parse
from caco.records import CodeCoT, Execution, Reason
from caco.text.grounding import answer_given_away, text_lacks
from caco.text.template import exact, implied, is_number, tie

SHORTEST, LONGEST = 20, 3000
"""Characters of a problem text."""
_MARKS = re.compile(r"[?？؟]")
_DEMAND = re.compile(
    r"(?<![\w-])(?:find|calculate|compute|determine|work out|evaluate|solve|write|give|state|prove|simplify|express"
    r"|return|implement|how many|how much|what|which|berechne\w*|bestimme\w*|ermittle\w*|finde\w*|calcul\w+"
    r"|détermin\w+|trouv\w+|halla\w*|encuentra\w*|determina\w*)\b",
    re.IGNORECASE,
)
_CODE_SPEAK = re.compile(
    r"`|\b[a-z]+_[a-z_]+\b|\bdef \w+\(|\bprint\(|\*\*input\b"
    r"|\b(?:python|(?:this|given|following) (?:code|program|function|script)|variable named|input dict\w*)\b",
    re.IGNORECASE,
)
_UNITS = {
    r"minutes?|mins?": r"minute|(?<![a-z])min\b",
    r"hours?|hrs?": r"hour|(?<![a-z])hr?s?\b",
    r"seconds|secs": r"second|(?<![a-z])sec|(?<![a-z])s\b",
    r"days?": r"(?<![a-z])day|daily|week|month|year",
    r"weeks?": r"week",
    r"km|kilomet(?:er|re)s?": r"(?<![a-z])km|kilomet|(?<![a-z])kph",
    r"miles?": r"mile|(?<![a-z])mi\b|(?<![a-z])mph",
    r"cm|centimet(?:er|re)s?": r"(?<![a-z])cm|centimet",
    r"kg|kilograms?|kilos?": r"(?<![a-z])kg|kilo",
    r"grams?": r"gram|(?<![a-z])g\b",
    r"lit(?:er|re)s?": r"lit(?:er|re)|(?<![a-z])l\b",
    r"dollars?|usd": r"\$|dollar|(?<![a-z])usd",
    r"euros?|eur": r"€|euro|(?<![a-z])eur",
    r"cents?": r"cent|¢",
    r"percent|percentage|pct": r"%|percent|per cent|out of every|of the",
    r"degrees?|deg": r"°|degree",
}
"""Unit words in the names of a program, each with what a text may say for it."""


def tied(text: str, execution: Execution) -> CodeCoT:
    """The program with `text` as its template: inputs that stand in it without doubt become slots."""
    codecot = execution.codecot
    made = tie(text, parse(codecot.code).inputs)
    varies = tuple(name for name in made.varies if name in codecot.varies)
    return replace(codecot, text=made.template, varies=varies)


def faults(text: str, execution: Execution, *, plain_words: bool = True) -> Iterator[tuple[Reason, str]]:
    """Every fault of a text, with the reason it stands for. `plain_words` is off where a problem is about code."""
    found = (
        (Reason.BAD_TEXT, _length(text)),
        (Reason.TEXT_INCOMPLETE, _lacking(text, execution)),
        (Reason.ANSWER_LEAKED, _leaked(text, execution)),
        (Reason.BAD_TEXT, _questions(text)),
        (Reason.BAD_TEXT, _unnamed_units(text, execution)),
        (Reason.BAD_TEXT, _code_speak(text) if plain_words else ""),
    )
    return ((reason, fault) for reason, fault in found if fault)


def _length(text: str) -> str:
    return "" if SHORTEST <= len(text) <= LONGEST else f"{len(text)} characters, not {SHORTEST} to {LONGEST}"


def _lacking(text: str, execution: Execution) -> str:
    names = [name for name in text_lacks(text, execution) if not _implied(name, text, execution)]
    return f"not in the text: {', '.join(names)}" if names else ""


def _leaked(text: str, execution: Execution) -> str:
    given = answer_given_away(text, execution)
    return f"the text gives the answer away: {given}" if given else ""


def _implied(name: str, text: str, execution: Execution) -> bool:
    """Whether the text brings an input to mind without writing it: 7 by `week`, 12 by `dozen`."""
    value = values.decode(execution.inputs)[name]
    return is_number(value) and implied(exact(value), text)


def _questions(text: str) -> str:
    marks = len(_MARKS.findall(text))
    if marks > 1:
        return f"it asks {marks} questions"
    return "" if marks or _DEMAND.search(text) else "it asks no question"


def _unnamed_units(text: str, execution: Execution) -> str:
    words = {word for name in values.decode(execution.inputs) for word in name.lower().split("_")}
    unnamed = [
        min(named)
        for unit, said in _UNITS.items()
        if (named := {word for word in words if re.fullmatch(unit, word)}) and not re.search(said, text, re.IGNORECASE)
    ]
    return f"a unit is not named: {', '.join(unnamed)}" if unnamed else ""


def _code_speak(text: str) -> str:
    found = _CODE_SPEAK.search(text)
    return f"it speaks of code: {found[0]!r}" if found else ""
