"""Real trainings with TRL, of models so small that they take seconds; skipped where the extra `train` is missing."""

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

import caco
from caco.backends.generators import open_generator
from caco.backends.sources import read_lines
from caco.backends.trainers.recipe import recipe
from caco.backends.trainers.templates import TEMPLATES
from caco.config import SourceConfig
from caco.errors import ConfigError
from caco.jobs.train.job import train
from caco.ports import GenerateRequest, Message, Sampling
from caco.stages.collect import Collect
from running import cli

pytestmark = [
    pytest.mark.skipif(find_spec("trl") is None, reason="the extra `train` is not installed: make test-train"),
    pytest.mark.filterwarnings("default"),  # torch and transformers warn of their own affairs
]
SMALL = {"scratch.hidden": 32, "scratch.layers": 2, "scratch.heads": 2, "scratch.vocabulary": 400}
QUICK = {**SMALL, "epochs": 2, "threads": 1}


@pytest.fixture(scope="session")
def codes(tmp_path_factory):
    """The programs that ship."""
    seeds = [Collect()(line) for line in read_lines(SourceConfig(path="caco:seeds"))]
    path = tmp_path_factory.mktemp("rows") / "codes.jsonl"
    rows = [{"code": seed.code, "domain": seed.domain} for seed in seeds if seed.code]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def model(codes, tmp_path_factory):
    out = tmp_path_factory.mktemp("models") / "codegen"
    train("codegen", [codes], recipe("codegen", "tiny", QUICK), out, quiet=True)
    return out


def test_a_model_s_folder_tells_how_it_was_made(model):
    receipt = json.loads((model / "training.json").read_text())
    losses = json.loads((model / "loss.json").read_text())
    assert receipt["finished"] and receipt["figures"]["steps"] == losses[-1]["step"]
    assert losses[-1]["loss"] < losses[0]["loss"]
    card = (model / "README.md").read_text()
    assert receipt["data"]["fingerprint"] in card and "codes.jsonl" in card and "| learning_rate |" in card
    assert "<svg" in (model / "loss.svg").read_text()
    assert not (model / "checkpoints").exists() and not list(model.glob("*.bin"))


def test_a_finished_training_is_not_done_again_and_another_one_is_refused(model, codes):
    before = (model / "training.json").stat().st_mtime_ns
    chosen = recipe("codegen", "tiny", QUICK)
    assert train("codegen", [codes], chosen, model)["figures"]["rows"] > 100
    assert (model / "training.json").stat().st_mtime_ns == before
    with pytest.raises(ConfigError, match="another recipe"):
        train("codegen", [codes], chosen.model_copy(update={"seed": 1}), model)


def test_a_trained_model_is_sampled_by_its_folder(model, tmp_path):
    settings = {"model": {"backend": "transformers", "model": str(model), "n": 4, "max_tokens": 16}, "draws": 2}
    run = caco.run("codegen", settings={**settings, "workers": "1"}, runs=tmp_path)
    texts = [row.code for row in run.rows("sample")]
    assert len(texts) == 8 and len(set(texts)) > 1
    again = caco.run("codegen", settings={**settings, "workers": "1"}, runs=tmp_path / "again")
    assert [row.code for row in again.rows("sample")] == texts


def words(codes, out, **changes):
    settings = [f"{name}={value}" for name, value in {**QUICK, **changes}.items()]
    return ["train", "codegen", codes, "--recipe", "tiny", "--out", str(out)] + [
        word for setting in settings for word in ("--set", setting)
    ]


