"""Answer text to a tree: markup off, fixed phrases, then the grammar; what remains is `raw`, never a guess.

From a sentence its only formula is taken, or what it says something is; nothing where the sentence has doubts. What
nobody can read is no answer; a formula that algebra failed on may be right.
"""

import re
from fractions import Fraction
from functools import lru_cache

from caco.answers import lexer, names, units, words
from caco.answers.parser import parse
from caco.answers.tree import Node, Unreadable, negative, number, whole
from caco.records import Grade, Outcome

_LIKE_FORMULA = re.compile(
    r"(?=.*\d).*(?:\\(?:[dt]?frac|sqrt|binom|sum|prod|int|lim|log|ln|exp|sin|cos|tan|cdot|times|pi)\b|[\^*/+])",
    re.DOTALL,
)


def is_open(grade: Grade, said: str) -> bool:
    """Whether an undecided grade leaves it open that `said` is right: prose and what cannot be read are wrong."""
    if grade.verdict is not Outcome.UNDECIDED or grade.reason in ("no_answer", "words"):
        return False
    unread = grade.reason.startswith("unparsed") or grade.reason == "no_value"
    return not unread or bool(_LIKE_FORMULA.match(said))


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


MAX_LENGTH = 6_000
MAX_KEPT = 200
"""Longest text whose tree is kept for the next time; a longer one would fill memory."""

