"""Controls: rows known to be wrong, and rows known to be good, mixed in to measure what the checks let through.

Each problem (and each set of samples) draws by its own id whether it brings a control along, and of which kind. A
control goes through the same steps as any row; the export counts it and never publishes it. How many known-wrong ones
came through is the false-accept rate of a published set, how many known-good ones did not its false-reject rate.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from caco.answers import extract_answer
from caco.instances.fresh import fresh_inputs
from caco.lineage import rng
from caco.ports import ExecuteRequest
from caco.program import values
from caco.program.form import parse
from caco.program.syntax import Source
from caco.records import Attempts, Execution, Problem, Status
from caco.stage import MapStage, PortStage
from caco.text.mentions import mentions
from caco.text.template import is_number, render
from caco.transforms.faults import edits

KNOWN_GOOD = "known_good"
KINDS: Mapping[str, str] = {
    "mutated_program": "the program computes something else than the text says",
    "dropped_condition": "a sentence with a number is missing from the text",
    "swapped_unit": "a unit of the text is another one in one of its places",
    "off_by_one": "the stated answer is off by one",
    "sibling_answer": "the stated answer is that for other inputs",
    "wrong_answer": "the solution's final answer is off by one",
    "wrong_step": "a number in the solution's reasoning is off by one",
    KNOWN_GOOD: "the seed's own problem, whose gold answer its program gives",
}
"""What is wrong with a control, or that nothing is."""

_MUTANTS = 3
_SENTENCE = re.compile(r"(?<=[.!?。])\s+(?=\S)")
_UNITS = (
    ("minutes", "hours"),
    ("hours", "days"),
    ("days", "weeks"),
    ("seconds", "minutes"),
    ("kilometres", "metres"),
    ("kilometers", "meters"),
    ("metres", "centimetres"),
    ("meters", "centimeters"),
    ("km", "m"),
    ("cm", "m"),
    ("kilograms", "grams"),
    ("kg", "g"),
    ("litres", "millilitres"),
    ("liters", "milliliters"),
    ("dollars", "cents"),
    ("euros", "cents"),
)


def mix_problems(rate: float) -> PortStage:
    """The stage Problem -> Problem, and for a share `rate` of them a control beside it; about half are known good."""
    mixing = MixProblems(rate=rate)
    return PortStage(
        name="mix_problems",
        version=2,
        makes=Problem,
        port="sandbox",
        settings={"rate": rate},
        ask=mixing.ask,
        read=mixing.read,
    )


def mix_attempts(rate: float) -> MapStage:
    """The stage Attempts -> Attempts, and for a share `rate` of them a control with a fault in its solution."""
    return MapStage(name="mix_attempts", makes=Attempts, settings={"rate": rate}, fn=MixAttempts(rate=rate))


@dataclass(frozen=True, slots=True, kw_only=True)
class MixProblems:
    """Problem -> Problem, or Problem and control."""

    rate: float

    def ask(self, problem: Problem) -> Sequence[ExecuteRequest]:
        """Programs whose runs a control may need: mutants, and the program with other inputs."""
        if not self._drawn(problem):
            return ()
        return [ExecuteRequest(code=code, trace=True) for code in _needed(problem)]

    def read(self, problem: Problem, replies: Sequence[Execution]) -> Problem | Sequence[Problem]:
        """The problem, and its control where one can be made."""
        if not self._drawn(problem):
            return problem
        control = _control(problem, dict(zip(_needed(problem), replies, strict=True)))
        return [problem, control] if control else problem

    def _drawn(self, problem: Problem) -> bool:
        return rng(problem.id, "controls").random() < self.rate


def _needed(problem: Problem) -> list[str]:
    return [*_mutants(problem), *_sibling(problem)]


def _control(problem: Problem, runs: Mapping[str, Execution]) -> Problem | None:
    """A control of one of the kinds that the problem admits; a known-good one every other time, where there is one."""
    draw = rng(problem.id, "kind of control")
    if draw.random() < 0.5 and (good := _known_good(problem)):
        return good
    makers = list(_MAKERS.items())
    draw.shuffle(makers)
    for kind, make in makers:
        if made := make(problem, runs, draw):
            return replace(made, id="", parents=(), made_by="", control=kind)
    return None


def _known_good(problem: Problem) -> Problem | None:
    """The seed's own words for the seed's own inputs, where its program gave the gold answer."""
    execution = problem.execution
    assert execution is not None
    codecot = execution.codecot
    if codecot.transform or not codecot.gold or not codecot.text:
        return None
    question = render(codecot.text, parse(codecot.code).inputs)
    return replace(problem, id="", parents=(), made_by="", question=question, author="seed", control=KNOWN_GOOD)


def _mutated_program(problem: Problem, runs: Mapping[str, Execution], draw: random.Random) -> Problem | None:
    assert problem.execution is not None
    for code in _mutants(problem):
        run = runs[code]
        if run.status is Status.OK and run.output != problem.execution.output:
            codecot = replace(problem.execution.codecot, code=code)
            execution = replace(problem.execution, codecot=codecot, output=run.output, trace=run.trace)
            return replace(problem, execution=execution, answer=values.show(values.decode(run.output)))
    return None


def _mutants(problem: Problem) -> list[str]:
    """The program with one operator or constant changed, in up to three ways."""
    assert problem.execution is not None
    code = problem.execution.codecot.code
    source = Source(code)
    found = list(edits(parse(code).functions, source))
    rng(problem.id, "mutants").shuffle(found)
    return [source.edited([edit]) for edit in found[:_MUTANTS]]


def _dropped_condition(problem: Problem, runs: Mapping[str, Execution], draw: random.Random) -> Problem | None:
    sentences = _SENTENCE.split(problem.question)
    asks = [i for i, s in enumerate(sentences) if "?" in s] or [len(sentences) - 1]
    droppable = [i for i, s in enumerate(sentences) if i not in asks and any(m.movable for m in mentions(s))]
    if not droppable:
        return None
    dropped = draw.choice(droppable)
    return replace(problem, question=" ".join(s for i, s in enumerate(sentences) if i != dropped))


def _swapped_unit(problem: Problem, runs: Mapping[str, Execution], draw: random.Random) -> Problem | None:
    """One of several places of a unit: with all of them swapped alike, the text would mean the same."""
    text = problem.question
    for unit, other in draw.sample(_UNITS, len(_UNITS)):
        places = list(re.finditer(rf"\b{unit}\b", text))
        if len(places) > 1:
            place = draw.choice(places)
            return replace(problem, question=text[: place.start()] + other + text[place.end() :])
    return None


def _off_by_one(problem: Problem, runs: Mapping[str, Execution], draw: random.Random) -> Problem | None:
    assert problem.execution is not None
    output = values.decode(problem.execution.output)
    if not is_number(output):
        return None
    return _with_output(problem, output + draw.choice((-1, 1)))


def _sibling_answer(problem: Problem, runs: Mapping[str, Execution], draw: random.Random) -> Problem | None:
    assert problem.execution is not None
    for code in _sibling(problem):
        if runs[code].status is Status.OK and runs[code].output != problem.execution.output:
            return _with_output(problem, values.decode(runs[code].output))
    return None


def _sibling(problem: Problem) -> list[str]:
    assert problem.execution is not None
    return [made.code for made in fresh_inputs(problem.execution, 1, rng(problem.id, "sibling"))]


def _with_output(problem: Problem, output: object) -> Problem:
    assert problem.execution is not None
    execution = replace(problem.execution, output=values.encode(output))
    return replace(problem, execution=execution, answer=values.show(output))


Maker = Callable[[Problem, Mapping[str, Execution], random.Random], Problem | None]
_MAKERS: Mapping[str, Maker] = {
    "mutated_program": _mutated_program,
    "dropped_condition": _dropped_condition,
    "swapped_unit": _swapped_unit,
    "off_by_one": _off_by_one,
    "sibling_answer": _sibling_answer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MixAttempts:
    """Attempts -> Attempts, or Attempts and control."""

    rate: float

    def __call__(self, attempts: Attempts) -> Attempts | Sequence[Attempts]:
        draw = rng(attempts.id, "controls")
        if attempts.problem.control or draw.random() >= self.rate:
            return attempts
        text = next((t for t, a in zip(attempts.texts, attempts.answers, strict=True) if _right(a, attempts)), "")
        if not text:
            return attempts
        kind = draw.choice(("wrong_answer", "wrong_step"))
        wrong = _wrong_answer(text, draw) if kind == "wrong_answer" else _wrong_step(text, draw)
        if not wrong:
            return attempts
        made = replace(attempts, id="", parents=(), made_by="", control=kind, finish=("stop",))
        return [attempts, replace(made, texts=(wrong,), answers=(extract_answer(wrong).text,))]


def _right(answer: str, attempts: Attempts) -> bool:
    return bool(answer) and answer == attempts.problem.answer


def _wrong_answer(text: str, draw: random.Random) -> str:
    start, end = extract_answer(text).span
    return _moved(text, start, end, draw)


def _wrong_step(text: str, draw: random.Random) -> str:
    """Another number where the reasoning has a result (`= 78`), everything else as it is, the final answer too."""
    final = extract_answer(text).span[0]
    places = [m.span(1) for m in re.finditer(r"=\s*\$?(\d+(?:\.\d+)?)", text[:final])]
    return _moved(text, *draw.choice(places), draw) if places else ""


def _moved(text: str, start: int, end: int, draw: random.Random) -> str:
    written = text[start:end]
    if not re.fullmatch(r"-?\d+", written):
        return ""
    return text[:start] + str(int(written) + draw.choice((-1, 1))) + text[end:]
