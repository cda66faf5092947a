"""Whatever has an opening and a closing sign: groups, tuples, intervals, sets, dicts, absolute values, matrices, calls.

Calls are mathematical functions, and the constructors of Python and sympy (`Fraction(3, 4)`, `Interval(0, 1)`).
"""

from collections.abc import Callable
from fractions import Fraction

from caco.answers import names
from caco.answers.lexer import END, Cursor
from caco.answers.tree import HALF, MINUS_ONE, ONE, Node, Unreadable, exact, number, quotient

_INVERSE = {"sin": "asin", "cos": "acos", "tan": "atan", "sec": "asec", "csc": "acsc", "cot": "acot", "sinh": "asinh",
            "cosh": "acosh", "tanh": "atanh"}  # fmt: skip
_RECIPROCAL = {"sec": "cos", "csc": "sin", "cot": "tan", "sech": "cosh", "csch": "sinh", "coth": "tanh"}
_ARITY: dict[str, tuple[int, ...]] = {"atan2": (2,), "binomial": (2,), "log": (1, 2), "max": (), "min": (), "gcd": (),
                                      "lcm": (), "mod": (2,), "root": (2,), "sqrt": (1, 2)}  # fmt: skip
"""How many arguments a function takes, where it is not one; nothing for any number."""


def call(name: str, args: tuple[Node, ...], base: Node | None = None, power: Node | None = None) -> Node:
    """`name(args)`, raised to `power`, with `base` below it (or as a root's degree); fewer names than spellings."""
    if power == MINUS_ONE and name in _INVERSE:
        name, power = _INVERSE[name], None
    node = _plain_call(name, args, base)
    return node if power is None else Node("pow", (node, power))


def _plain_call(name: str, args: tuple[Node, ...], base: Node | None) -> Node:
    arity = _ARITY.get(name, (1,))
    if arity and len(args) not in arity:
        raise Unreadable("parse")
    if base is not None and name not in ("log", "sqrt"):
        raise Unreadable("parse")
    make = _CALLS.get(name)
    # of `max()`, which has any number of arguments and none here, the first one is an IndexError
    return make(args, base) if make is not None else Node("fn", (args[0], *args[1:]), name)


def _logarithm(of: Node, base: Node) -> Node:
    return quotient(Node("fn", (of,), "ln"), Node("fn", (base,), "ln"))


def _log(args: tuple[Node, ...], base: Node | None) -> Node:
    """log without a base stays open: writers mean e or 10."""
    if base is None and len(args) == 1:
        return Node("fn", args, "log")
    return _logarithm(args[0], base or args[1])


def _cis(args: tuple[Node, ...], _: Node | None) -> Node:
    """cos x + i sin x."""
    return Node("add", (Node("fn", args, "cos"), Node("mul", (_I, Node("fn", args, "sin")))))


def _reciprocal(of: str) -> Callable[[tuple[Node, ...], Node | None], Node]:
    return lambda args, _: Node("pow", (Node("fn", args, of), MINUS_ONE))


_I = Node("const", (), "i")
_CALLS: dict[str, Callable[[tuple[Node, ...], Node | None], Node]] = {
    "sqrt": lambda args, base: Node("pow", (args[0], HALF if base is None else quotient(ONE, base))),
    "root": lambda args, _: Node("pow", (args[0], quotient(ONE, args[1]))),
    "cbrt": lambda args, _: Node("pow", (args[0], number(Fraction(1, 3)))),
    "exp": lambda args, _: Node("pow", (Node("const", (), "e"), args[0])),
    "lg": lambda args, _: _logarithm(args[0], number(10)),
    "log2": lambda args, _: _logarithm(args[0], number(2)),
    "log": _log,
    "cis": _cis,
    "det": lambda args, _: Node("det", args),
    **{name: _reciprocal(of) for name, of in _RECIPROCAL.items()},
}
"""Functions that are written with others, given their arguments and their base."""


def build(name: str, method: str, args: tuple[Node, ...]) -> Node:
    """What a Python or sympy constructor makes.

    Raises:
        Unreadable: the call has another number or kind of arguments than the constructor takes.
    """
    if name == "interval":
        return _interval(method, args)
    if method or name not in _BUILD:
        raise Unreadable("parse")
    low, high, make = _BUILD[name]
    if not low <= len(args) <= high:
        raise Unreadable("parse")
    return make(args)


