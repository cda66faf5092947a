"""The grader of the project: rules in process, algebra in killable workers for what the rules leave open."""

import atexit
import math
import os
import re
import time
from collections.abc import Iterable, Sequence
from functools import cache

from caco.answers import compare
from caco.answers.verdict import marked
from caco.backends.graders.pool import Pool, Task
from caco.config import Backend
from caco.errors import ConfigError
from caco.ports import Failure, GradeRequest
from caco.program.values import encode
from caco.records import Grade, Outcome

DEADLINE_S = 3.0
MAX_TASK = 3_000
"""Longest answer, in characters, that is given to algebra."""
_ALGEBRA = frozenset(("no_value", "steps", "equation", "inequality", "chain"))
_MATHS = re.compile(r"\\[a-zA-Z]{3,}|[\^=+*/]")
_PROSE = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,} +[A-Za-z]{2,}")


class LocalGrader:
    """A `caco.ports.Grader` that owns its workers; safe in threads, and after a fork (the child starts its own).

    Args:
        timeout_s: deadline for one pair's algebra.
        workers: how many processes do algebra; they start when first needed.
    """

    def __init__(self, timeout_s: float = DEADLINE_S, workers: int = 2) -> None:
        _check_timeout(timeout_s)
        if workers < 1:
            raise ConfigError(f"a grader needs at least 1 worker, not {workers}")
        self.timeout_s = timeout_s
        self.pool = Pool(workers)

    def run(self, requests: Sequence[GradeRequest]) -> Sequence[Grade | Failure]:
        """One grade for each request, in order; a `Failure` only where the request or the workers are broken."""
        replies = [_ruled(request) for request in requests]
        tasks = {
            index: (r.gold, r.typed_gold, r.prediction, r.typed_prediction)
            for index, (r, reply) in enumerate(zip(requests, replies, strict=True))
            if isinstance(reply, Grade) and reply.verdict is Outcome.UNDECIDED
        }
        return self.decide(replies, tasks, self.timeout_s)

    def decide(
        self, replies: Sequence[Grade | Failure], tasks: dict[int, Task], timeout_s: float, until: float = math.inf
    ) -> list[Grade | Failure]:
        """The replies, with algebra's word on the undecided ones among `tasks` (index of the reply -> task).

        What algebra has not settled by `until`, on the monotonic clock, stays undecided.
        """
        marked_tasks = {index: _marked(task) for index, task in tasks.items()}
        open_tasks = {
            index: task
            for index, task in marked_tasks.items()
            if isinstance(reply := replies[index], Grade) and needs_algebra(reply, task)
        }
        decided = list(replies)
        for index, outcome in zip(open_tasks, self.algebra(list(open_tasks.values()), timeout_s, until), strict=True):
            ruled = decided[index]
            assert isinstance(ruled, Grade)
            decided[index] = (
                Failure(detail="no worker in time") if outcome == "start_timeout" else settled(ruled, outcome)
            )
        return decided

    def algebra(self, tasks: list[Task], timeout_s: float, until: float = math.inf) -> list[str]:
        """The workers' replies."""
        if self.pool.pid != os.getpid():
            self.pool = Pool(len(self.pool.workers))
        return self.pool.solve_many(tasks, timeout_s, until) if tasks else []

    def close(self) -> None:
        """Stop the workers."""
        self.pool.close()


def _check_timeout(timeout_s: float) -> None:
    if not 0 < timeout_s < 1e6:
        raise ConfigError(f"timeout_s is a number of seconds above 0, not {timeout_s}")


def _ruled(request: GradeRequest) -> Grade | Failure:
    """What the rules say; a Failure for a typed side that is no canonical JSON."""
    try:
        return compare(
            request.gold,
            request.prediction,
            type=request.type or None,
            tolerance=request.tolerance,
            typed_gold=request.typed_gold,
            typed_prediction=request.typed_prediction,
        )
    except ValueError as fault:
        return Failure(detail=str(fault))


def _marked(task: Task) -> Task:
    """The task with each text cut down to the answer it marks."""
    gold, typed_gold, prediction, typed_prediction = task
    return (
        gold if typed_gold else marked(gold),
        typed_gold,
        prediction if typed_prediction else marked(prediction),
        typed_prediction,
    )


def needs_algebra(grade: Grade, task: Task) -> bool:
    """Whether algebra may decide what the rules left open."""
    if grade.verdict is not Outcome.UNDECIDED or max(len(task[0]), len(task[2])) > MAX_TASK:
        return False
    if grade.reason in _ALGEBRA:
        return True
    if not grade.reason.startswith("unparsed") or task[1] or task[3]:
        return False
    return all(_MATHS.search(text) and not _PROSE.search(text) for text in (task[0], task[2]))


