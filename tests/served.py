"""A real HTTP server for tests: the OpenAI wire format, any model behind it, and every fault a server can have."""

import asyncio
import json
import random
import re
import threading
from collections import Counter, defaultdict

from aiohttp import web

FAULTS = ("429", "500", "hang", "half", "garbage", "reset", "wrong")


class ModelServer:
    """Serves `model(body) -> texts` on a free port, in a thread. `fault(body, attempt)` names a fault, or is empty."""

    def __init__(self, model, fault=lambda body, attempt: "", latency_s=0.0, key="", capacity=0, errors=None):
        self.model, self.fault, self.latency_s, self.key, self.capacity = model, fault, latency_s, key, capacity
        self.errors = errors or (lambda body: None)
        self.attempts, self.faults = Counter(), Counter()
        self.num_answered = self.in_flight = self.peak = 0

    def __enter__(self):
        self._loop, ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self):
        await self._runner.cleanup()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _serve(self, ready):
        asyncio.set_event_loop(self._loop)
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/completions", self._answer)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._loop.run_until_complete(self._runner.setup())
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        ready.set()
        self._loop.run_forever()

    async def _models(self, request):
        return web.json_response({"object": "list", "data": [{"id": "m", "object": "model"}]})

    async def _answer(self, request):
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            return await self._faulty(request)
        finally:
            self.in_flight -= 1

    async def _faulty(self, request):
        said = request.headers.get("Authorization", "")
        if self.key and said != f"Bearer {self.key}":
            return web.json_response({"error": {"message": f"wrong key: {said}"}}, status=401)
        if self.capacity and self.in_flight > self.capacity:
            return web.json_response({"error": {"message": "too many"}}, status=429)
        body = json.loads(await request.read())
        identity = json.dumps(body, sort_keys=True)
        self.attempts[identity] += 1
        fault = self.fault(body, self.attempts[identity])
        if fault:
            self.faults[fault] += 1
            return await self._fail(request, fault)
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if refused := self.errors(body):
            return web.json_response({"error": {"message": refused}}, status=400)
        self.num_answered += 1
        return web.json_response(completion(body, self.model(body)))

    async def _fail(self, request, fault):
        good = json.dumps(completion({}, ["a text that is never read to its end"])).encode()
        match fault:
            case "429":
                return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "0"})
            case "500":
                return web.Response(status=500, text="internal error")
            case "hang":
                await asyncio.sleep(30)
            case "half":
                response = web.StreamResponse(headers={"Content-Length": str(len(good))})
                await response.prepare(request)
                await response.write(good[: len(good) // 2])
                request.transport.close()
                return response
            case "garbage":
                return web.Response(body=b"\xff\xfe<html>", content_type="application/json")
            case "reset":
                request.transport.abort()
                return web.Response()
        return web.json_response({"choices": [{"index": 0, "message": {"content": 7}}]})  # wrong JSON


def completion(body, texts):
    """A whole reply. A text may come with its finish reason."""
    chat = "messages" in body
    choices = []
    for index, text in enumerate(texts):
        text, finish = text if isinstance(text, tuple) else (text, "stop")
        said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        choices.append({"index": index, **said, "finish_reason": finish, "logprobs": None})
    asked = " ".join(m["content"] for m in body.get("messages", ())) or body.get("prompt", "")
    tokens = [len(choice.get("text", choice.get("message", {}).get("content")).split()) for choice in choices]
    return {
        "id": "c-1",
        "object": "chat.completion" if chat else "text_completion",
        "created": 1,
        "model": body.get("model", "m"),
        "choices": choices,
        "usage": {
            "prompt_tokens": len(asked.split()),
            "completion_tokens": sum(tokens),
            "total_tokens": len(asked.split()) + sum(tokens),
        },
    }


class TinyModel:
    """A word model with a memory of two, made from a text: small, but its tokens are drawn one by one."""

    def __init__(self, text):
        self.next = defaultdict(list)
        words = re.findall(r"\S+", text)
        for one, two, three in zip(words, words[1:], words[2:], strict=False):
            self.next[(one, two)].append(three)
            self.next[(two,)].append(three)
        self.starts = sorted(self.next)

    def __call__(self, body):
        return [self._draw(body, i) for i in range(body.get("n", 1))]

    def _draw(self, body, sample):
        asked = " ".join(m["content"] for m in body.get("messages", ())) or body.get("prompt", "")
        seed = f"{asked} {body.get('seed', 0)} {sample if body['temperature'] else 0}"
        draw, words = random.Random(seed), asked.split()[-2:]
        said = []
        while len(said) < body["max_tokens"]:
            choices = self.next.get(tuple(words)) or self.next.get(tuple(words[-1:]))
            if not choices:
                return " ".join(said), "stop"
            word = draw.choice(choices) if body["temperature"] else max(sorted(choices), key=choices.count)
            said.append(word)
            words = [*words[-1:], word]
            if any(stop in word for stop in body.get("stop", ())):
                return " ".join(said[:-1]), "stop"
        return " ".join(said), "length"
