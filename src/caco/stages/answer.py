"""Stage 6, with a model: n samples of a solution from the text alone; how many are right tells the difficulty."""

from collections.abc import Sequence
from dataclasses import dataclass

from caco.answers import extract_answer
from caco.ports import Completion, GenerateRequest, GradeRequest
from caco.records import Attempts, Check, Grade, Outcome, Problem, Reason, Solution
from caco.stage import PortStage, Reject
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, visible


def attempt(asking: Asking) -> PortStage:
    """The stage Problem -> Attempts: the solver sees the question and nothing else."""
    asks = Attempting(asking=asking)
    return PortStage(name="attempt", makes=Attempts, port="solver", settings=asking.key, ask=asks.ask, read=asks.read)


def score(keep: int = 1) -> PortStage:
    """The stage Attempts -> up to `keep` Solutions that agree with the program, the shortest first."""
    scoring = Scoring(keep=keep)
    return PortStage(
        name="score", makes=Solution, port="grader", settings={"keep": keep}, ask=scoring.ask, read=scoring.read
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempting:
    """Asks for samples."""

    asking: Asking

    def ask(self, problem: Problem) -> Sequence[GenerateRequest]:
        """One request for all samples."""
        domain = problem.execution.codecot.domain if problem.execution else ""
        return (self.asking.request(domain, problem=problem.question),)

    def read(self, problem: Problem, replies: Sequence[Completion]) -> Attempts | Reject:
        """All samples, with the answers that they state."""
        (completion,) = replies
        if not completion.texts:
            return Reject(Reason.UNREADABLE_REPLY, completion.detail or "the reply is empty")
        texts = [_read(text, finish) for text, finish in zip(completion.texts, completion.finish, strict=True)]
        return Attempts(
            problem=problem,
            texts=tuple(texts),
            answers=tuple(extract_answer(text).text if text else "" for text in texts),
            finish=completion.finish,
            author=self.asking.model,
        )


def _read(text: str, finish: str) -> str:
    """A solution without the model's thinking; empty where it was cut off: it may not be graded by what it holds."""
    try:
        return visible(text, finish)
    except UnreadableError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Grades every sample and keeps right ones."""

    keep: int

    def ask(self, attempts: Attempts) -> Sequence[GradeRequest]:
        """One request for each different answer."""
        execution = attempts.problem.execution
        assert execution is not None
        return [
            GradeRequest(gold=execution.output, typed_gold=True, prediction=answer) for answer in _different(attempts)
        ]

    def read(self, attempts: Attempts, replies: Sequence[Grade]) -> Sequence[Solution] | Reject:
        """Solutions that agree, with the rate at which samples do."""
        grades = dict(zip(_different(attempts), replies, strict=True))
        right = [i for i, a in enumerate(attempts.answers) if a and grades[a].verdict is Outcome.EQUAL]
        if not right:
            return Reject(Reason.NO_AGREEMENT, _answers_in_words(attempts, grades))
        rate = len(right) / len(attempts.texts)
        kept = sorted(right, key=lambda i: (len(attempts.texts[i]), i))[: self.keep]
        return [self._solution(attempts, i, rate, grades[attempts.answers[i]]) for i in kept]

    def _solution(self, attempts: Attempts, i: int, rate: float, grade: Grade) -> Solution:
        num = len(attempts.texts)
        evidence = f"the solution says {grade.prediction}, the program {grade.gold} ({grade.reason})"
        evidence += f"; {round(rate * num)} of {num} samples agree"
        return Solution(
            problem=attempts.problem,
            text=attempts.texts[i],
            answer=attempts.answers[i],
            author=attempts.author,
            pass_rate=rate,
            samples=num,
            control=attempts.control,
            checks=(Check(name="answer_agrees", passed=True, evidence=evidence),),
        )


def _different(attempts: Attempts) -> list[str]:
    return sorted({answer for answer in attempts.answers if answer})


def _answers_in_words(attempts: Attempts, grades: dict[str, Grade]) -> str:
    num, none = len(attempts.texts), attempts.answers.count("")
    said = ", ".join(f"{a!r} ({attempts.answers.count(a)}, {grades[a].reason})" for a in list(grades)[:4])
    unread = f"; {none} state no answer or were cut off" if none else ""
    return f"0 of {num} agree with {attempts.problem.answer!r}: {said}{unread}"[:300]
