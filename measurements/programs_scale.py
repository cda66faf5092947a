"""Analysis, fingerprints, exact and near dedup of many programs: rows a second, peak memory, and the growth.

    python measurements/programs_scale.py [--sizes 10000,100000,1000000] [--workers 2] [--plot FILE.svg]

The programs are variations of real ones: those of the seeds that ship, and programs that models wrote (up to 300 of
each file of the folder `data/programs` of CACO_SHARED, where there is one). A variation has other names and numbers for
its inputs and another operator at one place, so that no two have one text and few one syntax tree; one in ten is a near
copy (comments gone, a line more) of an earlier one, which dedup should find. The work is that of the stage
`distinct` with the kinds text, tree, computation and near_program: workers analyse and sketch blocks of programs, one
process decides from all sketches. Each size runs in processes of its own. Times are CPU seconds of all processes;
memory is the peak resident set of the process that decides (files that it maps included) and of the largest worker.

`--decide 1000000,5000000` measures the one step whose cost could grow faster than the rows, on more rows than there is
time to analyse: sketches of 20,000 programs, again and again, each time with other fingerprints and a third of the
shingles changed, the same way in all programs that have them.
"""

import argparse
import gc
import gzip
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import log10
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute

from caco.backends.sources import read_lines
from caco.config import SourceConfig
from caco.foreign.normalise import in_form, normalise
from caco.program.fingerprint import features, reaching_inputs
from caco.program.form import FormError, parse
from caco.records import CodeCoT, Execution, Seed, Status
from caco.stages.collect import Collect
from caco.stages.distinct import distinct
from caco.stages.unify import compile_seed

DATA = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "programs"
KEPT_NAMES = {"input", "output", "print", "math", "sympy", "fractions"}
OPERATOR = re.compile(r"(?<=[\w)] )[-+*](?= [\w(])")
BLOCK = 2000
"""Programs that a worker makes, analyses and sketches at once."""
STAGE = distinct({"text": 1, "tree": 1000, "computation": 3, "near_program": 0.9})


@cache
def originals() -> list[tuple[str, list[str]]]:
    """Real programs in the unified form, each with the names of its inputs."""
    seeds = [Collect()(line) for line in read_lines(SourceConfig(path="caco:seeds", limit=2000))]
    codes = [cot.code for seed in seeds if isinstance(seed, Seed) and isinstance(cot := compile_seed(seed), CodeCoT)]
    codes += [code for file in sorted(DATA.glob("*.jsonl.gz")) for code in written(file)]
    return [(c, sorted(n for n in parse(c).inputs if len(n) > 2 and n not in KEPT_NAMES)) for c in codes]


