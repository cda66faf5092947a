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

# With a digit in it, so that a word such as "and/or" is none.
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
# With one of these a sentence says what the answer is not, or only bounds it.
_DOUBT = re.compile(
    r"\b(?:not|never|neither|nor|least|most|more|less|than|except|excluding|between|over|under|above|below|either|unless|if"
    r"|cannot|fewer|greater|smaller|larger|but|no|up)\b|n't\b",
    re.IGNORECASE,
)
# Only with a subject before the verb: "is 5" may be the rest of anything.
_STATED = re.compile(
    r"[A-Za-z][A-Za-z ,'\-]{1,150}\b(?:is|are|was|were|equals|be|get|have|gives?)(?: equal to| exactly)?[ :]+(?=\S)"
)
_JOINT = re.compile(r"\s*(?:,|;|and|or|, and|, or)\s*", re.IGNORECASE)
_IS = re.compile(r".*\b(?:is|are|equals|be|get|have|gives?)[: ]*", re.IGNORECASE | re.DOTALL)
_CONTENT = re.compile(r"[\d=<>^+*/\\]")


def answer_in_prose(text: str) -> str:
    """The answer that a sentence states, or the empty string.

    >>> answer_in_prose("The roots are $x = 1$ and $x = 2$")
    'x = 1, x = 2'
    """
    if len(text) > MAX_SENTENCE:
        return ""
    words = _FORMULA.sub("", text)
    if _DOUBT.search(words):
        return ""
    formulas = list(_FORMULA.finditer(text))
    if not formulas:
        stated = _STATED.match(text)
        rest = text[stated.end() :] if stated is not None else ""
        return rest if _CONTENT.search(rest) else ""
    return "" if _CONTENT.search(words) else _closing_formulas(text, formulas)


def _closing_formulas(text: str, formulas: list[re.Match[str]]) -> str:
    """The last formula with those that "and" or a comma joins to it; nothing where another follows without "is"."""
    kept = formulas[-1:]
    for before, after in zip(formulas[-2::-1], formulas[:0:-1], strict=True):
        between = text[before.end() : after.start()]
        if _JOINT.fullmatch(between):
            kept.insert(0, before)
        elif _IS.fullmatch(between):
            break
        else:
            return ""
    return ", ".join(match[match.lastindex or 0] for match in kept)


MAX_LENGTH = 6_000
MAX_KEPT = 200
"""Longest text whose tree is kept for the next time; a longer one would fill memory."""

_INTEGER = re.compile(r"[-+]?\d+")
# Groups of three from the left end on: 12,34 is a list.
_GROUPED = re.compile(r"(?<![\d.,\w])(\d{1,3}(?:,\d{3})+)(?![\d,])")
_SPACED_THOUSANDS = re.compile(r"(?:\\?\$ ?)?[-+]?\d{1,3}(?: \d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"([-+]?)(\d*)\.(\d+)")
_WRAPPED = re.compile(
    r"\\(?:text|mbox|textnormal|textbf|textrm|mathrm|mathbf|textit|operatorname|boldsymbol|bold)\s*\{([^{}]*)\}"
)
# Where E and I are constants and runs of letters are names.
_PYTHON = re.compile(
    r"\*\*|\b(?:sqrt|exp|log|Rational|Matrix|Interval|Eq|FiniteSet|Union|Symbol|Fraction|Decimal)\(|\boo\b|\*\s*I\b|\bI\s*\*|\dj\b"
)
_UNIT_VECTORS = re.compile(r"\di\b.*\dj\b|\dj\b.*\di\b")
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '.,\-!?])*")
_LETTER_RUN = re.compile(r"[^\W\d_]+")
# A5_{11}; the grammar reads 31_4 itself, but takes letters for variables.
_BASED = re.compile(r"\(?([0-9A-Fa-f]+)\)?_\{?(\d{1,2})\}?")
_MODULE = re.compile(r"(?<=\bPoint)[23]D(?=\()|\b(?:np|numpy|sympy|sp|math|fractions|decimal)\.(?=[A-Za-z])")
# The x of 2.5 x 10^3; before any other number it is a variable.
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
# A second form of the answer; without an equals sign, for that may begin another answer.
_ALSO = re.compile(r"(?<=[\w})$])[\s,(]+(?:or\s+|which is\s+)?(?:approximately|about|roughly)\s+[-$\d.\\][^=]{0,60}$")
_STARRED = re.compile(r"\*\*([^*]{1,80})\*\*(?=\s|$)")
# Only before a number: "about" may be a word of the answer.
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
    for take_off in (_undelimited, _without_period, _unboxed):
        if (inner := take_off(text)) is not None:
            return inner
    found = _WRAPPED.fullmatch(text)
    if found is not None:
        return found[1]
    return _ALSO.sub("", _ABOUT.sub("", _LEAD.sub("", _STARRED.sub(r"\1", text)))).rstrip(",;")


_DELIMITERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"), ('"', '"'),
               ("'", "'"))  # fmt: skip


def _undelimited(text: str) -> str | None:
    """What two delimiters enclose; `$1$ or $2$` has none, for its first dollar sign is closed before the end."""
    for opening, closing in _DELIMITERS:
        if text.startswith(opening) and text.endswith(closing) and len(text) > len(opening) + len(closing):
            inner = text[len(opening) : -len(closing)]
            if opening in ("\\(", "\\[") or opening[0] not in inner.replace("\\$", ""):
                return inner
    return None


def _without_period(text: str) -> str | None:
    """A sentence without its end; the dots of `1, 2, ...` and the delimiter of `\\right.` stay."""
    if not text.endswith((".", "\u3002")) or text.endswith("...") or text[:-1].endswith(("\\", "\\left", "\\right")):
        return None
    return text[:-1]


