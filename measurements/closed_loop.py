"""Does the data teach? Students of one size, trained on as many tokens of four kinds of data, tested on new problems.

    python measurements/closed_loop.py --seeds gsm8k_train.jsonl.gz --out closed_loop
    python measurements/closed_loop.py ... --device cuda --bf16 --compile --hidden 512 --layers 8 --batch 65536 \\
        --tokens 200000000 --train-seeds 300 --jobs 1

A student reads a problem and writes a program for it; the sandbox runs the program, the grader judges its output. So it
must understand the text and copy its numbers, and need not do sums in its head. The arms: `seeds` (nothing but the
seed problems, again and again), `fresh` (and the same problems with fresh inputs), `caco` (and compositions, inversions
and extensions), `unverified` (`caco`, where a share of the rows has a program with one fault, which checking its output
against the answer would have caught). The tests: `fresh` inputs of the training seeds that no student has seen,
`composed` problems of pairs of seeds that no student has seen together, and `held_out` seeds.

A student starts from nothing: a small Llama with a tokenizer of words and single digits. What is finished is read from
`--out`, so the command goes on where it was stopped. `--smoke` takes a few minutes.
"""

import argparse
import ast
import json
import math
import os
import random
import re
import statistics
import string
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import caco
from caco.backends import sources
from caco.config import SourceConfig
from caco.lineage import digest, rng
from caco.program.form import parse
from caco.records import CodeCoT, Execution, Outcome, Seed, Status, Verdict
from caco.stages.collect import Collect
from caco.stages.unify import compile_seed
from caco.statistics import difference
from caco.transforms.faults import misread, mutants

ARMS = ("seeds", "fresh", "caco", "unverified")
TESTS = ("fresh", "composed", "held_out")
PAIRS = (("seeds", "fresh"), ("fresh", "caco"), ("unverified", "caco"))
"""Arms to compare; the second less the first."""
PIECE = re.compile(r"\d| ?[A-Za-z]+|\n[a-z] =| ?[^\sA-Za-z\d]|\s")
PAD, END, UNKNOWN = "<pad>", "<end>", "<unk>"
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}
"""Student's t for a 95% interval of the mean of n runs."""
PEAKS = {"A100": 312, "H100": 989, "H200": 989}
"""Dense bf16 TFLOP/s that the makers state."""


def main() -> None:
    options = arguments()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    same(options, out)
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
    show(out, data)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("CACO_SHARED", Path(__file__).parent.parent.parent / "shared"))
    parser.add_argument("--seeds", default=str(shared / "data" / "problems" / "gsm8k_train.jsonl.gz"))
    parser.add_argument("--out", default="closed_loop")
    parser.add_argument("--train-seeds", type=int, default=64)
    parser.add_argument("--held-out", type=int, default=150)
    parser.add_argument("--instances", type=int, default=12, help="fresh instances of each program")
    parser.add_argument("--compositions", type=int, default=6, help="of each seed's program")
    parser.add_argument("--error-rate", type=float, default=0.3, help="share of rows with a fault in `unverified`")
    parser.add_argument("--tests", type=int, default=150, help="problems of each test")
    parser.add_argument("--repeats", type=int, default=3, help="random seeds")
    parser.add_argument("--tokens", type=int, default=1_500_000, help="training tokens of each student")
    parser.add_argument("--batch", type=int, default=512, help="tokens a step")
    parser.add_argument("--rate", type=float, default=3e-3, help="peak learning rate")
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--jobs", type=int, default=2, help="students side by side")
    parser.add_argument("--smoke", action="store_true", help="a small one, to see that all works")
    options = parser.parse_args()
    if options.smoke:
        options.train_seeds, options.held_out, options.instances, options.tests = 12, 10, 12, 40
        options.tokens, options.repeats = 60_000, 2
    return options


def same(options: argparse.Namespace, out: Path) -> None:
    """Refuse to mix two experiments in one folder."""
    chosen = {name: value for name, value in vars(options).items() if name not in ("out", "jobs", "repeats")}
    path = out / "options.json"
    if path.exists() and json.loads(path.read_text()) != chosen:
        sys.exit(f"{out} holds an experiment with other options: give another --out")
    path.write_text(json.dumps(chosen))


# Data


def made(options: argparse.Namespace, out: Path) -> dict:
    """The arms' rows and the tests, each as [problem, program, answer, seeds]; written once."""
    path = out / "data.json"
    if path.exists():
        return json.loads(path.read_text())
    training, held_out = simple_seeds(options)
    verdicts = run(training, out, "training", fresh=options.instances, compositions=options.compositions)
    held = run(held_out, out, "held_out", fresh=1, compositions=0)
    arms, tests = split(verdicts, options)
    tests["held_out"] = [told(v) for v in held if not v.solution.problem.execution.codecot.transform]
    data = {"arms": arms, "tests": tests, "seeds": [len(training), len(held_out)], "wrong": num_wrong(arms)}
    path.write_text(json.dumps(data))
    return data


