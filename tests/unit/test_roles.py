"""Roles from settings: what decides replies, what only reaches them, and families of models."""

import pytest

from caco.errors import ConfigError
from caco.ports import Sampling
from caco.roles import family, role


def test_settings_are_told_from_serving_and_sampling():
    given = {
        "model": "m",
        "url": "http://h/v1",
        "temperature": "0.5",
        "n": "3",
        "price_in": "1",
        "extra": {"a": 1},
    }
    found = role("solver", given, Sampling(max_tokens=77))
    assert found.backend == "openai" and found.model == "m"
    assert found.settings == {"model": "m", "extra": {"a": 1}}
    assert found.serving == {"url": "http://h/v1", "price_in": "1"}
    assert found.sampling == Sampling(max_tokens=77, temperature=0.5, n=3)


def test_the_key_holds_what_decides_replies_and_no_address():
    one, moved, other, warmer = (
        role("solver", given, Sampling()).key
        for given in (
            {"model": "m", "url": "http://one/v1"},
            {"model": "m", "url": "http://two/v1", "tries": "2"},
            {"model": "n", "url": "http://one/v1"},
            {"model": "m", "url": "http://one/v1", "temperature": "1"},
        )
    )
    assert one == moved and one != other and one != warmer


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("poet", {}, "unknown role 'poet'"),
        ("solver", {"key": "sk-1"}, "takes no key"),
        ("solver", {"n": "many"}, "solver: n='many' should be a number"),
    ],
)
def test_what_cannot_be(name, given, message):
    with pytest.raises(ConfigError, match=message):
        role(name, given, Sampling())


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Qwen/Qwen3-32B", "qwen"),
        ("qwen3:8b", "qwen"),
        ("Qwen2.5-Math-7B-Instruct", "qwen"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama"),
        ("gpt-4.1-mini", "gpt"),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek"),
        ("google/gemma-3-27b-it", "gemma"),
        ("brain-7b", "brain"),
    ],
)
def test_families(model, expected):
    assert family(model) == expected
