"""The wire format, proved by the OpenAI SDK: it reads our test server as our own client does."""

import json

import pytest

from caco.backends.generators import open_generator, wire
from caco.ports import GenerateRequest, Message, Sampling
from served import ModelServer, TinyModel

openai = pytest.importorskip("openai", reason="the OpenAI SDK is in the extra dev")

TINY = TinyModel("the cat sat on the mat and the dog sat on the cat and the mat sat on the dog " * 3)
CHAT = GenerateRequest(
    messages=(Message(role="system", content="be brief"), Message(role="user", content="the cat")),
    sampling=Sampling(temperature=1.0, top_p=0.9, max_tokens=9, n=3, seed=7, stop=("zebra",)),
)
BARE = GenerateRequest(prompt="the dog", sampling=Sampling(temperature=1.0, max_tokens=6, n=2, seed=3))


@pytest.fixture
def server():
    with ModelServer(TINY) as server:
        yield server


def ours(server, request, tmp_path):
    serving = {"url": server.url, "log": tmp_path / "calls.sqlite"}
    generator = open_generator("openai", "solver", {"model": "m"}, serving)
    (reply,) = generator.run([request])
    generator.close()
    return reply


@pytest.mark.parametrize("request_", [CHAT, BARE], ids=["chat", "bare"])
def test_the_sdk_and_our_client_get_the_same_from_the_same_body(server, request_, tmp_path):
    body = wire.body("m", request_, {})
    with openai.OpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
        endpoint = client.chat.completions if request_.messages else client.completions
        theirs = endpoint.create(**body)
    found = ours(server, request_, tmp_path)
    texts = [c.message.content if request_.messages else c.text for c in theirs.choices]
    assert list(found.texts) == texts
    assert list(found.finish) == [c.finish_reason for c in theirs.choices]
    assert (found.tokens_in, found.tokens_out) == (theirs.usage.prompt_tokens, theirs.usage.completion_tokens)


def test_our_client_sends_what_the_sdk_sends(tmp_path):
    """The bodies that arrive at the server are equal, field by field."""
    seen = []
    with ModelServer(lambda body: seen.append(body) or ["a", "b", "c"]) as server:
        with openai.OpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
            client.chat.completions.create(
                model="m",
                messages=[{"role": "system", "content": "be brief"}, {"role": "user", "content": "the cat"}],
                temperature=1.0,
                top_p=0.9,
                max_tokens=9,
                n=3,
                seed=7,
                stop=["zebra"],
            )
        ours(server, CHAT, tmp_path)
    assert seen[0] == seen[1]


def test_a_structured_reply_is_asked_for_as_the_sdk_asks(tmp_path):
    schema = {"type": "object", "properties": {"consistent": {"type": "boolean"}}}
    seen = []
    with ModelServer(lambda body: seen.append(body) or ['{"consistent": true}']) as server:
        with openai.OpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
            shape = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
            client.chat.completions.create(model="m", messages=[], response_format=shape)
        request = GenerateRequest(
            messages=(Message(role="user", content="?"),), sampling=Sampling(schema=json.dumps(schema))
        )
        ours(server, request, tmp_path)
    assert seen[0]["response_format"] == seen[1]["response_format"]
