"""Provider batch files: requests out as `/v1/chat/completions` JSONL, results read where the provider's file is put.

The first run writes `<folder>/<role>.requests.jsonl` and defers its rows. Send the file to the provider (or to vLLM's
`run_batch`), put what comes back into `<folder>/results/`, and run again: rows with a result go on.
"""

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

from caco.backends.generators import wire
from caco.backends.generators.recorded import Asked, Recorder, Replied
from caco.config import Backend, Json
from caco.errors import ConfigError
from caco.ports import Completion, Failure, GenerateRequest


class BatchFiles:
    """Batch files of one role below `folder`; a request's `custom_id` is its key in the call log."""

    def __init__(self, *, role: str, model: str, folder: str | Path = "batches", extra: Json | None = None) -> None:
        self._model, self._extra = model, dict(extra or {})
        self._requests = Path(folder) / f"{role}.requests.jsonl"
        self._results = Path(folder) / "results"
        self._read: dict[str, Completion | Failure] | None = None

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """What the results hold; all else is written out and fails for now."""
        if self._read is None:
            self._read = dict(self._all_results())
            self._write({})
        missing = {key: request for key, request in asked.items() if key not in self._read}
        self._write(missing)
        waits = Failure(detail=f"waits in {self._requests}: send it, put the results into {self._results}, run again")
        replied: dict[str, Completion | Failure] = dict.fromkeys(missing, waits)
        for key in asked:
            if (found := self._read.get(key)) is not None:
                replied[key] = found
                if isinstance(found, Completion):
                    recorder.add(key, found, 0.0)
        return replied

    def close(self) -> None:
        """Nothing to close."""

    def _write(self, asked: Asked) -> None:
        """Bring the file up to date: what has a result goes, what is asked and not there yet comes."""
        if not asked and not self._requests.exists():
            return
        self._requests.parent.mkdir(parents=True, exist_ok=True)
        with self._requests.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # other processes of the run write to it too
            file.seek(0)
            lines = {json.loads(line)["custom_id"]: line for line in file}
            kept = {key: line for key, line in lines.items() if key not in (self._read or {})}
            kept |= {key: self._line(key, request) for key, request in asked.items() if key not in kept}
            if kept != lines:
                file.truncate(0)
                file.writelines(kept.values())

    def _line(self, key: str, request: GenerateRequest) -> str:
        sent = {
            "custom_id": key,
            "method": "POST",
            "url": "/v1" + wire.path(request),
            "body": wire.body(self._model, request, self._extra),
        }
        return json.dumps(sent, ensure_ascii=False) + "\n"

    def _all_results(self) -> Iterator[tuple[str, Completion | Failure]]:
        for path in sorted(self._results.glob("*.jsonl")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if line.strip():
                    yield _result(line, f"{path} line {number}")


def _result(line: str, where: str) -> tuple[str, Completion | Failure]:
    """One line of a provider's output or error file. Raises ConfigError for a line of another kind."""
    try:
        found = json.loads(line)
        key, response, error = found["custom_id"], found.get("response") or {}, found.get("error")
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise ConfigError(f"{where} is no result of a batch: {type(fault).__name__} {fault}") from fault
    if error or response.get("status_code", 200) != 200:
        said = wire.fault(json.dumps(error or response.get("body")).encode())
        return key, Failure(detail=f"the batch failed on this request: {said}")
    try:
        return key, wire.completion(response.get("body"))
    except ValueError as fault:
        return key, Failure(detail=f"{where}: {fault}")


GENERATOR = Backend(open=BatchFiles, reach=frozenset({"folder"}))
