"""Transforms on the compiled programs of GSM8K train: rows of each, what a row costs, and what is new.

    python measurements/augmentation.py [--seeds 1000] [--fresh 6] [--compositions 2] [--links 3] [--plot FILE.svg]

Runs the quickstart with all transforms, in two goes: up to the programs that were executed, graded against the expected
answer, held to their bounds, probed, filtered and freed of duplicates and, all of them together, of near-duplicates of
other seeds' programs; then their texts and solutions, verified. Costs are CPU seconds of the whole process tree; the
rate is given by the clock, and as what two cores would give at that cost if nothing else ran.

The tables: rows by transform; new operation graphs for each 1,000 programs (a graph of no seed, counted once; in
brackets those of transforms that keep the computation, where a helper or an idle input makes another graph); then
programs and texts against the seeds', on samples of equal size: graphs and their entropy, different words and pairs of
words; and what was rejected, by step and reason.
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import caco
from caco.plan import Step
from caco.program.fingerprint import graph_fingerprint
from caco.records import Example, Execution
from caco.stages.distinct import distinct
from caco_recipes.quickstart import quickstart

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared"))
GSM8K = SHARED / "data" / "problems" / "gsm8k_train.jsonl.gz"
ALL = 7473
"""Problems of GSM8K train."""
TRANSFORMS = ("distractor", "extension", "inversion", "loops", "reformulation", "restructuring")
SAME = ("distractor", "loops", "restructuring")
"""Compute what their seeds do."""
ORDER = ("", "fresh_inputs", "composition", *TRANSFORMS)
LAST = "near_duplicates"
"""The step that holds all programs with each other: rows of different seeds must not be alike."""


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
        verified = texts_of(run)
        for part in (costs(run, options), by_transform(verified, counted), diversity(run), rejected(run)):
            print(*part, sep="\n", end="\n\n", flush=True)
        if options.plot:
            options.plot.write_text(plot(counted, verified), encoding="utf-8")


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
    at = [step.name for step in config.steps].index("deduplicate") + 1
    apart = Step(name=LAST, stage=distinct(), takes=("deduplicate",))
    reverse, *others = config.steps[at:]
    programs = replace(config, steps=(*config.steps[:at], apart))
    texts = replace(config, steps=(*programs.steps, replace(reverse, takes=(LAST,)), *others))
    settings = {"workers": options.workers}
    for go, part in (("programs", programs), ("texts", texts)):
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
    rows = {"programs": funnel[LAST].rows, "texts": funnel["export"].rows}
    yield f"{'':10}{'rows':>8}{'CPU s':>8}{'wall s':>8}{'ms/row':>8}{'rows/s':>8}{'by CPU':>8}"
    for go, (cpu_s, wall_s) in SPENT.items():
        yield _cost(go, rows[go], cpu_s, wall_s)
    yield _cost("both", rows["texts"], *map(sum, zip(*SPENT.values(), strict=True)))
    if options.seeds < ALL:
        yield f"\nextrapolated to {ALL} seeds: {rows['texts'] * ALL / options.seeds:,.0f} rows"
    yield f"\n{'step':18}{'given':>8}{'rows':>8}{'rejected':>9}{'worker s':>9}"
    for step in funnel.values():
        yield f"{step.name:18}{step.given:8}{step.rows:8}{sum(step.rejected.values()):9}{step.seconds:9.1f}"


def _cost(go: str, rows: int, cpu_s: float, wall_s: float) -> str:
    return (
        f"{go:10}{rows:8}{cpu_s:8.0f}{wall_s:8.0f}{1000 * cpu_s / rows:8.2f}{rows / wall_s:8.0f}{2 * rows / cpu_s:8.0f}"
    )


def rejected(run: caco.Run) -> Iterable[str]:
    """What was rejected, by step and reason."""
    yield f"{'rejected by':18}{'given':>8}  reasons"
    for step in run.funnel():
        if step.rejected:
            reasons = ", ".join(f"{reason} {number}" for reason, number in step.rejected.items())
            yield f"{step.name:18}{step.given:8}  {reasons}"


def kind(transform: str) -> str:
    """The transform that made a row's program, whatever its inputs: `inversion+fresh_inputs` is an inversion."""
    return transform.split("+")[0]


