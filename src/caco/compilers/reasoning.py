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
"""Nouns whose members have names or turns: a text that counts them is likely to list them."""
_DIFFERENT = re.compile(r"[ -](?:different|distinct|separate|following|(?:types|kinds|sorts) of)\b", re.IGNORECASE)
_MEMBERS = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|oldest|youngest|middle|the others?|another|remaining|next|final|one of"
    r"|each other)\b",
    re.IGNORECASE,
)
"""Words that single out one of those that were counted."""
_THE = re.compile(r"\b(?:the|all|these|those|his|her|their|other|last|next|first|of) $", re.IGNORECASE)
"""Words that make a count known already: `the 3 boys` are those that the text has named."""
_LIST = re.compile(r"(?:[\w'’$.%-]+(?: [\w'’$.%-]+){0,5}, ){1,8}(?:and|or) |\b[A-Z]\w+ and [A-Z]\w+")
"""Lists like `Ann, Bob, and Carl`, without their last member, and pairs of names."""
_Groups: TypeAlias = Mapping[Fraction, Sequence[Mention]]
"""The numbers of the text (no ordinals) by value."""


def free_values(origins: Origins, final: int) -> set[Fraction]:
    """Values of the text that may change, given that step `final` is the answer."""
    used = {leaf.value for leaf in origins.uses if isinstance(leaf, FromText)}
    groups = _groups(origins.found)
    if _worked_out(origins, groups) or _redundant(groups, used, origins):
        return set()
    frozen = {*_doubtful(origins, final), *_related(groups), *_hundred_in_all(groups), *_mental(origins, used)}
    return {value for value in used - frozen if _is_free(value, groups[value], origins)}


def _is_free(value: Fraction, group: Sequence[Mention], origins: Origins) -> bool:
    """Whether all mentions of a value are certain to mean one quantity that could be another."""
    if not certain(value, group, origins.text) or _ordinal(value, origins):
        return False
    return value > _SMALL or (origins.uses[FromText(value)] <= len(group) and not _listed(value, group, origins.text))


def _worked_out(origins: Origins, groups: _Groups) -> bool:
    """Whether a constant may have been worked out from numbers that change; a small one that cannot be is a count."""
    unknown = [leaf.value for leaf in origins.uses if isinstance(leaf, Constant) and not leaf.explained]
    if not unknown:
        return False
    if max(unknown) > _SMALL or any(value.denominator > 1 for value in unknown):
        return True
    return any(_idle(step.origin) for step in origins.steps) or not _pairs(_known(origins, groups)).isdisjoint(unknown)


def _idle(origin: Origin) -> bool:
    """Whether something is multiplied or divided by a constant 1, which only a result can be (1,000 g are 1 kg)."""
    if not isinstance(origin, Compound):
        return False
    one = Constant(Fraction(1), False)
    idle = origin.sign in "*/" and (origin.right == one or (origin.left == one and origin.sign == "*"))
    return idle or _idle(origin.left) or _idle(origin.right)


def _ordinal(value: Fraction, origins: Origins) -> bool:
    """Whether the text has an ordinal or a part of this number too: ten winners, and a 10th for each."""
    part = any(ratio.denominator == value for ratio in origins.ratios())
    return part or re.search(rf"\b{value}(?:st|nd|rd|th)\b", origins.text) is not None


def _pairs(known: Iterable[Fraction]) -> set[Fraction]:
    """What two numbers come to in one operation."""
    pairs = [(a, b) for a, b in combinations({*known}, 2) if a and b]
    return {v for a, b in pairs for v in (a + b, abs(a - b), a * b, a / b, b / a)}


def _known(origins: Origins, numbers: Iterable[Fraction] = ()) -> set[Fraction]:
    """What the steps come to, and these numbers."""
    return {*numbers, *(step.equation.value for step in origins.steps)}


def _groups(found: Iterable[Mention]) -> _Groups:
    groups: dict[Fraction, list[Mention]] = {}
    for mention in found:
        if mention.kind != "ordinal":
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
        if not once or any(isinstance(other, FromStep) for other in others):
            yield from (value for origin in (chosen, *others) for value in upstream(origin, origins))


def _redundant(groups: _Groups, used: Iterable[Fraction], origins: Origins) -> bool:
    """Whether an unused number of the text repeats what follows from others: then none of them can change alone."""
    unused = {value for value, group in groups.items() if value != 1 and _can_move(group)}.difference(used)
    return bool(unused) and not unused.isdisjoint(_known(origins) | _pairs(_known(origins, used)))


def _can_move(group: Iterable[Mention]) -> bool:
    return any(mention.movable for mention in group)


