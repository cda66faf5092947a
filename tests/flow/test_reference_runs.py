"""Rows change on purpose only: the reference runs give the rows on record, to the byte."""

import json

import pyarrow as pa
import pytest

import reference_runs


@pytest.mark.parametrize("name", reference_runs.RUNS)
def test_a_reference_run_gives_the_rows_on_record(name, tmp_path):
    recorded = json.loads(reference_runs.DIGESTS.read_text(encoding="utf-8"))[name]
    same_writer = recorded["pyarrow"] == pa.__version__
    kept = ("rows", "rejected", "content", *(("bytes",) if same_writer else ()))
    found = reference_runs.digests(name, tmp_path)
    expected = recorded["steps"]
    assert list(found) and set(found) == set(expected)
    differing = [step for step in found if any(found[step][kind] != expected[step][kind] for kind in kept)]
    assert not differing, f"{name}: {', '.join(differing)}: see tests/reference_runs.py"
