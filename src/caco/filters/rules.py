"""Rules on executed programs: what is measured of each, and the limits that decide.

Measuring and judging are apart: a row keeps what was measured, so other limits can be set later without another run.
Difficulty is measured too: the chain of operations, their kinds, and the size of the numbers.
"""

import ast
import math
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import StringIO
from typing import Any

from caco.errors import ConfigError, unknown
from caco.instances.bounds import is_number
from caco.program import values
from caco.program.fingerprint import Features, features, passed_through, reaching_inputs
from caco.program.form import FormError, Program, parse
from caco.program.syntax import names, parameters
from caco.records import Execution, Measure, Reason

_CONVERSIONS = frozenset({"round", "int", "float", "str"})
"""Calls that are no step of reasoning."""


def difficulty(chain: int, kinds: int, largest: float) -> int:
    """The longest chain of operations, one more for each kind of operation after the first and for each digit of the
    largest number after the third."""
    digits = math.floor(math.log10(max(largest, 1))) + 1 if math.isfinite(largest) else 300
    return chain + max(kinds - 1, 0) + max(digits - 3, 0)


def longest_chain(program: Program) -> int:
    """The most operations that must be done one after another on the way to the output, however they are split.

    A loop counts as one round of its body.
    """
    depths: dict[str, int] = {}
    for function in program.functions:
        depths[function.name] = _longest(function.body, dict.fromkeys(parameters(function), 0), 0, depths)
    return depths[program.entry]


def _longest(body: list[ast.stmt], known: dict[str, int], control: int, depths: dict[str, int]) -> int:
    """The longest chain to a `return` of the body; `known` learns the chains to the names that it assigns."""
    longest = 0
    for node in body:
        parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        length = max([control, *(_chain(part, known, depths) for part in parts)]) + isinstance(node, ast.AugAssign)
        if isinstance(node, ast.Return):
            longest = max(longest, length)
        known |= dict.fromkeys(names(parts).writes, length)
        for block in ("body", "orelse"):
            longest = max(longest, _longest(getattr(node, block, []), known, length, depths))
    return longest


def _chain(node: ast.AST, known: dict[str, int], depths: dict[str, int]) -> int:
    below = max((_chain(part, known, depths) for part in ast.iter_child_nodes(node)), default=0)
    match node:
        case ast.Name(id=name):
            return known.get(name, 0)
        case ast.Call(func=ast.Name(id=name)):
            return below + depths.get(name, name not in _CONVERSIONS)
        case ast.BinOp() | ast.Compare() | ast.BoolOp() | ast.Call():
            return below + 1
    return below


def kinds_of_operation(program: Program) -> tuple[str, ...]:
    """The kinds of operation that a program uses: operators, loops, branches, and functions that are not its own."""
    found = {_kind_of_operation(node) for function in program.functions for node in ast.walk(function)}
    return tuple(sorted(found - _CONVERSIONS - {"", *(function.name for function in program.functions)}))


def _kind_of_operation(node: ast.AST) -> str:
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return type(op).__name__
        case ast.Compare() | ast.BoolOp():
            return "Compare"
        case ast.If() | ast.IfExp() | ast.Match():
            return "Branch"
        case ast.Call(func=function):
            return ast.unparse(function)
        case ast.For() | ast.While() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return "Loop"
    return ""


