"""Analysis, fingerprints, exact and near dedup of many programs: rows a CPU second, peak memory, and the growth.

    python benchmarks/programs_scale.py [--sizes 10000,30000,100000] [--near 0.9] [--plot FILE.svg]

The programs are the seeds that ship, each with other inputs and other names, so that no two have one text; one in ten
is a near copy (comments gone, one name changed) of an earlier one, which near dedup should find. Each size runs in a
process of its own, on one core; the peak is the process's resident set less what it held before the first program.
"""

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from caco.backends.sources import read_lines
from caco.codecot.dataflow import features, reaching_inputs
from caco.codecot.fingerprint import graph_fingerprint, text_fingerprint, tree_fingerprint
from caco.codecot.neighbours import CHUNK, Signatures, near_pairs, program_shingles
from caco.codecot.program import parse
from caco.codecot.scope import all_names
from caco.config import SourceConfig
from caco.records import CodeCoT, Seed
from caco.stages.collect import Collect
from caco.stages.unify import compile_seed

KEPT_NAMES = {"input", "output", "print", "math", "sympy", "fractions"}


def originals() -> list[str]:
    """Programs of the seeds that ship."""
    seeds = [Collect()(line) for line in read_lines(SourceConfig(path="caco:seeds", limit=2000))]
    made = [compile_seed(seed) for seed in seeds if isinstance(seed, Seed)]
    return [cot.code for cot in made if isinstance(cot, CodeCoT)]


def programs(size: int) -> Iterator[str]:
    """`size` programs, the same ones for every run."""
    rng = random.Random(7)
    sources = originals()
    names = [sorted(n for n in parse(c).inputs if len(n) > 2 and n not in KEPT_NAMES) for c in sources]
    recent: list[str] = []
    for number in range(size):
        if number % 10 == 9:
            yield re.sub(r"#[^\n]*", "", rng.choice(recent)) + f"# copy {number}\n"
            continue
        i = rng.randrange(len(sources))
        code = sources[i]
        for name in names[i]:
            code = re.sub(rf"\b{name}\b", f"{name}_{rng.randrange(10**6)}", code)
        recent = [*recent[-200:], code]
        yield code


def measured(size: int, near: float) -> dict[str, float]:
    """One size, in this process."""
    rows = programs(size)
    first = next(rows)
    assert all_names(parse(first).tree)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = dict.fromkeys(("make", "analyse", "fingerprint", "shingle", "near"), 0.0)
    seen: dict[str, set[str]] = {"text": set(), "tree": set(), "graph": set()}
    signatures, chunk = Signatures(), []
    for number in range(1, size):
        clock = time.process_time()
        code = next(rows)
        clock = _add(spent, "make", clock)
        program = parse(code)
        features(program), reaching_inputs(program)
        clock = _add(spent, "analyse", clock)
        seen["text"].add(text_fingerprint(code))
        seen["tree"].add(tree_fingerprint(code))
        seen["graph"].add(graph_fingerprint(code, values=True))
        clock = _add(spent, "fingerprint", clock)
        chunk.append(program_shingles(code))
        if len(chunk) == CHUNK or number == size - 1:
            signatures.extend(chunk)
            chunk = []
        _add(spent, "shingle", clock)
    clock = time.process_time()
    twins = {later for _, later, _ in near_pairs(signatures, near)}
    _add(spent, "near", clock)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"rows": size, "peak_mb": peak, "near": len(twins), **{f"{k}_s": v for k, v in spent.items()}} | {
        f"distinct_{k}": len(v) for k, v in seen.items()
    }


def _add(spent: dict[str, float], name: str, clock: float) -> float:
    now = time.process_time()
    spent[name] += now - clock
    return now


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--near", type=float, default=0.9)
    parser.add_argument("--plot", type=Path, help="an SVG of CPU seconds against rows, both axes logarithmic")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measured(args.one, args.near)))
        return
    print(f"{'rows':>9} {'analyse':>8} {'prints':>8} {'shingle':>8} {'near':>8} {'all':>8} {'MB':>7} {'MB/M':>7} near")
    print(f"{'':9} {'CPU ms a row':>17}")
    points = []
    for size in map(int, args.sizes.split(",")):
        command = [sys.executable, __file__, "--one", str(size), "--near", str(args.near)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        parts = [found[f"{name}_s"] for name in ("analyse", "fingerprint", "shingle", "near")]
        shown = " ".join(f"{1000 * part / size:8.3f}" for part in (*parts, sum(parts)))
        print(f"{size:9} {shown} {found['peak_mb']:7.0f} {found['peak_mb'] * 1e6 / size:7.0f} {found['near']:.0f}")
        points.append((size, sum(parts)))
        print(
            f"{'':9} {size / sum(parts):.0f} rows a CPU second; distinct by text {found['distinct_text']}", flush=True
        )
    if args.plot:
        args.plot.write_text(plot(points), encoding="utf-8")


def plot(points: list[tuple[int, float]]) -> str:
    """CPU seconds against rows; the dashed line is linear growth from the first point."""
    from math import log10

    def at(rows: float, seconds: float) -> str:
        return f"{60 + 150 * (log10(rows) - 4):.0f},{300 - 70 * log10(max(seconds, 0.1)):.0f}"

    (rows, seconds), last = points[0], points[-1][0]
    line = " ".join(at(*point) for point in points)
    linear = f"{at(rows, seconds)} {at(last, seconds * last / rows)}"
    dots = "".join('<circle cx="{}" cy="{}" r="4"/>'.format(*at(*p).split(",")) for p in points)
    words = "".join(
        f'<text x="{at(r, 1).split(",")[0]}" y="330" font-size="12">{r:,}</text>'
        f'<text x="5" y="{at(r, s).split(",")[1]}" font-size="12">{s:.0f} s</text>'
        for r, s in points
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="460" height="350"><title>CPU seconds by programs</title>'
        f'<polyline points="{linear}" fill="none" stroke="gray" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="black"/>{dots}{words}</svg>\n'
    )


if __name__ == "__main__":
    main()
