"""Distractor: the text has a sentence more, with a number that does not matter.

What is preserved: every step, and the answer. The program takes the number and uses it nowhere; the row declares it a
distractor, so that its inputs are held to the opposite: the output must not move with it.
"""

import random
import re
from dataclasses import dataclass, replace

from caco.instances.fresh import derived, expected
from caco.program.steps import Steps, steps_of
from caco.program.syntax import fresh_name
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.text.story import names_in
from caco.transforms import Transform


@dataclass(frozen=True, slots=True)
class Remark:
    """What can be said of a person in any story that has none of `unless`: an input, its values, and how it is told."""

    name: str
    values: range
    told: str
    what: str
    unless: str


_REMARKS = (
    Remark("house_number", range(11, 190), "{who}'s house number is {n}.", "house number", r"house|number|home"),
    Remark(
        "favorite_number", range(11, 99), "{who}'s favorite number is {n}.", "favorite number", r"number|favou?rite"
    ),
    Remark("songs", range(40, 400), "{who}'s phone holds {n} songs.", "number of songs", r"phone|song|music|play"),
    Remark("photos", range(40, 900), "{who}'s phone holds {n} photos.", "number of photos", r"phone|photo|picture"),
    Remark("bus_line", range(11, 99), "{who}'s bus to town is the number {n}.", "bus line", r"bus|number|town|drive"),
    Remark(
        "clips",
        range(40, 300),
        "{who}'s desk holds {n} paper clips.",
        "number of paper clips",
        r"clip|paper|desk|school",
    ),
)
_PERSON = re.compile(r"([A-Z][a-z]+[a-rt-z]) (?!and |or |of |who |are |were |have )[a-z]")
"""One name that a text begins with: no two people, and nothing in the plural; after an s, `'s` would read badly too."""
_FIRST = re.compile(
    r"[^.?!]*[a-z\d}]\.\s+(?=[A-Z])"
    r"(?!(?:Its?|They|Their|Them|This|That|These|Those|One|Each|Both|Some|The (?:other|first|same))\b)"
)
"""A first sentence that ends, asks nothing, and is not taken up by the first word of the next."""


def distract(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` programs and texts with a remark on the story's person, after the first sentence."""
    cot = execution.codecot
    steps = steps_of(cot.code) if execution.status is Status.OK else None
    person, first = _PERSON.match(cot.text), _FIRST.match(cot.text)
    if not (steps and steps.steps and person and first and _is_told_of(person[1], cot.text)):
        return []
    fitting = [r for r in _REMARKS if not re.search(r.unless, cot.text, re.IGNORECASE)]
    cot = replace(cot, gold=cot.gold or expected(decode(execution.output)))
    remarks = rng.sample(fitting, min(n, len(fitting)))
    return [_distracted(cot, steps, remark, person[1], first[0], rng) for remark in remarks]


def _is_told_of(name: str, text: str) -> bool:
    """Whether a word is a person's name: a pronoun takes it up, and it is no common word elsewhere."""
    if name not in names_in(text) or re.search(rf"\b{name.lower()}s?\b", text):
        return False
    return re.search(r"\b(?:he|she|his|her)\b", text, re.IGNORECASE) is not None


def _distracted(cot: CodeCoT, steps: Steps, remark: Remark, who: str, first: str, rng: random.Random) -> CodeCoT:
    name = fresh_name(remark.name, {*steps.inputs, *(step.name for step in steps.steps)})
    stated = {*re.findall(r"\d+", f"{cot.text} {cot.gold}"), *map(str, steps.inputs.values())}
    inputs = {**steps.inputs, name: rng.choice([value for value in remark.values if str(value) not in stated])}
    start, *rest = steps.steps
    told = f"# The {remark.what}, {{{name}}}, does not matter here."
    told_first = Steps(inputs, (replace(start, comments=(told, *start.comments)), *rest), steps.result)
    said = remark.told.format(who=who, n=f"{{{name}}}")
    return derived(
        cot,
        "distractor",
        code=told_first.code(),
        text=f"{first}{said} {cot.text[len(first) :]}",
        solution="",
        varies=(*cot.varies, name),
        distractors=(name,),
    )


TRANSFORM = Transform(distract, frozenset({"values", "answer"}))
