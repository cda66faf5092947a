"""What only algebra can decide, for worker processes: sympy on our own trees, math-verify on text we cannot read.

Every import of sympy and math-verify is here; nothing here runs in the caller's process.
"""

import random
import re
from typing import Any

import sympy
from math_verify import LatexExtractionConfig, parse, verify

from caco.answers.tree import Node

_FUNCTIONS = {"ln": sympy.log, "log": sympy.log, "abs": sympy.Abs, "floor": sympy.floor, "ceil": sympy.ceiling,
              "factorial": sympy.factorial, "binomial": sympy.binomial, "gamma": sympy.gamma, "max": sympy.Max,
              "min": sympy.Min, "mod": sympy.Mod, "sign": sympy.sign, "gcd": sympy.gcd, "lcm": sympy.lcm,
              "re": sympy.re,
              "im": sympy.im, "conjugate": sympy.conjugate, "arg": sympy.arg, "erf": sympy.erf}  # fmt: skip
_NAMED = frozenset("sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh asec acsc acot".split())  # noqa: SIM905
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "inf": sympy.oo, "golden": sympy.GoldenRatio}
_UNSAFE = re.compile(r"\\[lc]?dots|\.\.\.|\d_\{?\d|\d-\d+-\d|(?<![\\A-Za-z{])[A-Za-z]{4,}|\\text")
"""Texts that math-verify reads in part or drops parts of: dots, bases, dates, words."""


def expression(node: Node) -> Any:
    """The sympy expression of a scalar tree; raises ValueError for anything else."""
    match node.head:
        case "num":
            return sympy.Rational(node.value.numerator, node.value.denominator)  # type: ignore[union-attr]
        case "sym":
            return sympy.Symbol(node.name, real=True)
        case "const" if node.name in _CONSTANTS:
            return _CONSTANTS[node.name]
        case "add":
            return sympy.Add(*map(expression, node.args))
        case "mul":
            return sympy.Mul(*map(expression, node.args))
        case "pow":
            return sympy.Pow(*map(expression, node.args))
        case "fn" if node.name in _FUNCTIONS:
            return _FUNCTIONS[node.name](*map(expression, node.args))
        case "fn" if node.name in _NAMED:
            return getattr(sympy, node.name)(*map(expression, node.args))
    raise ValueError(f"no sympy form for {node.head} {node.name}")


def same_expression(left: Node, right: Node) -> bool | None:
    """Whether the difference of two trees simplifies to zero; None where sympy cannot tell or does not know a part."""
    try:
        difference = sympy.simplify(expression(left) - expression(right))
    except (ValueError, TypeError, AttributeError, NotImplementedError):
        return None
    if difference == 0:
        return True
    return False if difference.is_zero is False else None


def second_opinion(gold: str, prediction: str) -> bool:
    """Whether math-verify takes two texts for equal both ways round, and neither holds what it is known to misread."""
    if _UNSAFE.search(gold) or _UNSAFE.search(prediction):
        return False
    left, right = _parsed(gold), _parsed(prediction)
    if left is None or right is None or not _agree(left, right):
        return False
    return bool(_verified(left, right) and _verified(right, left))


def _parsed(text: str) -> Any:
    """math-verify's reading of a text; None where it has none or only the text itself."""
    found = parse(
        f"\\boxed{{{text}}}",
        extraction_config=[LatexExtractionConfig(boxed_match_priority=0)],
        parsing_timeout=None,
    )
    return found[0] if found and not isinstance(found[0], str) else None


def _verified(left: Any, right: Any) -> bool:
    return bool(verify([left], [right], timeout_seconds=None, float_rounding=12, numeric_precision=30))


def _agree(left: Any, right: Any) -> bool:
    """Two expressions have the same value, relatively, at three points; other objects are left to math-verify."""
    if not isinstance(left, sympy.Expr) or not isinstance(right, sympy.Expr):
        return type(left).__mro__[-2:] == type(right).__mro__[-2:]
    if left.free_symbols != right.free_symbols:
        return False
    draw = random.Random(7)
    for _ in range(3):
        point = {s: sympy.Rational(draw.randrange(1, 999), 997) + 1 for s in sorted(left.free_symbols, key=str)}
        a, b = (side.subs(point).doit().evalf(30) for side in (left, right))
        if not a.is_number or not b.is_number or abs(a - b) > sympy.Float("1e-12") * max(abs(a), abs(b)):
            return False
    return True
