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
        ("subtract(n0,n1)|", 2),
        ("speed(n0,n1)|", 1.5),
        ("sqrt(n1)|", 2),
        ("inverse(n1)|", 0.25),
        ("factorial(n1)|", 24),
        ("reminder(n0,n1)|", 2),
        ("negate_prob(n1)|", -3),
        ("permutation(n0,n1)|", 360),
        ("log(n0)|", math.log(6)),
        ("lcm(n0,n1)|", 12),
        ("gcd(n0,n1)|", 2),
        ("min(n0,n1)|", 4),
        ("max(n0,n1)|", 6),
        ("circumface(n0)|", math.pi * 12),
        ("multiply(n0,const_pi)|", math.pi * 6),
        ("rectangle_area(n0,n1)|", 24),
        ("rectangle_perimeter(n0,n1)|", 20),
        ("square_area(n0)|", 36),
        ("square_perimeter(n0)|", 24),
        ("square_edge_by_area(n1)|", 2),
        ("square_edge_by_perimeter(n1)|", 1),
        ("triangle_area(n0,n1)|", 12),
        ("triangle_perimeter(n0,n1,const_3)|", 13),
        ("quadrilateral_area(n0,n1,const_3)|", 21),
        ("rhombus_area(n0,n1)|", 12),
        ("rhombus_perimeter(n0)|", 24),
        ("volume_cube(n0)|", 216),
        ("surface_cube(n0)|", 216),
        ("cube_edge_by_volume(const_64)|multiply(#0,n0)|", 24),
        ("volume_cylinder(n0,n1)|", math.pi * 144),
        ("surface_cylinder(n0,n1)|", math.pi * 120),
        ("volume_cone(n0,n1)|", math.pi * 48),
        ("volume_sphere(n0)|", math.pi * 288),
        ("surface_sphere(n0)|", math.pi * 144),
        ("volume_rectangular_prism(n0,n1,const_2)|", 48),
        ("surface_rectangular_prism(n0,n1,const_2)|", 88),
        ("stream_speed(n0,n1)|", 1),
        ("original_price_before_gain(const_25,n0)|", 4.8),
        ("original_price_before_loss(const_25,n0)|", 8),
        ("p_after_gain(const_50,n0)|", 9),
        ("multiply(n0,const_1.50)|", 9),
        ("multiply(n0,const_2_0)|", 12),
    ],
)
def test_values(formula: str, value: float) -> None:
    assert run(compiled("6 cats and 4 dogs", formula).code) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    [
        "add(n0,n2)|",
        "add(n0,n1,n1)|",
        "add(const_1,const_2)|",
        "add(n0,#1)|",
        "add(n0,const_x)|",
        "unknown(n0,n1)|",
        "add(n0)|",
        "add(n0,x)|",
        "add(n0,n1)",
        "print(3)",
    ],
)
def test_what_is_no_program_is_rejected(formula: str) -> None:
    result = compile_formula(Seed(problem="6 cats and 4 dogs", code=formula))
    assert isinstance(result, Reject) and result.reason is Reason.CANNOT_COMPILE


def test_python_is_no_formula() -> None:
    assert not re.search(FORMULA, "def f(n):\n    return n")
    assert re.search(FORMULA, "divide(n0,n1)|multiply(#0,const_60)|")


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("of 1 , 200 cats and 3 , 4 dogs", {"number": 1200, "number_2": 3}),
        ("of 2.5 kg and .5 kg", {"kg": 2.5, "kg_2": 0.5}),
        ("of 7", None),
    ],
)
def test_numbers_as_mathqa_counts_them(text: str, inputs: dict[str, object] | None) -> None:
    result = compile_formula(Seed(problem=text, code="add(n0,n1)|", answer="1"))
    assert (parse(result.code).inputs if isinstance(result, CodeCoT) else None) == inputs


def test_results_are_named_and_only_used_numbers_are_inputs() -> None:
    codecot = compiled("6 cats, 4 dogs and 3 total", "add(n2,n0)|add(#0,n2)|circle_area(#1)|")
    assert parse(codecot.code).inputs == {"cats": 6, "number": 3}
    assert "    total = number + cats\n    total_2 = total + number\n    area = math.pi * total_2 ** 2" in codecot.code
    assert codecot.code.startswith("import math\n")
    assert not compiled("6 cats", "add(n0,n0)|").code.startswith("import")


def test_a_constant_of_the_program_keeps_its_twin_in_the_text() -> None:
    assert compiled("6 cats and 4 dogs", "multiply(n0,const_4)|add(#0,n1)|").varies == ("cats",)
    assert compiled("6 cats and 4 dogs", "multiply(n0,const_5)|add(#0,n1)|").varies == ("cats", "dogs")
