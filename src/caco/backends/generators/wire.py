"""The OpenAI wire format: requests to JSON bodies, JSON replies to completions."""

import json
from collections.abc import Mapping
from typing import Any

from caco.ports import Completion, GenerateRequest

CHAT, BARE = "/chat/completions", "/completions"


def path(request: GenerateRequest) -> str:
    """Where below the endpoint's address the request goes."""
    return CHAT if request.messages else BARE


def body(model: str, request: GenerateRequest, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of a request. `extra` adds fields or replaces them; a null takes a field away."""
    s = request.sampling
    fields: dict[str, Any] = {"model": model}
    if request.messages:
        fields["messages"] = [{"role": m.role, "content": m.content} for m in request.messages]
    else:
        fields["prompt"] = request.prompt
    fields |= {"temperature": s.temperature, "top_p": s.top_p, "max_tokens": s.max_tokens, "n": s.n}
    if s.stop:
        fields["stop"] = list(s.stop)
    if s.seed is not None:
        fields["seed"] = s.seed
    if s.schema:
        shape = {"name": "reply", "schema": json.loads(s.schema)}
        fields["response_format"] = {"type": "json_schema", "json_schema": shape}
    return {name: value for name, value in (fields | dict(extra)).items() if value is not None} if extra else fields


def completion(reply: Any) -> Completion:
    """The completion in a server's JSON reply. Raises ValueError where it is none.

    What a server keeps apart as reasoning comes back in front of the text, between think marks.
    """
    try:
        choices = reply["choices"]
        if len(choices) > 1:
            choices = sorted(choices, key=lambda choice: choice.get("index", 0))
        texts = tuple([_text(choice) for choice in choices])
        finish = tuple([str(choice.get("finish_reason") or "stop") for choice in choices])
        usage = reply.get("usage") or {}
        tokens_in, tokens_out = usage.get("prompt_tokens"), usage.get("completion_tokens")
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no completion: {type(error).__name__} {error}") from error
    if not texts:
        raise ValueError("no completion: no choices")
    return Completion(
        texts=texts,
        finish=finish,
        model=str(reply.get("model") or ""),
        tokens_in=int(tokens_in or 0),
        # A server that does not count is taken to make a token of every four bytes.
        tokens_out=int(tokens_out) if tokens_out is not None else sum(len(t.encode()) for t in texts) // 4 + 1,
    )


def _text(choice: Any) -> str:
    if "message" not in choice:
        return _string(choice["text"])
    message = choice["message"]
    reasoning = message.get("reasoning_content") or message.get("reasoning") or ""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text") or "" for part in content)
    text = _string(content if content is not None or not reasoning else "")
    return f"<think>\n{_string(reasoning)}\n</think>\n{text}" if reasoning else text


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is {type(value).__name__}")
    return value


def fault(reply: bytes) -> str:
    """The message in a server's error, in one short line; its own text where there is none."""
    text = reply.decode("utf-8", "replace")
    try:
        parsed = json.loads(text)
        error = parsed.get("error", parsed)
        text = str(error.get("message") or error.get("detail") or error) if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        pass  # not JSON: the text itself is all there is
    return " ".join(text.split())[:300]