def num_wrong(arms: dict[str, list[list[str]]]) -> dict[str, int]:
    """Rows of each arm whose program, as a student is shown it, does not give the answer when it is run."""
    right = outputs_right([(program, answer) for rows in arms.values() for _, program, answer, _ in rows])
    return {arm: sum(not right[program, answer] for _, program, answer, _ in rows) for arm, rows in arms.items()}


def simple_seeds(options: argparse.Namespace) -> tuple[list[Seed], list[Seed]]:
    """Short word problems with two or three whole numbers, all of which may vary: the same ones each time."""
    read, found = Collect(), []
    for line in sources.lines(SourceConfig(path=options.seeds)):
        seed = read(line)
        if isinstance(seed, Seed) and len(seed.problem.split()) <= 30:
            made = compile_seed(seed)
            if isinstance(made, CodeCoT) and is_simple(made):
                found.append(seed)
    found.sort(key=lambda seed: digest("closed loop with programs", seed.problem))
    return found[: options.train_seeds], found[options.train_seeds :][: options.held_out]


def is_simple(made: CodeCoT) -> bool:
    inputs = parse(made.code).inputs
    small = all(type(value) is int and 0 < value < 1000 for value in inputs.values())
    return small and len(inputs) in (2, 3) and set(made.varies) == set(inputs)


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
    return [row for row in rows if is_straight(row.solution.problem.execution.codecot.code)]


def told(verdict: Verdict, code: str = "") -> list[str]:
    """Problem, program (the row's own, or another), answer, and the seeds that all of it comes from."""
    problem = verdict.solution.problem
    codecot = problem.execution.codecot
    return [problem.question, straight(code or codecot.code), problem.answer, " ".join(sorted(codecot.seeds))]


def split(verdicts: list[Verdict], options: argparse.Namespace) -> tuple[dict, dict]:
    """Rows of the arms, and of the tests on the training seeds: no test's inputs or pair of seeds is in an arm."""
    kinds: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        codecot = verdict.solution.problem.execution.codecot
        if not codecot.transform:
            kinds["seeds"].append(verdict)
        elif "composition" in codecot.transform:
            kinds["composed test" if int(digest(sorted(codecot.seeds)), 16) % 5 == 0 else "other"].append(verdict)
        elif codecot.transform == "fresh_inputs":
            kinds["fresh test" if rng(verdict.id, "closed loop").random() < 0.15 else "fresh"].append(verdict)
        else:
            kinds["other"].append(verdict)
    tests = {test: [told(v) for v in picked(kinds[f"{test} test"], options.tests)] for test in ("fresh", "composed")}
    seen = {problem for some in tests.values() for problem, *_ in some}
    rows = {"seeds": kinds["seeds"], "fresh": kinds["seeds"] + kinds["fresh"]}
    rows["caco"] = rows["fresh"] + kinds["other"]
    kept = {arm: [v for v in some if v.solution.problem.question not in seen] for arm, some in rows.items()}
    arms = {arm: [told(verdict) for verdict in some] for arm, some in kept.items()}
    arms["unverified"] = with_errors(kept["caco"], options.error_rate)
    return arms, tests


def picked(verdicts: list[Verdict], num: int) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: digest("test", verdict.id))[:num]


# Programs


def straight(code: str) -> str:
    """The program as lines `a = 3`, `b = a * 7`, ..., `output = b`: functions are written out where they are called.

    Raises ValueError for a program with loops, branches or more than 26 values.
    """
    program, lines = parse(code), []
    functions = {function.name: function for function in program.functions}

    def named(expression: str) -> str:
        if len(lines) == len(string.ascii_lowercase):
            raise ValueError("too many values")
        name = string.ascii_lowercase[len(lines)]
        lines.append(f"{name} = {expression}")
        return name

    def value(node: ast.expr, names: dict[str, str]) -> str:
        match node:
            case ast.Name(id=name):
                return names[name]
            case ast.Call(func=ast.Name(id=name), args=[], keywords=given) if name in functions:
                return result_of(functions[name], {one.arg: value(one.value, names) for one in given})
            case ast.Call(func=ast.Name(id="round"), args=[ast.Call() as inner]):
                return value(inner, names)  # a whole number from the other program, where it was a float
        return named(re.sub(r"\b[A-Za-z_]\w*\b", lambda word: names.get(word[0], word[0]), ast.unparse(node)))

    def result_of(function: ast.FunctionDef, names: dict[str, str]) -> str:
        for statement in function.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=node):
                    names = {**names, name: value(node, names)}
                case ast.Return(value=ast.expr() as node):
                    return value(node, names)
                case _:
                    raise ValueError(f"not straight: {ast.unparse(statement)}")
        raise ValueError("nothing is returned")

    inputs = {name: named(str(number).removesuffix(".0")) for name, number in program.inputs.items()}
    last = result_of(program.functions[-1], inputs)
    return "\n".join([*lines, f"output = {last}"])


