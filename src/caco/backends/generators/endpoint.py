"""One address of a server: its key, its limit, and one request to it with every way in which it can fail."""

import json
import os
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from caco.backends.generators import wire
from caco.backends.generators.limit import Limit
from caco.errors import BackendError, ConfigError
from caco.ports import Completion, GenerateRequest

_OVERLOADED = (429, 502, 503, 504, 529)
_AGAIN = (408, 409, 425, *_OVERLOADED)
_FATAL = (401, 403, 404, 405)


class TryAgainError(Exception):
    """The request failed in a way that may pass; `wait_s` is what the server asked for, if it did."""

    def __init__(self, detail: str, wait_s: float = 0.0) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class RefusedError(Exception):
    """The server takes this request for unanswerable; asking again would not help."""


class Endpoint:
    """One address. The key comes from the environment variable that is named, and is shown to nobody but the server."""

    def __init__(self, url: str, *, key_env: str, start: int, most: int, wait_most_s: float) -> None:
        self.url = _checked(url)
        self._key = _key(key_env)
        self.headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._key}"} if self._key else {}
        )
        """What the session sends with every request: all addresses of a role have one key."""
        self._paths = {p: URL(self.url + p) for p in (wire.CHAT, wire.BARE)}
        self._wait_most_s = wait_most_s
        self.limit = Limit(start, most, time.monotonic)
        self.in_flight = 0
        self.paused_until = 0.0

    @property
    def free(self) -> int:
        """Requests that it may be given now."""
        return self.limit.size - self.in_flight if time.monotonic() >= self.paused_until else 0

    async def post(
        self, session: aiohttp.ClientSession, model: str, request: GenerateRequest, extra: Mapping[str, Any]
    ) -> Completion:
        """Send one request. Raises TryAgainError, RefusedError, or BackendError where no request can succeed."""
        sent = json.dumps(wire.body(model, request, extra)).encode()
        try:
            where = self._paths[wire.path(request)]
            async with session.post(where, data=sent, allow_redirects=False) as response:
                content = await response.read()
        except TimeoutError:
            self.limit.overloaded()
            raise TryAgainError("no reply in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise TryAgainError(self._clean(f"{type(error).__name__}: {error}")) from None
        if response.status != 200:
            raise self._refusal(response, content)
        try:
            found = wire.completion(json.loads(content))
        except ValueError as error:
            raise TryAgainError(f"the reply cannot be read: {error}") from None
        self.limit.replied(found.tokens_out)
        return found

    async def reachable(self, session: aiohttp.ClientSession) -> str:
        """Empty where the server answers at all; what it says does not matter. Otherwise why not."""
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with session.get(self.url + "/models", timeout=timeout):
                return ""
        except TimeoutError:
            return ""  # it takes connections; a busy server may be slow to list its models
        except aiohttp.ClientConnectorError as error:
            return f"{self.url}: {error.os_error.strerror or error.os_error}"
        except (aiohttp.ClientError, OSError):
            return ""  # it answers, if not sensibly: the requests themselves will tell

    def _refusal(self, response: aiohttp.ClientResponse, content: bytes) -> Exception:
        status, said = response.status, self._clean(wire.fault(content))
        detail = f"HTTP {status}: {said}"
        if status in _OVERLOADED:
            self.limit.overloaded()
        if status in _AGAIN or status >= 500:
            wait_s = min(_retry_after(response.headers.get("Retry-After", "")), self._wait_most_s)
            if wait_s:
                self.paused_until = max(self.paused_until, time.monotonic() + wait_s)
            return TryAgainError(detail, wait_s)
        if status in _FATAL or 300 <= status < 400:
            return BackendError(f"{self.url} answers every request with {detail}")
        return RefusedError(detail)

    def _clean(self, text: str) -> str:
        """A server's words without the key, should it have repeated it."""
        return text.replace(self._key, "***") if self._key else text


def _checked(url: str) -> str:
    parsed = URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ConfigError(f"url={url!r}: should be an address such as http://localhost:8000/v1")
    if parsed.user or parsed.password or parsed.query_string:
        raise ConfigError("an address holds no password, user or query: name the key's environment variable in key_env")
    return url.rstrip("/")


def _key(key_env: str) -> str:
    if not key_env:
        return ""
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", key_env):
        # What was given may be the key itself, so it is not repeated.
        raise ConfigError("key_env should be the name of an environment variable, in capitals, never the key itself")
    key = os.environ.get(key_env, "").strip()
    if not key:
        raise ConfigError(f"the environment variable {key_env}, which should hold the key, is not set")
    return key


def _retry_after(value: str) -> float:
    """Seconds in a Retry-After header, which holds seconds or a date; 0 where there are none."""
    try:
        return max(float(value), 0.0)
    except ValueError:
        pass  # a date, or nothing
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0
