"""GRPO on an environment: a tiny model from scratch, a short supervised warm-up, then Caco's reward through TRL.

    python measurements/grpo.py [--seeds 0 1 2] [--steps 500] [--folder FOLDER] [--out docs/assets]

Compiles one shipped seed into an environment and parts its instances in three: warm-up, GRPO, held out. From one model
after the warm-up it trains once for each seed, measures the share of right answers on the held-out instances before and
after, sampled and greedy, and writes OUT/grpo.json and OUT/grpo.png. Needs torch, transformers, trl, datasets and
matplotlib; minutes on one core. FOLDER keeps environment, model and what is done, so that a second call goes on.
"""

import argparse
import json
import math
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback, set_seed
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

import caco
from caco.jobs.export.format import INSTRUCTION
from caco.rlvr.adapters.rows import ROWS
from caco.rlvr.package import EnvironmentSet, build, load
from caco.rlvr.rewards.trl import correct

PROBLEM = "How many whole numbers x satisfy"
WARM_UP, HELD_OUT, TRAIN, BATCH, GROUP, SAMPLES = 2000, 400, 2400, 16, 8, 4
TOKEN = rf"\s+{re.escape(INSTRUCTION)}|\d+|\\boxed| ?[^\W\d]+|\s|."
SEEDS = Path(caco.__file__).parent / "domains" / "data"
COMMON: dict[str, Any] = {
    "use_cpu": True, "bf16": False, "report_to": [], "save_strategy": "no", "disable_tqdm": True,
    "lr_scheduler_type": "constant_with_warmup", "activation_checkpointing": False,
}  # fmt: skip
Rows = list[dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=500, help="of GRPO, for each seed")
    parser.add_argument("--warm-up", type=int, default=800, help="steps of the supervised warm-up")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=Path("docs/assets"))
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    num = WARM_UP + HELD_OUT + TRAIN
    environments = environment(folder, num)
    rows = [ROWS["trl-grpo"](environments.instance(i), i) for i in range(num)]
    assert len({row["id"] for row in rows}) == len(rows), "the domain is too small: instances repeat"
    first, held_out, rest = rows[:WARM_UP], rows[WARM_UP : WARM_UP + HELD_OUT], rows[WARM_UP + HELD_OUT :]
    found = {"problem": rows[0]["prompt"][0]["content"].partition("\n")[0], "warm_up": options.warm_up, "runs": {}}
    warm = folder / "warm"
    if not (warm / "config.json").exists():
        warmed(first, options.warm_up, warm)
    before = measured(*loaded(warm), held_out)
    found["before"] = {how: interval(shares) for how, shares in before.items()}
    print("after the warm-up:", found["before"], flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        kept = folder / f"seed-{seed}.json"
        if not kept.exists():
            kept.write_text(json.dumps(reinforced(warm, rest, held_out, seed, options.steps)))
        run = json.loads(kept.read_text())
        after = run.pop("after")
        run["after"] = {how: interval(shares) for how, shares in after.items()}
        run["gain"] = {how: gain(before[how], shares) for how, shares in after.items()}
        found["runs"][str(seed)] = run
        print(f"seed {seed} after {options.steps} steps of GRPO:", {k: v for k, v in run.items() if k != "reward"})
        (options.out / "grpo.json").write_text(json.dumps(found) + "\n")
    plot(found, options.out / "grpo.png")


def environment(folder: Path, num: int) -> EnvironmentSet:
    """The environment of one shipped seed, with `num` instances made beforehand."""
    made = folder / "made"
    if not made.exists():
        lines = [line for file in sorted(SEEDS.glob("*.jsonl")) for line in file.read_text().splitlines()]
        (folder / "seed.jsonl").write_text(next(line for line in lines if PROBLEM in line) + "\n")
        run = caco.run("quickstart", settings={"seeds": str(folder / "seed.jsonl")}, runs=folder / "runs")
        begun = time.time()
        built = build(run, made, instances=num)
        print(f"{built.instances} instances made in {time.time() - begun:.0f} s")
    return load(next(made.glob("*/index.json")).parent)


def warmed(rows: Rows, steps: int, out: Path) -> None:
    """A tiny model, trained on instances with their answers."""
    set_seed(0)
    begun = time.process_time()
    tokenizer = words_and_numbers(rows)
    told = [{"prompt": r["prompt"], "completion": turn(f"\\boxed{{{r['answer']}}}")} for r in rows]
    config = SFTConfig(**COMMON, output_dir=str(out), max_steps=steps, per_device_train_batch_size=64, warmup_steps=20,
                       learning_rate=2e-3, logging_steps=50)  # fmt: skip
    trainer = SFTTrainer(
        tiny(tokenizer), args=config, train_dataset=Dataset.from_list(told), processing_class=tokenizer
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    trainer.model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    weights = sum(w.numel() for w in trainer.model.parameters())
    print(f"warm-up: {weights:,} weights, {steps} steps, {time.process_time() - begun:.0f} s CPU", flush=True)


def reinforced(warm: Path, rows: Rows, held_out: Rows, seed: int, steps: int) -> dict[str, Any]:
    """The reward of each step of GRPO, and the shares of right answers after it."""
    set_seed(seed)
    begun = time.time(), time.process_time()
    model, tokenizer = loaded(warm)
    config = GRPOConfig(**COMMON, output_dir=str(warm), max_steps=steps, per_device_train_batch_size=BATCH * GROUP,
                        num_generations=GROUP, max_completion_length=8, learning_rate=5e-4, warmup_steps=5, seed=seed,
                        logging_steps=1, beta=0.0, temperature=1.0)  # fmt: skip
    trainer = GRPOTrainer(model, reward_funcs=correct, args=config, train_dataset=Dataset.from_list(rows),
                          processing_class=tokenizer)  # fmt: skip
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    logs = (log.get("rewards/correct/mean") for log in trainer.state.log_history)
    curve = [round(float(reward), 4) for reward in logs if reward is not None]
    spent = {"wall_s": round(time.time() - begun[0]), "cpu_s": round(time.process_time() - begun[1])}
    return {"after": measured(trainer.model, tokenizer, held_out), "reward": curve, **spent}


def loaded(folder: Path) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    return LlamaForCausalLM.from_pretrained(folder), PreTrainedTokenizerFast.from_pretrained(folder)


def tiny(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=128, intermediate_size=512, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=4, max_position_embeddings=128, tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, bos_token_id=None,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def words_and_numbers(rows: Rows) -> PreTrainedTokenizerFast:
    """A tokenizer of the texts' own words; a number is one token, and so is what every prompt ends with."""
    words = {word for row in rows for word in re.findall(TOKEN, row["prompt"][0]["content"], re.DOTALL)}
    vocabulary = ["<pad>", "<eos>", "<user>", "<model>", "<unk>", *sorted(words | {row["answer"] for row in rows})]
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(vocabulary)}, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split(Regex(TOKEN), "isolated")
    inner.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<eos>", pad_token="<pad>", unk_token="<unk>",
                                        additional_special_tokens=["<user>", "<model>"])  # fmt: skip
    tokenizer.chat_template = (
        "{% for m in messages %}{{ '<user>' if m['role'] == 'user' else '<model>' }}{{ m['content'] }}"
        "{% if m['role'] != 'user' %}<eos>{% endif %}{% endfor %}{% if add_generation_prompt %}<model>{% endif %}"
    )
    return tokenizer


def turn(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def measured(model: Any, tokenizer: PreTrainedTokenizerFast, rows: Rows) -> dict[str, list[float]]:
    """Share of right answers to each instance: of SAMPLES sampled at temperature 1, and of the greedy one."""
    torch.manual_seed(0)
    tries = [rewards(model, tokenizer, rows, do_sample=True, top_k=0) for _ in range(SAMPLES)]
    shares = [sum(each) / SAMPLES for each in zip(*tries, strict=True)]
    return {"sampled": shares, "greedy": rewards(model, tokenizer, rows, do_sample=False)}


def rewards(model: Any, tokenizer: PreTrainedTokenizerFast, rows: Rows, **how: Any) -> list[float]:
    prompts = [row["prompt"] for row in rows]
    given = tokenizer.apply_chat_template(prompts, add_generation_prompt=True, return_tensors="pt", return_dict=True,
                                          padding=True, tokenizer_kwargs={"padding_side": "left"})  # fmt: skip
    with torch.no_grad():
        made = model.eval().generate(**given, max_new_tokens=8, pad_token_id=tokenizer.pad_token_id, **how)
    texts = tokenizer.batch_decode(made[:, given["input_ids"].shape[1] :], skip_special_tokens=True)
    return [reward or 0.0 for reward in correct(completions=texts, answer=[row["answer"] for row in rows])]


def interval(shares: list[float]) -> list[float]:
    """Mean, and Wilson's 95% interval with as many trials as there are instances."""
    n, p, z = len(shares), sum(shares) / len(shares), 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round(x, 4) for x in (p, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n))]


