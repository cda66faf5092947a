"""Programs of the package's own seeds and of GSM8K, run in the real sandbox."""

import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from caco.backends.sandboxes import Limits, open_sandbox
from caco.compilers.marks import compile_marks
from caco.ports import ExecuteRequest, Failure
from caco.program.form import parse
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Seed, Status
from caco.text.template import tie

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[3] / "shared"))
Run = Callable[[Sequence[CodeCoT]], list[Execution]]


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Runs programs in the sandbox, traced; ids are places in the list."""
    sandbox = open_sandbox(limits=Limits(cpu_s=1))

    def execute(cots: Sequence[CodeCoT]) -> list[Execution]:
        replies = sandbox.run([ExecuteRequest(code=cot.code, trace=True) for cot in cots])
        assert not [reply for reply in replies if isinstance(reply, Failure)]
        return [
            replace(reply, codecot=cot, id=f"row {number}")
            for number, (cot, reply) in enumerate(zip(cots, replies, strict=True))
        ]

    yield execute
    sandbox.close()


@pytest.fixture(scope="session")
def own_seeds(run: Run) -> list[Execution]:
    """The runs of all programs that ship with the package."""
    rows = [
        json.loads(line)
        for path in sorted(files("caco.seeds").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".jsonl")
        for line in path.read_text("utf-8").splitlines()
    ]
    ties = [tie(row["problem"], parse(row["code"]).inputs) for row in rows]
    cots = [
        CodeCoT(code=row["code"], text=tied.template, varies=tied.varies, seeds=(row["id"],))
        for row, tied in zip(rows, ties, strict=True)
    ]
    return run(cots)


@pytest.fixture(scope="session")
def gsm8k(run: Run) -> list[Execution]:
    """The runs of 200 programs compiled from GSM8K train that give the gold answer."""
    path = SHARED / "data" / "problems" / "gsm8k_train.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no GSM8K at {path}; set CACO_SHARED")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines][:300]
    seeds = [Seed(id=r["id"], problem=r["problem"], solution=r["solution"], answer=r["answer"]) for r in rows]
    cots = [cot for cot in map(compile_marks, seeds) if isinstance(cot, CodeCoT)]
    runs = [row for row in run(cots) if row.status is Status.OK]
    return [row for row in runs if float(decode(row.output)) == float(row.codecot.gold.replace(",", ""))][:200]
