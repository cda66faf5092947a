"""What the licences of sources ask and forbid, for the card of a set that is made from them."""

import re
from collections.abc import Iterable

_KNOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"NON ?COMMERCIAL|\bNC\b", "commercial", ("commercial use is forbidden",)),
    (r"NO ?DERIV|\bND\b", "derivatives", ("changed versions may not be shared",)),
    (r"SHARE ?ALIKE|\bSA\b|GFDL|FREE DOCUMENTATION", "", ("what is made from it must carry the same licence",)),
    (r"\bGPL|\bAGPL|\bLGPL", "", ("code made from it must carry the same licence",)),
    (r"CC BY|ATTRIBUTION", "", ("the author must be named",)),
    (r"\bMIT\b|APACHE|\bBSD\b", "", ("the licence text and copyright notice must be kept",)),
)
_FREE = re.compile(r"CC0|PUBLIC DOMAIN|UNLICENSE", re.IGNORECASE)
_UNKNOWN = "not known here: read it before use"


def terms(licence: str) -> tuple[str, ...]:
    """What a licence (a name, or several joined by ` AND `) asks or forbids, in words; none where all is allowed.

    Recognised by name alone: the words are a reminder for the reader, and the licence's own text is what holds.
    """
    if not licence.strip():
        return ("no licence is stated: nothing is allowed beyond what the law allows",)
    found = [term for part in licence.split(" AND ") for term in _terms_of(part)]
    return tuple(dict.fromkeys(found))


def _terms_of(licence: str) -> Iterable[str]:
    name = re.sub(r"[-_]", " ", licence).upper()
    known = [term for pattern, _, terms in _KNOWN if re.search(pattern, name) for term in terms]
    if not known and not _FREE.search(licence):
        return (_UNKNOWN,)
    return known


def forbids(licence: str, use: str) -> bool:
    """Whether a licence forbids a use (`commercial` or `derivatives`); an unknown one counts as doing so."""
    stated = terms(licence)
    mine = {term for _, forbidden, terms_ in _KNOWN if forbidden == use for term in terms_}
    return bool(mine & set(stated)) or any(t == _UNKNOWN or t.startswith("no licence") for t in stated)
