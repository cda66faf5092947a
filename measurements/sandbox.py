"""CPU time a program of the sandbox and of other ways to run untrusted Python, side by side in one run.

    python measurements/sandbox.py [--programs 1200] [--workers 2] [--peer file.py:function ...] [--only jail,floor]

The same mixed programs (75 % plain, 10 % fractions and itertools, 8 % sympy, 4 % numpy, loops, memory bombs, failures)
go through each executor, through ours once with a process for each program (`sharing=none`) and once with those that
the screen passes sharing processes (`sharing=screened`). CPU milliseconds are of the whole process tree, start-up left
out; wall time depends on what else the machine does. A peer is a function of a list of program texts, from a file of
yours.
"""

import argparse
import contextlib
import importlib.util
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from caco.backends.sandboxes import LocalSandbox, open_sandbox
from caco.backends.sandboxes.local import SHARING
from caco.ports import ExecuteRequest

TICK = os.sysconf("SC_CLK_TCK")

PLAIN = """input = {{"price": {a}, "count": {b}, "share": {c}}}

def solve(price, count, share):
    # The whole order costs price times count
    total = price * count
    # A share of it is taken off
    rebate = total * share / 100
    rest = total - rebate
    parts = []
    for i in range(1, 6):
        parts.append(rest / i)
    return round(sum(parts), 2)

output = solve(**input)
print(output)
"""
FRACTIONS = """from fractions import Fraction
from itertools import combinations

input = {{"n": {b}, "k": 3}}

def solve(n, k):
    hits = sum(1 for c in combinations(range(1, 10), k) if sum(c) % 2 == n % 2)
    return Fraction(hits, n + 7)

output = solve(**input)
print(output)
"""
SYMPY = """from sympy import symbols, solve as solve_equation, Eq, expand

input = {{"a": {a}, "b": {b}}}

def solve(a, b):
    x = symbols("x")
    return solve_equation(Eq(expand((x - a) * (x + b)), 0), x)

output = solve(**input)
print(output)
"""
NUMPY = """import numpy as np

input = {{"n": {b}, "s": {a}}}

def solve(n, s):
    m = np.arange(n * n).reshape(n, n) + s * np.eye(n)
    return float(np.linalg.det(m).round(3))

output = solve(**input)
print(output)
"""
LOOP = """input = {{"n": {a}}}

def f(n):
    t = 0
    for i in range(200000 + n):
        t += i
    return t

output = f(**input)
print(output)
"""
MEMORY = "input = {{'n': {a}}}\n\ndef f(n):\n    return len([0] * (10**13 + n))\n\noutput = f(**input)\nprint(output)\n"
FAILING = "input = {{'n': {a}}}\n\ndef f(n):\n    return n / (n - n)\n\noutput = f(**input)\nprint(output)\n"
MIX = [(PLAIN, 75), (FRACTIONS, 10), (SYMPY, 8), (NUMPY, 4), (LOOP, 1), (MEMORY, 1), (FAILING, 1)]


def programs(count: int, seed: int = 0) -> list[str]:
    """The mix, the same for every executor."""
    dice = random.Random(seed)
    forms = dice.choices([form for form, _ in MIX], [weight for _, weight in MIX], k=count)
    return [form.format(a=dice.randint(2, 99), b=dice.randint(2, 9), c=dice.randint(1, 60)) for form in forms]


