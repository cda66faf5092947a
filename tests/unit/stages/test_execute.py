"""Executing: what stands in for the second run of transformed arithmetic."""

from dataclasses import replace

import pytest

import caco
from caco.records import CodeCoT, Execution, Reason
from caco.stage import Reject
from caco.stages.execute import execute

CODE = "input = {'a': 7, 'b': 2}\n\ndef solve(a, b):\n    return a / b\n\noutput = solve(**input)\nprint(output)\n"
TEST = CODE.replace("a / b", "a > b")
LOOP = CODE.replace("return a / b", "return sum(a for _ in range(b))")


@pytest.mark.parametrize(
    ("code", "transform", "twice"),
    [(CODE, "", True), (CODE, "fresh_inputs", False), (LOOP, "fresh_inputs", True), (TEST, "fresh_inputs", True)],
)
def test_arithmetic_of_a_transform_runs_once_beside_exact_arithmetic(code: str, transform: str, twice: bool) -> None:
    stage, cot = execute(), CodeCoT(code=code, transform=transform)
    (request,) = stage.ask(cot)
    assert request.repeat is twice
    (run,) = caco.execute([code], trace=True, repeat=twice)
    kept = stage.read(cot, [run])
    assert isinstance(kept, Execution)
    assert ("twice, under two hash seeds" in kept.checks[0].evidence) is twice


def test_a_run_that_is_not_what_exact_arithmetic_gives_ends() -> None:
    (run,) = caco.execute([CODE], trace=True)
    made = execute().read(CodeCoT(code=CODE, transform="fresh_inputs"), [replace(run, output="3.25")])
    assert made == Reject(Reason.NOT_DETERMINISTIC, "the run gave 3.25, exact arithmetic 7/2")