def gain(before: list[float], after: list[float]) -> list[float]:
    """Mean of the differences, instance by instance, and its 95% interval: both models met the same instances."""
    differences = [b - a for a, b in zip(before, after, strict=True)]
    mean, half = statistics.mean(differences), 1.96 * statistics.stdev(differences) / math.sqrt(len(differences))
    return [round(x, 4) for x in (mean, mean - half, mean + half)]


def plot(found: dict[str, Any], out: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4), width_ratios=(2, 1))
    for seed, run in found["runs"].items():
        curve = run["reward"]
        smooth = [sum(curve[max(0, i - 9) : i + 1]) / min(i + 1, 10) for i in range(len(curve))]
        left.plot(range(1, len(curve) + 1), smooth, label=f"seed {seed}", linewidth=1.2)
    shares = [("warm-up", found["before"]), *((f"seed {seed}", run["after"]) for seed, run in found["runs"].items())]
    for how, shift in (("sampled", -0.1), ("greedy", 0.1)):
        means = [share[how][0] for _, share in shares]
        spread = [[m - share[how][1] for m, (_, share) in zip(means, shares, strict=True)],
                  [share[how][2] - m for m, (_, share) in zip(means, shares, strict=True)]]  # fmt: skip
        right.errorbar([i + shift for i in range(len(shares))], means, spread, fmt="o", markersize=4, label=how)
    left.set(xlabel="step of GRPO", ylabel="reward, mean of ten steps", title="in training")
    right.set(xticks=range(len(shares)), xticklabels=[name for name, _ in shares], title="held-out instances")
    for axes in (left, right):
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8, loc="lower left")
    figure.suptitle(found["problem"], fontsize=9)
    figure.tight_layout()
    figure.savefig(out, dpi=110)


if __name__ == "__main__":
    main()
