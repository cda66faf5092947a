"""Generators without a model: a function, and the call log alone."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from caco.backends.generators import batch, openai, transformers, vllm
from caco.backends.generators.recorded import Asked, Recorder, Replied
from caco.config import Backend
from caco.plugins import find
from caco.ports import Completion, Failure, GenerateRequest

Script = Callable[[GenerateRequest], str | Iterable[str] | Completion | Failure]
"""A text, the texts of all samples, or a whole reply."""


class Scripted:
    """Replies are what a function says; `function` is the function or its `module:name`."""

    def __init__(self, *, function: Any, model: str = "scripted") -> None:
        self._function: Script = find("generator", function) if isinstance(function, str) else function
        self._model = model

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """Call the function for each request."""
        return {key: self._reply(key, request, recorder) for key, request in asked.items()}

    def _reply(self, key: str, request: GenerateRequest, recorder: Recorder) -> Completion | Failure:
        if over := recorder.meter.admit(request):
            return Failure(detail=over)
        started = time.perf_counter()
        try:
            reply = self._completion(request, self._function(request))
        finally:
            recorder.meter.settle(request)
        if isinstance(reply, Completion):
            recorder.add(key, reply, time.perf_counter() - started)
            recorder.flush()
        return reply

    def _completion(
        self, request: GenerateRequest, said: str | Iterable[str] | Completion | Failure
    ) -> Completion | Failure:
        if isinstance(said, Completion | Failure):
            return said
        texts = (said,) * request.sampling.n if isinstance(said, str) else tuple(said)
        turns = [m.content for m in request.messages] or [request.prompt]
        return Completion(
            texts=texts,
            finish=("stop",) * len(texts),
            model=self._model,
            tokens_in=sum(len(turn.split()) for turn in turns),
            tokens_out=sum(len(text.split()) for text in texts),
        )

    def close(self) -> None:
        """Nothing to close."""


class Replay:
    """No model at all: what the call log does not hold is a failure, so its row is deferred."""

    def __init__(self, **settings: Any) -> None:
        """Takes the settings of the backend that made the log: they are part of the log's keys."""

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """Fail every request: those in the log never come here."""
        return {key: Failure(detail="the call log has no reply to this request") for key in asked}

    def close(self) -> None:
        """Nothing to close."""


_LOGGED = (openai, batch, transformers, vllm)
GENERATOR = {
    "scripted": Backend(open=Scripted),
    "replay": Backend(open=Replay, reach=frozenset[str]().union(*(one.GENERATOR.reach for one in _LOGGED))),
}
"""A replay takes the settings of the backend whose replies it repeats: what only reached that one decides nothing."""