def is_straight(code: str) -> bool:
    try:
        straight(code)
    except (ValueError, KeyError):
        return False
    return True


def with_errors(verdicts: list[Verdict], rate: float) -> list[list[str]]:
    """The rows, where a share has a program with one fault: one that runs, and that its output gives away."""
    wanted = [verdict for verdict in verdicts if rng(verdict.id, "error").random() < rate]
    tried = {verdict.id: faulty(verdict) for verdict in wanted}
    right = outputs_right([(code, v.solution.problem.answer) for v in wanted for code in tried[v.id]])
    wrong = {v.id: [code for code in tried[v.id] if right[code, v.solution.problem.answer] is False] for v in wanted}
    return [told(verdict, (wrong.get(verdict.id) or [""])[0]) for verdict in verdicts]


def faulty(verdict: Verdict) -> list[str]:
    """Up to four programs with one fault: an operation, its operands' order or a constant changed, an input misread."""
    code, draw = verdict.solution.problem.execution.codecot.code, rng(verdict.id, "fault")
    found = [mutant.code for mutant in (*mutants(code, draw)[:2], *misread(code, draw)[:2])]
    draw.shuffle(found)
    return [code for code in found if is_straight(code)]


def outputs_right(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], bool | None]:
    """For each program and answer: whether its output, run in the sandbox, is the answer; None if it does not run."""
    codes = sorted({code for code, _ in pairs})
    found: dict[str, Execution] = dict(zip(codes, caco.execute(codes), strict=True))
    ran = [(code, answer) for code, answer in pairs if found[code].status is Status.OK]
    grades = caco.grade_many([(answer, found[code].output) for code, answer in ran])
    right = {pair: grade.verdict is Outcome.EQUAL for pair, grade in zip(ran, grades, strict=True)}
    return {pair: right.get(pair) for pair in pairs}


# Students


def pieces(text: str) -> list[str]:
    """Words with the space before them, single digits, signs, and the start of a line of a program."""
    return PIECE.findall(text)


def vocabulary(data: dict) -> dict[str, int]:
    """The same words for all students: those of the largest arm."""
    found = Counter(piece for row in data["arms"]["caco"] for text in both(row) for piece in pieces(text))
    words = [*map(str, range(10)), *(piece for piece in sorted(found) if not piece.isdigit())]
    return {piece: i for i, piece in enumerate([PAD, END, UNKNOWN, *words])}


def both(row: list[str]) -> tuple[str, str]:
    """What a student reads, and what it writes."""
    return row[0] + "\n", "\n" + row[1]


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
    rows = len(data["arms"][arm])
    plain = {"arm": arm, "seed": seed, "rows": rows, **used, "right": found}
    result(Path(out), arm, seed).write_text(json.dumps(plain))
    shares = ", ".join(f"{test} {statistics.mean(right):.1%}" for test, right in found.items())
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
        # The usual 0.02 is for wide models: narrow ones learn to copy far later.
        initializer_range=options.hidden**-0.5,
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
    texts = [both(row) for row in rows]
    whole = [(coded(problem, words), [*coded(program, words), words[END]]) for problem, program in texts]
    while True:
        draw.shuffle(whole)
        pool = sorted(whole, key=lambda row: len(row[0]) + len(row[1]) + draw.random() * 10)
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
            given += sum(len(problem) + len(program) for problem, program in batch)
            if given >= options.tokens:
                return


