"""A generator with a memory: what is in the call log is not asked for again, what is asked for is logged at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from caco.backends.generators.call_log import Call, CallLog, request_key
from caco.backends.generators.meter import Meter
from caco.errors import whole
from caco.lineage import digest
from caco.ports import Completion, Failure, GenerateRequest

Asked = Mapping[str, GenerateRequest]
"""Requests by their keys."""
Replied = Mapping[str, Completion | Failure]


class Source(Protocol):
    """Where replies come from."""

    def generate(self, asked: Asked, recorder: "Recorder") -> Replied:
        """Reply to each request, telling the recorder of each reply as it comes."""

    def close(self) -> None: ...


class Recorder:
    """Takes replies as they come and writes them to the log, many in one transaction where many come at once."""

    def __init__(self, log: CallLog, meter: Meter, role: str) -> None:
        self._log, self.meter, self._role = log, meter, role
        self._waiting: list[Call] = []

    def add(self, key: str, completion: Completion, seconds: float) -> None:
        """Take a reply; it is safe after the next `flush`."""
        cost = self.meter.cost(completion)
        self._waiting.append(Call(key=key, completion=completion, seconds=seconds, cost=cost))

    def flush(self) -> None:
        """Write what has come."""
        if self._waiting:
            self._log.write(self._waiting, run=self.meter.run, role=self._role)
            self._waiting = []
            self.meter.refresh()


class Recorded:
    """The generator that a port gets. The log's key of a request holds the backend's settings, not its address."""

    def __init__(self, source: Source, *, log: CallLog, meter: Meter, role: str, settings: Mapping[str, Any]) -> None:
        self._source, self._log, self._meter = source, log, meter
        self._role, self._identity = role, identity(settings)

    def run(self, requests: Sequence[GenerateRequest]) -> Sequence[Completion | Failure]:
        """Reply to each request, in order. Equal requests are one."""
        keys = [request_key(self._identity, request) for request in requests]
        replied: dict[str, Completion | Failure] = dict(self._log.find(keys))
        asked = {key: request for key, request in zip(keys, requests, strict=True) if key not in replied}
        if asked:
            recorder = Recorder(self._log, self._meter, self._role)
            try:
                replied.update(self._source.generate(asked, recorder))
            finally:
                recorder.flush()
        return [_whole(replied[key]) for key in keys]

    def close(self) -> None:
        """Close the source and the log."""
        self._source.close()
        self._log.close()


def _whole(reply: Completion | Failure) -> Completion | Failure:
    """The reply with texts that every file takes."""
    if isinstance(reply, Failure) or all(text.isascii() for text in reply.texts):
        return reply
    return replace(reply, texts=tuple(map(whole, reply.texts)))


def identity(settings: Mapping[str, Any]) -> str:
    """Names the model that `settings` reach: its name and all that decides its replies beside the request."""
    return digest(dict(settings))
