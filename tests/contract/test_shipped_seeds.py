"""Every seed that ships: complete, compiled, executed, graded, and unlike the others."""

import json
from collections import Counter
from pathlib import Path

import pytest

import caco
from caco.program.fingerprint import graph_fingerprint
from caco.records import CodeCoT, Outcome, Seed, Status
from caco.stages.unify import compiling

DATA = Path(caco.__file__).parent / "seeds"
ROWS = [
    json.loads(line) for file in sorted(DATA.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()
]
KEYS = {"id", "problem", "answer", "solution", "code", "domain", "licence", "tags"}


@pytest.fixture(scope="module")
def compiled():
    return [compiling()(seed_of(row)) for row in ROWS]


def seed_of(row):
    fields = {k: row[k] for k in ("problem", "answer", "solution", "code", "domain", "licence")}
    return Seed(id=row["id"], source="caco", source_id=row["id"], tags=tuple(row["tags"]), **fields)


def test_there_are_enough_of_enough_kinds():
    families = Counter(row["domain"] for row in ROWS)
    assert len(ROWS) >= 240 and len(families) >= 10
    assert min(families.values()) >= 20


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_seed_is_complete(row):
    assert set(row) == KEYS and all(row.values())
    assert row["id"].startswith(f"{row['domain']}-") and row["licence"] == "CC0-1.0" and len(row["tags"]) >= 2
    assert row["solution"].endswith(f"The answer is {row['answer']}.")
    assert row["problem"].rstrip()[-1] in "?.!)"


def test_ids_and_texts_are_unique():
    assert len({row["id"] for row in ROWS}) == len({row["problem"] for row in ROWS}) == len(ROWS)


def test_every_seed_compiles_runs_and_grades_to_its_answer(compiled):
    assert [row["id"] for row, c in zip(ROWS, compiled, strict=True) if not isinstance(c, CodeCoT)] == []
    executions = caco.execute([c.code for c in compiled], repeat=True)
    wrong = []
    for row, execution in zip(ROWS, executions, strict=True):
        ok = execution.status is Status.OK and execution.deterministic
        if not ok or caco.grade(row["answer"], execution.stdout.strip()).verdict != Outcome.EQUAL:
            wrong.append((row["id"], execution.status, execution.stdout, execution.fault))
    assert wrong == []


def test_nearly_every_seed_can_vary(compiled):
    fixed = [row["id"] for row, c in zip(ROWS, compiled, strict=True) if not c.varies]
    assert len(fixed) <= 0.1 * len(ROWS), fixed


def test_no_two_seeds_are_one_computation(compiled):
    graphs = Counter(graph_fingerprint(c.code) for c in compiled)
    repeated = sum(n - 1 for n in graphs.values())
    assert repeated <= 0.05 * len(ROWS)
