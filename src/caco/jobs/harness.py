"""Benchmarks as tasks of other evaluation programs (lm-evaluation-harness, lighteval), judged by our own stages."""

import atexit
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from caco.apply import Port, apply
from caco.backends import sources
from caco.backends.graders import LocalGrader
from caco.backends.sandboxes import open_sandbox
from caco.benchmark import benchmark_of
from caco.config import SourceConfig
from caco.errors import ConfigError, unknown
from caco.plugins import find
from caco.ports import Completion
from caco.records import Problem, Verdict
from caco.stages import evaluate as stages
from caco.store.files import write_bytes

FORMS: Mapping[str, tuple[str, ...]] = {
    "lm-eval": ("caco_grading.py", "task.yaml"),
    "lighteval": ("caco_lighteval.py",),
}
"""Evaluation programs, each with the files that its tasks take beside the items."""


def write_tasks(to: str, benchmarks: list[str], data: str, out: Path, *, limit: int = 0) -> list[Path]:
    """Write benchmarks as tasks of `to` into the new folder `out`: `data/NAME/test.jsonl`, and the program's own files.

    Raises ConfigError.
    """
    if to not in FORMS:
        raise unknown("evaluation program", to, FORMS)
    if out.exists():
        raise ConfigError(f"{out} is there already; give a new folder")
    items = {name: _items(name, data, limit) for name in benchmarks}  # all are read before anything is written
    written: dict[Path, str] = {}
    for name, lines in items.items():
        written[out / "data" / name / "test.jsonl"] = "".join(f"{line}\n" for line in lines)
        if to == "lm-eval":
            written[out / f"caco_{name}.yaml"] = _rendered("task.yaml", name=name)
    for file in FORMS[to]:
        if file.endswith(".py"):
            written[out / file] = _rendered(file)
    for path, text in written.items():
        write_bytes(path, text.encode())
    return list(written)


def _items(name: str, data: str, limit: int) -> list[str]:
    """A benchmark's problems, one JSON object a line; rows that cannot be read are left out."""
    benchmark = find("benchmark", name)
    benchmarks = {name: benchmark}
    lines = sources.read_lines(SourceConfig(path=data, benchmarks=(name,), limit=limit))
    problems = apply(stages.pose(benchmarks), apply(stages.items(benchmarks), lines).rows).rows
    return [_line(problem, benchmark.note) for problem in problems if isinstance(problem, Problem)]


def _line(problem: Problem, note: str) -> str:
    text = f"{problem.question}\n\n{note}" if note else problem.question
    fields = {"id": problem.source, "problem": text, "answer": problem.answer, "answer_type": problem.answer_type}
    return json.dumps(fields, ensure_ascii=False)


def _rendered(file: str, **fields: str) -> str:
    text = (files("caco.jobs") / "harness_files" / f"{file}.j2").read_text(encoding="utf-8")
    return jinja2.Environment(keep_trailing_newline=True, autoescape=False).from_string(text).render(fields)


def judge(item: Mapping[str, Any], reply: str) -> str:
    """`right`, `wrong` or `undecided`: a reply to an item of `write_tasks`, through the stages of `caco evaluate`."""
    name = benchmark_of(item["id"])
    benchmarks = {name: find("benchmark", name)}
    problem = Problem(
        id=item["id"],
        question=item["problem"],
        answer=item["answer"],
        answer_type=item["answer_type"],
        source=item["id"],
    )
    read = stages.read_replies(problem, Completion(texts=(reply,), finish=("stop",)), num=1, author="")
    tested = apply(stages.run_tests(), [read], _ports()["sandbox"]).rows
    (verdict,) = apply(stages.mark(benchmarks), tested, _ports()["grader"]).rows
    assert isinstance(verdict, Verdict)
    return verdict.trust


@cache
def _ports() -> Mapping[str, Port]:
    """One of each for the process, opened with the first reply."""
    grader, sandbox = LocalGrader(), open_sandbox(workers=1)
    atexit.register(grader.close)
    atexit.register(sandbox.close)
    return {"grader": grader, "sandbox": sandbox}
