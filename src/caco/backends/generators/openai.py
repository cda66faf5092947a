"""Any server that speaks the OpenAI wire format: vLLM, SGLang, Ollama, llama.cpp, LM Studio, hosted APIs.

A thin asynchronous client: one loop in a thread of its own, hundreds of requests in flight over one or several
addresses, each with a limit that finds itself; failed requests are tried again with growing random pauses.
"""

import asyncio
import random
import threading
import time
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import aiohttp

from caco.backends.generators.endpoint import Endpoint, RefusedError, TryAgainError
from caco.backends.generators.recorded import Asked, Recorder, Replied
from caco.config import Backend, Json
from caco.errors import BackendError, ConfigError
from caco.ports import Completion, Failure, GenerateRequest

T = TypeVar("T")

PAUSE_S = 0.5
"""The first pause before another try is drawn from 0 to this; each further one from twice as much."""
LOG_S = 0.01
"""Replies that come within so many seconds go into the log in one transaction."""


class OpenAI:
    """Serves requests from one or several addresses of one model.

    `url` holds addresses up to and with `/v1`, several separated by spaces; `key_env` names the environment variable
    with the key. `extra` adds fields to every request's JSON, or takes one away (null). `concurrency` is the most
    requests in flight at one address; where in between the limit lies is found by trying. `tries` are made of a
    request, each of at most `timeout_s`; then it is a Failure, and its row is deferred.
    """

    def __init__(
        self,
        *,
        model: str,
        url: str,
        key_env: str = "",
        extra: Json | None = None,
        concurrency: int = 512,
        start: int = 16,
        tries: int = 8,
        timeout_s: float = 600.0,
        wait_most_s: float = 60.0,
    ) -> None:
        if not url.split():
            raise ConfigError("the openai backend needs the address of a server: url=http://localhost:8000/v1")
        self._model, self._extra, self._tries = model, dict(extra or {}), tries
        self._timeout_s, self._wait_most_s = timeout_s, wait_most_s
        self._endpoints = [
            Endpoint(one, key_env=key_env, start=start, most=concurrency, wait_most_s=wait_most_s)
            for one in url.split()
        ]
        self._most = concurrency * len(self._endpoints)
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._answered = False

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """Reply to all requests. Raises BackendError where no server answers, or refuses whatever it is asked."""
        return self._wait_for(self._generate(asked, recorder))

    def close(self) -> None:
        """Close all connections and the loop."""
        if self._loop is None or self._thread is None:
            return
        if self._session is not None:
            self._wait_for(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = self._session = None

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Run in the loop's thread, so that a caller may have a running loop of its own."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name=f"generator {self._model}", daemon=True)
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:  # Ctrl-C too: stop asking, let what has come be logged, then raise it again
            future.cancel()
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), self._loop).result()
            raise

    async def _generate(self, asked: Asked, recorder: Recorder) -> Replied:
        if self._session is None:
            await self._open()
        batch = _Batch(asked, recorder)
        workers = [asyncio.create_task(self._work(batch)) for _ in range(min(len(asked), self._most))]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self._refuse_if_all_refused(batch.replied.values())
        return batch.replied

    async def _open(self) -> None:
        """Open connections; say at once where there is no server at all."""
        timeout = aiohttp.ClientTimeout(total=self._timeout_s, sock_connect=30)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=timeout, headers=self._endpoints[0].headers
        )
        found = await asyncio.gather(*(endpoint.reachable(session) for endpoint in self._endpoints))
        if all(found):
            await session.close()
            raise BackendError(f"no server answers at {'; '.join(found)}: is it running, and is the address right?")
        self._session = session

    async def _work(self, batch: "_Batch") -> None:
        """One of many workers: takes requests until there are none."""
        meter = batch.recorder.meter
        while batch.waiting:
            key, request = batch.waiting.popleft()
            while (over := meter.admit(request)) and meter.busy:
                await asyncio.sleep(0.05)  # what is in flight may leave some of its reserve
            if over:
                batch.replied[key] = Failure(detail=over)
                continue
            try:
                batch.replied[key] = await self._reply(key, request, batch)
            finally:
                batch.ended(request)

    async def _reply(self, key: str, request: GenerateRequest, batch: "_Batch") -> Completion | Failure:
        try:
            found, seconds = await self._all_samples(request)
        except RefusedError as error:
            # Not logged: it cost nothing, and a server with other settings may well answer.
            return Completion(texts=(), finish=("refused",), detail=str(error))
        except TryAgainError as error:
            return Failure(detail=f"given up after {self._tries} tries: {error}")
        self._answered = True
        batch.recorder.add(key, found, seconds)
        return found

    async def _all_samples(self, request: GenerateRequest) -> tuple[Completion, float]:
        """All `n` texts, and the server's seconds: one that ignores `n` is asked again for those that are missing."""
        found, seconds = await self._tried(request)
        wanted = request.sampling.n
        while len(found.texts) < wanted:
            more, more_s = await self._tried(_rest(request, len(found.texts)))
            found, seconds = _joined(found, more), seconds + more_s
        return _first(found, wanted), seconds

    async def _tried(self, request: GenerateRequest) -> tuple[Completion, float]:
        last: Endpoint | None = None
        for attempt in range(1, self._tries + 1):
            endpoint = last = await self._slot(last)
            started = time.monotonic()
            try:
                found = await endpoint.post(self._session, self._model, request, self._extra)  # type: ignore[arg-type]
                return found, time.monotonic() - started
            except TryAgainError as error:
                if attempt == self._tries:
                    raise
                pause_s = error.wait_s
            finally:
                endpoint.in_flight -= 1
                self._wake()
            # "Full jitter": those that failed together do not come back together.
            longest_s = min(PAUSE_S * 2 ** (attempt - 1), self._wait_most_s)
            await asyncio.sleep(pause_s + random.uniform(0, longest_s))
        raise AssertionError("unreachable")

    async def _slot(self, last: Endpoint | None) -> Endpoint:
        """A place at the address with the most room, at another than `last` where there is one; waits for it."""
        while True:
            found = max(self._endpoints, key=lambda e: (e.free > 0, e is not last, e.free))
            if found.free > 0:
                found.in_flight += 1
                if found.free <= 0:
                    found.limit.filled()
                return found
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters.append(waiter)
            paused_s = min(e.paused_until for e in self._endpoints) - time.monotonic()
            if paused_s > 0:
                loop.call_later(paused_s + 0.001, self._wake)
            await waiter

    def _wake(self) -> None:
        """Let as many waiters try again as there is room for."""
        room = sum(max(endpoint.free, 0) for endpoint in self._endpoints) if self._waiters else 0
        while room > 0 and self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                room -= 1

    def _refuse_if_all_refused(self, replied: Iterable[Completion | Failure]) -> None:
        """A server that has never answered anything refuses the set-up, not single requests."""
        details = [r.detail for r in replied if isinstance(r, Completion) and not r.texts]
        if details and not self._answered:
            raise BackendError(f"{self._endpoints[0].url} refuses every request for {self._model!r}: {details[0]}")


