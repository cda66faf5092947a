"""Does the data teach? Students of one size, trained on as many tokens of four kinds of data, tested on new problems.

    python benchmarks/closed_loop.py --seeds gsm8k_train.jsonl.gz --out closed_loop
    python benchmarks/closed_loop.py ... --device cuda --bf16 --compile --hidden 512 --layers 8 --tokens 200000000

The arms: `seeds` (nothing but the seed problems, again and again), `fresh` (and the same problems with fresh inputs),
`caco` (and compositions and other transforms), `unverified` (`caco` with a share of solutions by mutated programs left
in). All solutions are narrated from traces, so that the arms differ in problems and truth alone. The tests: `fresh`
inputs of the training seeds that no student has seen, `composed` problems of pairs of seeds that no student has seen
together, and `held_out` seeds. Answers are graded by the project's own grader.

A student starts from nothing: a small Llama with a tokenizer of words and single digits. What is finished is read from
`--out`, so the command goes on where it was stopped. `--smoke` takes a few minutes.
"""

import argparse
import json
import math
import os
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import caco
from caco.augment.faults import misread, mutants
from caco.backends import sources
from caco.codecot import values
from caco.codecot.narrate import narrate
from caco.codecot.program import parse
from caco.config import SourceConfig
from caco.jobs.statistics import share
from caco.lineage import digest, rng
from caco.records import CodeCoT, Execution, Seed, Status, Verdict
from caco.rlvr.scoring import score
from caco.stages.collect import Collect
from caco.stages.unify import compile_seed

ARMS = ("seeds", "fresh", "caco", "unverified")
TESTS = ("fresh", "composed", "held_out")
PIECE = re.compile(r"\d| ?[A-Za-z]+| ?[^\sA-Za-z\d]|\s")
PAD, END, UNKNOWN = "<pad>", "<end>", "<unk>"
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}
"""Student's t for a 95% interval of the mean of n runs."""


def main() -> None:
    options = arguments()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    data = made(options, out)
    jobs = [(arm, seed) for seed in range(options.repeats) for arm in ARMS]
    todo = [job for job in jobs if not result(out, *job).exists()]
    learn = partial(student, data, vars(options), str(out))
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            for line in pool.map(learn, todo):
                print(line, flush=True)
    else:
        for job in todo:
            print(learn(job), flush=True)
    show(out, data, options)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("CACO_SHARED", Path(__file__).parent.parent.parent / "shared"))
    parser.add_argument("--seeds", default=str(shared / "data" / "problems" / "gsm8k_train.jsonl.gz"))
    parser.add_argument("--out", default="closed_loop")
    parser.add_argument("--train-seeds", type=int, default=16)
    parser.add_argument("--held-out", type=int, default=30)
    parser.add_argument("--instances", type=int, default=40, help="fresh instances of each program")
    parser.add_argument("--compositions", type=int, default=4, help="of each seed's program")
    parser.add_argument("--error-rate", type=float, default=0.3, help="share of wrong solutions in `unverified`")
    parser.add_argument("--tests", type=int, default=100, help="problems of each test")
    parser.add_argument("--repeats", type=int, default=3, help="random seeds")
    parser.add_argument("--tokens", type=int, default=400_000, help="training tokens of each student")
    parser.add_argument("--batch", type=int, default=512, help="tokens a step")
    parser.add_argument("--rate", type=float, default=6e-3, help="peak learning rate")
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--jobs", type=int, default=2, help="students side by side")
    parser.add_argument("--peak-tflops", type=float, default=0.0, help="of the card, to state the share that is used")
    parser.add_argument("--smoke", action="store_true", help="a small one, to see that all works")
    options = parser.parse_args()
    if options.smoke:
        options.train_seeds, options.held_out, options.instances, options.tests = 12, 10, 12, 40
        options.tokens, options.repeats = 60_000, 2
    return options


# Data


def made(options: argparse.Namespace, out: Path) -> dict:
    """The arms' rows and the tests, each as [problem, solution, answer]; written once."""
    path = out / "data.json"
    if path.exists():
        return json.loads(path.read_text())
    training, held_out = simple_seeds(options)
    verdicts = run(training, out, "training", fresh=options.instances, compositions=options.compositions)
    held = run(held_out, out, "held_out", fresh=6, compositions=0)
    arms, tests = split(verdicts, options)
    tests["held_out"] = [told(verdict) for verdict in picked(held, options.tests)]
    data = {"arms": arms, "tests": tests, "seeds": [len(training), len(held_out)]}
    path.write_text(json.dumps(data))
    return data


