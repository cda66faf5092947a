from fractions import Fraction

import pytest

from caco.instances.arithmetic import UnpredictableError, exact, exact_output, predictor
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


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ("return n + 2", 9),
        ("return -n + +n - n", -7),
        ("return n / 2", Fraction(7, 2)),
        ("return n * 2 / 7", 2),
        ("return n // 2", 3),
        ("return n % 4", 3),
        ("return n ** 2", 49),
        ("return 2 ** -n", Fraction(1, 128)),
        ("return n ** 64", 7**64),
        ("return n ** 65", None),
        ("return n ** -65", None),
        ("return n ** 0.5", None),
        ("return (10 ** 9) ** 2", 10**18),
        ("return (10 ** 9 + 1) ** 2", None),
        ("return n ** True", 7),
        ("return n + True", 8),
        ("return (n > 7) + (n >= 7) + (n < 7) + (n <= 7) + (n == 7) + (n != 7)", 3),
        ("return 5 if n == 7 else 6", 5),
        ("return 5 if not n else 6", 6),
        ("return abs(-n) + min(n, 2) + max(n, 8) + round(n / 3)", 19),
        ("return int(n / 2) + math.floor(n / 2) + math.ceil(n / 2)", 10),
        ("return Fraction(n, 3)", Fraction(7, 3)),
        ("return 0.1 + 0.2", Fraction(3, 10)),
        ("return round(n, ndigits=1)", None),
        ("return n < 9 < 10", None),
        ("return n and 3", None),
        ("return 'text'", None),
        ("return None", None),
        ("return", None),
        ("n = 3", None),
        ("x = n\n    x -= 3\n    return x", 4),
        ("x = y = n\n    return x", None),
        ("x, y = n, n\n    return x", None),
        ("'''told'''\n    if n > 3:\n        return 1\n    elif n > 2:\n        return 2\n    return 3", 1),
        ("if n < 3:\n        return 1\n    else:\n        x = 2\n    return x", 2),
        ("if n < 3:\n        x = 2\n    return x", None),
        ("return missing", None),
        ("return 10.0 ** 15", 10**15),
        ("return 999999999999999.0", 10**15 - 1),
        ("return 1e15", None),
    ],
)
def test_what_arithmetic_makes_of_seven(body: str, output: object) -> None:
    code = FORM.format(
        inputs={"n": 7}, functions=f"import math\nfrom fractions import Fraction\n\ndef solve(n):\n    {body}"
    )
    assert exact_output(code) == output
    assert type(exact_output(code)) is type(output)


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("import math", True),
        ("from fractions import Fraction", True),
        ("import random", False),
        ("LIMIT = 3", False),
        ("class Thing:\n    pass", False),
        ("def other(a, b=2):\n    return a", False),
        ("def other(*, a):\n    return a", False),
        ("def other(a, /):\n    return a", False),
        ("def other(**a):\n    return 1", False),
        ("def other(a):\n    return a[0]", False),
        ("def other(a):\n    return a", True),
    ],
)
def test_what_may_stand_beside_the_entry(head: str, known: bool) -> None:
    code = FORM.format(inputs={"n": 7}, functions=f"{head}\n\ndef solve(n):\n    return n + 1")
    assert (predictor(code) is not None) == known
    assert exact_output(code) == (8 if known else None)


def test_what_is_not_in_the_form_has_no_prediction() -> None:
    assert predictor("print(3)") is None
    assert exact_output("print(3)") is None


@pytest.mark.parametrize(
    "call", ["pair(n)", "pair(n, 2, 3)", "pair(n, a=2)", "pair(n, c=2)", "pair(*[n, 2])", "pair(**{})"]
)
def test_calls_that_do_not_fit_have_no_prediction(call: str) -> None:
    functions = f"def pair(a, b):\n    return a - b\n\ndef solve(n):\n    return {call}"
    assert predictor(FORM.format(inputs={"n": 7}, functions=functions)) is None
    fitting = functions.replace(call, "pair(b=2, a=n)")
    assert exact_output(FORM.format(inputs={"n": 7}, functions=fitting)) == 5


@pytest.mark.parametrize("value", [True, "7", None, [7], 1e15, -1e15, float("inf")])
def test_what_is_no_number_to_count_with(value: object) -> None:
    with pytest.raises(UnpredictableError):
        exact(value)
    assert predicted({"n": value}, "def solve(n):\n    return 3") is None


@pytest.mark.parametrize(("value", "number"), [(3, 3), (3.0, 3), (-0.1, Fraction(-1, 10)), (1e-7, Fraction(1, 10**7))])
def test_numbers_are_what_is_written(value: float, number: object) -> None:
    assert exact(value) == number
    assert type(exact(value)) is type(number)


@pytest.mark.parametrize(
    ("loop", "output"),
    [
        ("for i in range(n):\n        x = x + i", 6),
        ("for i in range(1, n + 1):\n        x = x * i", 0),
        ("for i in range(2, n):\n        return i", 2),
        ("for i in range(0):\n        return i", 0),
        ("for i in range(n / 2):\n        x = x + 1", 2),
        ("for i in range(n / 3):\n        x = x + 1", None),
        ("for i in range(n > 2):\n        x = x + 1", None),
        ("for i in range(0, n, 2):\n        x = x + 1", None),
        ("for i in range(n):\n        x = x + 1\n    else:\n        x = 7", None),
        ("for i in [1, 2]:\n        x = x + 1", None),
        ("while x < n:\n        x = x + 1", None),
        ("for i in range(1000):\n        y = i", 0),
        ("for i in range(1001):\n        y = i", None),
    ],
)
def test_loops_are_predicted_where_they_are_asked_for(loop: str, output: object) -> None:
    code = FORM.format(inputs={"n": 4}, functions=f"def solve(n):\n    x = 0\n    {loop}\n    return x")
    assert predictor(code) is None
    run = predictor(code, loops=True)
    values = run({"n": 4}) if run else None
    assert (values and values["output"]) == (None if output is None else [output])


@pytest.mark.parametrize(("bits", "held"), [(19_999, True), (20_000, False)])
def test_numbers_of_more_digits_than_any_text_needs_are_given_up(bits: int, held: bool) -> None:
    code = FORM.format(inputs={"n": 3}, functions="def solve(n):\n    return n * 1")
    run = predictor(code)
    assert run is not None
    assert (run({"n": 2 ** (bits - 1)}) is not None) == held
