import contextlib
import io
import math
import re

import pytest

from caco.compilers.mathqa import FORMULA, compile_formula
from caco.program.form import parse
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject


def compiled(problem: str, formula: str) -> CodeCoT:
    result = compile_formula(Seed(id="s", problem=problem, code=formula, answer="1"))
    assert isinstance(result, CodeCoT), result
    return result


def run(code: str) -> object:
    space: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program", "exec"), space)
    return space["output"]


def test_operations_over_the_numbers_of_the_text() -> None:
    problem = (
        "In a school of 650 boys , 44 % play chess and 28 % swim . How many do neither ?\nOptions: a ) 182 , b ) 1"
    )
    codecot = compiled(problem, "add(n1,n2)|subtract(const_100,#0)|multiply(n0,#1)|divide(#2,const_100)|")
    program = parse(codecot.code)
    assert list(program.inputs.values()) == [650, 44, 28]
    assert run(codecot.code) == 182
    assert "Options" not in codecot.text and codecot.gold == "1"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("power(n0,const_2)|", 36),
        ("circle_area(n0)|", math.pi * 36),
        ("choose(n0,n1)|", 15),
        ("divide(n0,const_0_25)|floor(#0)|", 24),
        ("multiply(n0,const_2.0)|negate(#0)|", -12),
        ("add(n0,n1)|add(#0,n1)|", 14),
    ],
)
def test_values(formula: str, value: float) -> None:
    assert run(compiled("6 cats and 4 dogs", formula).code) == value


@pytest.mark.parametrize(
    "formula", ["add(n0,n7)|", "unknown(n0,n1)|", "add(n0)|", "add(n0,x)|", "add(n0,n1)", "print(3)"]
)
def test_what_is_no_program_is_rejected(formula: str) -> None:
    result = compile_formula(Seed(problem="6 cats and 4 dogs", code=formula))
    assert isinstance(result, Reject) and result.reason is Reason.CANNOT_COMPILE


def test_python_is_no_formula() -> None:
    assert not re.search(FORMULA, "def f(n):\n    return n")
    assert re.search(FORMULA, "divide(n0,n1)|multiply(#0,const_60)|")
