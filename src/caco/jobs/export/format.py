"""What a format is: a pure function from a published row to the trainer's row, and how its files are written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from caco.records import Example

INSTRUCTION = "Reason step by step, and end with the answer in \\boxed{}."
"""What a prompt for reinforcement learning asks for, so that the answer can be found."""
REWARDS = "caco.rlvr.rewards"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongSolution:
    """A solution whose answer was shown to be wrong, and what is wrong with it."""

    text: str
    answer: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an exported row stands, and what was made for it."""

    split: str
    index: int
    """Number of the row in its split, from 0."""
    wrong: WrongSolution | None = None


Fields: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way of writing rows. `row` gives None for an example that the format cannot hold."""

    name: str
    row: Callable[[Example, Place], Fields | None]
    kind: str = "jsonl"
    """`jsonl` or `parquet`."""
    needs_wrong: bool = False
    """Whether each row needs a wrong solution, which takes a sandbox and a grader to make."""
    files: Callable[[Mapping[str, str]], dict[str, Any]] = lambda splits: {}
    """JSON files besides the rows, by name, from the data file of each split."""
    use: str = ""
    """How a trainer loads it, as Markdown for the card; `FOLDER` stands for the dataset's folder."""


def named(*formats: Format) -> dict[str, Format]:
    """Formats by their names, as `caco.plugins` finds them."""
    return {one.name: one for one in formats}


def provenance(example: Example) -> Fields:
    """Columns of every format: with these, `caco verify` runs the program again and checks the row."""
    return {"id": example.id, "answer": example.answer, "code": example.code, "licence": example.licence}


def user(content: str) -> dict[str, str]:
    """A user's turn."""
    return {"role": "user", "content": content}


def assistant(content: str) -> dict[str, str]:
    """A model's turn."""
    return {"role": "assistant", "content": content}


def asking(example: Example) -> str:
    """The problem with the request for a boxed answer."""
    return f"{example.problem}\n\n{INSTRUCTION}"
