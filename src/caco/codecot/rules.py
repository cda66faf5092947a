"""Rules on executed programs: what is measured of each, and the limits that decide.

Measuring and judging are apart: a row keeps what was measured, so other limits can be set later without another run.
"""

import ast
import math
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

from caco.codecot import values
from caco.codecot.bounds import is_number
from caco.codecot.dataflow import features, passed_through, reaching_inputs
from caco.codecot.program import FormError, Program, parse
from caco.errors import ConfigError, unknown
from caco.records import Execution, Measure, Reason

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
        program = parse(execution.codecot.code)
    except FormError as error:
        return (Measure(name="contract", value=0, note=str(error)),)
    output = values.decode(execution.output)
    idle = [name for name in program.inputs if name not in reaching_inputs(program)]
    counted = features(program)
    literal, comments = _literals(program, output), _in_comments(program.code, output)
    return (
        Measure(name="contract", value=1),
        Measure(name="statements", value=counted.statements),
        Measure(name="operations", value=counted.operations),
        Measure(name="depth", value=counted.depth),
        Measure(name="reaching", value=len(program.inputs) - len(idle)),
        Measure(name="idle", value=len(idle), note=", ".join(idle)),
        Measure(name="pass_through", value=passed_through(program)),
        Measure(name="output_type", value=0, note=_kind(output)),
        Measure(name="output_size", value=len(values.show(output)), note=values.show(output)[:80]),
        Measure(name="answer_in_code", value=len(literal), note=", ".join(literal)[:80]),
        Measure(name="answer_in_comments", value=comments),
        _growth(execution, program, output),
    )


def _kind(output: object) -> str:
    module = type(output).__module__.split(".")[0]
    if module in ("sympy", "datetime"):
        return "symbolic" if module == "sympy" else "date"
    return type(output).__name__


def _literals(program: Program, output: object) -> list[str]:
    """Literals of the functions that are the answer, but for common numbers and those that a decision chooses among."""
    found: list[str] = []
    waiting: list[ast.AST] = [s for f in program.functions for s in f.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _CHOOSING):
            continue
        if isinstance(node, ast.Constant) and _is_answer(node.value, output):
            found.append(repr(node.value))
        rounds = isinstance(node, ast.Call) and ast.unparse(node.func) == "round"
        waiting.extend(node.args[:1] if rounds else ast.iter_child_nodes(node))  # type: ignore[attr-defined]
    return found


def _is_answer(literal: object, output: object) -> bool:
    if isinstance(literal, bool) or isinstance(output, bool):
        return False
    if is_number(literal) and is_number(output):
        return bool(literal == output) and literal not in COMMON
    return isinstance(literal, str) and len(literal) > 1 and literal == output


def _in_comments(code: str, output: object) -> int:
    """How many comments state a number that is the answer."""
    if not is_number(output) or output in COMMON:
        return 0
    tokens = tokenize.generate_tokens(StringIO(code).readline)
    comments = [t.string.replace(",", "") for t in tokens if t.type == tokenize.COMMENT]
    return sum(any(float(n) == output for n in re.findall(r"\d+(?:\.\d+)?", c)) for c in comments)


def _growth(execution: Execution, program: Program, output: object) -> Measure:
    """By how many orders of magnitude the largest value of the run exceeds the numbers the problem states."""
    cot = execution.codecot
    given = [*_numbers(list(program.inputs.values())), *_stated(cot.text), *_stated(cot.gold)]
    traced = [n for step in execution.trace for n in _numbers(values.decode(step.value))]
    run = [*traced, *_numbers(output)]
    if not all(map(math.isfinite, run)):
        return Measure(name="growth", value=math.inf, note="a value is not finite")
    largest = max(run, default=1.0)
    above = math.log10(max(largest, 1)) - math.log10(max([1.0, *given]))
    return Measure(name="growth", value=round(max(above, 0), 2), note=f"{largest:g}")


def _stated(text: str) -> Iterator[float]:
    return (float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def _numbers(value: Any) -> Iterator[float]:
    """The sizes of all numbers in a value; one too large for a float counts as 1e308."""
    match value:
        case bool():
            return
        case dict():
            yield from (n for part in value.values() for n in _numbers(part))
        case list() | tuple() | set() | frozenset():
            yield from (n for part in value for n in _numbers(part))
        case _ if is_number(value):
            try:
                yield abs(float(value))
            except OverflowError:
                yield 1e308
