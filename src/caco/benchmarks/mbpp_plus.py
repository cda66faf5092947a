"""MBPP+: MBPP with many more inputs (Liu et al. 2023, arXiv 2305.01210), 378 items, Apache-2.0.

The reference program says what the function must return on each input; 10 items are left out whose inputs are no JSON
(tuples, complex numbers, infinity) or whose reference returns an object that equals nothing else.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caco.benchmark import TESTS, Benchmark
from caco.records import Seed

_TESTS = """import copy, math
_reference = {{"__name__": "reference"}}
exec({code!r}, _reference)
def _same(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)
    return a == b
for _inputs in {inputs!r}:
    assert _same(_reference[{name!r}](*copy.deepcopy(_inputs)), {name}(*copy.deepcopy(_inputs))), _inputs
"""


_LEFT_OUT = frozenset(f"mbppplus-{number}" for number in (106, 124, 252, 404, 580, 599, 720, 737, 787, 794))


def _can_be_judged(fields: Mapping[str, Any]) -> bool:
    return fields["id"] not in _LEFT_OUT


def _with_inputs(seed: Seed, fields: Mapping[str, Any]) -> Seed:
    meta = fields["meta"]
    tests = _TESTS.format(code=seed.code, inputs=meta["inputs"], name=meta["entry_point"])
    return replace(seed, problem=seed.problem.strip('"\n '), answer=tests, code="", tests=())


BENCHMARK = Benchmark(
    name="mbpp_plus",
    title="MBPP+",
    file="mbpp_plus.jsonl.gz",
    answer_type=TESTS,
    is_item=_can_be_judged,
    read=_with_inputs,
    note="Write the whole function, with its imports.",
)
