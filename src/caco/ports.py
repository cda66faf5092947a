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
    """True where `gold` is the canonical JSON of a program's value (`caco.program.values`)."""
    typed_prediction: bool = False
    type: str = ""
    """What the answers are known to be (`caco.answers.verdict.TYPES`); empty where nothing is known."""
    tolerance: float | None = None
    """Relative tolerance for numbers, in place of the rules for decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model draws its replies."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 2048
    n: int = 1
    """Independent replies to one request."""
    stop: tuple[str, ...] = ()
    seed: int | None = None
    schema: str = ""
    """JSON schema that a reply should meet, as JSON text; a server may ignore it, so replies are checked anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """Ask a model: either a conversation (`messages`) or bare text to go on with (`prompt`)."""

    messages: tuple[Message, ...] = ()
    prompt: str = ""
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model replied: `sampling.n` texts, and why each ended (`stop`, `length`, or the server's own word).

    No texts, and the finish reason `refused`, where the server takes this request for unanswerable (too long, say);
    `detail` has its words.
    """

    texts: tuple[str, ...]
    finish: tuple[str, ...]
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakRequest:
    """Is this problem an item of a benchmark?"""

    text: str
    answer: str = ""
    code: str = ""
    """Its program in the unified form, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReply:
    """What the benchmarks hold of a problem; `item` is empty where they do not hold it."""

    benchmarks: tuple[str, ...]
    """Those that were searched, each as `NAME (N items)`."""
    item: str = ""
    """The item's benchmark and id."""
    route: str = ""
    """How it was recognised: `ngram`, `words`, `numbers` or `computation`."""
    evidence: str = ""


class Generator(Protocol):
    """Draws text from a language model."""

    def run(self, requests: Sequence[GenerateRequest]) -> Sequence[Completion | Failure]: ...

    def close(self) -> None: ...


class Sandbox(Protocol):
    """Runs untrusted programs."""

    def run(self, requests: Sequence[ExecuteRequest]) -> Sequence[Execution | Failure]: ...

    def close(self) -> None: ...


class Grader(Protocol):
    """Decides whether two answers are the same."""

    def run(self, requests: Sequence[GradeRequest]) -> Sequence[Grade | Failure]: ...

    def close(self) -> None: ...


class Index(Protocol):
    """Looks problems up among the items of benchmarks."""

    def run(self, requests: Sequence[LeakRequest]) -> Sequence[LeakReply | Failure]: ...

    def close(self) -> None: ...