def test_a_killed_training_goes_on_from_its_checkpoint_to_the_same_model(codes, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert cli(*words(codes, whole, save_steps=5, epochs=3)).returncode == 0
    command = [sys.executable, "-m", "caco", *words(codes, killed, save_steps=5, epochs=3)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not (killed / "checkpoints" / "checkpoint-10" / "trainer_state.json").exists():
        time.sleep(0.01)
    assert process.poll() is None, "the training ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = cli(*words(codes, killed, save_steps=5, epochs=3), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["figures"]["resumed_from_step"] >= 10
    one, other = (json.loads((folder / "training.json").read_text()) for folder in (whole, killed))
    assert other["figures"]["resumed_from_step"] >= 10 and one["figures"]["resumed_from_step"] == 0
    assert one["figures"]["steps"] == other["figures"]["steps"]
    assert (whole / "model.safetensors").read_bytes() == (killed / "model.safetensors").read_bytes()


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_reasoning_model_is_asked_with_the_template_in_its_folder(template, tmp_path):
    rows = [{"problem": f"What is {a} + {b}?", "solution": f"It is {a + b}."} for a in range(12) for b in range(12)]
    place, out = tmp_path / "rows.jsonl", tmp_path / "model"
    place.write_text("".join(json.dumps(row) + "\n" for row in rows))
    train("sft", [str(place)], recipe("sft", "tiny", {**QUICK, "template": template}), out, quiet=True)
    assert (out / "chat_template.jinja").read_text() == TEMPLATES[template]
    asked = GenerateRequest(messages=(Message(role="user", content="What is 2 + 2?"),), sampling=Sampling(max_tokens=4))

    def ask(name):
        generator = open_generator("transformers", "solver", {"model": str(out)}, {"log": tmp_path / name})
        (reply,) = generator.run([asked])
        generator.close()
        return reply

    assert ask("log.sqlite").tokens_out > 0
    (out / "chat_template.jinja").write_text(TEMPLATES["chatml"] + " ")
    with pytest.raises(ConfigError, match="another chat template"):
        ask("other.sqlite")


@pytest.fixture
def base(tmp_path):
    """A model of another maker, in a folder: random weights, a tokenizer of bytes, no chat template."""
    import tokenizers
    import torch
    import transformers

    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    coder = tokenizers.Tokenizer(
        tokenizers.models.BPE({letter: i for i, letter in enumerate(["<eos>", *alphabet])}, [])
    )
    coder.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    coder.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=coder, eos_token="<eos>")
    shape = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2}
    torch.manual_seed(0)
    config = transformers.LlamaConfig(vocab_size=len(tokenizer), **shape, eos_token_id=0, initializer_range=0.1)
    folder = tmp_path / "base"
    tokenizer.save_pretrained(folder)
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_what_a_base_learns_is_what_evaluation_finds(base, tmp_path):
    """From the command line alone: the trained model knows the problems it was taught, asked as it was taught them."""
    taught = [{"problem": f"What is {a} + {a}?", "answer": f"{2 * a}"} for a in range(1, 9)]
    others = [{"problem": f"What is {a} - 1?", "answer": f"{a - 1}"} for a in range(20, 28)]
    for name, rows in (("svamp", taught), ("gsm8k_test", others)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows = [{"problem": row["problem"], "solution": f"The answer is {row['answer']}."} for row in taught]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(command):
        done = cli(*command.split(), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    settings = "base=base epochs=100 batch=8 learning_rate=3e-3 threads=1".replace(" ", " --set ")
    assert "steps" in run(f"train sft rows.jsonl --out trained --set {settings}")
    for model in ("base", "trained"):
        asked = "--backend transformers --benchmarks svamp,gsm8k --data . --max-tokens 24"
        run(f"evaluate {model} {asked} --out runs/{model}")
    found = json.loads(run("compare runs/base runs/trained --json"))
    scores = {one["benchmark"]: one for one in found["comparisons"]}
    assert scores["svamp"]["first"]["mean"] == 0 and scores["svamp"]["second"]["mean"] == 1
    assert scores["svamp"]["p_value"] < 0.01 and scores["gsm8k"]["second"]["mean"] < 0.5
    assert found["doubts"] == ["template differs: prompt and chat"]


def test_two_processes_train_one_model(codes, tmp_path):
    (tmp_path / "two.yaml").write_text("distributed_type: MULTI_GPU\nnum_processes: 2\nuse_cpu: true\n")
    launch = [str(Path(sys.executable).with_name("accelerate")), "launch", "--config_file", str(tmp_path / "two.yaml")]
    done = subprocess.run(
        [*launch, "-m", *["caco", *words(codes, tmp_path / "model")]], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "model" / "training.json").read_text())["figures"]
    assert figures["processes"] == 2 and done.stdout.count("resumed_from_step") == 1
