"""MathQA's operation programs: `divide(n0,n1)|multiply(const_60,#0)|` over the numbers of the problem's text.

`n0` is the first number of the text, `#0` the result of the first operation, `const_60` the number 60 (Amini et al.
2019, "MathQA: Towards Interpretable Math Word Problem Solving with Operation-Based Formalisms").
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from caco.compilers import Compiler
from caco.compilers.program import without_options
from caco.foreign.naming import noun
from caco.program.form import render
from caco.program.syntax import fresh_name
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.template import tie

_OPERATION = re.compile(r"(\w+)\(([^()]*)\)")
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?: ?, ?\d{3})+(?!\d)|\d+)(?:\.\d+)?|(?<![\w.])\.\d+")
"""As MathQA splits them: `1 , 200` is one number, and a sign before it is not its own."""
_NAMED = {"const_pi": "math.pi"}

_RESULTS = {
    "add": ("total", "{0} + {1}"),
    "subtract": ("difference", "{0} - {1}"),
    "multiply": ("product", "{0} * {1}"),
    "divide": ("quotient", "{0} / {1}"),
    "speed": ("speed", "{0} / {1}"),
    "power": ("power", "{0} ** {1}"),
    "sqrt": ("root", "math.sqrt({0})"),
    "inverse": ("inverse", "1 / {0}"),
    "factorial": ("arrangements", "math.factorial({0})"),
    "floor": ("whole", "math.floor({0})"),
    "reminder": ("remainder", "{0} % {1}"),
    "negate": ("negative", "-{0}"),
    "negate_prob": ("complement", "1 - {0}"),
    "choose": ("choices", "math.comb({0}, {1})"),
    "permutation": ("permutations", "math.perm({0}, {1})"),
    "log": ("logarithm", "math.log({0})"),
    "lcm": ("multiple", "math.lcm({0}, {1})"),
    "gcd": ("divisor", "math.gcd({0}, {1})"),
    "min": ("smaller", "min({0}, {1})"),
    "max": ("larger", "max({0}, {1})"),
    "circumface": ("circumference", "2 * math.pi * {0}"),
    "circle_area": ("area", "math.pi * {0} ** 2"),
    "rectangle_area": ("area", "{0} * {1}"),
    "rectangle_perimeter": ("perimeter", "2 * ({0} + {1})"),
    "square_area": ("area", "{0} ** 2"),
    "square_perimeter": ("perimeter", "4 * {0}"),
    "square_edge_by_area": ("edge", "math.sqrt({0})"),
    "square_edge_by_perimeter": ("edge", "{0} / 4"),
    "triangle_area": ("area", "{0} * {1} / 2"),
    "triangle_perimeter": ("perimeter", "{0} + {1} + {2}"),
    "quadrilateral_area": ("area", "{0} * ({1} + {2}) / 2"),
    "rhombus_area": ("area", "{0} * {1} / 2"),
    "rhombus_perimeter": ("perimeter", "4 * {0}"),
    "volume_cube": ("volume", "{0} ** 3"),
    "surface_cube": ("surface", "6 * {0} ** 2"),
    "cube_edge_by_volume": ("edge", "round({0} ** (1 / 3), 9)"),
    "volume_cylinder": ("volume", "math.pi * {0} ** 2 * {1}"),
    "surface_cylinder": ("surface", "2 * math.pi * {0} * ({0} + {1})"),
    "volume_cone": ("volume", "math.pi * {0} ** 2 * {1} / 3"),
    "volume_sphere": ("volume", "4 / 3 * math.pi * {0} ** 3"),
    "surface_sphere": ("surface", "4 * math.pi * {0} ** 2"),
    "volume_rectangular_prism": ("volume", "{0} * {1} * {2}"),
    "surface_rectangular_prism": ("surface", "2 * ({0} * {1} + {1} * {2} + {0} * {2})"),
    "stream_speed": ("stream_speed", "({0} - {1}) / 2"),
    "original_price_before_gain": ("original_price", "{1} * 100 / (100 + {0})"),
    "original_price_before_loss": ("original_price", "{1} * 100 / (100 - {0})"),
    "p_after_gain": ("price", "{1} * (100 + {0}) / 100"),
}
"""For each operation the name of its result and its expression."""


FORMULA = rf"(?s)\A(?=.*\|)\s*(?:(?:{'|'.join(_RESULTS)})\([^()]*\)\|?\s*)+\Z"
"""An operation program rather than Python: each of its parts is a known operation."""


def compile_formula(seed: Seed) -> CodeCoT | Reject:
    """The operation program in the seed's `code` as a Code CoT whose inputs are the numbers of the text it uses."""
    if not re.search(FORMULA, seed.code):
        return Reject(Reason.CANNOT_COMPILE, "the code is no operation program of known operations")
    operations = [(name, tuple(a.strip() for a in args.split(","))) for name, args in _OPERATION.findall(seed.code)]
    problem = without_options(seed)
    numbers = [m[0].replace(",", "").replace(" ", "") for m in _NUMBER.finditer(problem)]
    used = _used(operations)
    if not used or used[-1] >= len(numbers):
        return Reject(Reason.CANNOT_COMPILE, f"the program uses {len(used)} numbers of the {len(numbers)} of the text")
    inputs = _inputs([numbers[i] for i in used], problem)
    names = dict(zip([f"n{i}" for i in used], inputs, strict=True))
    body = _body(operations, names)
    if body is None:
        return Reject(Reason.CANNOT_COMPILE, "an argument is neither a number of the text, a result nor a constant")
    entry = f"def solve({', '.join(inputs)}):\n{body}"
    tied = tie(problem, inputs, _constants(operations))
    return CodeCoT(
        code=render(inputs, "solve", entry, "import math" if "math." in body else ""),
        origin="compiled",
        text=tied.template,
        gold=seed.answer,
        solution=seed.solution,
        varies=tied.varies,
        domain=seed.domain,
        source=seed.source,
        licence=seed.licence,
        seeds=(seed.id,),
    )


