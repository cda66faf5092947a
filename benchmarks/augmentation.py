"""Transforms on the compiled programs of GSM8K train: rows of each, what a row costs, and what is new.

    python benchmarks/augmentation.py [--seeds 1000] [--fresh 6] [--compositions 2] [--links 3] [--plot FILE.svg]

Runs the quickstart with all transforms, in two goes: up to the programs that were executed, graded against the expected
answer, held to their bounds, probed, filtered and freed of duplicates; then their texts and solutions, verified. Costs
are CPU seconds of the whole process tree, so that other work on the machine does not count; `rows/s` is what two cores
give at that cost.

The tables: rows by transform; new operation graphs for each 1,000 programs (a graph of no seed, counted once; in
brackets those of transforms that keep the computation, where a helper or an idle input makes another graph); then
programs and texts against the seeds', on samples of equal size: graphs and their entropy, different words and pairs of
words; and near-duplicates between rows of different seeds by the default rules of the filters.
"""

import argparse
import math
import os
import random
import re
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import caco
from caco.apply import apply
from caco.codecot.fingerprint import graph_fingerprint
from caco.records import Example, Execution
from caco.stages.distinct import distinct
from caco_recipes.quickstart import quickstart

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared"))
GSM8K = SHARED / "data" / "problems" / "gsm8k_train.jsonl.gz"
ALL = 7473
"""Problems of GSM8K train."""
TRANSFORMS = ("distractor", "extension", "inversion", "reformulation", "restructuring")
SAME = ("distractor", "restructuring")
"""Compute what their seeds do."""
ORDER = ("", "fresh_inputs", "composition", *TRANSFORMS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1000)
    for name, default in (("fresh", 6), ("compositions", 2), ("links", 3), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--runs", default="", help="keep the run in this folder")
    parser.add_argument("--plot", type=Path, help="an SVG of rows and new graphs by transform")
    options = parser.parse_args()
    if not GSM8K.exists():
        print(f"skipped: no GSM8K at {GSM8K}; set CACO_SHARED")
        return
    with tempfile.TemporaryDirectory() as folder:
        run = measured(options, options.runs or folder)
        counted = novelty(run)
        for part in (costs(run, options), by_transform(run, counted), diversity(run)):
            print(*part, sep="\n", end="\n\n", flush=True)
        if options.plot:
            options.plot.write_text(plot(counted, examples_of(run)), encoding="utf-8")


SPENT: dict[str, tuple[float, float]] = {}
"""CPU and wall seconds of each go."""


def measured(options: argparse.Namespace, folder: str) -> caco.Run:
    """Both goes, of one run: the second goes on where the first ended."""
    config = quickstart(
        seeds=str(GSM8K),
        fresh=options.fresh,
        compositions=options.compositions,
        links=options.links,
        transforms=TRANSFORMS,
    )
    names = [step.name for step in config.steps]
    programs = replace(config, steps=config.steps[: names.index("deduplicate") + 1])
    settings = {"workers": options.workers}
    for go, part in (("programs", programs), ("texts", config)):
        cpu_s, started = spent(), time.perf_counter()
        run = caco.run(part, settings=settings, runs=folder, limit=options.seeds)
        SPENT[go] = spent() - cpu_s, time.perf_counter() - started
    return run


def spent() -> float:
    """CPU seconds of this process and of those that it started and that ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def costs(run: caco.Run, options: argparse.Namespace) -> Iterable[str]:
    """What each go took for each of its rows; the steps, by what they spent."""
    funnel = {step.name: step for step in run.funnel()}
    rows = {"programs": funnel["deduplicate"].rows, "texts": funnel["export"].rows}
    yield f"{'':10}{'rows':>8}{'CPU s':>8}{'wall s':>8}{'ms/row':>8}{'rows/s on two cores':>21}"
    total = 0.0
    for go, (cpu_s, wall_s) in SPENT.items():
        total += cpu_s
        yield _cost(go, rows[go], cpu_s, f"{wall_s:.0f}")
    yield _cost("both", rows["texts"], total, "")
    yield f"\nextrapolated to {ALL} seeds: {rows['texts'] * ALL / options.seeds:,.0f} rows"
    yield f"\n{'step':18}{'given':>8}{'rows':>8}{'rejected':>9}{'worker s':>9}"
    for step in funnel.values():
        yield f"{step.name:18}{step.given:8}{step.rows:8}{sum(step.rejected.values()):9}{step.seconds:9.1f}"


def _cost(go: str, rows: int, cpu_s: float, wall_s: str) -> str:
    return f"{go:10}{rows:8}{cpu_s:8.0f}{wall_s:>8}{1000 * cpu_s / rows:8.2f}{2 * rows / cpu_s:21.0f}"


def kind(transform: str) -> str:
    """The transform that made a row's program, whatever its inputs: `inversion+fresh_inputs` is an inversion."""
    return transform.split("+")[0]


def executions_of(run: caco.Run) -> list[Execution]:
    """Programs that passed every check."""
    return [row for row in run.rows("deduplicate") if isinstance(row, Execution)]


def examples_of(run: caco.Run) -> list[Example]:
    """Rows with text and solution that passed every check."""
    return [row for row in run.rows("export") if isinstance(row, Example)]


def novelty(run: caco.Run) -> dict[str, tuple[int, int, int]]:
    """By transform: programs but for their inputs, graphs of no seed (each where it is met first), programs in all."""
    rows = executions_of(run)
    seen = {graph_fingerprint(row.codecot.code) for row in rows if not row.codecot.transform}
    programs: Counter[str] = Counter(kind(row.codecot.transform) for row in rows)
    own, fresh = Counter[str](), Counter[str]()
    for row in rows:
        name = row.codecot.transform
        if name and "fresh" not in name:
            own[name] += 1
            graph = graph_fingerprint(row.codecot.code)
            fresh[name] += graph not in seen
            seen.add(graph)
    return {name: (own[name], fresh[name], programs[name]) for name in ORDER}


def by_transform(run: caco.Run, counted: dict[str, tuple[int, int, int]]) -> Iterable[str]:
    """Rows by transform, and how many of them are different in text."""
    examples = defaultdict(list)
    for row in examples_of(run):
        examples[kind(row.transform)].append(row)
    heads = {"programs": 9, "new graphs": 11, "per 1,000": 10, "with inputs": 12, "verified": 9, "texts": 8}
    yield f"{'transform':16}" + "".join(f"{head:>{width}}" for head, width in heads.items())
    sums = [0] * 5
    for name in ORDER:
        own, fresh, programs = counted[name]
        texts = len({row.problem for row in examples[name]})
        per = f"{1000 * fresh / own:.0f}" if own else ""
        if name in SAME:
            per, fresh = f"({per})", 0
        cells = (own, fresh, programs, len(examples[name]), texts)
        sums = [a + b for a, b in zip(sums, cells, strict=True)]
        yield f"{name or 'seed':16}{own:9}{fresh:11}{per:>10}{programs:12}{len(examples[name]):9}{texts:8}"
    texts = len({row.problem for rows in examples.values() for row in rows})
    yield f"{'all':16}{sums[0]:9}{sums[1]:11}{1000 * sums[1] / max(sums[0], 1):10.0f}{sums[2]:12}{sums[3]:9}{texts:8}"


def diversity(run: caco.Run) -> Iterable[str]:
    """Seeds against what was made of them, on samples of equal size."""
    rows = executions_of(run)
    seeds = [row for row in rows if not row.codecot.transform]
    made = [row for row in rows if row.codecot.transform]
    sample = random.Random(0).sample(made, min(len(seeds), len(made)))
    yield f"{'':28}{'seeds':>9}{'made':>9}"
    for name, one, other in zip(HEADS, spread(seeds), spread(sample), strict=True):
        yield f"{name:28}{one:9.3g}{other:9.3g}"
    twins = Counter(r.detail.split(" ")[0] for r in apply(distinct(), rows).rejections)
    yield f"near-duplicates between seeds, of {len(rows)} programs: {sum(twins.values())} {dict(twins)}"


HEADS = (
    "programs",
    "different graphs",
    "entropy of graphs, bits",
    "different words, of 100",
    "different pairs, of 100",
    "difficulty, mean",
)


def spread(rows: Sequence[Execution]) -> list[float]:
    """What HEADS say."""
    graphs = Counter(graph_fingerprint(row.codecot.code) for row in rows)
    entropy = -sum(n / len(rows) * math.log2(n / len(rows)) for n in graphs.values())
    words = [re.findall(r"[a-z']+", re.sub(r"\{[^}]*\}", "", row.codecot.text).lower()) for row in rows]
    mixed = random.Random(0).sample(words, len(words))
    one, two = [], []
    for text in mixed:  # as many words on both sides: the share of different ones falls with the length
        one += text
        two += pairwise(text)
    one, two = one[:25_000], two[:25_000]
    hard = [m.value for row in rows for m in row.measures if m.name == "difficulty"]
    shares = [100 * len(set(items)) / len(items) for items in (one, two)]
    return [len(rows), len(graphs), entropy, *shares, sum(hard) / len(hard)]


def plot(counted: dict[str, tuple[int, int, int]], examples: Sequence[Example]) -> str:
    """Bars: verified rows (grey) and new operation graphs per 1,000 programs (blue)."""
    verified = Counter(kind(row.transform) for row in examples)
    most = max(verified.values())
    parts = [
        '<text x="150" y="16">verified rows</text>',
        '<text x="450" y="16" fill="#1f5fa8">new graphs per 1,000 programs</text>',
    ]
    for place, name in enumerate(ORDER):
        y, (own, fresh, _) = 26 + 26 * place, counted[name]
        per = 1000 * fresh / own if own and name not in SAME else 0
        width, share = 220 * verified[name] / most, 220 * per / 1000
        parts += [
            f'<text x="140" y="{y + 14}" text-anchor="end">{(name or "seed").replace("_", " ")}</text>',
            f'<rect x="150" y="{y}" width="{width:.0f}" height="18" fill="#999"/>',
            f'<text x="{154 + width:.0f}" y="{y + 14}">{verified[name]:,}</text>',
            f'<rect x="450" y="{y}" width="{share:.0f}" height="18" fill="#1f5fa8"/>',
            f'<text x="{454 + share:.0f}" y="{y + 14}" fill="#1f5fa8">{per:.0f}</text>',
        ]
    body = "\n".join(parts)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="740" height="250" font-family="sans-serif" font-size="12">\n'
        f"<title>Verified rows and new operation graphs by transform</title>\n"
        f'<rect width="740" height="250" fill="white"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