def _related(groups: _Groups) -> Iterator[Fraction]:
    """Numbers of the text that are the sum or product of two others."""
    kinds = {v: {mention.kind for mention in group} for v, group in groups.items() if v > 1 and _can_move(group)}
    for a, b in combinations(kinds, 2):
        for whole in _wholes(a, b, kinds):
            if whole in kinds and kinds[whole] & (kinds[a] | kinds[b]):
                yield from (a, b, whole)


def _wholes(a: Fraction, b: Fraction, kinds: Mapping[Fraction, set[str]]) -> Iterator[Fraction]:
    """What two numbers can make up: a sum where they count the same, a product unless both are prices."""
    if kinds[a] & kinds[b]:
        yield a + b
    if kinds[a] | kinds[b] != {"money"}:
        yield a * b


def _hundred_in_all(groups: _Groups) -> set[Fraction]:
    """The percentages of the text, where they make up the whole."""
    percents = {v for v, group in groups.items() if any(mention.kind == "percent" for mention in group)}
    return percents if sum(percents) == 100 else set()


def _mental(origins: Origins, used: Iterable[Fraction]) -> Iterator[Fraction]:
    """Numbers of the text that a constant may have been worked out from in the author's head."""
    ratios = origins.ratios()
    known = ratios | {1 / ratio for ratio in ratios} | {Fraction(1), Fraction(100)}
    for constant in {leaf.value for leaf in origins.uses if isinstance(leaf, Constant)} - known:
        if constant.denominator == 1 and not implied(constant, origins.line):
            yield from _operands(constant, used)


def _operands(result: Fraction, known: Iterable[Fraction]) -> Iterator[Fraction]:
    """Pairs of numbers that come to a result in one operation."""
    for a, b in combinations(sorted(known), 2):
        if result in (a + b, b - a, a * b) or b == a * result:
            yield from (a, b)


def _listed(value: Fraction, group: Sequence[Mention], text: str) -> bool:
    """Whether the members of a small count may be named one by one in the text."""
    count = int(value)
    return value.denominator == 1 and (
        _varied(group, text)
        or any(_THE.search(text[: mention.start]) for mention in group)
        or any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in _ORDINALS[1:count])
        or _named(count, group, text)
    )


def _varied(group: Sequence[Mention], text: str) -> bool:
    """Whether a number counts several things, or things that are said to differ."""
    nouns = {re.split(r"[^a-z]+", text[mention.end :].lower() + "  ")[1] for mention in group}
    return len(nouns) > 1 or any(_DIFFERENT.match(text, mention.end) for mention in group)


def _named(count: int, group: Sequence[Mention], text: str) -> bool:
    """Whether things that have names are counted, and the text singles some out or lists as many (or all but one)."""
    if not any(_NAMED.match(text, mention.end) for mention in group):
        return False
    items = (len(re.findall(r",| and | or ", found[0])) + 1 for found in _LIST.finditer(text))
    return _MEMBERS.search(text) is not None or any(number in (count, count - 1) for number in items)


_DIGITS = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+")
"""Runs of digits, whatever they are parts of: inside an equation the `24/4` of the text is a quotient."""
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

    def changes(self, origins: Iterable[Origin]) -> bool:
        """Whether other inputs can change one of these values."""
        return any(value in self.free for origin in origins for value in upstream(origin, self.origins))


_Steps: TypeAlias = Sequence[tuple[int, Step]]
"""The steps that a line states, each with its place among all steps."""
_Spans: TypeAlias = list[tuple[int, int, str]]


def comment(line: str, steps: _Steps, teller: Teller) -> str | None:
    """`line` as a template; None where one of its numbers cannot be told for certain.

    `steps` are the steps that the line states, `teller.origins.steps` all of them.
    """
    if teller.free and _claims(line, steps):
        return None
    spans: _Spans = []
    for mention in _numbers(line, steps):
        slotted = _slot(mention, line, steps, teller)
        if slotted is None:
            return None
        spans += slotted
    return fill_slots(line, spans)


def _claims(line: str, steps: _Steps) -> bool:
    """Whether a sentence states an equation that no step has shown to be true (`14 - 2*k = 64`)."""
    signs = [match.start() for match in re.finditer("=", line) if not _inside(match.start(), steps)]
    return any(re.search(r"\d", re.split(r"[.,;:=]\s", line[:sign])[-1]) for sign in signs)


def _inside(at: int, steps: _Steps) -> bool:
    return any(step.equation.start <= at < step.equation.end for _, step in steps)


def _slot(mention: Mention, line: str, steps: _Steps, teller: Teller) -> _Spans | None:
    """The slot for one number of a sentence, none where it stays as it is; None where that would not be certain."""
    candidates = _meant(mention, line, steps, teller)
    if not candidates:
        return _share_slot(mention, line, steps, teller)
    fixed = mention.kind in _NO_SLOT or not faithful(line, mention, mention.value)
    if (fixed or len(candidates) > 1) and teller.changes(candidates):
        return None
    name = teller.names.get(candidates[0])
    if fixed or name is None:
        return []
    return [(*place(line, mention), slot(line, name, mention, mention.value, teller.commas))]


