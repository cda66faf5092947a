"""What is wrong with a problem text that a model wrote: inputs left out, the answer told, two questions, code-speak."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

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
    inputs = parse(codecot.code).inputs
    made = tie(text, inputs, set(_others(execution, inputs)))
    varies = tuple(name for name in made.varies if name in codecot.varies)
    return replace(codecot, text=made.template, varies=varies)


def _others(execution: Execution, inputs: dict[str, object]) -> Iterator[Fraction]:
    """Numbers of the program that are no inputs: constants and steps, which a number of the text could mean too."""
    constants = (n.value for n in ast.walk(ast.parse(execution.codecot.code)) if isinstance(n, ast.Constant))
    steps = (values.decode(step.value) for step in execution.trace if step.name not in inputs)
    given = {exact(value) for value in inputs.values() if is_number(value)}
    found = {exact(number) for number in (*constants, *steps) if is_number(number)}
    yield from found - given


def faults(text: str, execution: Execution, *, plain_words: bool = True) -> Iterator[tuple[Reason, str]]:
    """Every fault of a text, with the reason it stands for. `plain_words` is off where a problem is about code."""
    if not SHORTEST <= len(text) <= LONGEST:
        yield Reason.BAD_TEXT, f"{len(text)} characters, not {SHORTEST} to {LONGEST}"
    lacking = [name for name in text_lacks(text, execution) if not _implied(name, text, execution)]
    if lacking:
        yield Reason.TEXT_INCOMPLETE, f"not in the text: {', '.join(lacking)}"
    if given := answer_given_away(text, execution):
        yield Reason.ANSWER_LEAKED, f"the text gives the answer away: {given}"
    if questions := _questions(text):
        yield Reason.BAD_TEXT, questions
    if unnamed := _unnamed_units(text, execution):
        yield Reason.BAD_TEXT, f"a unit is not named: {', '.join(unnamed)}"
    if plain_words and (found := _CODE_SPEAK.search(text)):
        yield Reason.BAD_TEXT, f"it speaks of code: {found[0]!r}"


def _implied(name: str, text: str, execution: Execution) -> bool:
    """Whether the text brings an input to mind without writing it: 7 by `week`, 12 by `dozen`."""
    value = values.decode(execution.inputs)[name]
    return is_number(value) and implied(exact(value), text)


def _questions(text: str) -> str:
    marks = len(_MARKS.findall(text))
    if marks > 1:
        return f"it asks {marks} questions"
    return "" if marks or _DEMAND.search(text) else "it asks no question"


def _unnamed_units(text: str, execution: Execution) -> list[str]:
    words = {word for name in values.decode(execution.inputs) for word in name.lower().split("_")}
    return [
        min(named)
        for unit, said in _UNITS.items()
        if (named := {word for word in words if re.fullmatch(unit, word)}) and not re.search(said, text, re.IGNORECASE)
    ]
