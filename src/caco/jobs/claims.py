"""What a published row claims, read from the columns of any of our formats, or of the published Caco sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from caco.jobs.export.format import INSTRUCTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row as what can be checked of it; empty where the row does not say."""

    number: int
    """Number of the line, from 1."""
    id: str
    code: str
    question: str
    solution: str
    answer: str
    output: str
    """Typed output as canonical JSON."""
    rejected: str
    """A solution that is claimed to be wrong."""
    task: str
    """How `answer` is to be judged in sets about code; empty where it is the answer to the question."""


_QUESTION = ("problem", "question", "prompt", "messages", "input", "responses_create_params.input", "instruction")
_SOLUTION = ("completion", "chosen", "messages")
_ANSWER = ("answer", "reward_model.ground_truth", "ground_truth", "label", "expected_answer")
_CODE = ("code", "extra_info.code", "cot")


def claim(number: int, row: Mapping[str, Any]) -> Claim:
    """The claim of one row."""
    task = _text(row.get("task"))
    typed = "inputs" in row  # elsewhere `output` is the solution, as in the published Caco sets
    solution = "" if task else _first(row, _SOLUTION, "assistant")
    if not solution and not task:
        solution = _text(row.get("solution")) if "solution" in row else "" if typed else _text(row.get("output"))
    return Claim(
        number=number,
        id=_first(row, ("id", "extra_info.id")),
        code=_first(row, _CODE),
        question="" if task else _first(row, _QUESTION, "user").removesuffix(INSTRUCTION).rstrip(),
        solution=solution,
        answer=_first(row, _ANSWER),
        output=_text(row.get("output")) if typed else "",
        rejected=_text(row.get("rejected"), "assistant"),
        task=task,
    )


def _first(row: Mapping[str, Any], places: Iterable[str], role: str = "") -> str:
    """The first of some columns that holds text, or a turn of this role."""
    return next(filter(None, (_text(_at(row, place), role) for place in places)), "")


def _at(row: Mapping[str, Any], place: str) -> Any:
    value: Any = row
    for name in place.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: Any, role: str = "") -> str:
    """Text as it is; of a conversation the first turn of a role; of a number its digits."""
    if isinstance(value, list):
        turns = (turn for turn in value if isinstance(turn, Mapping))
        return next((_text(turn.get("content")) for turn in turns if turn.get("role") == role), "")
    return value if isinstance(value, str) else "" if value is None or isinstance(value, Mapping) else str(value)