def _share_slot(mention: Mention, line: str, steps: _Steps, teller: Teller) -> _Spans | None:
    """The slot for 0.2 where the program has `percent / 100`; for any other number that is no variable, none."""
    share = next((s for _, step in steps for part in parts(step.origin) for s in _percent(part, mention.value)), None)
    if share and share not in teller.names:
        return []  # it cannot change
    if share and "word" not in mention.style.lower():
        point = "+." if mention.style.endswith(".") else ""
        return [(mention.start, mention.end, f"{{{teller.names[share]}:share{point}}}")]
    return None if teller.free and not _standing(mention, line, steps, teller) else []


def _percent(origin: Origin, value: Fraction) -> Iterator[Origin]:
    """The variable that `origin` takes as a percentage, if it comes to this share."""
    match origin:
        case Compound("/", FromText() | FromStep() as percent, Constant(hundred)) if hundred == 100:
            if percent.value == value * 100:
                yield percent


def untold(line: str, steps: _Steps, teller: Teller) -> bool:
    """Whether a sentence has a number of unknown origin: the author worked with more than the program does."""
    inner = {value_of(part) for _, step in steps for part in parts(step.origin)}
    return any(
        mention.value not in inner
        and not _meant(mention, line, steps, teller)
        and not _standing(mention, line, steps, teller)
        for mention in _numbers(line, steps)
    )


def _numbers(line: str, steps: _Steps) -> Iterator[Mention]:
    """The numbers of a sentence; inside an equation each run of digits is one, so that `24/4` is no fraction."""
    for mention in mentions(line):
        if mention.kind != "ordinal" and not _inside(mention.start, steps):
            yield mention
    for start, end in dict.fromkeys((step.equation.start, step.equation.end) for _, step in steps):
        for match in _DIGITS.finditer(line, start, end):
            found = numeral(line, match.start(), match.end())
            money = line[: match.start()].endswith(("$", "£", "€"))
            yield replace(found, kind="money") if money else found


def _meant(mention: Mention, line: str, steps: _Steps, teller: Teller) -> Sequence[Origin]:
    """What a number of the sentence can mean, the surest first asked for; more than one where it is in doubt."""
    value = mention.value
    return (
        _stated_result(mention, steps)
        or _operand(mention, line, steps)
        or _of_line(value, steps)
        or _told_before(value, steps, teller)
    )


def _stated_result(mention: Mention, steps: _Steps) -> Sequence[Origin]:
    """The step whose result stands here."""
    for index, step in steps:
        in_result = step.equation.result <= mention.start and mention.end <= step.equation.end
        if in_result and mention.value == step.equation.value:
            return [FromStep(index, mention.value)]
    return []


def _operand(mention: Mention, line: str, steps: _Steps) -> Sequence[Origin]:
    """The operand that stands here; equal ones of one equation are told apart by their order."""
    value = mention.value
    inside = [step for _, step in steps if step.equation.start <= mention.start < step.equation.end]
    operands = [leaf for step in inside for leaf in leaves(step.origin) if leaf.value == value]
    if not operands:
        return []
    start = min(step.equation.start for step in inside)
    earlier = [m for m in _DIGITS.finditer(line, start, mention.start) if numeral(line, *m.span()).value == value]
    return [operands[min(len(earlier), len(operands) - 1)]]


def _of_line(value: Fraction, steps: _Steps) -> Sequence[Origin]:
    """The operands and results of this line that have a value; constants only where nothing else has it."""
    here: set[Origin] = {leaf for _, step in steps for leaf in leaves(step.origin) if leaf.value == value}
    here |= {FromStep(index, value) for index, step in steps if step.equation.value == value}
    return [origin for origin in here if not isinstance(origin, Constant)] or [*here]


def _told_before(value: Fraction, steps: _Steps, teller: Teller) -> Sequence[Origin]:
    """The results up to this line's last step (up to the answer, where it has none) and the input of this value."""
    known = max((index for index, _ in steps), default=teller.last)
    found: list[Origin] = [
        FromStep(index, value)
        for index, step in enumerate(teller.origins.steps[: known + 1])
        if step.equation.value == value
    ]
    return found + ([FromText(value)] if FromText(value) in teller.names else [])


def _standing(mention: Mention, line: str, steps: _Steps, teller: Teller) -> bool:
    """Whether a number that is no variable is true whatever the inputs: a ratio of the text, a constant, a one."""
    value = mention.value
    constants = (leaf for _, step in steps for leaf in leaves(step.origin) if isinstance(leaf, Constant))
    return (
        value == 1
        or value in teller.origins.ratios()
        or implied(value, re.sub(r"\d", "", line))
        or teller.origins.stated(value)
        or any(constant.value == value for constant in constants)
    )