def written(file: Path, most: int = 300) -> Iterator[str]:
    """Programs of a shared file that can be brought into the unified form."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, islice(lines, most)):
            try:
                yield normalise(row["code"], row["problem"])
            except FormError:
                continue


def programs(block: int, size: int = BLOCK) -> Iterator[str]:
    """The programs of a block, the same ones for every run."""
    rng = random.Random(block)
    recent: list[str] = []
    for number in range(size):
        if number % 10 == 9:
            old = rng.choice(recent)
            bare = re.sub(r"#[^\n]*", "", old)
            yield (bare if in_form(bare) else old) + f"# copy {block}-{number}\n"
            continue
        code = ""
        while not in_form(code):
            code = varied(*rng.choice(originals()), rng)
        recent = [*recent[-200:], code]
        yield code


def varied(code: str, names: list[str], rng: random.Random) -> str:
    """A program with other names, other numbers and one other operator."""
    for name in names:
        code = re.sub(rf"\b{name}\b", f"{name}_{rng.randrange(10**6)}", code)
    code = re.sub(r"(?<=: )\d\d+\b", lambda m: str(rng.randrange(2, 2 * int(m[0]))), code)
    if places := [match.start() for match in OPERATOR.finditer(code)]:
        place = rng.choice(places)
        code = code[:place] + rng.choice("+-*") + code[place + 1 :]
    return code


def sketch(task: tuple[int, int, str]) -> tuple[float, float, float, int]:
    """Make, analyse and sketch a block into a file; CPU seconds of each, and the peak memory in MB."""
    block, size, folder = task
    start = time.process_time()
    codes = list(programs(block, size))
    made = time.process_time()
    for code in codes:
        program = parse(code)
        features(program), reaching_inputs(program)
    analysed = time.process_time()
    names = [f"{block:04x}{number:012x}" for number in range(size)]
    rows = [
        Execution(id=name, codecot=CodeCoT(code=code, seeds=(name,)), status=Status.OK)
        for name, code in zip(names, codes, strict=True)
    ]
    assert STAGE.outline
    table = STAGE.outline.table(rows)
    with pa.OSFile(f"{folder}/{block:05d}.arrow", "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return made - start, analysed - made, time.process_time() - analysed, peak_mb()


def peak_mb() -> int:
    """Peak resident memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(size: int, workers: int) -> dict[str, float]:
    """One size, in this process and its workers."""
    real = len(originals())  # before workers are forked: they have them too
    wall = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tasks = [(i, min(BLOCK, size - i * BLOCK), folder) for i in range(-(-size // BLOCK))]
        with Pool(workers, initializer=gc.set_threshold, initargs=(50_000, 20, 50)) as pool:  # as the crew's workers
            done = pool.map(sketch, tasks, chunksize=1)
        sketched = time.perf_counter() - wall
        files = sorted(Path(folder).glob("*.arrow"))
        on_disk = sum(file.stat().st_size for file in files)
        start = time.process_time()
        table = pa.concat_tables([pa.ipc.open_file(pa.memory_map(str(file))).read_all() for file in files])
        assert STAGE.outline
        fate = STAGE.outline.decide(table)
        reasons = Counter(str(f.reason) if (f := fate(i)) else "stays" for i in range(size))  # type: ignore[union-attr]
        decide = time.process_time() - start
    making, analyse, sketching = (sum(d[i] for d in done) for i in range(3))
    return {
        "rows": size,
        "originals": real,
        "make_s": making,
        "analyse_s": analyse,
        "sketch_s": sketching,
        "decide_s": decide,
        "wall_s": sketched + decide,
        "parent_mb": peak_mb(),
        "worker_mb": max(d[3] for d in done),
        "disk_mb": on_disk / 2**20,
        **reasons,
    }


def stand_ins(size: int, folder: str) -> Iterator[Path]:
    """Files of sketches that are alike within a round as those of real programs are, and differ between rounds."""
    blocks = 10
    for block in range(blocks):
        sketch((block, BLOCK, folder))
    real = [pa.ipc.open_file(pa.memory_map(f"{folder}/{block:05d}.arrow")).read_all() for block in range(blocks)]
    for number in range(-(-size // BLOCK)):
        table, turn = real[number % blocks].combine_chunks(), number // blocks
        ids = pa.array([f"{number:08x}{row:08x}" for row in range(BLOCK)])
        columns = {"id": ids, "seeds": pa.array([[i.as_py()] for i in ids])}
        for name in ("text", "computation"):
            columns[name] = pa.compute.binary_join_element_wise(table[name].combine_chunks(), str(turn), "-")
        sets = table["near_program"].combine_chunks()
        flat = sets.values.to_numpy()
        mixed = flat * np.uint32(2654435761) + np.uint32(turn)
        changed = np.where(turn and (mixed >> np.uint32(16)) % 3 == 0, mixed, flat)
        columns["near_program"] = pa.ListArray.from_arrays(sets.offsets, pa.array(changed))
        for name, column in columns.items():
            table = table.set_column(table.column_names.index(name), name, column)
        path = Path(folder) / f"round-{number:05d}.arrow"
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        yield path


def decided(size: int) -> dict[str, float]:
    """Deciding alone, on sketches of `size` rows."""
    with tempfile.TemporaryDirectory() as folder:
        files = list(stand_ins(size, folder))
        before, start = peak_mb(), time.process_time()
        table = pa.concat_tables([pa.ipc.open_file(pa.memory_map(str(file))).read_all() for file in files])
        assert STAGE.outline
        fate = STAGE.outline.decide(table)
        gone = sum(fate(row) is not None for row in range(len(table)))
        return {
            "rows": len(table),
            "cpu_s": time.process_time() - start,
            "mb": peak_mb(),
            "before": before,
            "gone": gone,
        }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,30000,100000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plot", type=Path, help="an SVG of CPU seconds and memory against rows, logarithmic")
    parser.add_argument("--decide", default="", help="sizes at which deciding alone is measured")
    parser.add_argument("--one", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--one-decision", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_decision:
        print(json.dumps(decided(args.one_decision)))
        return
    if args.one:
        print(json.dumps(measured(args.one, args.workers)))
        return
    points: list[tuple[int, float, int]] = []
    for size in filter(None, args.decide.split(",")):
        command = [sys.executable, __file__, "--one-decision", size]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rate = 1e3 * found["cpu_s"] / found["rows"]
        print(f"deciding {found['rows']:,} rows: {found['cpu_s']:.0f} CPU s ({rate:.3f} ms a row), ", end="")
        print(f"{found['mb']} MB of which {found['before']} before; {found['gone']:,} rows go", flush=True)
        points.append((found["rows"], found["cpu_s"], found["mb"]))
    if len(points) > 1:
        (first, _, small), (last, seconds, memory) = points[0], points[-1]
        most = memory + (5e6 - last) * (memory - small) / (last - first)
        print(f"forecast for 5,000,000: {seconds / last * 5e6 / 60:.0f} CPU minutes, {most / 1024:.1f} GB")
    if not args.decide:
        points = whole(args.sizes, args.workers)
    if args.plot:
        args.plot.write_text(plot(points), encoding="utf-8")


def whole(sizes: str, workers: int) -> list[tuple[int, float, int]]:
    """Analysis, fingerprints and deciding at several sizes: rows, CPU seconds and the memory of the decider."""
    heads = ("analyse", "sketch", "decide", "ms a row", "rows/s/core", "decider MB", "worker MB", "disk MB", "gone")
    points: list[tuple[int, float, int]] = []
    for size in map(int, sizes.split(",")):
        command = [sys.executable, __file__, "--one", str(size), "--workers", str(workers)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        if not points:
            print(f"variations of {found['originals']:,} real programs; CPU seconds")
            print(f"{'rows':>9} " + " ".join(f"{head:>11}" for head in heads))
        parts = [found[f"{name}_s"] for name in ("analyse", "sketch", "decide")]
        shown = [*parts, 1000 * sum(parts) / size]
        print(
            f"{size:9} " + " ".join(f"{value:11.2f}" for value in shown),
            f"{size / sum(parts):11.0f} {found['parent_mb']:11} {found['worker_mb']:11} {found['disk_mb']:11.0f}",
            f"{size - found['stays']:11}",
            flush=True,
        )
        points.append((size, sum(parts), found["parent_mb"]))
    size, seconds, memory = points[-1]
    growth = (points[-1][2] - points[0][2]) / (size - points[0][0]) if len(points) > 1 else 0
    print(f"\nforecast for 5,000,000: {seconds / size * 5e6 / 3600:.2f} CPU hours, ", end="")
    print(f"{(memory + growth * (5e6 - size)) / 1024:.1f} GB; {growth * 1e6 / 1024:.2f} GB a million")
    return points


def plot(points: list[tuple[int, float, int]]) -> str:
    """CPU seconds (black) and memory (blue) against rows; dashed: linear growth from the first point."""
    left, right, bottom = log10(points[0][0]), log10(points[-1][0]), 260

    def at(rows: float, value: float) -> tuple[float, float]:
        return 70 + 400 * (log10(rows) - left) / max(right - left, 1), bottom - 55 * log10(max(value, 1))

    def line(values: list[tuple[float, float]], style: str) -> str:
        ends = " ".join("{:.0f},{:.0f}".format(*at(*value)) for value in values)
        return f'<polyline points="{ends}" fill="none" {style}/>'

    def label(x: float, y: float, words: str, colour: str = "black") -> str:
        return f'<text x="{x:.0f}" y="{y:.0f}" font-size="12" fill="{colour}">{words}</text>'

    rows, seconds, _ = points[0]
    times, sizes = [(p[0], p[1]) for p in points], [(float(p[0]), float(p[2])) for p in points]
    parts = [
        line([times[0], (points[-1][0], seconds * points[-1][0] / rows)], 'stroke="gray" stroke-dasharray="4"'),
        line(times, 'stroke="black"'),
        line(sizes, 'stroke="blue"'),
        *(label(at(r, 1)[0] - 20, bottom + 20, f"{r:,} rows") for r, _ in times),
        *(label(at(r, s)[0] + 6, at(r, s)[1] + 14, f"{s:,.0f} CPU s") for r, s in times),
        *(label(at(r, m)[0] + 6, at(r, m)[1] - 6, f"{m:,.0f} MB", "blue") for r, m in sizes),
    ]
    body = "\n".join(parts)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="570" height="300" font-family="sans-serif">\n'
        f"<title>CPU seconds and memory by programs, logarithmic</title>\n{body}\n</svg>\n"
    )


if __name__ == "__main__":
    main()
