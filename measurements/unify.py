"""Unification without a model: of the model-written programs that run and match gold, how many become Code CoTs.

    python measurements/unify.py [--limit N] [--workers N] [--show] [SOURCE ...]

Each program is first run as its source says (what it prints, a variable, a function, tests), and counts if its answer
is the gold answer. Then it is unified from its text and problem alone, executed again, and must give the same answer.
Prints a table by source: programs, those that run and match gold, those brought into the form, those that give the same
answer there, and the share of the second column; with --show also the reasons of the others.
"""

import argparse
import gzip
import json
import os
import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caco.backends.graders import LocalGrader
from caco.backends.sandboxes import execute
from caco.compilers.program import compile_program
from caco.compilers.tests import compile_tests
from caco.ports import GradeRequest
from caco.program import values
from caco.records import CodeCoT, Execution, Grade, Outcome, Seed, Status

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared"))
PREAMBLE = """from sympy import *
from math import *
import math, datetime
import numpy as np
def solve_it(equations, variable):
    found = solve(equations, variable, dict=True)
    return found[0] if found else {variable: None}
"""
USUAL = "import math, datetime\nimport numpy as np\n"
HARNESS = """
import ast, contextlib, io
def last_line(text):
    return (text.strip().splitlines() or [""])[-1]
def printed(code, names):
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code, names)
    return last_line(shown.getvalue())
def cells(code):
    names, answer = {"__name__": "__main__"}, None
    for cell in code.split("\\n# %%\\n"):
        try:
            tree = ast.parse(cell)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                exec(compile(tree, "cell", "exec"), names)
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
        except Exception:
            continue
        if value is not None or shown.getvalue().strip():
            answer = value if value is not None else last_line(shown.getvalue())
    return answer
"""
TYPING = "from typing import *\n"


@dataclass
class Item:
    """One program on its way through the benchmark."""

    row: dict[str, Any]
    source: str
    answer: str = ""
    """What it gave when run as its source says, as canonical JSON."""
    code: str = ""
    outcome: str = "does not match gold"


@dataclass
class Tally:
    """One line of the table."""

    programs: int = 0
    matched: int = 0
    formed: int = 0
    same: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def reference(row: dict[str, Any]) -> str:
    """A program whose `output` is the row's answer in the words of its source."""
    protocol, code, meta = row["meta"]["protocol"], row["code"], row["meta"]
    kind, _, name = protocol.partition(":")
    before = PREAMBLE if str(meta.get("preamble", "")).endswith("aqua") else USUAL if kind == "var" else ""
    if kind == "print":
        return f'{HARNESS}\noutput = printed({code!r}, {{"__name__": "__main__"}})'
    if kind == "cells":
        return f"{HARNESS}\noutput = cells({code!r})"
    if kind == "var":
        return f"{HARNESS}\nnames = {{'__name__': 'x'}}\nprinted({before + code!r}, names)\noutput = names[{name!r}]"
    if kind == "func":
        return f"{HARNESS}\nnames = {{'__name__': 'program'}}\nprinted({code!r}, names)\noutput = names[{name!r}]()"
    if kind == "func_io":
        cases = "\n".join(f"assert {t}" for t in io_conditions(row, name))
        return f"{code}\n{cases}\noutput = True"
    if kind == "tests":
        call = f"\ncheck({meta['entry_point']})" if meta.get("entry_point") else f"\ncheck({entry_point(row)})"
        tests = "\n".join(meta["tests"])
        return f"{TYPING}{code}\n{tests}{call if 'def check(' in tests else ''}\noutput = True"
    if kind == "codeio":
        maker = meta["input_generator"]
        return f"from random import Random\n{TYPING}{maker}\nimport random\n{code}\n" + textwrap.dedent(
            """
            import copy
            given = generate_inputs(random.Random(0))
            output = [given, main_solution(**copy.deepcopy(given))]
            """
        )
    raise ValueError(f"unknown protocol {protocol}")


def entry_point(row: dict[str, Any]) -> str:
    found = [f for text in (row["code"], row["problem"]) for f in re.findall(r"^def (\w+)\(", text, re.MULTILINE)]
    return found[-1] if found else "candidate"


def io_conditions(row: dict[str, Any], name: str) -> list[str]:
    pairs = zip(row["meta"]["inputs"], row["meta"]["outputs"], strict=True)
    return [f"{name}({given}) == {result}" for given, result in pairs]


def gold(row: dict[str, Any]) -> str:
    """The gold answer as text; a letter stands for its option."""
    answer = row["answer"]
    letter = re.fullmatch(r"\(?([a-eA-E])\)?", answer.strip())
    for option in row["meta"].get("options") or []:
        match = re.match(r"\(?([a-eA-E])\)\s*(.*)", option)
        if letter and match and match[1].lower() == letter[1].lower():
            return match[2]
    return answer


def seed_of(item: Item) -> Seed:
    """What the unifier is given: the problem, the program and, where there are any, its tests."""
    row, kind = item.row, item.row["meta"]["protocol"].partition(":")[0]
    tests: Iterable[str] = ()
    if kind == "func_io":
        tests = [f"assert {t}" for t in io_conditions(row, "f")]
    elif kind == "tests":
        tests = row["meta"]["tests"]
    elif kind == "codeio":
        given, result = plain(values.decode(item.answer))
        tests = [f"assert main_solution({', '.join(f'{k}={v!r}' for k, v in given.items())}) == {result!r}"]
    return Seed(id=row["id"], problem=row["problem"], answer=gold(row), code=row["code"], tests=tuple(tests))


