"""The sentences of a worked solution as templates over the program's variables: true for other inputs too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from caco.codecot.compilers.doubt import upstream
from caco.codecot.compilers.origins import (
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
from caco.codecot.mentions import Mention, mentions, numeral
from caco.codecot.template import faithful, fill_slots, implied, place, slot

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