def simple_seeds(options: argparse.Namespace) -> tuple[list[Seed], list[Seed]]:
    """Short word problems over small whole numbers, all of which may vary: the same ones each time."""
    read, found = Collect(), []
    for line in sources.lines(SourceConfig(path=options.seeds)):
        seed = read(line)
        if isinstance(seed, Seed) and len(seed.problem.split()) <= 45:
            made = compile_seed(seed)
            if isinstance(made, CodeCoT) and is_simple(made):
                found.append(seed)
        if len(found) >= 3 * (options.train_seeds + options.held_out):
            break
    found.sort(key=lambda seed: digest("closed loop", seed.problem))
    return found[: options.train_seeds], found[options.train_seeds :][: options.held_out]


def is_simple(made: CodeCoT) -> bool:
    inputs = parse(made.code).inputs
    small = all(type(value) is int and 0 < value < 50 for value in inputs.values())
    return small and len(inputs) == 2 and set(made.varies) == set(inputs) and made.code.count("\n") <= 12


def run(seeds: list[Seed], out: Path, name: str, *, fresh: int, compositions: int) -> list[Verdict]:
    """The project's own road over these seeds: its verdicts, each with its program's run."""
    file = out / f"{name}.jsonl"
    rows = ({"problem": s.problem, "answer": s.answer, "solution": s.solution, "source": s.source} for s in seeds)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = {"seeds": str(file), "fresh": fresh, "compositions": compositions, "workers": 2}
    if compositions:
        settings["transforms"] = "inversion,extension"
    done = caco.run("quickstart", settings=settings, runs=out / "runs", name=name)
    rows = (row for row in done.rows("verify") if isinstance(row, Verdict))
    return [row for row in rows if is_learnable(row)]


def is_learnable(verdict: Verdict) -> bool:
    """Whole numbers below 1,000 all the way, and a text that a small student can hold."""
    execution = verdict.solution.problem.execution
    steps = [values.decode(step.value) for step in execution.trace] + list(values.decode(execution.inputs).values())
    whole = all(isinstance(step, int | float) and float(step).is_integer() and 0 <= step < 1000 for step in steps)
    return whole and isinstance(narrate(execution), str) and len(pieces("".join(told(verdict)[:2]))) <= 300


def told(verdict: Verdict) -> list[str]:
    """Problem, solution as narrated from the trace, answer."""
    problem = verdict.solution.problem
    return [problem.question, str(narrate(problem.execution)), problem.answer]


def split(verdicts: list[Verdict], options: argparse.Namespace) -> tuple[dict, dict]:
    """Rows of the arms, and of the tests on the training seeds: no test's inputs or pair of seeds is in an arm."""
    kinds: dict[str, list[Verdict]] = {"seeds": [], "fresh": [], "other": [], "fresh test": [], "composed test": []}
    for verdict in verdicts:
        codecot = verdict.solution.problem.execution.codecot
        draw = rng(verdict.id, "closed loop").random()
        if not codecot.transform:
            kinds["seeds"].append(verdict)
        elif "composition" in codecot.transform and int(digest(sorted(codecot.seeds)), 16) % 5 == 0:
            kinds["composed test"].append(verdict)
        elif codecot.transform == "fresh_inputs":
            kinds["fresh test" if draw < 0.15 else "fresh"].append(verdict)
        else:
            kinds["other"].append(verdict)
    tests = {test: [told(v) for v in picked(kinds[f"{test} test"], options.tests)] for test in ("fresh", "composed")}
    rows = {"seeds": kinds["seeds"], "fresh": kinds["seeds"] + kinds["fresh"]}
    rows["caco"] = rows["fresh"] + kinds["other"]
    seen = {problem for some in tests.values() for problem, _, _ in some}
    arms = {arm: [row for row in map(told, some) if row[0] not in seen] for arm, some in rows.items()}
    arms["unverified"] = with_errors(rows["caco"], arms["caco"], options.error_rate)
    return arms, tests


def picked(verdicts: list[Verdict], num: int) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: digest("test", verdict.id))[:num]


def with_errors(verdicts: list[Verdict], rows: list[list[str]], rate: float) -> list[list[str]]:
    """The rows, where a share of solutions is told from a program with one fault, run in the sandbox."""
    wanted = [v for v in verdicts if rng(v.id, "error").random() < rate]
    tried = {v.id: faulty(v)[:4] for v in wanted}
    codes = [code for some in tried.values() for code in some]
    runs = dict(zip(codes, caco.execute(codes, trace=True), strict=True))
    wrong = {}
    for verdict in wanted:
        right = verdict.solution.problem.execution
        stories = (story(right, runs[code]) for code in tried[verdict.id])
        wrong[verdict.solution.problem.question] = next((told for told in stories if told), "")
    return [[problem, wrong.get(problem) or solution, answer] for problem, solution, answer in rows]


def faulty(verdict: Verdict) -> list[str]:
    code, draw = verdict.solution.problem.execution.codecot.code, rng(verdict.id, "fault")
    found = [*mutants(code, draw)[:2], *misread(code, draw)[:2]]
    draw.shuffle(found)
    return [mutant.code for mutant in found]


