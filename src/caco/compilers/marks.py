"""Worked solutions with calculator marks (`48/2 = <<48/2=24>>24`, GSM8K's form) as data-flow programs.

The numbers of the problem's text are the inputs, each mark is an assignment, and each sentence a comment over variable
names. Numbers are exact: products come before quotients, and where decimals could leave binary noise the result is
rounded to more places than it has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from caco.compilers.equations import equations, unmarked
from caco.compilers.nouns import input_names, step_names, unique
from caco.compilers.origins import (
    NO_QUANTITY,
    Compound,
    Constant,
    FromStep,
    FromText,
    Origin,
    Origins,
    Step,
    trace_origins,
    value_of,
)
from caco.compilers.reasoning import Teller, comment, free_values, untold, upstream
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.mentions import Mention
from caco.text.template import fill_slots, place, plain, sets_off_thousands, slot

_WIDTH = 100


def compile_marks(seed: Seed) -> CodeCoT | Reject:
    """The program that a seed's marks spell out. It re-derives the gold answer, or its execution will show that not."""
    found = equations(seed.solution)
    if not found:
        return Reject(Reason.CANNOT_COMPILE, "no mark or equation of the solution can be read")
    lines = unmarked(seed.solution).split("\n")
    origins = trace_origins(seed.problem, found, lines)
    gold = _number(seed.answer)
    final = _final(origins, gold)
    used = _used_inputs(origins, final)
    if not used:
        return Reject(Reason.CANNOT_COMPILE, "the solution uses no number of the problem's text")
    result = origins.steps[final].equation.value
    if gold is None or gold == result:
        closing, free = "{}", frozenset(free_values(origins, final).intersection(used))
    else:
        closing, free = _closing(result, gold), frozenset()
    names = _names(seed.problem, lines, origins, used, final)
    commas = sets_off_thousands(seed.problem + unmarked(seed.solution))
    teller = _sure(Teller(origins=origins, names=names, free=free, last=final, commas=commas), lines)
    inputs = {names[FromText(value)]: literal(value) for value in used}
    return CodeCoT(
        code=_program(inputs, list(_body(lines, teller)), closing, names[_result(origins, final)]),
        origin="compiled",
        text=_template(seed.problem, teller),
        gold=seed.answer,
        solution=unmarked(seed.solution),
        varies=tuple(names[FromText(value)] for value in used if value in teller.free),
        domain=seed.domain,
        source=seed.source,
        licence=seed.licence,
        seeds=(seed.id,),
    )


def _sure(teller: Teller, lines: Sequence[str]) -> Teller:
    """The teller, for whom nothing may change where a sentence up to the answer has a number that no step knows."""
    last = teller.origins.steps[teller.last].equation.line
    told = enumerate(lines[: last + 1])
    if any(untold(line, _steps_of(number, teller), teller) for number, line in told):
        return replace(teller, free=frozenset())
    return teller


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", "").strip("$ %"))
    except (ValueError, ZeroDivisionError):
        return None


def _final(origins: Origins, gold: Fraction | None) -> int:
    """The last step that comes to the gold answer, or the last step of all."""
    matching = [index for index, step in enumerate(origins.steps) if step.equation.value == gold]
    return matching[-1] if matching else len(origins.steps) - 1


def _closing(result: Fraction, gold: Fraction) -> str:
    """How the answer follows from the last step where no mark says it: as a percentage, or as a whole number."""
    if result * 100 == gold:
        return "{} * 100"
    if gold.denominator == 1 and abs(result - gold) < 1:
        return "math.ceil({})" if gold > result else "math.floor({})"
    return "{}"


def _result(origins: Origins, index: int) -> FromStep:
    return FromStep(index, origins.steps[index].equation.value)


def _used_inputs(origins: Origins, final: int) -> dict[Fraction, Mention]:
    """Values of the text that the answer depends on, in its order, each with its first mention: the inputs."""
    used = set(upstream(origins.steps[final].origin, origins))
    found: dict[Fraction, Mention] = {}
    for mention in origins.found:
        if mention.value in used and mention.kind not in NO_QUANTITY:
            found.setdefault(mention.value, mention)
    return found


def _names(
    problem: str, lines: list[str], origins: Origins, used: Mapping[Fraction, Mention], final: int
) -> dict[Origin, str]:
    """A variable for each input and each step up to the answer, named by the words around it."""
    names: dict[Origin, str] = {}
    for value, mention in used.items():
        names[FromText(value)] = unique(input_names(problem, mention), names.values())
    for index, step in enumerate(origins.steps[: final + 1]):
        equation = step.equation
        wanted = step_names(lines[equation.line], equation.start, equation.end)
        names[_result(origins, index)] = unique(wanted, names.values())
    return names


