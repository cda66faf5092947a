"""What every generator backend promises: order, count, one failure for one item, and replies that are paid for once."""

import json

import pytest

from caco.backends.generators import open_generator
from caco.ports import Completion, Failure, GenerateRequest, Message, Sampling
from served import ModelServer


def words(body):
    """A model of sorts: the words of the question, backwards."""
    said = " ".join(reversed(body["messages"][-1]["content"].split()))
    return [f"{said} {i}" for i in range(body["n"])]


def scripted_words(request):
    if "fault" in request.messages[-1].content:
        return Failure(detail="gone")
    return words({"messages": [{"content": request.messages[-1].content}], "n": request.sampling.n})


def ask(text, n=1):
    return GenerateRequest(messages=(Message(role="user", content=text),), sampling=Sampling(temperature=1.0, n=n))


REQUESTS = [ask("one two"), ask("three four", n=3), ask("one two"), ask("fault here"), ask("five")]


def provider(folder):
    """What a provider of batches does: reads the request file, writes an output and an error file."""
    (folder / "results").mkdir(exist_ok=True)
    good, bad = [], []
    for line in (folder / "solver.requests.jsonl").read_text().splitlines():
        asked = json.loads(line)
        assert (asked["method"], asked["url"]) == ("POST", "/v1/chat/completions")
        if "fault" in line:
            bad.append({"custom_id": asked["custom_id"], "response": None, "error": {"message": "expired"}})
            continue
        texts = words(asked["body"])
        choices = [{"index": i, "message": {"content": text}, "finish_reason": "stop"} for i, text in enumerate(texts)]
        body = {"choices": choices, "usage": {"prompt_tokens": 2, "completion_tokens": 3}, "model": "m"}
        good.append({"custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}, "error": None})
    for name, lines in (("output", good), ("error", bad)):
        (folder / "results" / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))


@pytest.fixture(params=["openai", "scripted", "batch", "replay"])
def opened(request, tmp_path):
    """A way to open each backend so that it answers REQUESTS, all with one log."""
    log = {"log": tmp_path / "calls.sqlite"}
    fault = {"fault": lambda body, attempt: "500" if "fault" in str(body) else ""}
    with ModelServer(words, **fault) as server:
        reached = {
            "openai": {"url": server.url, "tries": 2, "wait_most_s": 0.01},
            "scripted": {"function": "test_generator:scripted_words"},
            "batch": {"folder": tmp_path / "batches"},
            "replay": {},
        }
        if request.param == "replay":
            first = open_generator("openai", "solver", {"model": "m"}, {**reached["openai"], **log})
            first.run(REQUESTS)
            first.close()
        if request.param == "batch":
            first = open_generator("batch", "solver", {"model": "m"}, {**reached["batch"], **log})
            assert all(isinstance(reply, Failure) for reply in first.run(REQUESTS))
            first.close()
            provider(tmp_path / "batches")
        yield lambda: open_generator(request.param, "solver", {"model": "m"}, {**reached[request.param], **log})


def test_one_reply_for_each_request_in_order(opened):
    generator = opened()
    one, three, twin, fault, five = generator.run(REQUESTS)
    assert one.texts == ("two one 0",) and twin == one and five.texts == ("five 0",)
    assert three.texts == ("four three 0", "four three 1", "four three 2") and len(three.finish) == 3
    assert isinstance(fault, Failure) and fault.detail
    assert generator.run([]) == []
    generator.close()


def test_replies_outlive_the_generator(opened):
    first = opened()
    replies = first.run(REQUESTS)
    first.close()
    again = opened()
    good = [r for r in replies if isinstance(r, Completion)]
    assert [r for r in again.run(REQUESTS) if isinstance(r, Completion)] == good
    again.close()


def test_closing_twice_does_no_harm(opened):
    generator = opened()
    generator.run(REQUESTS)
    generator.close()
    generator.close()


def test_a_request_file_holds_what_has_no_result_yet(tmp_path):
    serving = {"folder": tmp_path / "batches", "log": tmp_path / "calls.sqlite"}
    for round_ in range(2):
        generator = open_generator("batch", "solver", {"model": "m"}, serving)
        replies = generator.run([*REQUESTS, ask("six")] if round_ else REQUESTS)
        generator.close()
        if not round_:
            provider(tmp_path / "batches")
            (tmp_path / "batches" / "results" / "error.jsonl").unlink()
    asked = [json.loads(line) for line in (tmp_path / "batches" / "solver.requests.jsonl").read_text().splitlines()]
    assert [a["body"]["messages"][0]["content"] for a in asked] == ["fault here", "six"]
    assert [isinstance(r, Failure) for r in replies] == [False, False, False, True, False, True]
    assert "waits in" in replies[-1].detail