def _unboxed(text: str) -> str | None:
    if not text.startswith(("\\boxed{", "\\fbox{")) or not text.endswith("}"):
        return None
    inner = text[text.index("{") + 1 : -1]
    return inner if _balanced(inner) else None


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
        return number(_signed(text))
    text = text.strip()
    if len(text) > MAX_LENGTH and not _INTEGER.fullmatch(text):
        return Node("raw", (), "too_long:" + " ".join(text.split()))
    answer = clean(lexer.plain(clean(text)))
    if not answer:
        return Node("raw", (), "")
    found = _simple(answer) or words.special(unwrapped(answer)) or _worded(answer) or _word(answer) or _formula(answer)
    return _from_sentence(text, found) if found.head == "raw" and " " in answer else found


def _from_sentence(text: str, unread: Node) -> Node:
    """The formula that an unread text states; `unread` where it states none."""
    stated = answer_in_prose(unwrapped(clean(text)))
    inner = read(stated) if stated else unread
    return inner if inner.head != "word" else unread


def _signed(digits: str) -> int:
    """A whole number with or without its sign."""
    return whole(digits.lstrip("+-")) * (-1 if digits[0] == "-" else 1)


def unwrapped(answer: str) -> str:
    """`answer` with the words of `\\text{...}` as plain words."""
    return _WRAPPED.sub(r"\1", answer)


def _simple(answer: str) -> Node | None:
    """Whole numbers and decimals, the bulk of all answers."""
    if _INTEGER.fullmatch(answer):
        return number(_signed(answer))
    found = _DECIMAL.fullmatch(answer)
    if found is None:
        return None
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
    return _compound(compound) if compound is not None else None


def _compound(found: re.Match[str]) -> Node | None:
    """1 hour 30 minutes as 1.5 hours; None for words that are no units of one dimension."""
    first, second = units.spelled(found[2]), units.spelled(found[4])
    factor = units.factor(second, first)
    if not factor or first == second:
        return None
    return Node("unit", (number(Fraction(found[1]) + Fraction(found[3]) * factor),), found[2])


def _word(answer: str) -> Node | None:
    """Plain words (letters are never multiplied); a single letter is a variable or a choice."""
    if not _LETTERS.fullmatch(answer):
        return None
    parts = _LETTER_RUN.findall(answer)
    if len(parts) == 1 and _is_symbol(parts[0]):
        return None
    if "," in answer or not {"and", "or"}.isdisjoint(parts[1:-1]):
        if min(map(len, parts)) == 1:
            return None
        if (listed := _words(answer)) is not None:
            return listed
    return None if _is_formula(parts, "-" in answer) else Node("word", (), words.phrase(answer))


def _is_symbol(word: str) -> bool:
    return len(word) == 1 or word in names.CONSTANTS or word in names.GREEK


def _words(answer: str) -> Node | None:
    """A list of words; None for what is one item, or a sentence with longer parts."""
    items = [item for item in _LIST.split(answer) if item]
    if len(items) == 1 or any(item.count(" ") > 2 for item in items):
        return None
    return Node("items", tuple(words.special(item) or Node("word", (), words.phrase(item)) for item in items))


def _is_formula(parts: list[str], has_minus: bool) -> bool:
    """Whether runs of letters are mathematics: `sin x`, `a - b`, `x y`; but well-known and yes are words."""
    if any(part in names.BARE_FUNCTIONS for part in parts):
        return True
    lengths = sorted(map(len, parts))
    return len(parts) > 1 and (lengths[-1] == 1 or (has_minus and lengths[0] < 3))


def _formula(answer: str) -> Node:
    """What the grammar reads."""
    found = _BASED.fullmatch(unwrapped(answer))
    if found is not None and _has_base_digits(found[1], int(found[2])):
        return Node("base", (), found[1].upper(), int(found[2]))
    text = _without_dollars(_TIMES_TEN.sub("*", _MODULE.sub("", answer)))
    if _SPACED_THOUSANDS.fullmatch(text):
        text = text.replace(" ", "")
    if _GROUPED.fullmatch(text.lstrip("-+")):
        return number(_signed(text.replace(",", "")), name=",")
    text = _ungrouped(text)
    if text.startswith("{") and text.endswith("}") and "\\" not in text and _balanced(text[1:-1]):
        text = "\\{" + text[1:-1] + "\\}"  # braces of Python and of plain writing hold a set
    try:
        return parse(text, _is_python(text))
    except (Unreadable, RecursionError):
        return Node("raw", (), words.phrase(answer))


def _is_python(text: str) -> bool:
    """Whether a text is visibly Python or sympy; the i and j of `3i + 2j` are vectors."""
    return "\\" not in text and bool(_PYTHON.search(text)) and not _UNIT_VECTORS.search(text)


def _without_dollars(text: str) -> str:
    """`text` without those dollar signs that delimit formulas: a single one stands before an amount."""
    is_markup = text.startswith("$") or text.count("$") % 2 == 0
    return text.replace("$", "") if is_markup and text.count("$") != 1 else text


def _has_base_digits(digits: str, base: int) -> bool:
    """Whether letters stand among digits, as in the A5 of base 11, and all exist in the base."""
    if digits.isdigit() or not any(d.isdigit() for d in digits):
        return False
    return 2 <= base <= 36 and all(int(d, 36) < base for d in digits)


def _ungrouped(text: str) -> str:
    """1,234,567 as one number, outside brackets."""
    if "," not in text or any(c in text for c in "([{"):
        return text
    return _GROUPED.sub(lambda m: m[0].replace(",", ""), text)
