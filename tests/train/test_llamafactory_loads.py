"""The exported job goes through LLaMA-Factory's own parser, loader and template; skipped where it is not installed."""

import json
import sys
from importlib.util import find_spec

import pytest

from caco.backends.trainers.recipe import recipe
from caco.jobs.train.llamafactory import export_job
from caco.program.tags import codegen_prompt

pytestmark = [
    pytest.mark.skipif(find_spec("llamafactory") is None, reason="llamafactory is not installed"),
    pytest.mark.filterwarnings("default"),  # it warns of its own affairs
]
CODE = 'input = {"a": 1}\n\ndef solve(a):\n    return a + 1\n\noutput = solve(**input)\nprint(output)\n'
ROWS = {"codegen": {"code": CODE}, "sft": {"problem": "Why so?", "solution": "Because."}}
SEEN = {
    "codegen": (codegen_prompt(), CODE + "<|im_end|>"),
    "sft": ("### Instruction:\nWhy so?\n\n### Response:\n", "Because.<|im_end|>"),
}


@pytest.fixture
def base(tmp_path):
    """A model's folder with a byte-level tokenizer, as small as they come."""
    import tokenizers
    import transformers
    from tokenizers import decoders, pre_tokenizers

    found = tokenizers.Tokenizer(tokenizers.models.BPE())
    found.pre_tokenizer, found.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False
    )
    found.train_from_iterator([CODE], trainer)
    folder = tmp_path / "base"
    transformers.PreTrainedTokenizerFast(tokenizer_object=found, eos_token="<|endoftext|>").save_pretrained(folder)
    transformers.LlamaConfig(
        vocab_size=300, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1
    ).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("kind", ROWS)
def test_its_own_parser_loader_and_template_give_the_text_that_caco_asks_with(kind, base, tmp_path, monkeypatch):
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import get_train_args, read_args
    from llamafactory.model import load_tokenizer

    place = tmp_path / "rows.jsonl"
    place.write_text(json.dumps(ROWS[kind]) + "\n")
    chosen = recipe(kind, "paper", {"base": base, "conditional": 0, "bf16": False, "packing": False})
    export_job(kind, [str(place)], chosen, tmp_path / "job", devices=1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["llamafactory-cli", "job/train.yaml", "use_cpu=true"])
    model_args, data_args, training_args, _, _ = get_train_args(read_args())
    assert training_args.num_train_epochs == chosen.epochs and training_args.learning_rate == 5e-6
    assert training_args.warmup_ratio == 0.03 and data_args.cutoff_len == chosen.cutoff
    loaded = load_tokenizer(model_args)
    template = get_template_and_fix_tokenizer(loaded["tokenizer"], data_args)
    rows = get_dataset(template, model_args, data_args, training_args, stage="sft", **loaded)["train_dataset"]
    (row,) = rows
    prompt, response = SEEN[kind]
    tokenizer = loaded["tokenizer"]
    assert tokenizer.decode(row["input_ids"]) == prompt + response
    assert tokenizer.decode([label for label in row["labels"] if label >= 0]) == response
    assert row["labels"][-1] == tokenizer.convert_tokens_to_ids("<|im_end|>")