def executions_of(run: caco.Run) -> Iterator[Execution]:
    """Programs that passed every check, one after the other: together they would fill the memory."""
    return (row for row in run.rows(LAST) if isinstance(row, Execution))


def texts_of(run: caco.Run) -> dict[str, list[int]]:
    """By transform a number for each verified text, equal for equal texts."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in run.rows("export"):
        if isinstance(row, Example):
            found[kind(row.transform)].append(hash(row.problem))
    return found


def novelty(run: caco.Run) -> dict[str, tuple[int, int, int]]:
    """By transform: programs but for their inputs, graphs of no seed (each where it is met first), programs in all."""
    programs: Counter[str] = Counter()
    graphs: dict[str, list[str]] = defaultdict(list)
    for row in executions_of(run):
        name = row.codecot.transform
        programs[kind(name)] += 1
        if "fresh" not in name:
            graphs[name].append(graph_fingerprint(row.codecot.code))
    seen = set(graphs.pop("", []))
    fresh = Counter[str]()
    for name, found in graphs.items():
        for graph in found:
            fresh[name] += graph not in seen
            seen.add(graph)
    return {name: (len(graphs[name]), fresh[name], programs[name]) for name in ORDER}


def by_transform(verified: Mapping[str, Sequence[int]], counted: dict[str, tuple[int, int, int]]) -> Iterable[str]:
    """Rows by transform, and how many of them are different in text."""
    heads = {"programs": 9, "new graphs": 11, "per 1,000": 10, "with inputs": 12, "verified": 9, "texts": 8}
    yield f"{'transform':16}" + "".join(f"{head:>{width}}" for head, width in heads.items())
    sums = [0] * 4
    for name in ORDER:
        own, fresh, programs = counted[name]
        texts = verified.get(name, ())
        per = f"{1000 * fresh / own:.0f}" if own else ""
        if name in SAME:
            per, fresh = f"({per})", 0
        cells = (own, fresh, programs, len(texts))
        sums = [a + b for a, b in zip(sums, cells, strict=True)]
        yield f"{name or 'seed':16}{own:9}{fresh:11}{per:>10}{programs:12}{len(texts):9}{len(set(texts)):8}"
    different, per = len({text for found in verified.values() for text in found}), 1000 * sums[1] / max(sums[0], 1)
    yield f"{'all':16}{sums[0]:9}{sums[1]:11}{per:10.0f}{sums[2]:12}{sums[3]:9}{different:8}"


def diversity(run: caco.Run) -> Iterable[str]:
    """Seeds against what was made of them, on samples of equal size."""
    seeds = [row for row in executions_of(run) if not row.codecot.transform]
    made = sum(bool(row.codecot.transform) for row in executions_of(run))
    chosen = set(random.Random(0).sample(range(made), min(len(seeds), made)))
    others = (row for row in executions_of(run) if row.codecot.transform)
    sample = [row for number, row in enumerate(others) if number in chosen]
    yield f"{'':28}{'seeds':>9}{'made':>9}"
    for name, one, other in zip(HEADS, spread(seeds), spread(sample), strict=True):
        yield f"{name:28}{one:9.3g}{other:9.3g}"


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


def plot(counted: dict[str, tuple[int, int, int]], texts: Mapping[str, Sequence[int]]) -> str:
    """Bars: verified rows (grey) and new operation graphs per 1,000 programs (blue)."""
    verified = {name: len(texts.get(name, ())) for name in ORDER}
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
        '<svg xmlns="http://www.w3.org/2000/svg" width="740" height="276" font-family="sans-serif" font-size="12">\n'
        f"<title>Verified rows and new operation graphs by transform</title>\n"
        f'<rect width="740" height="276" fill="white"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
