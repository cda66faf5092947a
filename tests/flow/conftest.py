"""A small real run, made once: real seeds through the real sandbox and grader."""

import json
import sys

import pytest

import caco
from caco.rlvr.package import build
from running import shipped_seeds


@pytest.fixture(scope="session")
def seeds_file(tmp_path_factory):
    """Three seeds of each family, a broken line, a repeated line, and a seed that carries no computation."""
    lines = shipped_seeds(3)
    lines += ["{broken", lines[0], json.dumps({"problem": "What is the meaning of this?", "answer": "42"})]
    path = tmp_path_factory.mktemp("seeds") / "seeds.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def settings(seeds_file):
    return {"seeds": str(seeds_file), "fresh": "3", "part_rows": "10", "batch_rows": "7", "workers": "1"}


@pytest.fixture(scope="session")
def finished(tmp_path_factory, settings):
    """The run that all others are held against."""
    return caco.run("quickstart", settings=settings, runs=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def package(finished, tmp_path_factory):
    out = tmp_path_factory.mktemp("env") / "trained"
    made = build(finished, out, instances=24, limit=3)
    sys.path.insert(0, str(out))
    yield made
    sys.path.remove(str(out))


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A model of a few thousand weights and its tokenizer of bytes, made here."""
    pytest.importorskip("transformers", reason="transformers is not installed")
    pytest.importorskip("torch", reason="torch is not installed")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: i for i, letter in enumerate([*alphabet, "<eos>", "<pad>"])}, []))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<eos>", pad_token="<pad>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}{{ eos_token }}{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    config = Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    Qwen2ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)
