"""Names for quantities from the words that stand around a number: `clips_in_may`, `cookie_cost`, `discount_percent`."""

import builtins
import keyword
import re
from collections.abc import Container, Iterable, Sequence
from itertools import chain, count

from caco.text.mentions import Mention


def _list(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", text))


_SKIPPED = _list("the a an her his their its my our your this these those some of such another other")
_LINKS = _list("of in on at from with per for by")
_PRONOUNS = _list("he she they it we i you")
_ENDS = _list(
    """and or but that which who whom if then is are was were will would can could has have had be been being
    because so when while where than he she they it we you i him them us do does did to as since after before
    until also only just still already make makes made making cost costs costing pay pays paid paying spend
    spends spent earn earns earned get gets got give gives gave sell sells sold buy buys bought eat eats ate
    take takes took need needs needed use uses used save saves saved charge charges charged receive receives
    received start starts started equal equals go goes went there not must should may might let lets find total
    total's first next finally therefore thus hence now each every apiece altogether together times more fewer
    less extra additional worth how much many what all both half twice left remaining up down come comes came
    amount amounts add adds added contain contains hold holds weigh weighs last lasts puts put leaves leave
    leaving sets set brings bring won wins win lost lose loses plus minus one two three four five six seven
    eight nine ten about exactly around currently again result answer"""
)
# fmt: off
_AMOUNTS = {
    "cost": "cost", "costs": "cost", "costing": "cost", "pay": "payment", "pays": "payment", "paid": "payment",
    "spend": "spending", "spends": "spending", "spent": "spending", "earn": "earnings", "earns": "earnings",
    "earned": "earnings", "make": "earnings", "makes": "earnings", "made": "earnings", "save": "savings",
    "saves": "savings", "saved": "savings", "charge": "charge", "charges": "charge", "charged": "charge",
    "sell": "sales", "sells": "sales", "sold": "sales", "has": "money", "have": "money", "had": "money",
    "receive": "income", "receives": "income", "received": "income", "gets": "income", "got": "income",
    "at": "price", "for": "price", "worth": "value", "left": "money_left",
}
# fmt: on
_LONGEST = 4
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def input_names(text: str, mention: Mention) -> list[str]:
    """Names for a number of a problem's text, the best first."""
    return _with_subject(_input_name(text, mention), text[: mention.start])


def step_names(line: str, start: int, end: int) -> list[str]:
    """Names for the result of a computation that stands at `line[start:end]`, the best first."""
    return _with_subject(_step_name(line, start, end), line[:start])


def _with_subject(name: str, before: str) -> list[str]:
    subject = [word for word in _subject(before)[:2] if word not in name.split("_")]
    return [name, _join([*subject, name])]


def _input_name(text: str, mention: Mention) -> str:
    after = _phrase(text[mention.end :])
    if mention.kind == "percent":
        return _percent_name(text[mention.end :], after)
    times = re.match(r"[- ]times (as \w+|more|less|the)?", text[mention.end :])
    if times:
        return _join(["times", *(times[1] or "").split()])
    more = re.match(r"[- ](more|fewer|less|extra|additional) ", text[mention.end :])
    if more:
        return _join([more[1], *_phrase(text[mention.end + more.end() :])])
    if re.match(r"[- ]years?[- ](?:old|of age)", text[mention.end :]):
        subject = _subject(text[: mention.start])
        return _join([*subject[-2:], "age"])
    if mention.kind == "money":
        return _money_name(text[: mention.start], text[mention.end :])
    return _join(after) or _join(_subject(text[: mention.start])) or "number"


def _step_name(line: str, start: int, end: int) -> str:
    before, after = line[:start], line[end:]
    money = re.search(r"[$£€] ?[\d.,]+$", line[:end]) is not None
    name = _money_name(before, after) if money else _join(_result_phrase(after))
    name = name or _join(_subject(before)) or "result"
    total = re.search(r"(?<!\d )\b(?:total|altogether|in all|combined)\b", line, re.IGNORECASE)
    return f"total_{name}" if total and "total" not in name else name


def unique(names: Sequence[str], taken: Container[str]) -> str:
    """The first of `names` that is not taken and means nothing to Python; else the first with a number."""
    reserved = {"solve", "output", "math", *keyword.kwlist, *dir(builtins)}
    free = [f"{name}_count" if name in reserved else name for name in names]
    numbered = (f"{free[0]}_{number}" for number in count(2))
    return next(name for name in chain(free, numbered) if name not in taken)


def _percent_name(rest: str, after: list[str]) -> str:
    word = re.match(r"(?:%| ?percent)?[ -]+([a-z]+)(?: ([a-z]+))?", rest, re.IGNORECASE)
    head = word[1].lower() if word else ""
    if head == "of":
        return _join(["percent", "of", *after]) if after else "percent"
    if head in ("off", "more", "less", "fewer") or (head.endswith("er") and head not in ("her", "over", "after")):
        return f"percent_{head}"
    name = _join(after[:2])
    return f"{name}_percent" if name else "percent"


def _money_name(before: str, after: str) -> str:
    per = re.match(r",?(?: dollars?)?(?: (per|an|a|each|every|for each|for every) ([a-z]+))", after)
    subject = _subject(before)
    clause = re.split(r"[.,;:?!()\d$£€=+*/]", before.rstrip(" =$£€"))[-1]
    tail = [word.lower() for word in _WORDS.findall(clause)][-5:]
    amount = next((_AMOUNTS[word] for word in reversed(tail) if word in _AMOUNTS), "")
    if per and (not subject or per[1] == "per") and per[2] not in _ENDS:
        return _join([*(subject[-2:]), amount or "dollars", "per", per[2]])
    if noun := _phrase(after)[:3]:
        return _join(noun)
    if subject:
        return _join(subject if amount and subject[-1] == amount else [*subject[-3:], *([amount] if amount else [])])
    return amount or _join(["dollars", *_phrase(after)[:2]])


def _result_phrase(after: str) -> list[str]:
    left = re.match(r"[^.,;:?!()\d$=]*\b(left|remaining|more|fewer)\b", after)
    words = _phrase(re.sub(r"^ (?:more|fewer|less|additional|extra|other|remaining)\b", "", after))
    extra = left[1] if left and words else ""
    if extra in ("more", "fewer"):
        return [extra, *words]
    return ["remaining", *words] if extra and "remaining" not in words else words


def _phrase(rest: str) -> list[str]:
    """The noun phrase that `rest` starts with, in small letters."""
    rest = re.sub(r"^ ?(?:%|percent\b)|^ [$£€]?\d[\d.,]*(?= [a-z])", "", rest)
    clause = re.split(r"[.,;:?!()\d$£€=+*%]|--| - |\band\b", rest, maxsplit=1)[0]
    words: list[str] = []
    for word in _WORDS.findall(clause.replace("/", " per ")):
        low = word.lower().replace("’", "'").removesuffix("'s").strip("'-")
        if low in _SKIPPED and not (low == "of" and words):
            continue
        if (low in _ENDS and word != "May") or (word[0].isupper() and not words):
            break
        words.append(low)
        if len([w for w in words if w not in _LINKS]) == _LONGEST:
            break
    return _trimmed(words)


def _subject(before: str) -> list[str]:
    """The noun phrase that `before` ends with, verbs and the like left out, in small letters."""
    clause = re.split(r"[.,;:?!()\d$£€=+*%]|\b(?:and|that is|because|so|then|if|is that)\b", before.rstrip(" :=$-"))[-1]
    words = [w.lower().replace("’", "'").removesuffix("'s").strip("'-") for w in _WORDS.findall(clause)]
    while words and (words[-1] in _ENDS or words[-1] in _SKIPPED or words[-1] in _LINKS or words[-1] in _PRONOUNS):
        words.pop()
    kept: list[str] = []
    for word in reversed(words):
        if word in _ENDS and word not in ("total", "half"):
            break
        if word not in _SKIPPED or (word == "of" and kept):
            kept.append(word)
        if len([w for w in kept if w not in _LINKS]) == _LONGEST:
            break
    return _trimmed(kept[::-1])


def _trimmed(words: list[str]) -> list[str]:
    while words and words[-1] in _LINKS:
        words.pop()
    while words and words[0] in _LINKS:
        words.pop(0)
    return words


def _join(words: Iterable[str]) -> str:
    name = "_".join(re.sub(r"[^a-z]+", "_", word.lower()).strip("_") for word in words)
    return re.sub(r"_+", "_", name).strip("_")