_Operations: TypeAlias = Sequence[tuple[str, tuple[str, ...]]]
"""The name of each operation and its arguments."""


def _used(operations: _Operations) -> list[int]:
    """Which numbers of the text are arguments."""
    return sorted({int(a[1:]) for _, args in operations for a in args if re.fullmatch(r"n\d+", a)})


def _inputs(numbers: Sequence[str], problem: str) -> dict[str, object]:
    """The numbers by what the text counts with them."""
    inputs: dict[str, object] = {}
    for number in numbers:
        value: int | float = float(number) if "." in number else int(number)
        inputs[fresh_name(noun(value, problem) or "number", {*inputs, "solve", "math"})] = value
    return inputs


def _body(operations: _Operations, names: dict[str, str]) -> str | None:
    """One assignment for each operation and the return of the last; None where an argument is unknown."""
    known = dict(names)
    rows: list[str] = []
    for i, (operation, args) in enumerate(operations):
        given = [known.get(a) or _constant(a) for a in args]
        result, expression = _RESULTS[operation]
        if not all(given) or len(given) != len(set(re.findall(r"\{(\d)\}", expression))):
            return None
        known[f"#{i}"] = fresh_name(result, {*known.values(), "math", "solve"})
        rows.append(f"    {known[f'#{i}']} = {expression.format(*given)}")
    return "\n".join([*rows, f"    return {known[f'#{len(operations) - 1}']}"])


def _constant(argument: str) -> str:
    """The Python text of `const_0_25`, `const_pi` or a plain number; empty for anything else."""
    if argument in _NAMED:
        return _NAMED[argument]
    match = re.fullmatch(r"const_(\d+)(?:[_.](\d+))?", argument)
    if match is None:
        return ""
    return match[1] if not (match[2] or "").strip("0") else f"{match[1]}.{match[2]}"


def _constants(operations: Sequence[tuple[str, tuple[str, ...]]]) -> set[Fraction]:
    """The numbers that the program writes out."""
    return {Fraction(c) for _, args in operations for a in args if re.match(r"\d", c := _constant(a))}


COMPILER = Compiler(compile_formula, {"code": FORMULA})