def story(right: Execution, found: Execution) -> str:
    """The wrong program's trace in words; empty where it gives the right answer, or none that could stand there."""
    if found.status is not Status.OK or found.output == right.output:
        return ""
    told = narrate(replace(found, codecot=replace(right.codecot, code=found.codecot.code)))
    return told if isinstance(told, str) else ""


# Students


def pieces(text: str) -> list[str]:
    return PIECE.findall(text)


def vocabulary(data: dict) -> dict[str, int]:
    """One for all students: the words of all arms."""
    counts = Counter(p for rows in data["arms"].values() for row in rows for text in row[:2] for p in pieces(text))
    counts.update(str(digit) for digit in range(10))
    return {piece: i for i, piece in enumerate([PAD, END, UNKNOWN, *sorted(counts)])}


def student(data: dict, options: dict, out: str, job: tuple[str, int]) -> str:
    """Train one student and test it; the result is on disk when this returns."""
    import torch

    arm, seed = job
    options = argparse.Namespace(**options)
    torch.set_num_threads(1)  # a student is too small to share; `--jobs` fills the cores
    torch.manual_seed(seed)
    words = vocabulary(data)
    model = fresh_model(options, len(words))
    used = trained(model, data["arms"][arm], words, options, seed)
    found = {test: tested(model, data["tests"][test], words, options) for test in TESTS}
    digits = {test: foreseen(model, data["tests"][test], words, options) for test in TESTS}
    size = sum(p.numel() for p in model.parameters())
    plain = {
        "arm": arm,
        "seed": seed,
        "parameters": size,
        "rows": len(data["arms"][arm]),
        **used,
        "right": found,
        "digits": digits,
    }
    result(Path(out), arm, seed).write_text(json.dumps(plain))
    shares = ", ".join(f"{test} {statistics.mean(right):.1%}" for test, right in found.items() if right)
    figures = f"loss {used['loss']:.3f}  {used['tokens_per_s']:,.0f} tokens/s  {used['cpu_s']:.0f} CPU s"
    return f"{arm:11} {seed}  {figures}  {shares}"


def result(out: Path, arm: str, seed: int) -> Path:
    return out / f"{arm}-{seed}.json"


