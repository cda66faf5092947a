"""The answer in a sentence: its only formula, or what it says something is; nothing where the sentence has doubts."""

import re

MAX_SENTENCE = 400
_FORMULA = re.compile(r"\$\$([^$]{1,300})\$\$|\$([^$]{1,300})\$|\\\((.{1,300}?)\\\)|\\\[(.{1,300}?)\\\]", re.DOTALL)
_DOUBT = re.compile(
    r"\b(?:not|never|neither|nor|least|most|more|less|than|except|excluding|between|over|under|above|below|either|unless|if"
    r"|cannot|fewer|greater|smaller|larger|but|no|up)\b|n't\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"[A-Za-z][A-Za-z ,'\-]{1,150}\b(?:is|are|was|were|equals|be|get|have|gives?)(?: equal to| exactly)?[ :]+(?=\S)"
)
_JOINT = re.compile(r"\s*(?:,|;|and|or|, and|, or)\s*", re.IGNORECASE)
_IS = re.compile(r".*\b(?:is|are|equals|be|get|have|gives?)[: ]*", re.IGNORECASE | re.DOTALL)
_CONTENT = re.compile(r"[\d=<>^+*/\\]")


def answer_in_prose(text: str) -> str:
    """The answer that a sentence states, or the empty string."""
    if len(text) > MAX_SENTENCE or _DOUBT.search(_FORMULA.sub("", text)):
        return ""
    formulas = list(_FORMULA.finditer(text))
    if not formulas:
        stated = _STATED.match(text)
        rest = text[stated.end() :] if stated is not None else ""
        return rest if _CONTENT.search(rest) else ""
    if _CONTENT.search(_FORMULA.sub("", text)):
        return ""
    kept = formulas[-1:]
    for before, after in zip(formulas[-2::-1], formulas[:0:-1], strict=True):
        between = text[before.end() : after.start()]
        if _JOINT.fullmatch(between):
            kept.insert(0, before)
        elif _IS.fullmatch(between):
            break
        else:
            return ""
    return ", ".join(next(group for group in match.groups() if group is not None) for match in kept)