COMMON = frozenset({0, 1, 2, 3, 4, 5, 7, 10, 12, 24, 30, 52, 60, 100, 365, 1000})
"""Literals that say nothing of an answer equal to them: counts of days, minutes and per cent, small factors."""
_CHOOSING = (ast.If, ast.IfExp, ast.Match, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Compare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The limits on one measure, and the reason of the rows outside of them."""

    name: str
    """Of the measure."""
    reason: Reason
    least: float = -math.inf
    most: float = math.inf
    among: tuple[str, ...] = ()
    """The notes that are taken; empty takes any."""
    on: bool = True

    def allows(self, measure: Measure) -> bool:
        """Whether the measure is within the limits."""
        return self.least <= measure.value <= self.most and (not self.among or measure.note in self.among)

    @property
    def limits(self) -> str:
        """The limits in words."""
        ends = [f"at least {self.least:g}"] * (self.least > -math.inf) + [f"at most {self.most:g}"] * (
            self.most < math.inf
        )
        return " and ".join([*ends, *([f"one of {', '.join(self.among)}"] if self.among else [])])


RULES: tuple[Rule, ...] = (
    Rule(name="contract", reason=Reason.NOT_IN_FORM, least=1),
    Rule(name="reaching", reason=Reason.CONSTANT_OUTPUT, least=1),
    Rule(name="idle", reason=Reason.UNUSED_INPUT, most=0),
    Rule(name="pass_through", reason=Reason.PASS_THROUGH, most=0),
    Rule(name="statements", reason=Reason.LENGTH, least=1, most=200),
    Rule(
        name="output_type",
        reason=Reason.OUTPUT_TYPE,
        among=(
            *("bool", "int", "float", "Fraction", "Decimal", "complex", "str", "list", "tuple", "set", "frozenset"),
            *("dict", "symbolic", "date"),
        ),
    ),
    Rule(name="output_size", reason=Reason.OUTPUT_SIZE, least=1, most=1000),
    Rule(name="answer_in_code", reason=Reason.ANSWER_IN_CODE, most=0),
    Rule(name="answer_in_comments", reason=Reason.ANSWER_IN_CODE, most=0, on=False),
    Rule(name="growth", reason=Reason.ABSURD_NUMBER, most=9),
    Rule(name="difficulty", reason=Reason.DIFFICULTY, on=False),
)
"""The rules in the order in which they are asked; all measures are taken, whichever rules are on."""

_SPEC = re.compile(r"(\w+)\s*(>=|<=|=)\s*(\S+)")


def with_changes(text: str, rules: Sequence[Rule] = RULES) -> tuple[Rule, ...]:
    """The rules changed as `statements>=2,answer_in_code=off,output_type=int|float` says.

    The rules that are named come first, in the order of their names. Raises ConfigError for what is not understood.
    """
    known = {rule.name: rule for rule in rules}
    named: dict[str, Rule] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = _SPEC.fullmatch(part)
        if not match:
            raise ConfigError(f"rule {part!r}: should be NAME>=NUMBER, NAME<=NUMBER, NAME=on, NAME=off or NAME=A|B")
        name, sign, value = match.groups()
        if name not in known:
            raise unknown("rule", name, known)
        named[name] = _changed(named.get(name, known[name]), sign, value, part)
    return (*named.values(), *(rule for name, rule in known.items() if name not in named))


def _changed(rule: Rule, sign: str, value: str, part: str) -> Rule:
    if sign == "=":
        if value in ("on", "off"):
            return replace(rule, on=value == "on")
        if not rule.among:
            raise ConfigError(f"rule {part!r}: {rule.name} is a number; should be on, off, >=NUMBER or <=NUMBER")
        return replace(rule, among=tuple(value.split("|")), on=True)
    try:
        limit = float(value)
    except ValueError:
        raise ConfigError(f"rule {part!r}: {value!r} is no number") from None
    return replace(rule, least=limit, on=True) if sign == ">=" else replace(rule, most=limit, on=True)


def judge(measures: Iterable[Measure], rules: Sequence[Rule]) -> tuple[Rule, Measure] | None:
    """The first rule that is on and that a measure breaks, with the measure; None where all are kept.

    Raises KeyError where a measure that a rule asks for was not taken.
    """
    taken: Mapping[str, Measure] = {measure.name: measure for measure in measures}
    if "contract" in taken and not taken["contract"].value:
        rules = [rule for rule in rules if rule.name == "contract"]  # nothing else could be measured
    return next(((rule, taken[rule.name]) for rule in rules if rule.on and not rule.allows(taken[rule.name])), None)


def measure(execution: Execution) -> tuple[Measure, ...]:
    """All measures of a program that ran."""
    try:
        shape = _shape(_without_values(execution))
    except FormError as error:
        return (Measure(name="contract", value=0, note=str(error)),)
    output = values.decode(execution.output)
    distractors = execution.codecot.distractors
    idle = [name for name in shape.inputs if name not in shape.reaching and name not in distractors]
    literal = [repr(constant) for constant in shape.literals if _is_answer(constant, output)]
    comments = shape.comments if is_number(output) and output not in COMMON else ()
    largest = _largest(execution, output)
    return (
        Measure(name="contract", value=1),
        Measure(name="statements", value=shape.features.statements),
        Measure(name="operations", value=shape.features.operations),
        Measure(name="depth", value=shape.features.depth),
        Measure(name="chain", value=shape.chain),
        Measure(name="concepts", value=len(shape.kinds), note=", ".join(shape.kinds)[:80]),
        Measure(name="difficulty", value=difficulty(shape.chain, len(shape.kinds), largest)),
        Measure(name="reaching", value=len(shape.inputs) - len(idle)),
        Measure(name="idle", value=len(idle), note=", ".join(idle)),
        Measure(name="pass_through", value=shape.passes_through),
        Measure(name="output_type", value=0, note=_kind(output)),
        Measure(name="output_size", value=len(values.show(output)), note=values.show(output)[:80]),
        Measure(name="answer_in_code", value=len(literal), note=", ".join(literal)[:80]),
        Measure(name="answer_in_comments", value=sum(output in numbers for numbers in comments)),
        _growth(execution, largest),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is measured of a program whatever its inputs are."""

    inputs: tuple[str, ...]
    reaching: frozenset[str]
    features: Features
    passes_through: bool
    chain: int
    kinds: tuple[str, ...]
    literals: tuple[Any, ...]
    """Constants of the functions, but for those that a decision chooses among."""
    comments: tuple[tuple[float, ...], ...]
    """The numbers of each comment."""


_GIVEN = re.compile(r"^input = (?:\{[^\n]*\}|\{\n(?: [^\n]*\n)*\})\n", re.MULTILINE)


def _without_values(execution: Execution) -> str:
    """The program with 0 for all inputs: one text for all instances of a program, so that it is read only once."""
    names = dict.fromkeys(values.decode(execution.inputs), 0) if execution.inputs else {}
    return (
        _GIVEN.sub(lambda _: f"input = {names!r}\n", execution.codecot.code, count=1)
        if names
        else execution.codecot.code
    )


@lru_cache(maxsize=1024)
def _shape(code: str) -> Shape:
    program = parse(code)
    return Shape(
        inputs=tuple(program.inputs),
        reaching=reaching_inputs(program),
        features=features(program),
        passes_through=passed_through(program),
        chain=longest_chain(program),
        kinds=kinds_of_operation(program),
        literals=tuple(_literals(program)),
        comments=tuple(_comments(code)),
    )


def _kind(output: object) -> str:
    module = type(output).__module__.split(".")[0]
    if module in ("sympy", "datetime"):
        return "symbolic" if module == "sympy" else "date"
    return type(output).__name__


def _literals(program: Program) -> Iterator[Any]:
    """Literals of the functions, but for those that a decision chooses among, and the places that `round` rounds to."""
    waiting: list[ast.AST] = [s for f in program.functions for s in f.body]
    while waiting:
        match waiting.pop():
            case node if isinstance(node, _CHOOSING):
                continue
            case ast.Constant(value=value):
                yield value
            case ast.Call(func=ast.Name(id="round"), args=args):
                waiting.extend(args[:1])
            case node:
                waiting.extend(ast.iter_child_nodes(node))


def _is_answer(literal: object, output: object) -> bool:
    if is_number(literal) and is_number(output):
        return bool(literal == output) and literal not in COMMON
    return isinstance(literal, str) and len(literal) > 1 and literal == output


def _comments(code: str) -> Iterator[tuple[float, ...]]:
    """The numbers that each comment states."""
    for token in tokenize.generate_tokens(StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield tuple(float(n) for n in re.findall(r"\d+(?:\.\d+)?", token.string.replace(",", "")))


def _largest(execution: Execution, output: object) -> float:
    """The largest value of the run."""
    traced = (n for step in execution.trace for n in _numbers(values.decode(step.value)))
    return max((*traced, *_numbers(output)), default=1.0)


def _growth(execution: Execution, largest: float) -> Measure:
    """By how many orders of magnitude the largest value of the run exceeds the numbers the problem states."""
    cot = execution.codecot
    if not math.isfinite(largest):
        return Measure(name="growth", value=math.inf, note="a value is not finite")
    given = [*_numbers(values.decode(execution.inputs)), *_stated(cot.text), *_stated(cot.gold)]
    above = math.log10(max(largest, 1)) - math.log10(max([1.0, *given]))
    return Measure(name="growth", value=round(max(above, 0), 2), note=f"{largest:g}")


def _stated(text: str) -> Iterator[float]:
    return (float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def _numbers(value: Any) -> Iterator[float]:
    """The sizes of all numbers in a value; one too large for a float counts as 1e308."""
    if isinstance(value, dict | list | tuple | set | frozenset):
        parts = value.values() if isinstance(value, dict) else value
        yield from (n for part in parts for n in _numbers(part))
    elif is_number(value):
        try:
            yield abs(float(value))
        except OverflowError:
            yield 1e308