def _body(lines: list[str], teller: Teller) -> Iterator[str]:
    """The lines of the function: each sentence before the assignments that it tells of."""
    origins, names = teller.origins, teller.names
    for number, line in enumerate(lines):
        steps = _steps_of(number, teller)
        told = comment(line, steps, teller)
        if told:
            yield f"# {told.strip()}"
        for index, step in steps:
            yield f"{names[_result(origins, index)]} = {expression_code(step.origin, names)}"


def _steps_of(line: int, teller: Teller) -> list[tuple[int, Step]]:
    """The steps that a line states."""
    steps = enumerate(teller.origins.steps[: teller.last + 1])
    return [(index, step) for index, step in steps if step.equation.line == line]


def _program(inputs: Mapping[str, str], body: list[str], closing: str, result: str) -> str:
    pairs = [f'"{name}": {value}' for name, value in inputs.items()]
    head = f"input = {{{', '.join(pairs)}}}"
    if len(head) > _WIDTH:
        head = "input = {\n" + "".join(f"    {pair},\n" for pair in pairs) + "}"
    imports = "import math\n\n" if "math." in closing else ""
    lines = "\n".join(f"    {line}" for line in [*body, f"return {closing.format(result)}"])
    return f"{imports}{head}\n\ndef solve({', '.join(inputs)}):\n{lines}\n\noutput = solve(**input)\nprint(output)\n"


def _template(problem: str, teller: Teller) -> str:
    return fill_slots(
        problem,
        [
            (*place(problem, m), slot(problem, teller.names[FromText(m.value)], m, m.value, teller.commas))
            for m in teller.origins.found
            if m.value in teller.free and FromText(m.value) in teller.names and m.kind != "ordinal"
        ],
    )


_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2}
_PLACES = 6
"""Results are rounded to so many places where floats could leave noise; a value with more keeps all its digits."""


def expression_code(origin: Origin, names: Mapping[Origin, str]) -> str:
    """The Python expression of one step; `names` has the variable of each input and step."""
    ordered = _divided_last(origin)
    code = _code(ordered, names, 0)
    exact_in_places = (value_of(ordered) * 10**_PLACES).denominator == 1
    return f"round({code}, {_PLACES})" if exact_in_places and _noisy(ordered) else code


def literal(value: Fraction) -> str:
    """A terminating decimal as a Python literal."""
    return plain(value)


def _divided_last(origin: Origin) -> Origin:
    """The same value with products before quotients: `95 * 20 / 100` is exact where `20 / 100 * 95` need not be."""
    if not isinstance(origin, Compound):
        return origin
    if origin.sign in "+-":
        return Compound(origin.sign, _divided_last(origin.left), _divided_last(origin.right))
    above, below = _factors(origin)
    kept = [factor for factor in above if factor != Constant(Fraction(1))]
    above = kept or above[:1]
    result = above[0]
    for factor in above[1:]:
        result = Compound("*", result, factor)
    for factor in below:
        result = Compound("/", result, factor)
    return result


def _factors(origin: Origin) -> tuple[list[Origin], list[Origin]]:
    """What is multiplied and what is divided by; quotients inside brackets stay together on the right of a division."""
    if not (isinstance(origin, Compound) and origin.sign in "*/"):
        return [_divided_last(origin)], []
    above, below = _factors(origin.left)
    if origin.sign == "*":
        more_above, more_below = _factors(origin.right)
        return above + more_above, below + more_below
    return above, [*below, _divided_last(origin.right)]


def _code(origin: Origin, names: Mapping[Origin, str], binding: int) -> str:
    """The expression, in brackets where it binds less than `binding`."""
    if not isinstance(origin, Compound):
        return names.get(origin) or literal(origin.value)  # what only a comparison beside the answer uses is no input
    mine = _BINDING[origin.sign]
    if origin.sign == "-" and origin.left == Constant(Fraction(0)):
        text = f"-{_code(origin.right, names, 3)}"
    else:
        right = _code(origin.right, names, mine + 1 if origin.sign in "-/" else mine)
        text = f"{_code(origin.left, names, mine)} {origin.sign} {right}"
    return f"({text})" if mine < binding else text


def _noisy(origin: Origin) -> bool:
    """Whether floats could leave noise: some operation has an operand that is not whole."""
    if not isinstance(origin, Compound):
        return False
    parts = (origin.left, origin.right)
    return any(_noisy(part) or value_of(part).denominator != 1 for part in parts)