def trained(model: Any, rows: list[list[str]], words: dict[str, int], options: argparse.Namespace, seed: int) -> dict:
    """Next-token training, the loss on programs alone; warm-up, then a cosine over the tokens that are given."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.1, betas=(0.9, 0.98))
    call = torch.compile(model, dynamic=True) if options.compile else model
    model.train()
    began, cpu, given, losses = time.perf_counter(), time.process_time(), 0, []
    for batch in batches(rows, words, options, seed):
        width = max(len(problem) + len(program) for problem, program in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        labels = torch.full((len(batch), width), -100)
        for i, (problem, program) in enumerate(batch):
            ids[i, : len(problem) + len(program)] = torch.tensor(problem + program)
            labels[i, len(problem) : len(problem) + len(program)] = torch.tensor(program)
        done = given / options.tokens
        factor = min(1.0, done / 0.05 + 0.01) * (0.05 + 0.95 * (1 + math.cos(math.pi * min(1.0, done))) / 2)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * factor
        with torch.autocast(options.device, torch.bfloat16, enabled=options.bf16):
            loss = call(input_ids=ids.to(options.device), labels=labels.to(options.device)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        given += sum(len(problem) + len(program) for problem, program in batch)
        losses.append(loss.detach())
    loss = float(torch.stack(losses[-100:]).mean())
    seconds = time.perf_counter() - began
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "tokens": given,
        "steps": len(losses),
        "loss": loss,
        "tokens_per_s": given / seconds,
        "cpu_s": time.process_time() - cpu,
        "card": torch.cuda.get_device_name() if options.device == "cuda" else "",
    }


def tested(model: Any, rows: list[list[str]], words: dict[str, int], options: argparse.Namespace) -> list[bool]:
    """Whether the program that a student writes for each problem, greedily, runs and gives the right answer."""
    import torch

    model.eval()
    names, said = list(words), {}
    order = sorted({row[0]: coded(both(row)[0], words) for row in rows}.items(), key=lambda item: len(item[1]))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        width = max(len(ids) for _, ids in some)
        ids = torch.tensor([[0] * (width - len(one)) + one for _, one in some], device=options.device)
        with torch.inference_mode(), torch.autocast(options.device, torch.bfloat16, enabled=options.bf16):
            drawn = model.generate(input_ids=ids, attention_mask=(ids != 0).long(), max_new_tokens=150, do_sample=False)
        for (problem, _), row in zip(some, drawn[:, width:].tolist(), strict=True):
            row = row[: row.index(1)] if 1 in row else row
            said[problem] = "".join(names[i] for i in row).strip()
    right = outputs_right([(said[problem], answer) for problem, _, answer, _ in rows])
    return [right[said[problem], answer] is True for problem, _, answer, _ in rows]


# The tables


def show(out: Path, data: dict) -> None:
    """Means over random seeds, and differences between arms over problems."""
    students = {arm: [json.loads(p.read_text()) for p in sorted(out.glob(f"{arm}-*.json"))] for arm in ARMS}
    every = [one for some in students.values() for one in some]
    heads = "".join(f"{f'{test} ({len(rows)})':>22}" for test, rows in data["tests"].items())
    print(f"\n{data['seeds'][0]} training seeds, {data['seeds'][1]} held out")
    print("\nanswers right, in percent: mean over random seeds ± its 95% interval")
    print(f"{'arm':13}{'rows':>7}{'wrong':>7}{heads}")
    for arm, some in students.items():
        cells = "".join(f"{over_runs([one['right'][test] for one in some]):>22}" for test in TESTS)
        print(f"{arm:13}{some[0]['rows']:>7,}{data['wrong'][arm]:>7,}{cells}")
    print(f"\nchange, in points: mean of all students and its 95% interval over seeds or pairs\n{'':27}{heads}")
    for first, second in PAIRS:
        cells = "".join(f"{change(students[first], students[second], data, test):>22}" for test in TESTS)
        print(f"{f'{first} to {second}':27}{cells}")
    rate = statistics.mean(one["tokens_per_s"] for one in every)
    used = 6 * every[0]["parameters"] * rate / 1e12
    peak = next((peak for card, peak in PEAKS.items() if card in every[0]["card"]), 0)
    share = f", {used / peak:.1%} of the peak of {every[0]['card']}" if peak else ""
    print(f"\n{every[0]['parameters']:,} weights, {every[0]['tokens']:,} tokens, {every[0]['steps']:,} steps a student")
    print(
        f"{rate:,.0f} tokens/s, {used:.3f} TFLOP/s{share}; {sum(one['cpu_s'] for one in every):,.0f} CPU s of training"
    )


def over_runs(runs: list[list[bool]]) -> str:
    means = [100 * statistics.mean(run) for run in runs]
    if len(means) < 2:
        return f"{means[0]:.1f}"
    half = T95.get(len(means), 2.0) * statistics.stdev(means) / math.sqrt(len(means))
    return f"{statistics.mean(means):.1f} ± {half:.1f}"


def change(first: list[dict], second: list[dict], data: dict, test: str) -> str:
    """Problems of the same seeds are alike, so a seed (of compositions: a pair) counts once."""
    by_seeds: dict[str, list[float]] = defaultdict(list)
    for i, (*_, seeds) in enumerate(data["tests"][test]):
        shares = [statistics.mean(one["right"][test][i] for one in some) for some in (first, second)]
        by_seeds[seeds].append(shares[1] - shares[0])
    found = difference([statistics.mean(some) for some in by_seeds.values()])
    return f"{100 * found.mean:+.1f} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


if __name__ == "__main__":
    main()
