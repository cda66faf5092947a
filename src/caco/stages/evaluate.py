"""Evaluation: items of benchmarks become problems, a model's samples are read, each is right, wrong or undecided."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caco.answers import extract_answer
from caco.answers.reading import is_open
from caco.benchmark import CHOICE, TESTS, Benchmark, benchmark_of
from caco.ports import Completion, ExecuteRequest, GenerateRequest, GradeRequest, Message
from caco.records import (
    Attempts,
    Check,
    Execution,
    Grade,
    Line,
    Outcome,
    Problem,
    Seed,
    Solution,
    Status,
    Verdict,
)
from caco.stage import MapStage, PortStage, Reject
from caco.stages.collect import Collect
from caco.stages.execute import in_words
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, program_text, visible

RIGHT, WRONG, UNDECIDED = "right", "wrong", "undecided"
"""What a sample is: the trust of its verdict."""
ORIGINAL, FRESH = "original", "re-instantiated"
"""Styles of a problem: the item as it stands, and the same item with fresh inputs."""
PASSED = "passed"
"""The answer of a program that passed its tests."""
PROMPT, CHAT, ALPACA = "prompt", "chat", "alpaca"
"""How a problem is put to the model: in this project's prompt; as the user's turn and nothing else; as bare text."""
ALPACA_TEXT = "### Instruction:\n{instruction}\n\n### Response:\n"
_FENCED = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)
_LETTER = re.compile(r"\(?([A-Ja-j])(?:\)|[.:]|\s*$)")

Benchmarks = Mapping[str, Benchmark]


def items(benchmarks: Benchmarks) -> MapStage:
    """The stage Line -> Seed; its source is `BENCHMARK/ITEM`."""
    settings = {"benchmarks": sorted(benchmarks)}
    return MapStage(name="items", makes=Seed, settings=settings, fn=Items(benchmarks=benchmarks))


def pose(benchmarks: Benchmarks) -> MapStage:
    """The stage Seed -> Problem: the item as it stands."""
    return MapStage(name="pose", makes=Problem, fn=Pose(benchmarks=benchmarks))


def attempt(asking: Asking, form: str, benchmarks: Benchmarks) -> PortStage:
    """The stage Problem -> Attempts: every sample counts, also one that was refused or cut off."""
    asks = Attempting(asking=asking, form=form, benchmarks=benchmarks)
    notes = {name: benchmark.note for name, benchmark in sorted(benchmarks.items())}
    settings = {**asking.key, "form": form, "notes": notes}
    return PortStage(name="attempt", makes=Attempts, port="solver", settings=settings, ask=asks.ask, read=asks.read)


def run_tests() -> PortStage:
    """The stage Attempts -> Attempts that runs programs with their tests; all else goes through unchanged."""
    return PortStage(name="run_tests", makes=Attempts, port="sandbox", ask=_run, read=_ran)


def mark(benchmarks: Benchmarks) -> PortStage:
    """The stage Attempts -> a Verdict for each sample."""
    tolerances = {name: b.tolerance for name, b in sorted(benchmarks.items()) if b.tolerance is not None}
    marking = Marking(tolerances=tolerances)
    settings = {"tolerances": tolerances}
    return PortStage(name="mark", makes=Verdict, port="grader", settings=settings, ask=marking.ask, read=marking.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Line -> Seed."""

    benchmarks: Benchmarks

    def __call__(self, line: Line) -> Seed | Reject:
        fields = json.loads(line.fields) if line.fields else {}
        benchmark = self.benchmarks[fields["benchmark"]] if fields else None
        seed = Collect(columns=benchmark.columns if benchmark else {})(line)
        if benchmark is None or isinstance(seed, Reject):
            return seed
        named = replace(seed, source=f"{benchmark.name}/{seed.source_id or f'line {line.number}'}", source_id="")
        return benchmark.read(named, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Seed -> Problem."""

    benchmarks: Benchmarks

    def __call__(self, seed: Seed) -> Problem:
        kind = self.benchmarks[benchmark_of(seed.source)].answer_type
        return Problem(question=seed.problem, answer=seed.answer, answer_type=kind, style=ORIGINAL, source=seed.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempting:
    """Asks for samples."""

    asking: Asking
    form: str
    benchmarks: Benchmarks

    def ask(self, problem: Problem) -> Sequence[GenerateRequest]:
        """One request for all samples."""
        note = self.benchmarks[benchmark_of(problem.source)].note
        if self.form == PROMPT:
            return (self.asking.request(problem.answer_type, problem=problem.question, note=note),)
        text = f"{problem.question}\n\n{note}" if note else problem.question
        if self.form == CHAT:
            said = (Message(role="user", content=text),)
            return (GenerateRequest(messages=said, sampling=self.asking.sampling),)
        prompt = ALPACA_TEXT.replace("{instruction}", text)
        return (GenerateRequest(prompt=prompt, sampling=self.asking.sampling),)

    def read(self, problem: Problem, replies: Sequence[Completion]) -> Attempts:
        """All samples, with the answers that they state."""
        return read_replies(problem, replies[0], num=self.asking.sampling.n, author=self.asking.model)


def read_replies(problem: Problem, completion: Completion, *, num: int, author: str) -> Attempts:
    """`num` samples with the answers that they state; a request that was refused has only empty ones."""
    texts, finish = completion.texts, completion.finish
    if not texts:
        texts, finish = ("",) * num, ("refused",) * num
    read = _program if problem.answer_type == TESTS else _answer
    return Attempts(
        id=problem.id,
        problem=problem,
        texts=texts,
        answers=tuple(read(text, end) for text, end in zip(texts, finish, strict=True)),
        finish=finish,
        author=author,
    )


def _answer(text: str, finish: str) -> str:
    """The final answer; of a reply that was cut off only one that it marks as final: its last number is no answer."""
    try:
        said = visible(text)
    except UnreadableError:
        return ""
    found = extract_answer(said)
    return "" if found.weak and finish == "length" else found.text


def _program(text: str, finish: str) -> str:
    """The last fenced block, else the whole reply."""
    try:
        said = program_text(text, finish)
    except UnreadableError:
        return ""
    blocks = _FENCED.findall(said)
    return str(blocks[-1]) if blocks else said


def _programs(attempts: Attempts) -> list[str]:
    if attempts.problem.answer_type != TESTS:
        return []
    return sorted({program for program in attempts.answers if program})


def _run(attempts: Attempts) -> Sequence[ExecuteRequest]:
    tests = attempts.problem.answer
    return [ExecuteRequest(code=f"{code}\n\n{tests}\n\noutput = {PASSED!r}\n") for code in _programs(attempts)]


def _ran(attempts: Attempts, replies: Sequence[Execution]) -> Attempts:
    if not replies:
        return attempts
    said = {"": "", **dict(zip(_programs(attempts), map(_outcome, replies), strict=True))}
    return replace(attempts, answers=tuple(said[program] for program in attempts.answers))


def _outcome(execution: Execution) -> str:
    passed = execution.status is Status.OK and execution.output == json.dumps(PASSED)
    return PASSED if passed else in_words(execution)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Grades every sample."""

    tolerances: Mapping[str, float]

    def ask(self, attempts: Attempts) -> Sequence[GradeRequest]:
        """One request for each different answer; none where tests have judged."""
        return [self._request(attempts.problem, answer) for answer in _different(attempts)]

    def _request(self, problem: Problem, answer: str) -> GradeRequest:
        tolerance = self.tolerances.get(benchmark_of(problem.source))
        if problem.execution is not None:
            gold = problem.execution.output
            return GradeRequest(gold=gold, typed_gold=True, prediction=answer, tolerance=tolerance)
        if problem.answer_type != CHOICE:
            kind = problem.answer_type or _percent(problem.answer, answer)
            return GradeRequest(gold=problem.answer, prediction=answer, type=kind, tolerance=tolerance)
        letter, _, text = problem.answer.partition(") ")
        if _LETTER.match(answer) or not text:
            return GradeRequest(gold=letter, prediction=answer, type=CHOICE)
        return GradeRequest(gold=text, prediction=answer)

    def read(self, attempts: Attempts, replies: Sequence[Grade]) -> Sequence[Verdict]:
        """A verdict for each sample, in their order."""
        grades = dict(zip(_different(attempts), replies, strict=True))
        judged = [self._judged(attempts, i, grades) for i in range(len(attempts.texts))]
        rate = sum(trust == RIGHT for trust, _ in judged) / len(judged)
        return [
            Verdict(
                solution=Solution(
                    problem=attempts.problem,
                    text=attempts.texts[i],
                    answer=attempts.answers[i],
                    author=attempts.author,
                    pass_rate=rate,
                    samples=len(judged),
                ),
                checks=(Check(name="answer_agrees", passed=trust == RIGHT, evidence=evidence),),
                trust=trust,
            )
            for i, (trust, evidence) in enumerate(judged)
        ]

    def _judged(self, attempts: Attempts, i: int, grades: Mapping[str, Grade]) -> tuple[str, str]:
        answer, finish = attempts.answers[i], attempts.finish[i]
        if not answer:
            return WRONG, f"the reply states no answer (it ended by {finish})"
        if attempts.problem.answer_type == TESTS:
            return (RIGHT if answer == PASSED else WRONG), f"the tests: {answer}"
        grade = grades[answer]
        evidence = f"the reply says {grade.prediction}, gold is {grade.gold} ({grade.reason})"
        if is_open(grade, answer):
            return UNDECIDED, evidence[:500]
        return (RIGHT if grade.verdict is Outcome.EQUAL else WRONG), evidence[:500]


def _percent(gold: str, answer: str) -> str:
    """The type of a percentage of which one side leaves the sign away: a problem that asks for one wants a number."""
    bare, other = (text.strip("$ .").removesuffix("%").removesuffix("\\").strip() for text in (gold, answer))
    return "percent" if bare == other and bare != "" else ""


def _different(attempts: Attempts) -> list[str]:
    if attempts.problem.answer_type == TESTS:
        return []
    return sorted({answer for answer in attempts.answers if answer})