_INTEGER = re.compile(r"[-+]?\d+")
_GROUPED = re.compile(r"(?<![\d.,\w])(\d{1,3}(?:,\d{3})+)(?![\d,])")
_SPACED_THOUSANDS = re.compile(r"(?:\\?\$ ?)?[-+]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"([-+]?)(\d*)\.(\d+)|([-+]?)(\d+)\.")
_WRAPPED = re.compile(
    r"\\(?:text|mbox|textnormal|textbf|textrm|mathrm|mathbf|textit|operatorname|boldsymbol|bold)\s*\{([^{}]*)\}"
)
_PYTHON = re.compile(
    r"\*\*|\b(?:sqrt|exp|log|Rational|Matrix|Interval|Eq|FiniteSet|Union|Symbol|Fraction|Decimal)\(|\boo\b|\*\s*I\b|\bI\s*\*|\dj\b"
)
_UNIT_VECTORS = re.compile(r"\di\b.*\dj\b|\dj\b.*\di\b")
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '.,\-–!?])*")
_BASED = re.compile(r"\(?([0-9A-Fa-f]+)\)?_\{?(\d{1,2})\}?")
_MODULE = re.compile(r"(?<=\bPoint)[23]D(?=\()|\b(?:np|numpy|sympy|sp|math|fractions|decimal)\.(?=[A-Za-z])")
_TIMES_TEN = re.compile(r"(?<=\d)\s*[xX]\s*(?=10\s*\^)")
_MINUS = re.compile(r"(?:negative|minus)\s+(?=[\w\\$])", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d{1,9})\s*(?:\^\{?)?\s*(?:st|nd|rd|th)\}?")
_MONEY = re.compile(r"(USD|US\$|Rs\.?|INR|EUR|GBP)\s*(?=\d)")
_COMPOUND = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?,?\s+(?:and\s+)?(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?")
_LEAD = re.compile(
    r"^(?:=|\\therefore|\\implies|\\Rightarrow"
    r"|(?:therefore|thus|hence|so|finally|then|we (?:get|have|find))(?=[,\s])[,:]?)\s*",
    re.IGNORECASE,
)
_ALSO = re.compile(r"(?<=[\w})$])[\s,(]+(?:or\s+|which is\s+)?(?:approximately|about|roughly)\s+[-$\d.\\][^=]{0,60}$")
_STARRED = re.compile(r"\*\*([^*]{1,80})\*\*(?=\s|$)")
_ABOUT = re.compile(r"^(?:\\approx|≈|~|approximately|about|roughly|exactly)\s*(?=[-+\d$\\])", re.IGNORECASE)
_LIST = re.compile(r",\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+")


def clean(text: str) -> str:
    """`text` without the markup around an answer: dollar signs, `\\(`, `\\boxed`, quotes, stars, a closing period."""
    previous = ""
    text = text.strip()
    while text != previous:
        previous = text
        text = _unwrapped(text).strip()
    return text


def _unwrapped(text: str) -> str:
    """`text` with one layer of markup taken off."""
    for opening, closing in (
        ("$$", "$$"),
        ("$", "$"),
        ("\\(", "\\)"),
        ("\\[", "\\]"),
        ("**", "**"),
        ("`", "`"),
        ('"', '"'),
        ("'", "'"),
    ):
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening in ("\\(", "\\[") or opening[0] not in inner.replace("\\$", ""):
                return inner
    if (
        text.endswith((".", "\u3002"))
        and not text.endswith("...")
        and not text[:-1].endswith(("\\", "\\left", "\\right"))
    ):
        return text[:-1]
    if text.startswith(("\\boxed{", "\\fbox{")) and text.endswith("}"):
        inner = text[text.index("{") + 1 : -1]
        if _balanced(inner):
            return inner
    found = _WRAPPED.fullmatch(text)
    return (
        found[1]
        if found is not None
        else _ALSO.sub("", _ABOUT.sub("", _LEAD.sub("", _STARRED.sub(r"\1", text)))).rstrip(",;")
    )


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def read(text: str) -> Node:
    """The tree of an answer's text; head `raw` where it cannot be read."""
    return _read_short(text) if len(text) <= MAX_KEPT else _read(text)


@lru_cache(maxsize=8192)
def _read_short(text: str) -> Node:
    return _read(text)


def _read(text: str) -> Node:
    if _INTEGER.fullmatch(text):
        return number(whole(text.lstrip("+-")) * (-1 if text[0] == "-" else 1))
    text = text.strip()
    if len(text) > MAX_LENGTH and not _INTEGER.fullmatch(text):
        return Node("raw", (), "too_long:" + " ".join(text.split()))
    answer = clean(lexer.plain(clean(text)))
    if not answer:
        return Node("raw", (), "")
    found = _simple(answer) or words.special(unwrapped(answer)) or _worded(answer) or _word(answer) or _formula(answer)
    if found.head == "raw" and " " in answer and (stated := answer_in_prose(unwrapped(clean(text)))):
        inner = read(stated)
        return inner if inner.head != "word" else found
    return found


def unwrapped(answer: str) -> str:
    """`answer` with the words of `\\text{...}` as plain words."""
    return _WRAPPED.sub(r"\1", answer)


def _simple(answer: str) -> Node | None:
    """Whole numbers and decimals, the bulk of all answers."""
    if _INTEGER.fullmatch(answer):
        return number(whole(answer.lstrip("+-")) * (-1 if answer[0] == "-" else 1))
    found = _DECIMAL.fullmatch(answer)
    if found is None:
        return None
    if found[5]:
        return number(whole(found[5]) * (-1 if found[4] == "-" else 1), 0)
    value = Fraction(whole(found[2] + found[3]), 10 ** len(found[3]))
    return number(-value if found[1] == "-" else value, len(found[3]))


def _worded(answer: str) -> Node | None:
    """`negative five`, `3rd`, `Rs. 770`, `1 hour 30 minutes`."""
    if (signed := _MINUS.match(answer)) is not None:
        return negative(read(answer[signed.end() :]))
    if (ordinal := _ORDINAL.fullmatch(answer)) is not None:
        return number(int(ordinal[1]))
    if (money := _MONEY.match(answer)) is not None:
        amount = read(answer[money.end() :])
        return Node("unit", (amount,), money[1]) if amount.head == "num" else None
    compound = _COMPOUND.fullmatch(unwrapped(answer))
    if compound is None:
        return None
    first, second = units.spelled(compound[2]), units.spelled(compound[4])
    factor = units.factor(second, first)
    if not factor or first == second:
        return None
    return Node("unit", (number(Fraction(compound[1]) + Fraction(compound[3]) * factor),), compound[2])


def _word(answer: str) -> Node | None:
    """Plain words (letters are never multiplied); a single letter is a variable or a choice."""
    stripped = answer
    if not _LETTERS.fullmatch(stripped):
        return None
    parts = re.findall(r"[^\W\d_]+", stripped)
    if len(parts) == 1 and (len(parts[0]) == 1 or parts[0] in names.CONSTANTS or parts[0] in names.GREEK):
        return None
    if any(part in ("and", "or") for part in parts[1:-1]) or "," in answer:
        if any(len(part) == 1 for part in parts):
            return None
        items = [item for item in _LIST.split(answer) if item]
        if len(items) > 1 and all(item.count(" ") < 3 for item in items):
            return Node("items", tuple(words.special(item) or Node("word", (), words.phrase(item)) for item in items))
    if any(part in names.BARE_FUNCTIONS for part in parts):
        return None
    if len(parts) > 1 and ("-" in answer or "–" in answer) and any(len(part) < 3 for part in parts):
        return None
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        return None
    return Node("word", (), words.phrase(answer))


def _formula(answer: str) -> Node:
    """What the grammar reads."""
    found = _BASED.fullmatch(unwrapped(answer))
    if found is not None and 2 <= int(found[2]) <= 36 and _has_base_digits(found[1], int(found[2])):
        return Node("base", (), found[1].upper(), int(found[2]))
    text = _TIMES_TEN.sub("*", _MODULE.sub("", answer))
    if text.startswith("$") or text.count("$") % 2 == 0:
        text = text if text.count("$") == 1 else text.replace("$", "")
    if _SPACED_THOUSANDS.fullmatch(text):
        text = text.replace(" ", "")
    if _GROUPED.fullmatch(text.lstrip("-+")):
        return number(whole(text.lstrip("-+").replace(",", "")) * (-1 if text[0] == "-" else 1), name=",")
    text = _ungrouped(text)
    if text.startswith("{") and text.endswith("}") and "\\" not in text and _balanced(text[1:-1]):
        text = "\\{" + text[1:-1] + "\\}"
    try:
        return parse(text, "\\" not in text and bool(_PYTHON.search(text)) and not _UNIT_VECTORS.search(text))
    except (Unreadable, RecursionError):
        return Node("raw", (), words.phrase(answer))


def _has_base_digits(digits: str, base: int) -> bool:
    """Whether letters stand among digits, as in the A5 of base 11, and all exist in the base."""
    if digits.isdigit() or not any(d.isdigit() for d in digits):
        return False
    return all(int(d, 36) < base for d in digits)


def _ungrouped(text: str) -> str:
    """1,234,567 as one number, outside brackets."""
    if "," not in text or any(c in text for c in "([{"):
        return text
    return _GROUPED.sub(lambda m: m[0].replace(",", ""), text)
