"""The sandbox behind HTTP: `POST /run_code` in SandboxFusion's form, for trainers that already speak it.

The body is the program; replies are `Success`, `Failed` (the program's fault) or `SandboxError` (ours: ask again). Bad
input is a 400 with the reason, a full queue a 429. Nothing here keeps state between requests.
"""

import json
import math
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from caco.backends.sandboxes.inside.program import STDERR
from caco.backends.sandboxes.inside.zygote import CPU_TIMEOUT, WALL_TIMEOUT
from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.local import LocalSandbox, execution, open_sandbox
from caco.backends.sandboxes.pool import Job, tier_of
from caco.backends.sandboxes.worker import Raw
from caco.errors import ConfigError
from caco.ports import Failure
from caco.records import Status

MAX_BODY = 8 << 20
WAIT_FACTOR, WAIT_EXTRA_S = 10.0, 5.0
"""The wall-clock backstop of a request, from its `run_timeout`, which is CPU time here."""


class RunCode(BaseModel):
    """The body of a request; fields and defaults are SandboxFusion's."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    code: str
    language: str = "python"
    compile_timeout: float = 10
    run_timeout: float = Field(default=10, gt=0, le=600)
    memory_limit_MB: int = Field(default=-1, ge=-1, le=65536)  # noqa: N815 - the protocol's name
    stdin: str | None = None
    files: dict[str, str | None] = Field(default_factory=dict, max_length=0)
    fetch_files: list[str] = Field(default_factory=list, max_length=0)


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A request that gets an HTTP error: status and reason."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class SandboxServer(ThreadingHTTPServer):
    """The server, with its sandbox and the number of requests it will hold at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: LocalSandbox, queue: int) -> None:
        self.sandbox = sandbox
        self.places = threading.BoundedSemaphore(queue)
        super().__init__(address, Handler)

    def run_code(self, request: RunCode) -> dict[str, Any]:
        """Run one program. Raises Refused where the queue is full."""
        if not self.places.acquire(blocking=False):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "the queue is full; try again")
        try:
            return self._reply(request)
        finally:
            self.places.release()

    def _reply(self, request: RunCode) -> dict[str, Any]:
        limits = self._limits(request)
        done = threading.Event()
        answers: list[Raw | Failure] = []

        def put(raw: Raw | Failure) -> None:
            answers.append(raw)
            done.set()

        code, stdin = (
            request.code.encode("utf-8", "surrogatepass"),
            (request.stdin or "").encode("utf-8", "surrogatepass"),
        )
        self.sandbox.pool.submit(Job(code, limits, STDERR, tier_of(request.code), put, stdin))
        done.wait()
        (raw,) = answers
        if isinstance(raw, Failure):
            return reply("SandboxError", raw.detail, None)
        return finished(request.code, raw, limits)

    def _limits(self, request: RunCode) -> Limits:
        own = self.sandbox.limits
        memory = own.memory_mb if request.memory_limit_MB in (-1, 0) else request.memory_limit_MB
        return Limits(
            cpu_s=request.run_timeout,
            wall_s=request.run_timeout * WAIT_FACTOR + WAIT_EXTRA_S,
            memory_mb=min(memory, own.memory_mb),
            output_bytes=own.output_bytes,
        )


def finished(code: str, raw: Raw, limits: Limits) -> dict[str, Any]:
    """The reply for a program that ran, whatever became of it."""
    result = execution(code, raw, limits, "")
    late = raw.ending in (CPU_TIMEOUT, WALL_TIMEOUT)
    number = None if late else return_code(raw, result.status, result.fault.message if result.fault else "")
    run = {
        "status": "TimeLimitExceeded" if late else "Finished",
        "execution_time": raw.wall_s,
        "return_code": number,
        "stdout": result.stdout,
        "stderr": raw.stderr.decode("utf-8", "replace"),
    }
    return reply("Success" if number == 0 else "Failed", result.fault.message if late and result.fault else "", run)


def return_code(raw: Raw, status: Status, message: str) -> int:
    """What the program would have returned to a shell, minus the signal for one that was killed."""
    if raw.status & 0x7F:
        return -(raw.status & 0x7F)
    if raw.status >> 8:
        return raw.status >> 8
    if status is Status.EXIT and raw.record:
        return int(message) & 0xFF if message.lstrip("-").isdigit() else int(message not in ("", "None"))
    ran = (Status.OK, Status.NO_OUTPUT, Status.UNSERIALIZABLE, Status.EXIT)
    return 0 if status in ran else 1


def reply(status: str, message: str, run: dict[str, Any] | None) -> dict[str, Any]:
    """A reply of the protocol."""
    fields = {"compile_result": None, "run_result": run, "executor_pod_name": None, "files": {}}
    return {"status": status, "message": message, **fields}


class Handler(BaseHTTPRequestHandler):
    """Routes: `POST /run_code`, `GET /v1/ping`, `GET /health`."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    server: SandboxServer

    def do_POST(self) -> None:
        """Answer a program."""
        try:
            if self.path.split("?")[0] != "/run_code":
                raise Refused(HTTPStatus.NOT_FOUND, f"no such route: {self.path}; there is POST /run_code")
            self._send(HTTPStatus.OK, self.server.run_code(self._request()))
        except Refused as refusal:
            self.close_connection = True
            self._send(refusal.status, {"detail": str(refusal)})

    def do_GET(self) -> None:
        """Say that the server is there, and what it isolates."""
        routes: dict[str, object] = {"/v1/ping": "pong", "/health": {"isolation": self.server.sandbox.level}}
        if self.path in routes:
            self._send(HTTPStatus.OK, routes[self.path])
        else:
            self._send(HTTPStatus.NOT_FOUND, {"detail": f"no such route: {self.path}"})

    def _request(self) -> RunCode:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "Content-Length is missing or not a number")
        if int(length) > MAX_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body may have {MAX_BODY} bytes")
        try:
            request = RunCode.model_validate(json.loads(self.rfile.read(int(length))))
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise Refused(HTTPStatus.BAD_REQUEST, faults) from error
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
        if request.language not in ("python", "python3"):
            raise Refused(HTTPStatus.BAD_REQUEST, f"language {request.language!r} is not offered; known: python")
        if not math.isfinite(request.run_timeout):
            raise Refused(HTTPStatus.BAD_REQUEST, "run_timeout: must be finite")
        return request

    def _send(self, status: HTTPStatus, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged: they hold the programs of others."""


def open_server(
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    limits: Limits | None = None,
    isolation: str = "auto",
    workers: int | None = None,
    queue: int = 256,
) -> SandboxServer:
    """A server that listens, loopback by default; `serve_forever` runs it. Raises ConfigError."""
    if queue < 1:
        raise ConfigError(f"queue must be at least 1, not {queue}")
    sandbox = open_sandbox(limits=limits, isolation=isolation, workers=workers)
    try:
        return SandboxServer((host, port), sandbox, queue)
    except OSError as error:
        sandbox.close()
        raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}; choose another port") from error
