"""The client of the openai backend against bare aiohttp: an instant local server, 500 requests in flight.

    python measurements/generator.py [--requests N] [--in-flight N] [--rounds N]

The server runs in a process of its own and answers with a fixed reply. Each round runs, in one order and then in the
other: bare aiohttp (post, read, parse), the client alone, and the generator as a run uses it (client, call log, meter).
Prints replies a second, CPU of this process for each reply, and the ratio to bare aiohttp; medians over rounds.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections import deque
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from caco.backends.generators import open_generator
from caco.ports import GenerateRequest, Message, Sampling

REPLY = {
    "id": "1",
    "model": "m",
    "choices": [{"index": 0, "message": {"content": "The answer is 42. " * 60}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 300, "completion_tokens": 300},
}
PROMPT = "A question of about the length that a problem has, with what is asked at its end. " * 12


def serve(ready: Connection) -> None:
    """Answer every request at once."""
    reply = json.dumps(REPLY).encode()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=reply, content_type="application/json")

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


def bare(url: str, prompts: list[str], in_flight: int) -> int:
    """The least that a program can do with aiohttp: workers that post, read and parse."""

    async def run() -> int:
        waiting, lengths = deque(prompts), []
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def work() -> None:
                while waiting:
                    body = {"model": "m", "messages": [{"role": "user", "content": waiting.popleft()}], "max_tokens": 9}
                    async with session.post(url + "/chat/completions", json=body) as response:
                        reply = await response.json()
                    lengths.append(len(reply["choices"][0]["message"]["content"]))

            await asyncio.gather(*(work() for _ in range(in_flight)))
        return len(lengths)

    return asyncio.run(run())


def client(url: str, prompts: list[str], in_flight: int, *, log: bool) -> int:
    """The openai backend; without the log, its replies are taken as they come."""
    requests = [_request(prompt) for prompt in prompts]
    with tempfile.TemporaryDirectory() as folder:
        serving = {"url": url, "start": in_flight, "concurrency": in_flight, "log": Path(folder) / "calls.sqlite"}
        generator = open_generator("openai", "solver", {"model": "m"}, serving)
        if not log:
            generator._log.write = lambda *_, **__: None  # type: ignore[method-assign]
        replies = generator.run(requests)
        generator.close()
    return len(replies)


def _request(prompt: str) -> GenerateRequest:
    return GenerateRequest(messages=(Message(role="user", content=prompt),), sampling=Sampling(max_tokens=9))


def measured(run: Any, *args: Any, **more: Any) -> tuple[float, float]:
    """Replies a second, and CPU milliseconds of this process for each reply."""
    wall, cpu = time.perf_counter(), time.process_time()
    num = run(*args, **more)
    return num / (time.perf_counter() - wall), (time.process_time() - cpu) * 1e3 / num


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    runs = {
        "bare aiohttp": lambda prompts: bare(url, prompts, options.in_flight),
        "client": lambda prompts: client(url, prompts, options.in_flight, log=False),
        "client with call log": lambda prompts: client(url, prompts, options.in_flight, log=True),
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for number in range(options.rounds + 1):
        order = list(runs.items()) if number % 2 else list(reversed(runs.items()))
        for name, run in order:
            prompts = [f"{number} {name} {i} {PROMPT}" for i in range(options.requests)]
            result = measured(run, prompts)
            if number:  # the first round warms up
                found[name].append(result)
    server.terminate()
    print(f"{options.requests:,} requests, {options.in_flight} in flight, medians of {options.rounds} rounds\n")
    print(f"{'':22}{'replies/s':>10}{'CPU ms/reply':>14}{'CPU ratio':>11}")
    base = statistics.median(cpu for _, cpu in found["bare aiohttp"])
    for name, results in found.items():
        rate, cpu = (statistics.median(column) for column in zip(*results, strict=True))
        print(f"{name:22}{rate:10,.0f}{cpu:14.3f}{cpu / base:11.2f}")


if __name__ == "__main__":
    main()
