from fractions import Fraction

import pytest

from caco.instances.arithmetic import predictor
from caco.instances.bounds import values_of
from caco.program.values import decode
from caco.records import Execution

FORM = "input = {inputs}\n\n{functions}\n\noutput = solve(**input)\nprint(output)\n"


def predicted(inputs: dict[str, object], functions: str) -> dict[str, list[object]] | None:
    run = predictor(FORM.format(inputs=inputs, functions=functions))
    return run(inputs) if run else None


def test_every_value_is_exact_and_has_its_name_or_place() -> None:
    body = "def solve(price, share):\n    kept = price * 3 - 1\n    part = kept * share\n    return part / 3"
    values = predicted({"price": 0.1, "share": 0.5}, body)
    assert values is not None
    assert values["kept"] == [Fraction(-7, 10)]
    assert values["part"] == [Fraction(-7, 20)]
    assert values["output"] == [Fraction(-7, 60)]
    assert values["4:11-20"] == [Fraction(3, 10)], "0.1 * 3 stands inside of a larger expression"


def test_functions_of_the_program_call_each_other() -> None:
    functions = (
        "def half(x):\n    return x / 2\n\n"
        "def solve(n):\n    if n > 10:\n        n = half(x=n)\n    return max(n, 3) + half(4)"
    )
    assert predicted({"n": 40}, functions) == {"n": [40, 20], "output": [22], "9:11-30": [22], "4:11-16": [20, 2]}


@pytest.mark.parametrize(
    "functions",
    [
        "def solve(n):\n    return sum(range(n))",
        "def solve(n):\n    for i in range(n):\n        n += i\n    return n",
        "def solve(n):\n    return open(n)",
        "def solve(n):\n    return n.real",
        "def solve(n, *rest):\n    return n",
        "def other(n):\n    return n\n\ndef solve(n):\n    return other(m=n)",
    ],
)
def test_anything_but_arithmetic_has_no_prediction(functions: str) -> None:
    assert predicted({"n": 3}, functions) is None


@pytest.mark.parametrize(
    "functions", ["def solve(n):\n    return 1 / (n - 3)", "def solve(n):\n    return 9 ** n ** 9"]
)
def test_no_value_is_no_run(functions: str) -> None:
    assert predicted({"n": 3}, functions) is None


def test_predictions_are_what_the_sandbox_finds(own_seeds: list[Execution], gsm8k: list[Execution]) -> None:
    """Exact arithmetic and the program's floats agree on every value of every program that is predicted."""
    compared = 0
    for execution in (*own_seeds, *gsm8k):
        run = predictor(execution.codecot.code)
        values = run(decode(execution.inputs)) if run else None
        if values is None:
            continue
        for name, seen in values_of(execution).items():
            assert [float(v) for v in values[name]] == pytest.approx([float(v) for v in seen], rel=1e-9), name
            compared += 1
    assert compared > 1500


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(n):\n        for j in range(n):\n            for k in range(n):\n                x = i + j",
        "for i in range(n ** 9):\n        x = x + 1",
        "for i in range(n):\n        x = x * x",
        "for i in range(n):\n        x = x + 1 / x",
    ],
)
def test_a_loop_that_no_time_would_hold_is_given_up(body):
    code = FORM.format(inputs="{'n': 2, 'x': 1}", functions=f"def solve(n, x):\n    {body}\n    return x")
    run = predictor(code, loops=True)
    assert run({"n": 2, "x": 1}) is not None
    assert run({"n": 900, "x": 3}) is None
