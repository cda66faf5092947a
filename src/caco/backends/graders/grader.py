"""The grader of the project: rules in process, algebra only for what they leave open."""

from collections.abc import Iterable, Sequence

from caco.graders import compare
from caco.ports import Failure, GradeRequest
from caco.records import Grade

DEADLINE_S = 3.0


class LocalGrader:
    """A `caco.ports.Grader`."""

    def __init__(self, timeout_s: float = DEADLINE_S) -> None:
        self.timeout_s = timeout_s

    def run(self, requests: Sequence[GradeRequest]) -> Sequence[Grade | Failure]:
        """One grade for each request, in order."""
        return [
            compare(r.gold, r.prediction, typed_gold=r.typed_gold, typed_prediction=r.typed_prediction)
            for r in requests
        ]

    def close(self) -> None:
        """Nothing is held."""


def grade(
    gold: object,
    prediction: object,
    *,
    type: str | None = None,  # noqa: A002 - the public name of the argument
    tolerance: float | None = None,
    timeout_s: float = DEADLINE_S,
) -> Grade:
    """Whether two answers are the same."""
    return compare(gold, prediction, type=type, tolerance=tolerance)


def grade_many(
    pairs: Iterable[tuple[object, object]],
    *,
    type: str | None = None,  # noqa: A002 - the public name of the argument
    tolerance: float | None = None,
    timeout_s: float = DEADLINE_S,
) -> list[Grade]:
    """`grade` for each pair, in order."""
    return [grade(gold, prediction, type=type, tolerance=tolerance, timeout_s=timeout_s) for gold, prediction in pairs]
