"""Sympy expressions as trees of plain JSON, and back: built from a closed set of classes, never from text.

Here too: how large a typed value may be, and the errors for values that have no canonical form.
"""

from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 100
MAX_NODES = 200_000
"""Parts are counted with repetition: a value that holds another many times is written many times over."""
PLAIN_INT_BITS = 13_000
"""Longer ints are written in hex: Python refuses decimal text of more than 4,300 digits."""


class UnencodableError(ValueError):
    """The value has no canonical form; the message names its type."""


class TooLargeError(UnencodableError):
    """The value has too many parts."""


class Budget:
    """The parts that one value may still have."""

    def __init__(self, parts: int = MAX_NODES) -> None:
        self.left = parts

    def spend(self, parts: int, depth: int) -> None:
        """Count `parts` at `depth`; raises where there are too many, or they lie too deep."""
        self.left -= parts
        if self.left < 0:
            raise TooLargeError("has too many parts")
        if depth > MAX_DEPTH:
            raise UnencodableError(f"nested more than {MAX_DEPTH} deep, or holds itself")


def number(value: int) -> int | str:
    """An int as JSON: itself, or hex text where it is long."""
    return value if value.bit_length() <= PLAIN_INT_BITS else hex(value)


def tree(budget: Budget, value: Any, depth: int) -> Any:
    """`[class name, part, ...]`; parts of leaves are plain, all other parts are trees."""
    kind, name = type(value), type(value).__name__
    budget.spend(1, depth)
    if name in ("Integer", "Zero", "One", "NegativeOne"):
        return ["Integer", number(int(value.p))]
    if name in ("Rational", "Half"):
        return ["Rational", number(int(value.p)), number(int(value.q))]
    if name == "Float":
        sign, mantissa, exponent, _ = value._mpf_
        return ["Float", int(sign), hex(mantissa), int(exponent), int(value._prec)]
    if name in ("Symbol", "Dummy", "Wild", "Str"):
        facts = dict(sorted(getattr(value, "_assumptions_orig", {}).items()))
        return [name, str(value.name), facts, *([value.dummy_index] if name == "Dummy" else [])]
    if hasattr(kind, "name") and any(base.__name__ == "AppliedUndef" for base in kind.__mro__):
        return ["AppliedUndef", str(kind.name), *_trees(budget, value.args, depth + 1)]
    if not str(kind.__module__).startswith("sympy."):
        raise UnencodableError(f"no form for a value of type {name}")
    if name.startswith("Mutable"):  # matrices; those that cannot be changed keep shape and items in `args`
        return [name, int(value.rows), int(value.cols), _trees(budget, value.flat(), depth + 1)]
    if name == "Poly":
        gens = _trees(budget, value.gens, depth + 1)
        return ["Poly", tree(budget, value.as_expr(), depth + 1), gens, str(value.domain)]
    return [name, *_trees(budget, value.args, depth + 1)]


def _trees(budget: Budget, values: Iterable[Any], depth: int) -> list[Any]:
    return [tree(budget, value, depth) for value in values]


def read(tree: list[Any]) -> Any:
    """The expression of a tree, built from sympy's own classes alone and without evaluation where sympy allows."""
    import sympy

    name, *parts = tree
    if name == "Integer":
        return sympy.Integer(_int(parts[0]))
    if name == "Rational":
        return sympy.Rational(*map(_int, parts))
    if name == "Float":
        sign, mantissa, exponent, precision = parts
        number = int(mantissa, 16)
        return sympy.Float._new((sign, number, exponent, number.bit_length()), precision, zero=False)
    if name in ("Symbol", "Dummy", "Wild", "Str"):
        return _symbol(name, *parts)
    if name == "AppliedUndef":
        return sympy.Function(parts[0])(*map(read, parts[1:]))
    if name == "Poly":
        expression, gens, domain = parts
        return sympy.Poly(read(expression), *map(read, gens), domain=domain)
    kind = _class(name)
    if name.startswith("Mutable"):
        return kind(parts[0], parts[1], [read(part) for part in parts[2]])
    return _built(kind, [read(part) for part in parts])


def _int(form: int | str) -> int:
    return int(form, 16) if isinstance(form, str) else int(form)


def _symbol(name: str, label: str, facts: dict[str, bool], *index: int) -> Any:
    import sympy

    if name == "Str":
        return sympy.core.symbol.Str(label)
    return getattr(sympy, name)(label, **({"dummy_index": index[0]} if index else {}), **facts)


def _class(name: str) -> Any:
    """The class of sympy that is called `name`; only sympy's own expression, set, logic and matrix classes count."""
    import sympy

    pending = [sympy.Basic, sympy.matrices.matrixbase.MatrixBase]
    while pending:
        kind = pending.pop()
        if kind.__name__ == name and kind.__module__.startswith("sympy."):
            return kind
        pending.extend(type.__subclasses__(kind))
    raise ValueError(f"sympy has no class {name!r}")


def _built(kind: Any, parts: list[Any]) -> Any:
    import sympy
    from sympy.core.operations import AssocOp, LatticeOp

    # these compute their value when they are made (2*3 becomes 6) unless they are told not to
    lazy = (AssocOp, LatticeOp, sympy.Pow, sympy.core.relational.Relational, sympy.Function, sympy.Mod)
    if parts and issubclass(kind, lazy):
        return kind(*parts, evaluate=False)
    return kind(*parts)