def fresh_model(options: argparse.Namespace, num_words: int) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=num_words,
        hidden_size=options.hidden,
        intermediate_size=3 * options.hidden,
        num_hidden_layers=options.layers,
        num_attention_heads=max(2, options.hidden // 32),
        initializer_range=options.hidden
        ** -0.5,  # the usual 0.02 is for wide models: narrow ones learn to copy far later
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    return LlamaForCausalLM(config).to(options.device)


def coded(text: str, words: dict[str, int]) -> list[int]:
    return [words.get(piece, words[UNKNOWN]) for piece in pieces(text)]


def batches(rows: list[list[str]], words: dict[str, int], options: argparse.Namespace, seed: int) -> Iterator[list]:
    """Batches of about `--batch` tokens, rows of like length together, until `--tokens` have been given out."""
    draw, given = random.Random(seed), 0
    whole = [(coded(problem + "\n", words), [*coded(solution, words), words[END]]) for problem, solution, _ in rows]
    while True:
        draw.shuffle(whole)
        pool = sorted(whole, key=lambda row: len(row[0]) + len(row[1]) + draw.random() * 20)
        made, batch, longest = [], [], 0
        for row in pool:
            longest = max(longest, len(row[0]) + len(row[1]))
            if batch and longest * (len(batch) + 1) > options.batch:
                made.append(batch)
                batch, longest = [], len(row[0]) + len(row[1])
            batch.append(row)
        made.append(batch)
        draw.shuffle(made)
        for batch in made:
            yield batch
            given += sum(len(problem) + len(solution) for problem, solution in batch)
            if given >= options.tokens:
                return


def trained(model: Any, rows: list[list[str]], words: dict[str, int], options: argparse.Namespace, seed: int) -> dict:
    """Next-token training on problems and solutions; warm-up, then a cosine over the tokens that are given."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.1, betas=(0.9, 0.98))
    call = torch.compile(model, dynamic=True) if options.compile else model
    model.train()
    began, cpu, given, step, losses = time.perf_counter(), time.process_time(), 0, 0, []
    for batch in batches(rows, words, options, seed):
        width = max(len(problem) + len(solution) for problem, solution in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        labels = torch.full((len(batch), width), -100)
        for i, (problem, solution) in enumerate(batch):
            ids[i, : len(problem) + len(solution)] = torch.tensor(problem + solution)
            labels[i, : len(problem) + len(solution)] = torch.tensor(problem + solution)
        ids, labels = ids.to(options.device), labels.to(options.device)
        done = given / options.tokens
        factor = min(1.0, done / 0.05 + 0.01) * (0.05 + 0.95 * (1 + math.cos(math.pi * min(1.0, done))) / 2)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * factor
        with torch.autocast(options.device, torch.bfloat16, enabled=options.bf16):
            loss = call(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        given += sum(len(problem) + len(solution) for problem, solution in batch)
        step += 1
        losses.append(loss.detach())
    seconds = time.perf_counter() - began
    return {
        "tokens": given,
        "steps": step,
        "loss": float(torch.stack(losses[-20:]).mean()),
        "tokens_per_s": given / seconds,
        "seconds": seconds,
        "cpu_s": time.process_time() - cpu,
    }


def tested(model: Any, rows: list[list[str]], words: dict[str, int], options: argparse.Namespace) -> list[float]:
    """1 for each problem whose greedy solution states the right answer, else 0."""
    import torch

    model.eval()
    names = list(words)
    said = {}
    order = sorted({problem for problem, _, _ in rows}, key=lambda problem: len(pieces(problem)))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        coded_some = [coded(problem + "\n", words) for problem in some]
        width = max(map(len, coded_some))
        ids = torch.tensor([[0] * (width - len(one)) + one for one in coded_some], device=options.device)
        with torch.inference_mode(), torch.autocast(options.device, torch.bfloat16, enabled=options.bf16):
            drawn = model.generate(input_ids=ids, attention_mask=(ids != 0).long(), max_new_tokens=120, do_sample=False)
        for problem, row in zip(some, drawn[:, width:].tolist(), strict=True):
            row = row[: row.index(1)] if 1 in row else row
            said[problem] = "".join(names[i] for i in row if i)
    rewards = score([said[problem] for problem, _, _ in rows], [answer for _, _, answer in rows])
    return [float(reward == 1.0) for reward in rewards]


def foreseen(model: Any, rows: list[list[str]], words: dict[str, int], options: argparse.Namespace) -> list[float]:
    """For each problem the share of its right solution's digits that the student foresees, given all before them.

    It tells students apart that are too small, or were trained too little, to get whole answers right.
    """
    import torch

    model.eval()
    digits = {words[str(digit)] for digit in range(10)}
    shares = []
    for problem, solution, _ in rows:
        before, after = coded(problem + "\n", words), coded(solution, words)
        ids = torch.tensor([before + after], device=options.device)
        with torch.inference_mode(), torch.autocast(options.device, torch.bfloat16, enabled=options.bf16):
            guessed = model(input_ids=ids).logits[0, len(before) - 1 : -1].argmax(-1).tolist()
        hits = [guess == right for guess, right in zip(guessed, after, strict=True) if right in digits]
        shares.append(statistics.mean(hits))
    return shares


# The table


def show(out: Path, data: dict, options: argparse.Namespace) -> None:
    """Mean over random seeds with its 95% interval (Student's t), and the interval over problems of all students."""
    print(f"\n{data['seeds'][0]} training seeds, {data['seeds'][1]} held out; mean of the runs ± its 95% interval")
    heads = [f"{test} ({len(data['tests'][test])})" for test in TESTS]
    for measure, about in (("right", "answers right"), ("digits", "digits of right solutions foreseen")):
        print(f"\n{about}\n{'arm':12}{'rows':>7}" + "".join(f"{head:>18}" for head in heads))
        for arm in ARMS:
            found = [json.loads(p.read_text()) for p in sorted(out.glob(f"{arm}-*.json"))]
            if found:
                cells = "".join(f"{cell([one[measure][test] for one in found]):>18}" for test in TESTS)
                print(f"{arm:12}{found[0]['rows']:>7,}{cells}")
    every = [json.loads(p.read_text()) for arm in ARMS for p in sorted(out.glob(f"{arm}-*.json"))]
    rate = statistics.mean(one["tokens_per_s"] for one in every)
    used = 6 * every[0]["parameters"] * rate / 1e12
    peak = f", {used / options.peak_tflops:.1%} of the card's peak" if options.peak_tflops else ""
    print(f"{every[0]['parameters']:,} parameters, {every[0]['tokens']:,} tokens, {rate:,.0f} tokens/s a student{peak}")
    print(f"{sum(one['cpu_s'] for one in every):,.0f} CPU s of training")


def cell(runs: list[list[float]]) -> str:
    if not runs[0]:
        return "no problems"
    means = [statistics.mean(run) for run in runs]
    if len(means) < 2:
        found = share(runs[0])
        return f"{found.mean:.1%} ({found.low:.1%}-{found.high:.1%})"
    half = T95.get(len(means), 2.0) * statistics.stdev(means) / math.sqrt(len(means))
    return f"{statistics.mean(means):.1%} ± {half:.1%}"


if __name__ == "__main__":
    main()
