"""The reward over HTTP, for trainers on other machines or in other environments.

    POST /reward   {"items": [{"completion": "...", "answer": "..."}, ...]}   ->   {"rewards": [1.0, 0.0, null]}
    GET  /health   ->   {"status": "ok"}

It computes nothing but grades, and keeps to this machine unless told otherwise: there is no password.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from caco.errors import ConfigError
from caco.rlvr.scoring import score

LARGEST = 64 << 20
"""Bytes of a request."""
_WAIT_S = 30


class RewardServer(ThreadingHTTPServer):
    """A thread a connection; `server_address` tells the port where 0 was asked for. Raises ConfigError."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1", port: int = 8000) -> None:
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}; give another --port") from error


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _WAIT_S

    def do_GET(self) -> None:
        """Health."""
        if self.path == "/health":
            self._reply(200, {"status": "ok"})
        else:
            self._reply(404, {"error": "known: POST /reward, GET /health"})

    def do_POST(self) -> None:
        """Rewards."""
        if self.path != "/reward":
            self._reply(404, {"error": "known: POST /reward, GET /health"})
            return
        try:
            completions, answers = self._items()
        except ValueError as error:
            self.close_connection = True  # what is left of the body would be read as the next request
            self._reply(400, {"error": str(error)})
            return
        self._reply(200, {"rewards": score(completions, answers)})

    def _items(self) -> tuple[list[object], list[str]]:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= LARGEST:
            raise ValueError(f"the body has {length} bytes; it should have 1 to {LARGEST}")
        body = json.loads(self.rfile.read(length))
        items = body.get("items") if isinstance(body, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ValueError('the body should be {"items": [{"completion": ..., "answer": ...}, ...]}')
        if any("completion" not in item or not isinstance(item.get("answer"), str | int | float) for item in items):
            raise ValueError("each item needs a completion, and an answer that is text or a number")
        return [item["completion"] for item in items], [str(item["answer"]) for item in items]

    def _reply(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: there are thousands."""