def _interval(method: str, args: tuple[Node, ...]) -> Node:
    """sympy's Interval(a, b, left_open, right_open) and Interval.open, .Lopen, .Ropen."""
    opened = {"": (False, False), "open": (True, True), "Lopen": (True, False), "Ropen": (False, True)}.get(method)
    if opened is None or not 2 <= len(args) <= 4:
        raise Unreadable("parse")
    flags = [flag == Node("bool", (), "true") for flag in args[2:]] + [False, False]
    left, right = opened[0] or flags[0], opened[1] or flags[1]
    return Node("interval", args[:2], "[("[left] + "])"[right])


def _unwrapped(args: tuple[Node, ...]) -> tuple[Node, ...]:
    """Elements of a collection given as one list: set([1, 2]) and FiniteSet(1, 2) alike."""
    if len(args) == 1 and args[0].head in ("seq", "set", "empty", "dict"):
        return args[0].args
    return args


def _set(args: tuple[Node, ...]) -> Node:
    items = _unwrapped(args)
    return Node("set", items) if items else Node("empty")


def _matrix(args: tuple[Node, ...]) -> Node:
    given = args[0].args if args[0].head == "seq" else ()
    rows = [row.args for row in given if row.head == "seq"] or [(cell,) for cell in given]  # a flat list is a column
    if len(rows) != len(given) or len({len(row) for row in rows}) != 1:
        raise Unreadable("parse")
    return Node("matrix", tuple(Node("row", row) for row in rows))


def _ratio(args: tuple[Node, ...]) -> Node:
    if len(args) == 1:
        return _written(args)
    top, bottom = args
    if isinstance(top.value, int) and isinstance(bottom.value, int) and bottom.value:
        return number(Fraction(top.value, bottom.value))
    return quotient(top, bottom)


def _written(args: tuple[Node, ...]) -> Node:
    """Decimal('0.5'), Integer(3), np.float64(2.0): the number inside."""
    inner = args[0]
    if inner.head != "word":
        return inner
    try:
        return number(exact(Fraction(inner.name)))
    except (ValueError, ZeroDivisionError) as fault:
        raise Unreadable("parse") from fault


def _relation(operator: str) -> Callable[[tuple[Node, ...]], Node]:
    return lambda args: Node("rel", args, operator)


def _symbol(args: tuple[Node, ...]) -> Node:
    return Node("sym", (), args[0].name) if args[0].head == "word" else args[0]


def _complex(args: tuple[Node, ...]) -> Node:
    return Node("add", (args[0], Node("mul", (args[1], _I)))) if len(args) == 2 else args[0]


_MANY = 1000
_BUILD: dict[str, tuple[int, int, Callable[[tuple[Node, ...]], Node]]] = {
    "pow": (2, 2, lambda args: Node("pow", args)),
    "add": (1, _MANY, lambda args: Node("add", args) if len(args) > 1 else args[0]),
    "mul": (1, _MANY, lambda args: Node("mul", args) if len(args) > 1 else args[0]),
    "ratio": (1, 2, _ratio),
    "float": (1, 2, _written),
    "symbol": (1, _MANY, _symbol),
    "poly": (1, _MANY, lambda args: args[0]),
    "matrix": (1, 2, _matrix),
    "union": (1, _MANY, lambda args: Node("union", args) if len(args) > 1 else args[0]),
    "cap": (2, _MANY, lambda args: Node("cap", args)),
    "setminus": (2, 2, lambda args: Node("setminus", args)),
    "set": (0, _MANY, _set),
    "tuple": (0, _MANY, lambda args: Node("seq", _unwrapped(args), "()")),
    "list": (0, _MANY, lambda args: Node("seq", _unwrapped(args), "[]")),
    "eq": (2, 2, _relation("=")),
    "ne": (2, 2, _relation("!=")),
    "lt": (2, 2, _relation("<")),
    "le": (2, 2, _relation("<=")),
    "gt": (2, 2, _relation(">")),
    "ge": (2, 2, _relation(">=")),
    "complex": (1, 2, _complex),
}


_CLOSING = {"(": ")]", "[": "])", "\\{": "\\}", "{": "}", "\\langle": "\\rangle", "]": "["}


