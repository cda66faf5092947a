"""What composing needs to know of problem texts: what they ask for, whom they speak of, and how two become one."""

import re
from collections.abc import Mapping

LETTERS = "NKMRTVXYZ"
"""Names for an answer that is handed on."""
_MONEY = re.compile(
    r"\$|\b(?:dollars?|money|costs?|price|prices|pay|pays|paid|spend|spends|spent|earn|earns|earned|earnings|profit|change"
    r"|charged?|sales|revenue|salary|wage|wages|income|bill|owe|owes|savings|saved?|worth|fee|budget|raise|raised)\b",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(
    r"percent|%|\bcents?\b|£|€|\bratio\b|\bfraction\b|\bprobability\b|what time|which|\bdegrees?\b", re.IGNORECASE
)
_MEASURED = re.compile(
    r"\bhow (?:much )?(?:longer|long|time|far|farther|further|tall|high|deep|wide|fast)\b", re.IGNORECASE
)
_TIME_AND_LENGTH = tuple(
    re.compile(rf"\b{unit}", re.IGNORECASE)
    for unit in (
        *("seconds", "minute", "hour", "days?\\b", "week", "month", "year"),
        *("inch", "f(?:oo|ee)t\\b", "yard", "mile", "met(?:er|re)", "(?:cm|centimet)", "(?:km|kilomet)"),
    )
)
_AGREEING = frozenset(("a", "A", "percent"))
"""Styles whose text depends on the number."""
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a after all also altogether although among an and another answer any are as at because before but by calculate
        call can compute currently did do does during each eight every find finally first five for four from give
        given had half has he her his how however i if in is it its last later let many more most mr mrs ms nine no
        not now of on once one only or other out over she seven since six so some suppose ten that the their them then
        there these they this those three to today together twice two under until was we were what when whenever where
        which while who will with would yesterday you your january february march april may june july august september
        october november december monday tuesday wednesday thursday friday saturday sunday
        """,
    )
)
"""Words that begin sentences, and days and months: capitals that name nobody."""


def names_in(text: str) -> set[str]:
    """The people, places and brands that a text speaks of: its capitalised words but the common ones."""
    return {w for w in re.findall(r"\b[A-Z][a-z]+", text) if w.lower() not in _COMMON}


def question_of(text: str) -> str:
    """The last sentence of a text."""
    return re.split(r"(?<=[.!?])\s+", text.strip())[-1]


def answer_kind(text: str) -> str:
    """What the text's question asks for: `money` in dollars, `count` for any other amount, empty for what is none."""
    question = question_of(text)
    if _NO_AMOUNT.search(question) or unit_in_doubt(text, question):
        return ""
    if re.search(r"how many(?! dollars)", question, re.IGNORECASE):
        return "count"
    if _MONEY.search(question):
        return "money" if re.search(r"\$|dollar", text) else ""
    return "" if "$" in text else "count"


def asks_how_many(text: str, unit: str) -> bool:
    """Whether the question says what it wants: where a text has two units, `how long` would leave it open."""
    asked = rf"how many|percent|%|\bin {re.escape(unit)}"
    return answer_kind(text) == "money" or re.search(asked, question_of(text), re.IGNORECASE) is not None


def unit_in_doubt(text: str, question: str) -> bool:
    """Whether a question for a time or a length leaves open in which unit: it names none, and the text several."""
    if not _MEASURED.search(question):
        return False
    named = [unit for unit in _TIME_AND_LENGTH if unit.search(question)] or [
        unit for unit in _TIME_AND_LENGTH if unit.search(text)
    ]
    return len(named) != 1


def slot_kind(text: str, name: str) -> str:
    """What an input is in a template: `money` in dollars, `count`, or empty where no letter could stand for it."""
    kinds = set()
    for place in re.finditer(rf"(\S*)\{{{name}(?::([^{{}}]*))?\}}(\S*\s?\w*)", text):
        before, style, after = place.groups("")
        if _is_bound(style, after) or _NO_AMOUNT.search(before + after):
            return ""
        kinds.add("money" if before.endswith("$") or after.strip().startswith("dollar") else "count")
    return kinds.pop() if len(kinds) == 1 else ""


def _is_bound(style: str, after: str) -> bool:
    """Whether only a number can fill a slot: an article or percentage depends on it, or a unit is glued to it."""
    return not _AGREEING.isdisjoint(style.split("+")) or re.match(r"\w", after) is not None


def letters_in(text: str) -> set[str]:
    """The capital letters that stand alone in a text, as names of unknown numbers do; not the words `I`, `A`."""
    return set(re.findall(r"\b[B-HJ-Z]\b(?!['’])", text))


def free_letter(text: str) -> str:
    """The first of LETTERS that stands alone nowhere in a text; empty where there is none."""
    return next((letter for letter in LETTERS if letter not in letters_in(text)), "")


def lettered(text: str, name: str, letter: str, new: Mapping[str, str] | None = None) -> str:
    """A template with a letter in the place of the input `name`; empty where it has none, or a letter would not fit.

    `new` has other names for the remaining inputs.
    """
    names = {} if new is None else new
    places = list(re.finditer(rf"\{{{name}(?::([^{{}}]*))?\}}(\w?)", text))
    if not places or any(_is_bound(style, after) for style, after in (place.groups("") for place in places)):
        return ""

    def fill(slot: re.Match[str]) -> str:
        if slot[1] is None:
            return slot[0]
        return letter if slot[1] == name else f"{{{names.get(slot[1], slot[1])}{slot[2]}}}"

    return re.sub(r"\{\{|\}\}|\{(\w+)((?::[^{}]*)?)\}", fill, text.strip())


def named(text: str, letter: str) -> str:
    """A template whose answer gets a letter."""
    text = text.strip()
    return f"{text}{'' if text[-1:] in tuple('.?!)') else '?'} Call the answer {letter}."


def chained(first: str, second: str, name: str, letter: str, new: Mapping[str, str]) -> str:
    """One template of two: the first's answer gets a letter, which stands in the second for the input `name`.

    `new` has the names that inputs of the second have in the joint program.
    """
    return f"{named(first, letter)}\n\n{lettered(second, name, letter, new)}"
