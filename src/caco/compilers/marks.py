"""Worked solutions with calculator marks (`48/2 = <<48/2=24>>24`, GSM8K's form) as data-flow programs.

The numbers of the problem's text are the inputs, each mark is an assignment, and each sentence a comment over variable
names. Numbers are exact: products come before quotients, and where decimals could leave binary noise the result is
rounded to more places than it has.
"""

import builtins
import keyword
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, count, takewhile

from caco.compilers import Compiler
from caco.compilers.equations import equations, unmarked
from caco.compilers.origins import (
    NO_QUANTITY,
    FromStep,
    FromText,
    Origin,
    Origins,
    Step,
    expression_code,
    literal,
    trace_origins,
)
from caco.compilers.reasoning import Teller, comment, free_values, untold, upstream
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.mentions import Mention
from caco.text.template import fill_slots, place, sets_off_thousands, slot


def _list(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w']+", text))


_SKIPPED = _list("the a an her his their its my our your this these those some of such another other")
_LINKS = _list("of in on at from with per for by")
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
_NO_NOUNS = _ENDS | _SKIPPED | _LINKS
_PHRASES_END = _ENDS - _list("total half")
"""A noun phrase before a number does not reach back over these; `the total cost` and `half price` are phrases."""
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
"""What an amount of money is called, by the verb or preposition that it stands with."""
_LONGEST = 4
"""Words of a name without those of _LINKS: longer names are hard to read in a formula."""
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
    before, rest = text[: mention.start], text[mention.end :]
    if mention.kind == "percent":
        return _percent_name(rest)
    if compared := _compared_name(rest):
        return compared
    if re.match(r"[- ]years?[- ](?:old|of age)", rest):
        return _join([*_subject(before)[-2:], "age"])
    if mention.kind == "money":
        return _money_name(before, rest)
    return _join(_phrase(rest)) or _join(_subject(before)) or "number"


def _compared_name(rest: str) -> str:
    """The name of a number that compares: `times_as_many`, `more_pens`; empty where it does not."""
    times = re.match(r"[- ]times (as \w+|more|less|the)?", rest)
    if times:
        return _join(["times", *(times[1] or "").split()])
    more = re.match(r"[- ](more|fewer|less|extra|additional) ", rest)
    return _join([more[1], *_phrase(rest[more.end() :])]) if more else ""


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


def _percent_name(rest: str) -> str:
    word, after = re.match(r"(?:%| ?percent)?[ -]+([a-z]+)", rest, re.IGNORECASE), _phrase(rest)
    head = word[1].lower() if word else ""
    if head == "of":
        return _join(["percent", "of", *after]) if after else "percent"
    if head in ("off", "more", "less", "fewer") or (head.endswith("er") and head not in ("her", "over", "after")):
        return f"percent_{head}"  # `20% cheaper`
    return _join([*after[:2], "percent"])


def _money_name(before: str, after: str) -> str:
    subject, amount = _subject(before), _amount(before)
    if unit := _unit_paid(after, subject):
        return _join([*subject[-2:], amount or "dollars", "per", unit])
    if noun := _phrase(after)[:3]:
        return _join(noun)
    return _join(subject if subject[-1:] == [amount] else [*subject[-3:], amount]) or "dollars"


def _unit_paid(after: str, subject: Sequence[str]) -> str:
    """What a price is for: `$5 an hour`; with a subject before it only where it says `per`, as `each` starts much."""
    per = re.match(r",?(?: dollars?)? (per|an|a|each|every|for each|for every) ([a-z]+)", after)
    return per[2] if per and (not subject or per[1] == "per") and per[2] not in _ENDS else ""


def _amount(before: str) -> str:
    """What the last word that speaks of money makes the number; only the five words before it are asked."""
    clause = re.split(r"[.,;:?!()\d$£€=+*/]", before.rstrip(" =$£€"))[-1]
    tail = [word.lower() for word in _WORDS.findall(clause)][-5:]
    return next((_AMOUNTS[word] for word in reversed(tail) if word in _AMOUNTS), "")


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
    found = _WORDS.findall(clause.replace("/", " per "))
    words = list(takewhile(lambda word: word == "May" or _small(word) not in _ENDS, found))
    nouns = (word for word in words if _small(word) not in _SKIPPED)
    return [] if next(nouns, "")[:1].isupper() else _trimmed(_phrase_of(map(_small, words)))


def _subject(before: str) -> list[str]:
    """The noun phrase that `before` ends with, verbs and the like left out, in small letters."""
    clause = re.split(r"[.,;:?!()\d$£€=+*%]|\b(?:and|that is|because|so|then|if|is that)\b", before.rstrip(" :=$-"))[-1]
    words = [_small(word) for word in _WORDS.findall(clause)]
    while words and words[-1] in _NO_NOUNS:
        words.pop()
    phrase = takewhile(lambda word: word not in _PHRASES_END, reversed(words))
    return _trimmed(_phrase_of(phrase)[::-1])


def _small(word: str) -> str:
    """A word in small letters, without the ending of `Ann's`."""
    return word.lower().replace("’", "'").removesuffix("'s").strip("'-")


def _phrase_of(words: Iterable[str]) -> list[str]:
    """The first words, articles and the like left out, up to the longest name; `of` only links what stands before."""
    kept: list[str] = []
    for word in words:
        if word not in _SKIPPED or (word == "of" and kept):
            kept.append(word)
        if sum(known not in _LINKS for known in kept) == _LONGEST:
            break
    return kept


def _trimmed(words: list[str]) -> list[str]:
    while words and words[-1] in _LINKS:
        words.pop()
    while words and words[0] in _LINKS:
        words.pop(0)
    return words


def _join(words: Iterable[str]) -> str:
    name = "_".join(re.sub(r"[^a-z]+", "_", word.lower()).strip("_") for word in words)
    return re.sub(r"_+", "_", name).strip("_")


_WIDTH = 100


def compile_marks(seed: Seed) -> CodeCoT | Reject:
    """The program that a seed's marks spell out. It re-derives the gold answer, or its execution will show that not."""
    found = equations(seed.solution)
    if not found:
        return Reject(Reason.CANNOT_COMPILE, "no mark or equation of the solution can be read")
    lines = unmarked(seed.solution).split("\n")
    origins = trace_origins(seed.problem, found, lines)
    gold = _number(seed.answer)
    final = _final(origins, gold)
    used = _used_inputs(origins, final)
    if not used:
        return Reject(Reason.CANNOT_COMPILE, "the solution uses no number of the problem's text")
    result = origins.steps[final].equation.value
    if gold is None or gold == result:
        closing, free = "{}", frozenset(free_values(origins, final).intersection(used))
    else:
        closing, free = _closing(result, gold), frozenset()
    names = _names(seed.problem, lines, origins, used, final)
    commas = sets_off_thousands(seed.problem + unmarked(seed.solution))
    teller = _sure(Teller(origins=origins, names=names, free=free, last=final, commas=commas), lines)
    inputs = {names[FromText(value)]: literal(value) for value in used}
    return CodeCoT(
        code=_program(inputs, list(_body(lines, teller)), closing, names[_result(origins, final)]),
        origin="compiled",
        text=_template(seed.problem, teller),
        gold=seed.answer,
        solution=unmarked(seed.solution),
        varies=tuple(names[FromText(value)] for value in used if value in teller.free),
        domain=seed.domain,
        source=seed.source,
        licence=seed.licence,
        seeds=(seed.id,),
    )


def _sure(teller: Teller, lines: Sequence[str]) -> Teller:
    """The teller, for whom nothing may change where a sentence up to the answer has a number that no step knows."""
    last = teller.origins.steps[teller.last].equation.line
    told = enumerate(lines[: last + 1])
    if any(untold(line, _steps_of(number, teller), teller) for number, line in told):
        return replace(teller, free=frozenset())
    return teller


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", "").strip("$ %"))
    except (ValueError, ZeroDivisionError):
        return None


def _final(origins: Origins, gold: Fraction | None) -> int:
    """The last step that comes to the gold answer, or the last step of all."""
    matching = [index for index, step in enumerate(origins.steps) if step.equation.value == gold]
    return matching[-1] if matching else len(origins.steps) - 1


def _closing(result: Fraction, gold: Fraction) -> str:
    """How the answer follows from the last step where no mark says it: as a percentage, or as a whole number."""
    if result * 100 == gold:
        return "{} * 100"
    if gold.denominator == 1 and abs(result - gold) < 1:
        return "math.ceil({})" if gold > result else "math.floor({})"
    return "{}"


def _result(origins: Origins, index: int) -> FromStep:
    return FromStep(index, origins.steps[index].equation.value)


def _used_inputs(origins: Origins, final: int) -> dict[Fraction, Mention]:
    """Values of the text that the answer depends on, in its order, each with its first mention: the inputs."""
    used = set(upstream(origins.steps[final].origin, origins))
    found: dict[Fraction, Mention] = {}
    for mention in origins.found:
        if mention.value in used and mention.kind not in NO_QUANTITY:
            found.setdefault(mention.value, mention)
    return found


def _names(
    problem: str, lines: list[str], origins: Origins, used: Mapping[Fraction, Mention], final: int
) -> dict[Origin, str]:
    """A variable for each input and each step up to the answer, named by the words around it."""
    names: dict[Origin, str] = {}
    for value, mention in used.items():
        names[FromText(value)] = unique(input_names(problem, mention), names.values())
    for index, step in enumerate(origins.steps[: final + 1]):
        equation = step.equation
        wanted = step_names(lines[equation.line], equation.start, equation.end)
        names[_result(origins, index)] = unique(wanted, names.values())
    return names


def _body(lines: list[str], teller: Teller) -> Iterator[str]:
    """The lines of the function: each sentence before the assignments that it tells of."""
    origins, names = teller.origins, teller.names
    for number, line in enumerate(lines):
        steps = _steps_of(number, teller)
        told = comment(line, steps, teller)
        if told:
            yield f"# {told.strip()}"
        for index, step in steps:
            yield f"{names[_result(origins, index)]} = {expression_code(step.origin, names)}"


def _steps_of(line: int, teller: Teller) -> list[tuple[int, Step]]:
    """The steps that a line states."""
    steps = enumerate(teller.origins.steps[: teller.last + 1])
    return [(index, step) for index, step in steps if step.equation.line == line]


def _program(inputs: Mapping[str, str], body: list[str], closing: str, result: str) -> str:
    pairs = [f'"{name}": {value}' for name, value in inputs.items()]
    head = f"input = {{{', '.join(pairs)}}}"
    if len(head) > _WIDTH:
        head = "input = {\n" + "".join(f"    {pair},\n" for pair in pairs) + "}"
    imports = "import math\n\n" if "math." in closing else ""
    lines = "\n".join(f"    {line}" for line in [*body, f"return {closing.format(result)}"])
    return f"{imports}{head}\n\ndef solve({', '.join(inputs)}):\n{lines}\n\noutput = solve(**input)\nprint(output)\n"


def _template(problem: str, teller: Teller) -> str:
    return fill_slots(
        problem,
        [
            (*place(problem, m), slot(problem, teller.names[FromText(m.value)], m, m.value, teller.commas))
            for m in teller.origins.found
            if m.value in teller.free and FromText(m.value) in teller.names and m.kind != "ordinal"
        ],
    )


COMPILER = Compiler(compile_marks, {"solution": "<<"})