class Brackets(Cursor):
    """Reads brackets; the opening sign has been taken."""

    def bracket(self, text: str) -> Node:
        """What begins with an operator's character."""
        match text:
            case "(" | "[":
                return self.sequence(text, _CLOSING[text])
            case "]":
                return self.sequence("]", "[")
            case "{":
                return self.braces("}")
            case "|":
                return self.absolute("|")
            case "$":
                return Node("unit", (self.factor(),), "$")
            case "...":
                return Node("more")
        raise Unreadable("parse")

    def inside(self, bars: int, openings: tuple[str, ...] = ("(", "[", "{")) -> Node:
        """What stands between brackets, read on its own.

        Args:
            bars: absolute values that are open, so that a bar closes one; 0 where a bar opens one.
            openings: the brackets that may begin a factor.
        """
        before = self.bars, self.openings
        self.bars, self.openings = bars, openings
        inner = self.listing()
        self.bars, self.openings = before
        return inner

    def absolute(self, *closing: str) -> Node:
        """|x|."""
        self.bars += 1
        inner = self.expression()
        self.bars -= 1
        self.expect(*closing)
        return Node("fn", (inner,), "abs")

    def sequence(self, opening: str, closings: str) -> Node:
        """Round or square brackets: a group, a tuple, a list or an interval."""
        ends = (closings,) if closings == "\\rangle" else tuple(closings)
        if self.took(*ends):
            return Node("seq", (), "()" if opening == "(" else "[]")
        # in ]0, 1[ the second bracket closes; everywhere else such a bracket begins a factor
        inner = self.inside(0, ("(", "{")) if opening == "]" else self.inside(0)
        kind = opening + self.expect(*ends)
        if kind in ("(]", "[)", "]["):
            return _half_open(kind, listed(inner))
        if inner.head == "matrix" or (opening == "(" and inner.head != "items"):
            return inner
        return Node("seq", listed(inner), "[]" if kind == "[]" else "()")

    def braces(self, closing: str) -> Node:
        """A set, a dict, a set-builder, or (for bare braces around one thing) LaTeX's group."""
        bare = closing == "}"
        if self.took(closing):
            return Node("dict") if bare and self.python else Node("empty")
        inner = self.inside(self.bars + 1, self.openings)  # the bar of {x | x > 0} begins no absolute value
        if self.took("\\mid", "|", "\\vert") or (inner.head == "rel" and self.took(":")):
            condition = self.listing()
            self.expect(closing)
            return Node("builder", (inner, condition))
        self.expect(closing)
        return _braced(inner, bare)

    def environment(self, name: str) -> Node:
        """A matrix, or the lines of `cases` and `aligned`."""
        is_matrix = name in names.MATRICES
        if not is_matrix and name not in ("cases", "aligned", "gathered", "align"):
            raise Unreadable("parse")
        if name == "array" and self.next.text == "{":
            self.group_text()
        if not is_matrix:
            return Node("items", tuple(cell for row in self.rows(self.listing) for cell in row.args))
        matrix = Node("matrix", tuple(self.rows(self.expression)))
        if len({len(row.args) for row in matrix.args}) != 1:
            raise Unreadable("parse")
        return Node("det", (matrix,)) if name in ("vmatrix", "Vmatrix") else matrix

    def rows(self, cell: Callable[[], Node]) -> list[Node]:
        """The rows of an environment up to its end, each cell read by `cell`."""
        rows: list[Node] = []
        cells: list[Node] = []
        while self.next.kind != "end":
            if self.took("&", "\\hline"):
                continue
            if self.took("\\\\", "\\cr"):
                rows.append(Node("row", tuple(cells)))
                cells = []
                continue
            cells.append(cell())
            if self.next is END:
                raise Unreadable("parse")
        self.take()
        return [*rows, Node("row", tuple(cells))] if cells else rows


def listed(inner: Node) -> tuple[Node, ...]:
    """The parts of what stood between brackets."""
    return inner.args if inner.head == "items" else (inner,)


def is_pair(node: Node) -> bool:
    """Whether this is a:b, as a key with its value is written."""
    return node.head == "ratio" and len(node.args) == 2


def _half_open(kind: str, ends: tuple[Node, ...]) -> Node:
    if len(ends) != 2:
        raise Unreadable("parse")
    return Node("interval", ends, "()" if kind == "][" else kind)


def _braced(inner: Node, bare: bool) -> Node:
    """A set-builder, a dict, a group or a set; `bare`: its braces may be LaTeX's."""
    if inner.head == "ratio" and inner.args[-1].head == "rel":
        return Node("builder", inner.args)
    items = listed(inner)
    single = len(items) == 1
    if (bare or not single) and all(is_pair(item) for item in items):
        return Node("dict", tuple(Node("pair", item.args) for item in items))
    return inner if bare and single else Node("set", items)