def plain(value: Any) -> Any:
    """A value with numbers of numpy as Python's own."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(plain(v) for v in value)
    return value.item() if hasattr(value, "item") else value


def load(names: list[str], limit: int) -> Iterator[Item]:
    for path in sorted((SHARED / "data" / "programs").glob("*.jsonl.gz")):
        source = path.name.removesuffix(".jsonl.gz")
        if names and not any(n in source for n in names):
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        for row in rows[:: max(1, len(rows) // limit)] if limit else rows:
            yield Item(row, source)


def graded(pairs: list[tuple[str, str, bool]]) -> list[bool]:
    """Whether each prediction (canonical JSON) is equal to its gold (canonical JSON where the flag is set)."""
    requests = [GradeRequest(gold=g, prediction=p, typed_gold=typed, typed_prediction=True) for g, p, typed in pairs]
    grades = LocalGrader().run(requests)
    return [
        shown(p) == (shown(g) if typed else g) or (isinstance(grade, Grade) and grade.verdict is Outcome.EQUAL)
        for (g, p, typed), grade in zip(pairs, grades, strict=True)
    ]


def shown(typed: str) -> str:
    return values.show(values.decode(typed))


def run_references(items: list[Item], workers: int) -> list[Item]:
    """The items that run and match gold, with their answers."""
    free = any(i.row["meta"]["protocol"] == "codeio" for i in items)  # only these draw random numbers
    ran = execute([reference(i.row) for i in items], workers=workers or None, repeat=free)
    good = [e.deterministic if free else e.status is Status.OK for e in ran]
    done = [(i, e) for i, e, fine in zip(items, ran, good, strict=True) if fine and e.output != "null"]
    for item, execution in done:
        item.answer = execution.output
    tested = [i for i, e in done if by_tests(i.row)]
    compared = [i for i, e in done if not by_tests(i.row)]
    verdicts = graded([(gold(i.row), i.answer, False) for i in compared])
    return tested + [i for i, same in zip(compared, verdicts, strict=True) if same]


def by_tests(row: dict[str, Any]) -> bool:
    return row["meta"]["protocol"].partition(":")[0] in ("tests", "func_io", "codeio")


def unify(items: list[Item], workers: int) -> None:
    """Compile, execute and compare; each item's outcome says how far it came."""
    formed: list[tuple[Item, CodeCoT]] = []
    for item in items:
        try:
            seed = seed_of(item)
            made = compile_tests(seed) if seed.tests else compile_program(seed)
        except Exception as error:  # noqa: BLE001 - a fault of the compiler is a line of the table
            item.outcome = f"fault: {error!r}"
            continue
        if isinstance(made, CodeCoT):
            item.code = made.code
            formed.append((item, made))
        else:
            item.outcome = made.detail
    ran = execute([c.code for _, c in formed], workers=workers or None)
    expected = [(c.gold, False) if by_tests(i.row) else (i.answer, True) for i, c in formed]
    verdicts = graded([(g, e.output or "null", typed) for (g, typed), e in zip(expected, ran, strict=True)])
    for (item, _), execution, same in zip(formed, ran, verdicts, strict=True):
        item.outcome = outcome(execution, same)


def outcome(execution: Execution, same: bool) -> str:
    if execution.status is not Status.OK:
        fault = f"{execution.fault.type}: {execution.fault.message}" if execution.fault else ""
        return f"executed: {execution.status} {fault}"
    return "same" if same else "executed: another answer"


def tally(items: list[Item]) -> Tally:
    found = Tally(matched=len(items))
    for item in items:
        found.formed += bool(item.code)
        found.same += item.outcome == "same"
        if item.outcome != "same":
            reason = re.sub(r"`\w+`|'[^']*'", "...", item.outcome)[:90]
            found.reasons[reason] += 1
            found.examples[reason].append(item.row["id"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", help="parts of the names of the files; all where none is given")
    parser.add_argument("--limit", type=int, default=0, help="at most about so many programs of each source")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print the reasons, with examples")
    options = parser.parse_args()
    by_source: dict[str, list[Item]] = defaultdict(list)
    for item in load(options.sources, options.limit):
        by_source[item.source].append(item)
    print(f"{'source':34}{'programs':>9}{'match gold':>11}{'in form':>9}{'same answer':>12}{'share':>8}")
    total = Tally()
    for source, items in by_source.items():
        matched = run_references(items, options.workers)
        unify(matched, options.workers)
        line = tally(matched)
        line.programs = len(items)
        print_line(source, line)
        for reason, count in line.reasons.most_common(12) if options.show else ():
            print(f"      {count:5}  {reason}   {' '.join(line.examples[reason][:3])}")
        for name in ("programs", "matched", "formed", "same"):
            setattr(total, name, getattr(total, name) + getattr(line, name))
    print_line("all", total)


def print_line(name: str, line: Tally) -> None:
    share = f"{line.same / line.matched:.1%}" if line.matched else "-"
    print(f"{name:34}{line.programs:9}{line.matched:11}{line.formed:9}{line.same:12}{share:>8}", flush=True)


if __name__ == "__main__":
    main()
