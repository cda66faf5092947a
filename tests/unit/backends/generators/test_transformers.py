"""The transformers backend with a real model, made here from nothing: small, but its tokens are drawn by torch."""

import pytest

from caco.backends.generators import check_generator, open_generator
from caco.errors import ConfigError
from caco.ports import GenerateRequest, Message, Sampling

torch = pytest.importorskip("torch", reason="torch is in the extra transformers")
transformers = pytest.importorskip("transformers", reason="transformers is in the extra transformers")

TEXT = ["What is 2 + 3? The answer is 5.", "A baker sells 48 rolls. How many rolls?", "def solve(n): return n"] * 20
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}<assistant>"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return made_model(tmp_path_factory.mktemp("model"))


def made_model(folder):
    """A checkpoint with random weights and a tokenizer that was trained on three sentences."""
    from tokenizers import ByteLevelBPETokenizer

    torch.set_num_threads(1)
    torch.manual_seed(0)
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(TEXT, vocab_size=400, special_tokens=["<s>", "</s>", "<pad>"])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>"
    )
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    config = transformers.LlamaConfig(
        vocab_size=400,
        hidden_size=128,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=256,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=2,
    )
    transformers.LlamaForCausalLM(config).float().save_pretrained(folder)
    return str(folder)


@pytest.fixture
def generator(model, tmp_path):
    serving = {"threads": 1, "batch": 4, "log": tmp_path / "calls.sqlite"}
    found = open_generator("transformers", "solver", {"model": model}, serving)
    yield found
    found.close()


def ask(text, **sampling):
    return GenerateRequest(messages=(Message(role="user", content=text),), sampling=Sampling(**sampling))


def test_a_batch_gives_what_single_requests_give(generator, model, tmp_path):
    requests = [ask("What is it? " * n, max_tokens=8) for n in range(1, 8)]
    together = generator.run(requests)
    alone = open_generator("transformers", "solver", {"model": model}, {"batch": 1, "log": tmp_path / "other.sqlite"})
    assert [r.texts for r in alone.run(requests)] == [r.texts for r in together]
    assert all(r.tokens_in > 3 and 1 <= r.tokens_out <= 8 for r in together)
    alone.close()


def test_samples_differ_and_a_seed_repeats_them(generator, model, tmp_path):
    (drawn,) = generator.run([ask("The", temperature=1.5, n=4, max_tokens=12, seed=5)])
    assert len(drawn.texts) == 4 and len(set(drawn.texts)) > 1
    other = open_generator("transformers", "solver", {"model": model}, {"log": tmp_path / "other.sqlite"})
    assert other.run([ask("The", temperature=1.5, n=4, max_tokens=12, seed=5)])[0].texts == drawn.texts
    other.close()


def test_length_stop_and_bare_text(generator):
    bare = GenerateRequest(prompt="A baker", sampling=Sampling(max_tokens=10))
    (long,) = generator.run([bare])
    assert long.finish[0] in ("length", "stop") and long.texts[0]
    stop = long.texts[0][2:4]
    (short,) = generator.run([GenerateRequest(prompt="A baker", sampling=Sampling(max_tokens=10, stop=(stop,)))])
    assert short.texts[0] == long.texts[0][: long.texts[0].find(stop)] and short.finish == ("stop",)


def test_a_model_that_is_not_there_is_one_clear_error(tmp_path):
    check_generator("transformers", "solver", {"model": "anything"}, {})
    with pytest.raises(ConfigError, match="cannot be loaded"):
        open_generator("transformers", "solver", {"model": str(tmp_path)}, {"log": tmp_path / "calls.sqlite"})
