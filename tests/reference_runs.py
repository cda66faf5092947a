"""Three runs whose rows may only change on purpose: their digests lie in tests/data/reference/digests.json.

A change that means to alter rows takes new digests in the same commit, and CHANGELOG says what rows changed and why:

    python tests/reference_runs.py            # prints the digests of all steps, and marks those that differ
    python tests/reference_runs.py --write    # takes them over
    python tests/reference_runs.py --record   # asks the stand-in model anew first (prompts or requests changed)
"""

import hashlib
import json
import sqlite3
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import caco
import examinees

HOME = Path(__file__).parent / "data" / "reference"
DIGESTS = HOME / "digests.json"
SEEDS = HOME / "seeds.jsonl"
"""Two shipped seeds of each domain, a broken line, a repeated line and a seed without a computation."""
MODELLED_SEEDS = HOME / "modelled_seeds.jsonl"
CALLS = HOME / "calls.jsonl"
"""The call log of the two runs that ask models, as lines of JSON: the stand-ins of `brain` and `examinees` spoke."""
WORKERS = {"workers": 2, "isolation": "process"}


def quickstart(folder, log):
    """Every step that the recipe can have."""
    (folder / "leaks.jsonl").write_text(SEEDS.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    return {
        **WORKERS,
        "seeds": str(SEEDS),
        "fresh": 3,
        "links": 3,
        "transforms": "distractor,extension,inversion,loops,reformulation,restructuring",
        "difficulty": "0,30",
        "stricter": "statements>=1",
        "duplicates": "behaviour=1",
        "decontaminate": str(folder / "leaks.jsonl"),
        "part_rows": 10,
    }


def paper(folder, log):
    """Every role, with repair, controls and a judge of another name."""
    return {
        **WORKERS,
        "seeds": str(MODELLED_SEEDS),
        "model": {"model": "brain-7b", **log},
        "judge": {"model": "juror-1b"},
        "compile_first": False,
        "fresh": 1,
        "controls_rate": 0.7,
        "part_rows": 5,
    }


def evaluate(folder, log):
    """Three kinds of benchmarks, and the same items with fresh numbers."""
    return {
        **WORKERS,
        "model": {"model": "examinee", **log},
        "benchmarks": examinees.NAMES,
        "data": str(examinees.write(folder / "benchmarks")),
        "samples": 2,
        "temperature": 1.0,
        "fresh": 2,
        "part_rows": 3,
    }


RUNS = {"quickstart": quickstart, "paper": paper, "evaluate": evaluate}


def digests(name, folder):
    """For each step of a reference run: how many rows it made and rejected, and digests of their content and bytes."""
    log = folder / "calls.sqlite"
    replayed(log)
    settings = RUNS[name](folder, {"backend": "replay", "log": str(log)})
    run = caco.run(name, settings=settings, runs=folder / "runs")
    return {entry.name: told(run.path / entry.table) for entry in run.manifest.steps}


def told(table):
    """The parts of a table, rows and rejections, in the order of their names."""
    content, files = hashlib.blake2b(digest_size=8), hashlib.blake2b(digest_size=8)
    count = dict.fromkeys(("rows", "rejected"), 0)
    for path in sorted(table.rglob("*.parquet")):
        place = str(path.relative_to(table))
        rows = pq.read_table(path).to_pylist()
        content.update(json.dumps([place, rows], sort_keys=True).encode())
        files.update(path.read_bytes())
        count[path.parent.name] += len(rows)
    return {**count, "content": content.hexdigest(), "bytes": files.hexdigest()}


def replayed(path):
    """The recorded calls as a call log."""
    from caco.backends.generators.call_log import CallLog

    CallLog(path).close()
    rows = [json.loads(line) for line in CALLS.read_text(encoding="utf-8").splitlines()]
    with sqlite3.connect(path) as database:
        database.executemany("INSERT OR IGNORE INTO calls VALUES (?, ?, ?, ?, ?, ?, 0, 0)", rows)
    database.close()


def record(folder):
    """Ask the stand-ins, each behind a real server, and keep what they said."""
    from brain import Brain
    from served import ModelServer

    log = folder / "recorded.sqlite"
    for name, model in (("paper", Brain()), ("evaluate", examinee)):
        with ModelServer(model) as server:
            settings = RUNS[name](folder, {"url": server.url, "log": str(log)})
            caco.run(name, settings=settings, runs=folder / "recorded")
    with sqlite3.connect(log) as database:
        rows = database.execute(
            "SELECT key, role, model, reply, tokens_in, tokens_out FROM calls ORDER BY key"
        ).fetchall()
    database.close()
    CALLS.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def examinee(body):
    """Right on even sums more often than on odd ones."""
    from caco.ports import GenerateRequest, Message, Sampling

    turns = tuple(Message(role=m["role"], content=m["content"]) for m in body["messages"])
    said = examinees.wavers(GenerateRequest(messages=turns, sampling=Sampling(n=body.get("n", 1))))
    return said if len(said) == body.get("n", 1) else list(said) * body.get("n", 1)


def measured(name, folder):
    """The digests of one reference run, and the pyarrow that wrote its bytes."""
    return {"pyarrow": pa.__version__, "steps": digests(name, folder)}


def main(words):
    """Print what differs from the digests on record; take it over where that is asked for."""
    before = json.loads(DIGESTS.read_text(encoding="utf-8")) if DIGESTS.exists() else {}
    now = {}
    with tempfile.TemporaryDirectory() as home:
        if "--record" in words:
            record(Path(home))
        for name in RUNS:
            folder = Path(home) / name
            folder.mkdir()
            now[name] = measured(name, folder)
            there = before.get(name, {}).get("steps", {})
            for step, found in now[name]["steps"].items():
                print(" " if found == there.get(step) else "*", name, step, found)
    if words:
        DIGESTS.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