def tree_cpu() -> float:
    """CPU seconds so far of this process, all its descendants, and those of them that were waited for."""
    total = 0
    for entry in [*descendants(), Path("/proc/self")]:
        with contextlib.suppress(OSError):
            total += sum(map(int, (entry / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return total / TICK


def floor(codes: Sequence[str]) -> None:
    """The programs' own work: plain exec in this process."""
    for code in codes:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})


def fork_each(codes: Sequence[str]) -> None:
    """A fork of this process (numpy and sympy loaded) for each program, its output through a pipe; no isolation."""
    for code in codes:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(writer, 1)
            with contextlib.suppress(BaseException):
                exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
                sys.stdout.flush()
            os._exit(0)
        os.close(writer)
        while os.read(reader, 65536):
            pass
        os.close(reader)
        os.waitpid(child, 0)


def subprocess_each(codes: Sequence[str]) -> None:
    """A new interpreter for each program; no isolation."""
    with tempfile.TemporaryDirectory() as folder:
        for code in codes:
            path = Path(folder) / "program.py"
            path.write_text(code)
            subprocess.run([sys.executable, "-I", str(path)], capture_output=True, check=False)


def peer(spec: str) -> Callable[[Sequence[str]], object]:
    """The function `name` of `file.py:name`."""
    path, _, name = spec.rpartition(":")
    module_spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if module_spec is None or module_spec.loader is None:
        raise SystemExit(f"cannot load {path}")
    module = importlib.util.module_from_spec(module_spec)
    sys.modules[module_spec.name] = module
    module_spec.loader.exec_module(module)
    function: Callable[[Sequence[str]], object] = getattr(module, name)
    return function


def measure(name: str, isolation: str, function: Callable[[Sequence[str]], object], codes: Sequence[str]) -> None:
    """Warm up on a tenth of the programs, then time all of them; prints one row."""
    function(codes[: max(40, len(codes) // 10)])
    cpu, wall = tree_cpu(), time.perf_counter()
    function(codes)
    cpu, wall = tree_cpu() - cpu, time.perf_counter() - wall
    print(f"| {name} | {isolation} | {1000 * cpu / len(codes):.2f} | {len(codes) / wall:.0f} |", flush=True)


def tiers(sandboxes: Sequence[LocalSandbox]) -> None:
    """CPU of each kind of program alone."""
    for name, form in zip(("plain", "fractions", "sympy", "numpy"), (PLAIN, FRACTIONS, SYMPY, NUMPY), strict=True):
        codes = [form.format(a=i % 90 + 2, b=i % 8 + 2, c=i % 60) for i in range(400)]
        measure(f"floor, {name} only", "none", floor, codes)
        for sandbox in sandboxes:
            measure(f"{name} only, sharing={sandbox.sharing}", "jail", run_all(sandbox), codes)


def run_all(sandbox: LocalSandbox) -> Callable[[Sequence[str]], object]:
    """The sandbox as a function of texts."""
    return lambda codes: sandbox.run([ExecuteRequest(code=code) for code in codes])


def started(sandbox: LocalSandbox) -> LocalSandbox:
    """The sandbox with each worker's interpreters started: their start-up is no cost of a program."""
    for form in (PLAIN, SYMPY, NUMPY):
        run_all(sandbox)([form.format(a=i + 2, b=3, c=1) for i in range(32 * sandbox.workers)])
    sandbox.pool.shared = 0
    return sandbox


def latency(sandbox: LocalSandbox) -> None:
    """Wall time of one trivial program at a time."""
    times = []
    for _ in range(1000):
        start = time.perf_counter()
        sandbox.run([ExecuteRequest(code="output = 1\n")])
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    figures = f"median {times[500]:.2f}, p99 {times[990]:.2f}, most {times[-1]:.2f}"
    print(f"\nlatency of a trivial program, sharing={sandbox.sharing}, ms: {figures}")


def memory() -> str:
    """Peak memory of our workers' processes, the largest of each kind."""
    peaks: dict[str, tuple[int, int]] = {}
    for entry in descendants():
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().split(b"{")
            status = (entry / "status").read_text()
            loaded = [name for name in ("numpy", "sympy") if f'"{name}"'.encode() in b"{".join(command)]
            zygote = f"zygote with {' and '.join(loaded)}" if loaded else "bare zygote"
            kind = "launcher" if b"launch.py" in command[0] else zygote
            sizes = (int(status.split(field)[1].split()[0]) // 1024 for field in ("VmHWM:", "RssAnon:"))
            peaks[kind] = max(peaks.get(kind, (0, 0)), tuple(sizes))  # type: ignore[type-var]
    return ", ".join(f"{kind} {peak} MB ({own} MB of its own)" for kind, (peak, own) in sorted(peaks.items()))


def descendants() -> list[Path]:
    """The folders in /proc of the processes that descend from this one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, IndexError):
            if entry.name.isdigit():
                parents[entry.name] = (entry / "stat").read_text().rpartition(")")[2].split()[1]
    found, before = {str(os.getpid())}, 0
    while len(found) > before:
        before = len(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return [Path("/proc") / pid for pid in found - {str(os.getpid())}]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=1200)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--only", default="jail,process,floor,fork,subprocess,tiers,latency,scaling")
    options = parser.parse_args()
    only, codes = set(options.only.split(",")), programs(options.programs)
    workers = options.workers or len(os.sched_getaffinity(0))
    print("| executor | isolation | CPU ms a program | programs/s |\n|---|---|---|---|")
    sizes: dict[str, str] = {}
    for level, sharing in [(level, sharing) for level in ("jail", "process") if level in only for sharing in SHARING]:
        sandbox = started(open_sandbox(isolation=level, workers=workers, sharing=sharing))
        measure(f"caco, {workers} workers, sharing={sharing}", level, run_all(sandbox), codes)
        passed = sandbox.pool.shared / (len(codes) + max(40, len(codes) // 10))
        sizes[f"{level}, sharing={sharing}"] = f"{memory()}; {passed:.0%} of the verdicts from shared processes"
        sandbox.close()
    for count in (1, 2, 4) if "scaling" in only else ():
        sandbox = started(open_sandbox(isolation="jail", workers=count))
        measure(f"caco, {count} workers, sharing={sandbox.sharing}", "jail", run_all(sandbox), codes)
        sandbox.close()
    pair = [started(open_sandbox(isolation="jail", workers=workers, sharing=way)) for way in SHARING]
    if "tiers" in only:
        tiers(pair)
    for sandbox in pair:
        if "latency" in only:
            latency(sandbox)
        sandbox.close()
    import numpy  # noqa: F401 - the fork-per-program executor is warm
    import sympy  # noqa: F401

    few = codes[: max(60, len(codes) // 10)]
    plain_ways = (("floor", floor, codes), ("fork", fork_each, codes), ("subprocess", subprocess_each, few))
    for name, function, some in plain_ways:
        if name in only:
            measure(f"{name}: {(function.__doc__ or '').split(':')[-1].split(';')[0].strip()}", "none", function, some)
    for spec in options.peer:
        measure(spec, "its own", peer(spec), few)
    for name, text in sizes.items():
        print(f"\n{name}: peak memory {text}")


if __name__ == "__main__":
    main()
