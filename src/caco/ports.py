"""Ports: the only ways from a stage to an effect, as requests, replies and a protocol each.

A port's call is `run(requests) -> replies`: same length, same order, never raising for one item. What failed for
a reason of the backend's own (not the subject's) comes back as a `Failure`; its row is deferred and tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from caco.records import Execution, Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The backend, not the subject, failed on this item."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteRequest:
    """Run one program of the unified form."""

    code: str
    trace: bool = False
    """Record each assignment (capped)."""
    repeat: bool = False
    """Run a second time under another hash seed and compare the typed outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRequest:
    """Compare an answer with the trusted one. `gold` and `prediction` are text, or typed values as canonical JSON."""

    gold: str
    prediction: str
    typed_gold: bool = False
    """True where `gold` is the canonical JSON of a program's value (`caco.codecot.values`)."""
    typed_prediction: bool = False


class Sandbox(Protocol):
    """Runs untrusted programs."""

    def run(self, requests: Sequence[ExecuteRequest]) -> Sequence[Execution | Failure]: ...

    def close(self) -> None: ...


class Grader(Protocol):
    """Decides whether two answers are the same."""

    def run(self, requests: Sequence[GradeRequest]) -> Sequence[Grade | Failure]: ...

    def close(self) -> None: ...
