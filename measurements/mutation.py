"""Do a room's unit tests notice when its code is wrong? Random mutants of the pure rooms, each under its room's tests.

    python measurements/mutation.py [--rooms answers,program] [--mutants 100] [--seed 0] [--workers 2] [--show]

A mutant is a module with one place changed: a comparison, an operator, a constant, a boolean or a condition. It is
killed where a test of `tests/unit/ROOM` fails, or hangs. Not mutated: texts, annotations, decorators, docstrings.
Each mutant runs in a fork of a process that has the libraries loaded, so that it costs what the tests cost.
"""

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
ROOMS = (
    *("program", "foreign", "compilers", "text", "answers", "alike", "filters", "instances", "transforms", "stages"),
)
LIBRARIES = ("pytest", "_pytest.assertion.rewrite", "numpy", "pyarrow.parquet", "pydantic", "pint")
"""Loaded once, before the forks; nothing of Caco's own, which the mutant must be part of."""
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: the `place`-th that can be changed in a module."""

    room: str
    path: Path
    place: int
    line: int
    what: str


def main() -> int:
    options = arguments()
    rooms = options.rooms.split(",") if options.rooms else ROOMS
    mutants = drawn(rooms, options.mutants, options.seed)
    for library in LIBRARIES:
        importlib.import_module(library)
    healthy = [room for room in rooms if verdict(None, room, options.limit_s) != "survived"]
    if healthy:
        print(f"the tests of {', '.join(healthy)} fail without a mutant: nothing can be said")
        return 2
    started = time.perf_counter()
    ends = dict(judged(mutants, options.workers, options.limit_s))
    print_table(rooms, ends)
    for mutant, end in ends.items():
        if end == "survived" or options.show:
            print(f"  {end:9} {mutant.path.relative_to(ROOT)}:{mutant.line}  {mutant.what}")
    print(f"{time.perf_counter() - started:.0f} s, seed {options.seed}")
    killed = sum(end != "survived" for end in ends.values())
    return int(killed < options.least * len(ends))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rooms", default="", help="rooms, separated by commas; all pure rooms by default")
    parser.add_argument("--mutants", type=int, default=100, help="how many, drawn over the rooms by their places")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit-s", type=float, default=180.0, help="tests that take longer count as failed")
    parser.add_argument("--least", type=float, default=0.85, help="share that must be killed, for the exit status")
    parser.add_argument("--show", action="store_true", help="list the killed ones too")
    return parser.parse_args()


def drawn(rooms: Sequence[str], number: int, seed: int) -> list[Mutant]:
    """Random mutants of these rooms; each place is as likely as any other."""
    everything = [mutant for room in rooms for mutant in of_room(room)]
    return random.Random(seed).sample(everything, min(number, len(everything)))


def of_room(room: str) -> Iterator[Mutant]:
    for path in sorted((ROOT / "src" / "caco" / room).rglob("*.py")):
        for place, (node, what) in enumerate(places(ast.parse(path.read_text(encoding="utf-8")))):
            yield Mutant(room, path, place, node.lineno, what)


def places(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The expressions that can be changed, in a fixed order, each with what the change would be."""
    for node in mutable(tree):
        match node:
            case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
                yield node, f"{type(op).__name__} -> {COMPARISONS[type(op)].__name__}"
            case ast.BinOp(op=op) if type(op) in OPERATORS and not is_text(node):
                yield node, f"{type(op).__name__} -> {OPERATORS[type(op)].__name__}"
            case ast.BoolOp(op=op):
                yield node, "and -> or" if isinstance(op, ast.And) else "or -> and"
            case ast.UnaryOp(op=ast.Not()):
                yield node, "not x -> x"
            case ast.Constant(value=bool() as value):
                yield node, f"{value} -> {not value}"
            case ast.Constant(value=int() | float() as value):
                yield node, f"{value} -> {value + 1}"


def is_text(node: ast.BinOp) -> bool:
    """Texts put together: `-` between them is an error that any test would find."""
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str) for side in sides)


def mutable(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, but for annotations, decorators and type aliases."""
    for name, field in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in field if isinstance(field, list) else [field]:
            if isinstance(child, ast.AST) and not is_alias(child):
                yield child
                yield from mutable(child)


def is_alias(node: ast.AST) -> bool:
    return isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)


def mutated(mutant: Mutant) -> ast.Module:
    """The module's tree with its place changed."""
    tree = ast.parse(mutant.path.read_text(encoding="utf-8"))
    node, _ = list(places(tree))[mutant.place]
    match node:
        case ast.Compare():
            node.ops = [COMPARISONS[type(node.ops[0])]()]
        case ast.BinOp():
            node.op = OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op, node.operand = ast.Not(), ast.UnaryOp(op=ast.Not(), operand=node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant():
            node.value = node.value + 1
    return ast.fix_missing_locations(tree)


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutant in place of its module."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(ROOT / "src").with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.mutant = mutant

    def find_spec(self, name: str, path: object, target: object = None) -> object:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(
            name,
            self.mutant.path,
            loader=self,
            submodule_search_locations=[str(self.mutant.path.parent)] if self.is_package else None,
        )

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(mutated(self.mutant), str(self.mutant.path), "exec"), module.__dict__)


def judged(mutants: Sequence[Mutant], workers: int, limit_s: float) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with its end, `workers` at a time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        ends = pool.map(lambda mutant: verdict(mutant, mutant.room, limit_s), mutants)
        for number, (mutant, end) in enumerate(zip(mutants, ends, strict=True), start=1):
            print(f"\r{number} of {len(mutants)}", end="", flush=True, file=sys.stderr)
            yield mutant, end
    print(file=sys.stderr)


def verdict(mutant: Mutant | None, room: str, limit_s: float) -> str:
    """`killed`, `hung` or `survived`: what the room's tests say of a mutant (of the code as it is, for None)."""
    child = os.fork()
    if not child:
        os.setsid()  # so that what the tests started goes with them
        run_tests(mutant, room)
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            killpg(child)
            return "killed" if status else "survived"
        time.sleep(0.02)
    killpg(child)
    os.waitpid(child, 0)
    return "hung"


def killpg(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing of it is left


def run_tests(mutant: Mutant | None, room: str) -> None:
    """In the child: plant the mutant, run the tests, and end with their status."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1), os.dup2(silence, 2)
    status = 1
    try:
        import pytest

        if mutant:
            sys.meta_path.insert(0, Planted(mutant))
        os.environ["HYPOTHESIS_DATABASE"] = "none"
        words = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(ROOT / "tests" / "unit" / room)]
        status = int(pytest.main(["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *words]))
    finally:
        os._exit(status)


def print_table(rooms: Sequence[str], ends: dict[Mutant, str]) -> None:
    tried, killed = Counter(m.room for m in ends), Counter(m.room for m, end in ends.items() if end != "survived")
    print(f"{'room':14}{'mutants':>9}{'killed':>8}{'share':>8}")
    for room in (*(room for room in rooms if tried[room]), "all"):
        num = len(ends) if room == "all" else tried[room]
        dead = sum(killed.values()) if room == "all" else killed[room]
        print(f"{room:14}{num:9}{dead:8}{dead / num:8.0%}")


if __name__ == "__main__":
    sys.exit(main())