class _Batch:
    """The requests of one call, their replies, and the flushes to come."""

    def __init__(self, asked: Asked, recorder: Recorder) -> None:
        self.waiting = deque(asked.items())
        self.replied: dict[str, Completion | Failure] = {}
        self.recorder = recorder
        self._due = False
        self._over: list[GenerateRequest] = []

    def ended(self, request: GenerateRequest) -> None:
        """Have the replies logged that come now, together; then free their budget."""
        self._over.append(request)
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(LOG_S, self._flush)

    def _flush(self) -> None:
        self._due = False
        self.recorder.flush()
        over, self._over = self._over, []
        for request in over:
            self.recorder.meter.settle(request)


def _rest(request: GenerateRequest, have: int) -> GenerateRequest:
    """The request for the samples that are missing, under another seed."""
    seed = None if request.sampling.seed is None else request.sampling.seed + have
    return replace(request, sampling=replace(request.sampling, n=request.sampling.n - have, seed=seed))


def _joined(one: Completion, more: Completion) -> Completion:
    return Completion(
        texts=one.texts + more.texts,
        finish=one.finish + more.finish,
        model=one.model,
        tokens_in=one.tokens_in + more.tokens_in,
        tokens_out=one.tokens_out + more.tokens_out,
    )


def _first(found: Completion, wanted: int) -> Completion:
    if len(found.texts) <= wanted:
        return found
    return replace(found, texts=found.texts[:wanted], finish=found.finish[:wanted])


GENERATOR = Backend(
    open=OpenAI,
    reach=frozenset({"url", "key_env", "concurrency", "start", "tries", "timeout_s", "wait_most_s"}),
)
