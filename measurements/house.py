"""The house in figures: rooms and their circles, how dense functions are, and how many modules one row passes.

    python measurements/house.py [--functions] [--path]

What is shown here is held by `tests/architecture`, with the limits of this file. Complexity of a function is 1, and 1
more for each `if`, `for`, `while`, `except`, comprehension, `assert`, case of a `match` and further operand of `and`,
`or`; what functions inside it have is their own.
"""

import argparse
import ast
import inspect
import json
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
MOST_COMPLEX, MOST_COMPLEX_P90 = 15, 7
MOST_SHARE = 0.15
"""Of all lines, in one room."""
MOST_MODULES = 45
"""That one row passes."""
EFFECTS = "backends"
"""This room's rooms count as rooms of their own."""
ROW = {
    "id": "bakery",
    "problem": "Natalie sold 48 rolls in the morning, and then she sold half as many rolls in the afternoon. "
    "How many rolls did Natalie sell altogether?",
    "answer": "72",
    "solution": "Natalie sold 48/2 = <<48/2=24>>24 rolls in the afternoon.\n"
    "Altogether Natalie sold 48+24 = <<48+24=72>>72 rolls.",
    "licence": "Apache-2.0",
}
"""A row like those of GSM8K."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function's place, length in lines and complexity."""

    module: str
    name: str
    line: int
    length: int
    complexity: int


@cache
def sources() -> Mapping[str, Path]:
    """Every module of the project by its dotted name."""
    paths = (*(SRC / "caco").rglob("*.py"), *(SRC / "caco_recipes").rglob("*.py"))
    return {".".join(p.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): p for p in sorted(paths)}


def room_of(module: str) -> str:
    """The room of a module: its folder below `caco` or `caco.backends`; a file on the ground floor is its own."""
    parts = module.split(".")
    if parts[0] != "caco" or len(parts) == 1:
        return parts[0]
    return ".".join(parts[1:3]) if parts[1] == EFFECTS and len(parts) > 3 else parts[1]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def lines_of_rooms() -> Counter[str]:
    """Lines of each room."""
    counted: Counter[str] = Counter()
    for module, path in sources().items():
        counted[room_of(module)] += path.read_text(encoding="utf-8").count("\n")
    return counted


def imports(path: Path) -> Iterator[str]:
    """The project's modules that a file imports when it runs."""
    for node in running(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in sources())
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from ((whole if whole in sources() else node.module),) if node.module in sources() else ()


def running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from running(child)


def circles() -> list[tuple[str, str]]:
    """Pairs of rooms that import each other, directly or by way of others."""
    below: dict[str, set[str]] = defaultdict(set)
    for module, path in sources().items():
        if module != "caco":  # its names are looked up when they are asked for
            below[room_of(module)] |= {room_of(found) for found in imports(path)} - {room_of(module), "caco"}
    reached = {room: reach(room, below) for room in list(below)}
    return sorted((a, b) for a in reached for b in reached[a] if a < b and a in reached.get(b, set()))


def reach(room: str, below: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(below[room])
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += below.get(one, ())
    return found


@cache
def functions() -> tuple[Function, ...]:
    """Every function, with its complexity."""
    found = [
        Function(module, node.name, node.lineno, (node.end_lineno or 0) - node.lineno + 1, complexity(node))
        for module, path in sources().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return tuple(found)


def complexity(function: ast.AST) -> int:
    """Branches of a function, as told at the top."""
    branches = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension, ast.Assert)
    count = 1
    for node in own(function):
        count += isinstance(node, (*branches, ast.match_case))
        count += len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0
    return count


def own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from own(child)


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[int(len(values) * share)]


def row_path() -> dict[str, set[str]]:
    """The modules that one row passes from its line to the published row, each with the functions that ran.

    Counted are stages, what they call, and the backends behind their ports in this process, whose threads may have
    worked for it; not what places rows, stores them or opens backends. Nothing is remembered of other rows.
    """
    from caco import apply as kernel
    from caco.backends.opening import open_ports
    from caco.plan import RunConfig
    from caco.ports import ExecuteRequest, GradeRequest
    from caco.records import Line, Row
    from caco.stage import PortStage
    from caco_recipes.quickstart import quickstart

    passed: dict[str, set[str]] = defaultdict(set)

    def seen(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # A class body or module that is run on import is no step of the row's.
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(str(SRC)):
            passed[str(Path(code.co_filename).relative_to(SRC))].add(code.co_name)

    config: RunConfig = quickstart(isolation="process", fresh=2)
    made: dict[str, list[Row]] = {}
    warm = {
        "sandbox": ExecuteRequest(code="input = {}\noutput = 1\n"),
        "grader": GradeRequest(gold="1", prediction="2"),
    }
    threading.setprofile(seen)  # for the threads that backends start
    with open_ports(config, 1) as ports:
        for name, request in warm.items():
            ports[name].run([request])
        passed.clear()
        rows: list[Row] = [Line(id="line", number=1, fields=json.dumps(ROW))]
        for step in config.steps:
            given = [row for taken in step.takes for row in made[taken]] if step.takes else rows
            port = ports[step.stage.port] if isinstance(step.stage, PortStage) else None
            sys.setprofile(seen)
            made[step.name] = kernel.apply(step.stage, given, port).rows
            sys.setprofile(None)
    threading.setprofile(None)
    assert made["export"], "the row did not come to its end"
    return passed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", action="store_true", help=f"list the functions above {MOST_COMPLEX_P90}")
    parser.add_argument("--path", action="store_true", help="list the modules that a row passes")
    options = parser.parse_args()
    rooms = lines_of_rooms()
    total = sum(rooms.values())
    print(f"{'room':24}{'lines':>7}{'share':>7}{'functions':>11}{'p90':>5}{'most':>6}")
    for room, lines in sorted(rooms.items(), key=lambda item: -item[1]):
        dense = [f.complexity for f in functions() if room_of(f.module) == room] or [0]
        print(f"{room:24}{lines:7}{lines / total:7.1%}{len(dense):11}{percentile(dense, 0.9):5}{max(dense):6}")
    every = [f.complexity for f in functions()]
    lengths = [f.length for f in functions()]
    print(f"{'all':24}{total:7}{'':7}{len(every):11}{percentile(every, 0.9):5}{max(every):6}")
    median, p90 = percentile(lengths, 0.5), percentile(lengths, 0.9)
    print(f"functions: {median} lines in median, {p90} at p90, {max(lengths)} at most")
    print(f"circles among rooms: {', '.join(f'{a} and {b}' for a, b in circles()) or 'none'}")
    passed = row_path()
    print(f"one row passes {len(passed)} modules")
    for module in sorted(passed) if options.path else ():
        print(f"  {module}")
    for f in sorted(functions(), key=lambda f: -f.complexity) if options.functions else ():
        if f.complexity > MOST_COMPLEX_P90:
            print(f"  {f.complexity:4} {f.module}:{f.line} {f.name}")


if __name__ == "__main__":
    main()
