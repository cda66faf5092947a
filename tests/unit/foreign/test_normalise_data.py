"""Normalising real model-written programs: the form or a reason, never another error, and twice is once."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from caco.foreign.normalise import normalise
from caco.program.fingerprint import features, graph_fingerprint, reaching_inputs, tree_fingerprint
from caco.program.form import FormError, parse

FOLDER = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[4] / "shared")) / "data" / "programs"
SOURCES = ["pal", "pot", "tora", "loong", "mathcoder_math", "mathcoder_gsm8k", "mint_math", "faithful_cot_gsm8k"]
EACH = 30
WANTED = 0.95


def programs(source: str) -> Iterator[tuple[str, str]]:
    path = FOLDER / f"{source}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no data at {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    good = [r for r in rows if r["meta"]["parses"] and r["meta"].get("recorded_correct") is not False]
    yield from ((r["code"], r["problem"]) for r in good[:: max(1, len(good) // EACH)])


@pytest.mark.parametrize("source", SOURCES)
def test_programs_of_a_source_reach_the_form(source: str) -> None:
    reached, count = 0, 0
    for code, problem in programs(source):
        count += 1
        try:
            unified = normalise(code, problem)
        except FormError:
            continue
        reached += 1
        program = parse(unified)
        assert normalise(unified) == unified
        assert reaching_inputs(program) <= set(program.inputs)
        assert features(program).statements > 0
        assert tree_fingerprint(unified) and graph_fingerprint(unified, values=True)
    assert reached >= WANTED * count
