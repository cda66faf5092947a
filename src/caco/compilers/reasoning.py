"""The sentences of a worked solution as templates over the program's variables: true for other inputs too.

Which numbers of the text may change follows from them: those that are certain to mean what the program takes them for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from caco.compilers.origins import (
    Compound,
    Constant,
    FromStep,
    FromText,
    Origin,
    Origins,
    Step,
    leaves,
    parts,
    value_of,
)
from caco.text.mentions import Mention, mentions, numeral
from caco.text.template import certain, faithful, fill_slots, implied, place, slot

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_SMALL = 6
"""Counts up to here may be stated by naming their members (`Ann, Bob and Carl`), so they are looked at twice."""
_NAMED = re.compile(
    r"[ -](?:of (?:them|us|these|those|which|whom|the)\b|(?:different|distinct|other|separate|following|types?|kinds?"
    r"|sorts?|colors?|colours?|sizes?|flavors?|friends?|siblings?|brothers?|sisters?|sons?|daughters?|kids|children"
    r"|cousins?|roommates?|people|persons?|boys|girls|men|women|teachers?|workers?|employees|neighbors|classmates|teams?"
    r"|groups?|categories|parts?|sections?|sides|towns?|cities|stores?|shops?|rounds?|innings|quarters|halves|sets"
    r"|periods|classes|trips|stops|games|tests|exams|quizzes|rides|laps|shifts|nights?|days?|weeks?|months?|years?"
    r"|books?|movies|songs|houses|rooms|floors|boxes|bags|cars|trucks|buses|dogs|cats|pets|jobs|races|matches)\b)",
    re.IGNORECASE,
)
_DIFFERENT = re.compile(r"[ -](?:different|distinct|separate|following|(?:types|kinds|sorts) of)\b", re.IGNORECASE)
_MEMBERS = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|oldest|youngest|middle|the others?|another|remaining|next|final|one of"
    r"|each other)\b",
    re.IGNORECASE,
)
_THE = re.compile(r"\b(?:the|all|these|those|his|her|their|other|last|next|first|of) $", re.IGNORECASE)
_LIST = re.compile(r"(?:[\w'’$.%-]+(?: [\w'’$.%-]+){0,5}, ){1,8}(?:and|or) |\b[A-Z]\w+ and [A-Z]\w+")


def free_values(origins: Origins, final: int) -> set[Fraction]:
    """Values of the text that may change, given that step `final` is the answer."""
    used = {leaf.value for step in origins.steps for leaf in leaves(step.origin) if isinstance(leaf, FromText)}
    groups = _groups(origins.found)
    if any(_unexplained(leaf, origins, groups) for step in origins.steps for leaf in leaves(step.origin)):
        return set()
    unused = [v for v in groups if v not in used and v != 1 and any(m.movable for m in groups[v])]
    if _redundant(unused, used, origins):
        return set()
    frozen = set(_doubtful(origins, final)) | set(_related(groups)) | set(_mental(origins, used))
    uses = {value: origins.uses[FromText(value)] for value in used}
    return {
        value
        for value in used - frozen
        if certain(value, groups[value], origins.text)
        and not _ordinal(value, origins)
        and not (value <= _SMALL and (uses[value] > len(groups[value]) or _listed(value, groups[value], origins.text)))
    }


def _unexplained(leaf: Origin, origins: Origins, groups: Mapping[Fraction, Sequence[Mention]]) -> bool:
    """Whether a constant may have been worked out from numbers that change; a small one that cannot be is a count."""
    if not isinstance(leaf, Constant) or leaf.explained:
        return False
    if leaf.value == 1 and any(_idle(step.origin) for step in origins.steps):
        return True
    known = [value for value in {*groups, *(step.equation.value for step in origins.steps)} if value]
    return leaf.value > _SMALL or leaf.value.denominator > 1 or leaf.value in _pairs(known)


def _idle(origin: Origin) -> bool:
    """Whether something is multiplied or divided by a constant 1, which only a result can be (1,000 g are 1 kg)."""
    if not isinstance(origin, Compound):
        return False
    one = Constant(Fraction(1), False)
    idle = origin.sign in "*/" and (origin.right == one or (origin.left == one and origin.sign == "*"))
    return idle or _idle(origin.left) or _idle(origin.right)


def _ordinal(value: Fraction, origins: Origins) -> bool:
    """Whether the text has an ordinal or a part of this number too: ten winners, and a 10th for each."""
    parts = any(ratio.denominator == value for ratio in origins.ratios())
    return parts or re.search(rf"\b{value}(?:st|nd|rd|th)\b", origins.text) is not None


def _pairs(known: Iterable[Fraction]) -> set[Fraction]:
    """What two numbers come to in one operation."""
    pairs = [(a, b) for a, b in combinations({*known}, 2) if a and b]
    return {v for a, b in pairs for v in (a + b, abs(a - b), a * b, a / b, b / a)}


def _groups(found: Iterable[Mention]) -> dict[Fraction, list[Mention]]:
    """The numbers of the text by value."""
    groups: dict[Fraction, list[Mention]] = {}
    for mention in found:
        if mention.kind not in ("ordinal",):
            groups.setdefault(mention.value, []).append(mention)
    return groups


def upstream(origin: Origin, origins: Origins) -> Iterator[Fraction]:
    """Values of the text that an origin depends on."""
    for leaf in leaves(origin):
        if isinstance(leaf, FromText):
            yield leaf.value
        elif isinstance(leaf, FromStep):
            yield from upstream(origins.steps[leaf.index].origin, origins)


def _doubtful(origins: Origins, final: int) -> Iterator[Fraction]:
    """What must keep its value because an operand might come from elsewhere.

    One case is certain: the chosen step is used here alone, and no author works out what he does not use.
    """
    for chosen, others in origins.doubts:
        once = isinstance(chosen, FromStep) and origins.uses[chosen] == 1 and chosen.index != final
        if once and not any(isinstance(other, FromStep) for other in others):
            continue
        for origin in (chosen, *others):
            yield from upstream(origin, origins)


def _redundant(unused: Sequence[Fraction], used: Iterable[Fraction], origins: Origins) -> bool:
    """Whether an unused number of the text repeats what follows from others: then none of them can change alone."""
    results = {step.equation.value for step in origins.steps}
    known = {*used, *results}
    pairs = _pairs(known)
    return any(value in results or value in pairs for value in unused)


def _related(groups: Mapping[Fraction, Sequence[Mention]]) -> Iterator[Fraction]:
    """Numbers of the text that are the sum or product of two others, and percentages that make up the whole."""
    values = {v for v, group in groups.items() if v > 1 and any(m.movable for m in group)}
    kinds = {v: {m.kind for m in groups[v]} for v in values}
    for a, b in combinations(values, 2):
        same = bool(kinds[a] & kinds[b])
        for whole, fits in ((a + b, same), (a * b, kinds[a] | kinds[b] != {"money"})):
            if fits and whole in values and whole not in (a, b) and kinds[whole] & (kinds[a] | kinds[b]):
                yield from (a, b, whole)
    percents = {v for v, group in groups.items() if any(m.kind == "percent" for m in group)}
    if sum(percents) == 100:
        yield from percents


def _mental(origins: Origins, used: Iterable[Fraction]) -> Iterator[Fraction]:
    """Numbers of the text that a constant may have been worked out from in the author's head."""
    constants = {leaf.value for step in origins.steps for leaf in leaves(step.origin) if isinstance(leaf, Constant)}
    ratios = origins.ratios()
    for constant in constants - {1, 100} - ratios - {1 / ratio for ratio in ratios}:
        if constant.denominator > 1 or implied(constant, origins.line):
            continue
        for a, b in combinations(sorted(used), 2):
            if constant in (a + b, b - a, a * b) or b == a * constant:
                yield from (a, b)