_ENDS = {"timeout": "timeout", "start_timeout": "timeout", "memory": "memory", "crashed": "crashed"}


def settled(grade: Grade, outcome: str) -> Grade:
    """The grade with what algebra found."""
    verdicts = {"equal": Outcome.EQUAL, "second_opinion": Outcome.EQUAL, "not_equal": Outcome.NOT_EQUAL}
    if outcome not in verdicts:
        reason = _ENDS.get(outcome, grade.reason)
        return _with(grade, Outcome.UNDECIDED, reason, grade.route, grade.allowances)
    allowances = (*grade.allowances, "second_opinion") if outcome == "second_opinion" else grade.allowances
    reason = "second_opinion" if outcome == "second_opinion" else "algebra"
    return _with(grade, verdicts[outcome], reason, "symbolic", allowances)


def _with(grade: Grade, verdict: Outcome, reason: str, route: str, allowances: tuple[str, ...]) -> Grade:
    return Grade(
        verdict=verdict,
        reason=reason,
        gold=grade.gold,
        prediction=grade.prediction,
        route=route,
        allowances=tuple(sorted(allowances)),
    )


@cache
def shared(pid: int) -> LocalGrader:
    """The grader behind `grade` and `grade_many`: one for each process, closed when the interpreter exits."""
    grader = LocalGrader()
    atexit.register(grader.close)
    return grader


def grade(
    gold: object,
    prediction: object,
    *,
    type: str | None = None,
    tolerance: float | None = None,
    timeout_s: float = DEADLINE_S,
) -> Grade:
    """Whether two answers are the same; see docs/reference/grading.md for the rules.

    Args:
        gold: the trusted answer, as text or as a Python value.
        prediction: the answer to judge, as text (bare, or a solution that marks its answer) or as a Python value.
        type: what the answers are known to be (`choice`, `text`, `set`, `tuple`, `interval`, `percent`, `bool`, ...:
            `caco.answers.verdict.TYPES`); None where nothing is known.
        tolerance: relative tolerance for numbers, in place of the rules for decimals.
        timeout_s: deadline in seconds for what needs algebra; a pair that takes longer is `undecided`. The start of
            the worker, once a process, does not count.

    Raises:
        ConfigError: `type`, `tolerance` or `timeout_s` is none of the valid ones.
    """
    _check_timeout(timeout_s)
    ruled = compare(gold, prediction, type=type, tolerance=tolerance)
    if ruled.route == "exact":
        return ruled
    pool = shared(os.getpid()).pool
    pool.warm()  # not all answers are plain: the worker loads sympy while the rules go on
    if ruled.verdict is not Outcome.UNDECIDED or (task := _task(gold, prediction)) is None:
        return ruled
    return settled(ruled, pool.solve(task, timeout_s)) if needs_algebra(ruled, task) else ruled


def grade_many(
    pairs: Iterable[tuple[object, object]],
    *,
    type: str | None = None,
    tolerance: float | None = None,
    timeout_s: float = DEADLINE_S,
    batch_s: float = math.inf,
) -> list[Grade]:
    """`grade` for each pair, in order; pairs that need algebra share the workers, each with a deadline of its own.

    After `batch_s` seconds, the start of a worker included, what algebra has not settled is `undecided`.
    """
    until = time.monotonic() + batch_s
    _check_timeout(timeout_s)
    pairs = list(pairs)
    grades = [compare(gold, prediction, type=type, tolerance=tolerance) for gold, prediction in pairs]
    undecided = (index for index, ruled in enumerate(grades) if ruled.verdict is Outcome.UNDECIDED)
    tasks = {index: task for index in undecided if (task := _task(*pairs[index])) is not None}
    if not tasks:
        return grades
    decided = shared(os.getpid()).decide(grades, tasks, timeout_s, until)
    return [reply if isinstance(reply, Grade) else ruled for reply, ruled in zip(decided, grades, strict=True)]


def _task(gold: object, prediction: object) -> Task | None:
    """The pair as workers take it; None where a value has no typed form."""
    try:
        left = (marked(gold), False) if isinstance(gold, str) else (encode(gold), True)
        right = (marked(prediction), False) if isinstance(prediction, str) else (encode(prediction), True)
    except ValueError:
        return None
    return *left, *right


GRADER = Backend(open=LocalGrader)
