"""The vLLM backend with a real engine and a model made here from nothing; runs where vLLM is installed."""

import pytest

from caco.backends.generators import check_generator, open_generator
from caco.errors import ConfigError
from caco.ports import GenerateRequest, Message, Sampling


def test_without_vllm_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr("caco.backends.generators.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"vllm is not installed; install it with: pip install 'caco\[vllm\]'"):
        check_generator("vllm", "solver", {"model": "m"}, {})


@pytest.mark.slow
def test_chat_bare_text_samples_and_schema_in_one_call(tmp_path):
    pytest.importorskip("vllm", reason="vLLM is in the extra vllm")
    from test_transformers import made_model

    serving = {"max_model_len": "256", "enforce_eager": "true", "log": tmp_path / "calls.sqlite"}
    settings = {"model": made_model(tmp_path / "model"), "dtype": "float32"}
    generator = open_generator("vllm", "solver", settings, serving)
    chat = (Message(role="user", content="What is it?"),)
    schema = '{"type": "object", "properties": {"a": {"type": "boolean"}}, "required": ["a"]}'
    one, many, bare, shaped = generator.run(
        [
            GenerateRequest(messages=chat, sampling=Sampling(max_tokens=8)),
            GenerateRequest(messages=chat, sampling=Sampling(temperature=1.0, n=3, max_tokens=6, seed=3)),
            GenerateRequest(prompt="A baker", sampling=Sampling(max_tokens=5)),
            GenerateRequest(messages=chat, sampling=Sampling(max_tokens=40, schema=schema)),
        ]
    )
    generator.close()
    assert len(one.texts) == 1 and one.tokens_in > 3 and 1 <= one.tokens_out <= 8
    assert len(many.texts) == 3 and bare.tokens_out <= 5
    assert shaped.texts[0].lstrip().startswith("{")