def _listed(value: Fraction, group: Sequence[Mention], text: str) -> bool:
    """Whether the members of a small count may be named one by one in the text."""
    if value.denominator > 1:
        return False
    count = int(value)
    named = any(_NAMED.match(text, mention.end) for mention in group)
    the = any(_THE.search(text[: mention.start]) for mention in group)
    ordinals = any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in _ORDINALS[1:count])
    items = any(len(re.findall(r",| and | or ", match[0])) + 1 in (count, count - 1) for match in _LIST.finditer(text))
    nouns = {re.split(r"[^a-z]+", text[mention.end :].lower() + "  ")[1] for mention in group}
    if len(nouns) > 1 or any(_DIFFERENT.match(text, mention.end) for mention in group):
        return True
    return (named and (bool(_MEMBERS.search(text)) or items)) or the or ordinals


_DIGITS = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+")
_NO_SLOT = ("fraction", "ratio", "clock", "date", "length", "scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What is known when a sentence is turned into a template."""

    origins: Origins
    names: Mapping[Origin, str]
    free: frozenset[Fraction]
    """Values of the text that may change."""
    last: int
    """The step that is the answer."""
    commas: bool
    """Whether thousands are set off with commas."""

    def changes(self, origin: Origin) -> bool:
        """Whether other inputs can change this value."""
        return any(value in self.free for value in upstream(origin, self.origins))


def comment(line: str, steps: Sequence[tuple[int, Step]], teller: Teller) -> str | None:
    """`line` as a template; None where one of its numbers cannot be told for certain.

    `steps` are the steps that the line states, `teller.origins.steps` all of them.
    """
    if teller.free and _claims(line, steps):
        return None
    slotted = [_slot(mention, line, steps, teller) for mention in _numbers(line, steps)]
    if None in slotted:
        return None
    return fill_slots(line, [span for spans in slotted for span in spans or ()])


def _claims(line: str, steps: Sequence[tuple[int, Step]]) -> bool:
    """Whether a sentence states an equation that no step has shown to be true (`14 - 2*k = 64`)."""
    spans = [(step.equation.start, step.equation.end) for _, step in steps]
    signs = [m.start() for m in re.finditer("=", line) if not any(start <= m.start() < end for start, end in spans)]
    return any(re.search(r"\d", re.split(r"[.,;:=]\s", line[:sign])[-1]) for sign in signs)


_Spans: TypeAlias = list[tuple[int, int, str]]


def _slot(mention: Mention, line: str, steps: Sequence[tuple[int, Step]], teller: Teller) -> _Spans | None:
    """The slot for one number of a sentence, none where it stays as it is; None where that would not be certain."""
    known = max((index for index, _ in steps), default=teller.last)
    candidates = _meant(mention, line, steps, teller, known)
    if not candidates:
        return _share_slot(mention, line, steps, teller)
    changing = any(teller.changes(origin) for origin in candidates)
    fixed = mention.kind in _NO_SLOT or not faithful(line, mention, mention.value)
    if changing and (fixed or len(candidates) > 1):
        return None
    name = teller.names.get(candidates[0])
    if fixed or name is None:
        return []
    return [(*place(line, mention), slot(line, name, mention, mention.value, teller.commas))]


def _share_slot(mention: Mention, line: str, steps: Sequence[tuple[int, Step]], teller: Teller) -> _Spans | None:
    """The slot for 0.2 where the program has `percent / 100`; for any other number that is no variable, none."""
    shares = [share for _, step in steps for part in parts(step.origin) for share in _percent(part, mention.value)]
    if shares and shares[0] not in teller.names:
        return []  # it cannot change
    if shares and "word" not in mention.style.lower():
        style = "share+." if mention.style.endswith(".") else "share"
        return [(mention.start, mention.end, f"{{{teller.names[shares[0]]}:{style}}}")]
    return None if teller.free and not _standing(mention, line, steps, teller) else []


def _percent(origin: Origin, value: Fraction) -> Iterator[Origin]:
    """The variable that `origin` takes as a percentage, if it comes to this share."""
    match origin:
        case Compound("/", FromText() | FromStep() as percent, Constant(hundred)) if hundred == 100:
            if percent.value == value * 100:
                yield percent


def untold(line: str, steps: Sequence[tuple[int, Step]], teller: Teller) -> bool:
    """Whether a sentence has a number of unknown origin: the author worked with more than the program does."""
    known = max((index for index, _ in steps), default=teller.last)
    inner = {value_of(part) for _, step in steps for part in parts(step.origin)}
    return any(
        mention.value not in inner
        and not _meant(mention, line, steps, teller, known)
        and not _standing(mention, line, steps, teller)
        for mention in _numbers(line, steps)
    )


def _numbers(line: str, steps: Sequence[tuple[int, Step]]) -> Iterator[Mention]:
    """The numbers of a sentence; inside an equation each run of digits is one, so that `24/4` is no fraction."""
    spans = [(step.equation.start, step.equation.end) for _, step in steps]
    for mention in mentions(line):
        if mention.kind != "ordinal" and not any(start <= mention.start < end for start, end in spans):
            yield mention
    for start, end in dict.fromkeys(spans):
        for match in _DIGITS.finditer(line, start, end):
            found = numeral(line, match.start(), match.end())
            money = line[: match.start()].endswith(("$", "£", "€"))
            yield replace(found, kind="money") if money else found


def _meant(mention: Mention, line: str, steps: Sequence[tuple[int, Step]], teller: Teller, known: int) -> list[Origin]:
    """What a number of the sentence can mean; more than one where it is in doubt."""
    value = mention.value
    for index, step in steps:
        if mention.start >= step.equation.result and mention.end <= step.equation.end and value == step.equation.value:
            return [FromStep(index, value)]
    inside = [step for _, step in steps if step.equation.start <= mention.start < step.equation.end]
    operands = [leaf for step in inside for leaf in leaves(step.origin) if leaf.value == value]
    if operands:
        start = min(step.equation.start for step in inside)
        earlier = [m for m in _DIGITS.finditer(line, start, mention.start) if numeral(line, *m.span()).value == value]
        return [operands[min(len(earlier), len(operands) - 1)]]
    here = {leaf for _, step in steps for leaf in leaves(step.origin) if leaf.value == value}
    here |= {FromStep(index, value) for index, step in steps if step.equation.value == value}
    if here:
        return [origin for origin in here if not isinstance(origin, Constant)] or [*here]
    found: list[Origin] = [
        FromStep(index, value)
        for index, step in enumerate(teller.origins.steps[: known + 1])
        if step.equation.value == value
    ]
    return found + ([FromText(value)] if FromText(value) in teller.names else [])


def _standing(mention: Mention, line: str, steps: Sequence[tuple[int, Step]], teller: Teller) -> bool:
    """Whether a number that is no variable is true whatever the inputs: a ratio of the text, a constant, a one."""
    value = mention.value
    if value == 1 or value in teller.origins.ratios() or implied(value, re.sub(r"\d", "", line)):
        return True
    if teller.origins.stated(value):
        return True
    return any(isinstance(leaf, Constant) and leaf.value == value for _, step in steps for leaf in leaves(step.origin))
