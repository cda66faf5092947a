import random

import pytest

from caco.program.form import parse
from caco.transforms.faults import mutants


def code(body: str) -> str:
    return f'input = {{"a": 4, "b": 7}}\n\ndef solve(a, b):\n    {body}\n\noutput = solve(**input)\nprint(output)\n'


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return a + b", {"return a - b"}),
        ("return a - b", {"return a + b", "return b - a"}),
        ("return a / len(b)", {"return a * len(b)", "return len(b) / a"}),
        ("return (a + b) / 2", {"return (a - b) / 2", "return (a + b) * 2", "return (a + b) / 3"}),
        ("return a < b", {"return a <= b"}),
        ("return a >= b", {"return a > b"}),
        ("return a if a > b else b", {"return a if a >= b else b", "return a if not (a > b) else b"}),
    ],
)
def test_every_way_to_take_another_step(body: str, changed: set[str]) -> None:
    made = mutants(code(body), random.Random(0))
    assert {parse(m.code).code.split("\n")[3].strip() for m in made} == changed
    assert all(m.fault.endswith("in line 4 of the program") for m in made)


def test_the_comment_on_a_changed_condition_goes() -> None:
    branch = code("# More were sold than bought.\n    if a > b:\n        return b\n    return a")
    made = mutants(branch, random.Random(0))
    assert {"if not (a > b):", "if a >= b:"} == {m.code.split("\n")[3].strip() for m in made}
