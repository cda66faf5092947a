"""Scalars: exact numbers, rounded decimals, percentages, units, angles and expressions."""

from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from caco.answers import evaluate as sample
from caco.answers import units
from caco.answers.evaluate import Undefined
from caco.answers.tree import (
    INFINITY,
    NAN,
    ONE,
    Decision,
    Node,
    Rational,
    TooLarge,
    bits,
    contains,
    equal,
    exact,
    rational,
    symbols,
    unequal,
    unsure,
)

SHOWN_DIGITS = 4
"""A decimal that is only the rounding of the other side must show this many significant digits."""
FLOAT_TOLERANCE = Fraction(1, 10**9)
"""Relative tolerance for a program's float, whose digits carry its own rounding errors."""
LONG_DIGITS = 12
"""A written decimal with this many significant digits may be a printed float."""
SCALES = MappingProxyType(
    {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
)
UNIT_LETTERS = frozenset("mgshLlNJWVAKCF")
"""Letters that may be units where they stand behind a number."""
_TINY = Fraction(1, 10**12)
AGREEING, AGREEING_SIGNED = 3, 2
"""Points where two functions must agree: with all variables positive, and with variables of any sign where defined."""


class Quantity(NamedTuple):
    """A scalar apart from its unit and its percent sign."""

    core: Node
    unit: str = ""
    percent: bool = False


def quantity(node: Node) -> Quantity:
    """`node` with unit and percent sign taken off; `5 thousand dollars` is 5000 of them."""
    if node.head == "percent":
        return Quantity(node.args[0], "", True)
    if node.head == "degree":
        return Quantity(node.args[0], "degree")
    return _with_unit(quantity(node.args[0]), node.name) if node.head == "unit" else Quantity(node)


def _with_unit(inner: Quantity, text: str) -> Quantity:
    """`inner` with a unit behind the one that it may have: the text of a node `unit`, perhaps with a scale first."""
    scale, _, rest = text.strip().partition(" ")
    if scale.lower() in SCALES:
        inner, text = inner._replace(core=_times(inner.core, SCALES[scale.lower()])), rest
        if not rest.strip(" ."):
            return inner
    name = units.spelled(text)
    return inner._replace(unit=f"{inner.unit} {name}".strip() if inner.unit != name else name)


def _times(node: Node, scale: int) -> Node:
    """`scale` times a node; a written number stays a written number."""
    if node.head != "num" or node.value is None:
        return Node("mul", (Node("num", value=scale), node))
    places = None if node.places is None else max(node.places - len(str(scale)) + 1, 0)
    return node._replace(value=exact(node.value * scale), places=places)


def compare(left: Node, right: Node, tolerance: Fraction | None = None) -> Decision:
    """The decision on two scalars: units first, then percent signs, then values."""
    a, b = quantity(left), quantity(right)
    if bool(a.unit) != bool(b.unit):
        a, b = a if a.unit else _lettered(a), b if b.unit else _lettered(b)
    if a.unit and b.unit:
        return _converted(a, b, tolerance) if a.unit != b.unit else _percentages(a, b, tolerance)
    decision = _percentages(a, b, tolerance)
    if a.unit or b.unit:
        return _one_unit(a, b, tolerance, decision).using("units_dropped")
    return unsure("unit_or_variable") if decision.is_unequal and _unit_or_variable(a, b, tolerance) else decision


def _one_unit(a: Quantity, b: Quantity, tolerance: Fraction | None, decision: Decision) -> Decision:
    """`decision` without regard to the unit of one side, unless 180 degrees are the other side's pi."""
    if not decision.is_unequal or "degree" not in (a.unit, b.unit):
        return decision
    first, second = (Node("degree", (side.core,)) if side.unit else side.core for side in (a, b))
    turned = values(first, second, tolerance)
    return turned.using("degrees_as_radians") if turned.is_equal else decision


def _lettered(given: Quantity) -> Quantity:
    """`5 m` and `5 m/s` read as quantities; a product of other letters stays as it is."""
    first, *rest = _factors(given.core)
    if not rest or symbols(first) or rational(first) is None:
        return given
    pieces = [_unit_letter(part) for part in rest]
    return given if "" in pieces else Quantity(first, units.spelled(" * ".join(pieces)), given.percent)


def _unit_letter(node: Node) -> str:
    """`s^-1` for a letter that may be a unit, with its whole power; the empty string for anything else."""
    base, power = node.args if node.head == "pow" else (node, ONE)
    if base.head != "sym" or base.name not in UNIT_LETTERS or not isinstance(power.value, int):
        return ""
    return f"{base.name}^{power.value}" if node.head == "pow" else base.name


def _factors(node: Node) -> list[Node]:
    """The factors of a product, nested products opened."""
    return [factor for arg in node.args for factor in _factors(arg)] if node.head == "mul" else [node]


def _unit_or_variable(a: Quantity, b: Quantity, tolerance: Fraction | None) -> bool:
    """Whether only a letter that may be a unit tells the sides apart."""
    first, second = _lettered(a), _lettered(b)
    return bool(first.unit) != bool(second.unit) and values(first.core, second.core, tolerance).is_equal


def _percentages(a: Quantity, b: Quantity, tolerance: Fraction | None) -> Decision:
    if a.percent == b.percent:
        return values(a.core, b.core, tolerance)
    percent, other = (a.core, b.core) if a.percent else (b.core, a.core)
    as_fraction = values(percent, _times(other, 100), tolerance)
    if as_fraction.is_equal:
        return as_fraction.using("percent_as_fraction")
    dropped = values(percent, other, tolerance)
    return unsure("percent_sign_dropped") if dropped.is_equal else as_fraction


def _converted(a: Quantity, b: Quantity, tolerance: Fraction | None) -> Decision:
    left, right = rational(a.core), rational(b.core)
    if left is not None and (degrees := units.temperature(Fraction(left), a.unit, b.unit)) is not None:
        return equal("numeric", "units").using("units_converted") if degrees == right else unequal("units")
    factor = units.factor(a.unit, b.unit)
    if factor is None:
        same_number = values(a.core, b.core, tolerance)
        return unequal("value_and_unit") if same_number.is_unequal else unsure("unknown_units")
    if factor == 0:
        return unequal("dimension")
    decision = _scaled(Fraction(left) * factor, right, b.core) if left is not None and right is not None else None
    if decision is None:
        decision = values(Node("mul", (Node("num", value=factor), a.core)), b.core, tolerance)
    return decision.using("units_converted")


def _scaled(value: Fraction, right: Rational, written: Node) -> Decision | None:
    """A converted number against another; None where what was written does not settle it.

    Factors between units are measured numbers, some known to ten digits.
    """
    if abs(value - right) <= abs(Fraction(right)) / 10**9:
        return equal("numeric", "units")
    return rounded(value, written) if _written(written) is not None else None


def values(left: Node, right: Node, tolerance: Fraction | None = None) -> Decision:
    """The decision on two numbers or expressions without units."""
    if left == right and not contains(left, frozenset(("raw",))):
        return equal("exact", "same")
    try:
        a, b = rational(left), rational(right)
        if a is not None and b is not None:
            return numbers(left, right, a, b, tolerance)
        return expressions(left, right, tolerance)
    except TooLarge:
        return unsure("too_large")


def numbers(left: Node, right: Node, first: Rational, second: Rational, tolerance: Fraction | None) -> Decision:
    """Two exact values: equal as they are, or by the rule for what was written."""
    if first == second:
        return equal("exact" if left.head == right.head == "num" else "numeric", "same_number")
    a, b = Fraction(first), Fraction(second)
    if _within(tolerance, a, b):
        return equal("numeric", "within_tolerance").using("tolerance")
    if "float" in (left.name, right.name):
        return _floats(left, right, a, b)
    if a.denominator == b.denominator == 1:
        return unequal("number")
    return _decimals(left, right, a, b)


def _floats(left: Node, right: Node, a: Fraction, b: Fraction) -> Decision:
    """A program's float against anything."""
    if min(abs(a), abs(b)) == 0:
        return equal("numeric", "float_zero").using("float") if max(abs(a), abs(b)) < _TINY else unequal("number")
    if abs(a - b) <= FLOAT_TOLERANCE * max(abs(a), abs(b)):
        return equal("numeric", "float").using("float")
    if left.name == right.name == "float":
        return unequal("number")
    value, written = (a, right) if left.name == "float" else (b, left)
    return rounded(Fraction(value), written)


def _decimals(left: Node, right: Node, a: Fraction, b: Fraction) -> Decision:
    """Two written numbers that differ: one may be the other rounded to the digits it shows."""
    if _float_noise(left, a, b) or _float_noise(right, b, a):
        return equal("numeric", "float_noise").using("float")
    for short, long, value in ((left, right, b), (right, left, a)):
        shown = _written(short)
        if shown is None or (long.places is not None and shown >= long.places):
            continue
        decision = rounded(value, short)
        if not decision.is_unequal:
            return decision
    return unequal("number")


def _written(node: Node) -> int | None:
    """Decimals that a written, not whole number shows."""
    return node.places if node.head == "num" and node.places is not None and isinstance(node.value, Fraction) else None


def significant(node: Node) -> int:
    """Significant digits of a written decimal, closing zeros not counted."""
    value = abs(Fraction(node.value or 0)) * 10 ** (node.places or 0)
    return len(str(value.numerator).rstrip("0")) if bits(value) < 4000 else 1000


def rounded(value: Fraction, written: Node) -> Decision:
    """Whether a written decimal is `value` rounded to the digits it shows (half up or half even)."""
    places = _written(written)
    exactly = Fraction(written.value or 0)
    if places is None or value.denominator == 1:
        return unequal("number")
    if abs(value - exactly) * 2 > Fraction(1, 10**places):
        return _nearly(value, exactly, written)
    digits = significant(written)
    if digits >= SHOWN_DIGITS:
        return equal("numeric", "rounded").using("rounded")
    return unsure("rounded_to_few_digits")


def _nearly(value: Fraction, exactly: Fraction, written: Node) -> Decision:
    """A long decimal whose last digits are a float's noise."""
    digits, off = significant(written), abs(value - exactly)
    cut = off < Fraction(1, 10 ** (written.places or 0))
    if LONG_DIGITS <= digits <= 17 and (cut or (digits >= 15 and off <= abs(value) / 10 ** min(digits - 2, 14))):
        return equal("numeric", "float_digits").using("float")
    return unequal("number")


def _float_noise(node: Node, value: Fraction, other: Fraction) -> bool:
    """Whether a written decimal is what Python prints for a float within four units in the last place of `other`."""
    if _written(node) is None or significant(node) < 15 or bits(value) > 1000 or bits(other) > 1000:
        return False
    return Fraction(repr(float(value))) == value and abs(value - other) <= 4 * abs(Fraction(value)) / (1 << 52)


def expressions(left: Node, right: Node, tolerance: Fraction | None) -> Decision:
    """Two trees of which at least one is no rational number."""
    if not symbols(left) and not symbols(right):
        return _closed(left, right, tolerance)
    return _functions(left, right)


def _infinite(node: Node) -> int:
    """+1 or -1 for an infinity, else 0."""
    if node == INFINITY:
        return 1
    if node.head == "mul" and len(node.args) == 2 and node.args[1] == INFINITY:
        value = rational(node.args[0]) or 0
        return (value > 0) - (value < 0)
    return 0


def _closed(left: Node, right: Node, tolerance: Fraction | None) -> Decision:
    """Two constants, the infinite ones apart."""
    ends = _infinite(left), _infinite(right)
    if any(ends):
        return equal("exact", "infinite") if ends[0] == ends[1] else unequal("infinite")
    return unequal("nan") if NAN in (left, right) else _constants(left, right, tolerance)


def _constants(left: Node, right: Node, tolerance: Fraction | None) -> Decision:
    """Two constants with values, if any; a logarithm without a base is read as natural and as decimal."""
    _gate(left, right)
    same = None
    for log in ("ln", "lg") if contains_log(left, right) else ("ln",):
        same = _same_constant(left, right, log)
        if same:
            return equal("numeric", "same_value").using("log_base" if log == "lg" else "")
    return unsure("no_value") if same is None else _approximate(left, right, tolerance)


def _same_constant(left: Node, right: Node, log: str) -> bool | None:
    """Whether two constants have one value, which is complex where there is no real one; None where there is none."""
    for real in (True, False):
        try:
            return sample.same_value(left, right, {}, real, log)
        except Undefined:
            continue
    return None


def _gate(left: Node, right: Node) -> None:
    if max(sample.size(left), sample.size(right)) > sample.MAX_NODES:
        raise TooLarge


def contains_log(*nodes: Node) -> bool:
    """Whether a logarithm without a base occurs."""
    return any((node.head == "fn" and node.name == "log") or contains_log(*node.args) for node in nodes)


def _approximate(left: Node, right: Node, tolerance: Fraction | None) -> Decision:
    """Different constants: one may be a decimal that rounds the other."""
    for written, node in ((left, right), (right, left)):
        number = rational(written)
        if number is None:
            continue
        try:
            return _decimal_of(sample.real_value(node), written, Fraction(number), tolerance)
        except Undefined:
            continue
    return unequal("value")


def _decimal_of(value: Fraction, written: Node, number: Fraction, tolerance: Fraction | None) -> Decision:
    """Whether the node `written`, whose value is `number`, is a decimal of an irrational `value`."""
    if _within(tolerance, value, number):
        return equal("numeric", "within_tolerance").using("tolerance")
    if written.name == "float":
        near = abs(value - number) <= FLOAT_TOLERANCE * abs(value)
        return equal("numeric", "float").using("float") if near else unequal("value")
    return rounded(value, written)


def _within(tolerance: Fraction | None, a: Fraction, b: Fraction) -> bool:
    return tolerance is not None and abs(a - b) <= tolerance * max(abs(a), abs(b))


def _functions(left: Node, right: Node) -> Decision:
    """Two expressions with variables."""
    _gate(left, right)
    decision = _sampled(left, right, "ln")
    if not decision.is_equal and contains_log(left, right):
        other = _sampled(left, right, "lg")
        return other.using("log_base") if other.is_equal else decision
    return decision


def _sampled(left: Node, right: Node, log: str) -> Decision:
    """Agreement at points: with all variables positive it is needed, elsewhere it must not be broken."""
    real = not any(map(sample.complex_valued, (left, right)))
    positive = signed = 0
    for all_positive, point in sample.points(symbols(left) | symbols(right)):
        if all_positive and positive >= AGREEING:
            continue
        try:
            same = sample.same_value(left, right, point, real, log, confirm=not positive + signed)
        except Undefined:
            continue
        if not same:
            return unequal("value") if all_positive or not positive else unsure("equal_only_for_positive_variables")
        positive, signed = positive + all_positive, signed + (not all_positive)
        if signed >= AGREEING_SIGNED and positive >= AGREEING:
            break
    if positive + signed < AGREEING:
        return unsure("no_value")
    return unsure("steps") if any(map(sample.stepped, (left, right))) else equal("numeric", "same_function")
