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
_ARITY: dict[str, int | tuple[int, int] | None] = {"atan2": 2, "binomial": 2, "log": (1, 2), "max": None,
                                                   "min": None, "gcd": None, "lcm": None, "mod": 2,
          "root": 2, "sqrt": (1, 2), "det": 1}  # fmt: skip


def call(name: str, args: tuple[Node, ...], base: Node | None = None, power: Node | None = None) -> Node:
    """`name(args)`, raised to `power`, with `base` below it (or as a root's degree); fewer names than spellings."""
    if power == MINUS_ONE and name in _INVERSE:
        name, power = _INVERSE[name], None
    node = _plain_call(name, args, base)
    return node if power is None else Node("pow", (node, power))


def _plain_call(name: str, args: tuple[Node, ...], base: Node | None) -> Node:
    arity = _ARITY.get(name, 1)
    if arity is not None and len(args) not in ((arity,) if isinstance(arity, int) else arity):
        raise Unreadable("parse")
    if base is not None and name not in ("log", "sqrt"):
        raise Unreadable("parse")
    first = args[0]
    match name:
        case "sqrt" | "root" if base is not None or name == "root":
            return Node("pow", (first, quotient(ONE, base or args[1])))
        case "sqrt":
            return Node("pow", (first, HALF))
        case "cbrt":
            return Node("pow", (first, number(Fraction(1, 3))))
        case "exp":
            return Node("pow", (Node("const", (), "e"), first))
        case "lg" | "log2":
            return _logarithm(first, number(10 if name == "lg" else 2))
        case "log" if base is not None or len(args) == 2:
            return _logarithm(first, base or args[1])
        case "log":
            return Node("fn", (first,), "log")
        case "ln":
            return Node("fn", (first,), "ln")
        case "cis":
            return Node(
                "add", (Node("fn", args, "cos"), Node("mul", (Node("const", (), "i"), Node("fn", args, "sin"))))
            )
        case "det":
            return Node("det", args)
        case _ if name in _RECIPROCAL:
            return Node("pow", (Node("fn", args, _RECIPROCAL[name]), MINUS_ONE))
    return Node("fn", args, name)


def _logarithm(of: Node, base: Node) -> Node:
    return quotient(Node("fn", (of,), "ln"), Node("fn", (base,), "ln"))


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
    return Node("interval", args[:2], ("(" if left else "[") + (")" if right else "]"))


def _unwrapped(args: tuple[Node, ...]) -> tuple[Node, ...]:
    """Elements of a collection given as one list: set([1, 2]) and FiniteSet(1, 2) alike."""
    if len(args) == 1 and args[0].head in ("seq", "set", "empty", "dict"):
        return args[0].args
    return args


def _set(args: tuple[Node, ...]) -> Node:
    items = _unwrapped(args)
    return Node("set", items) if items else Node("empty")


def _matrix(args: tuple[Node, ...]) -> Node:
    rows = args[0].args if args[0].head == "seq" else ()
    if rows and all(row.head == "seq" and len(row.args) == len(rows[0].args) for row in rows):
        return Node("matrix", tuple(Node("row", row.args) for row in rows))
    if rows and not any(row.head == "seq" for row in rows):
        return Node("matrix", tuple(Node("row", (cell,)) for cell in rows))
    raise Unreadable("parse")


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
    return Node("add", (args[0], Node("mul", (args[1], Node("const", (), "i"))))) if len(args) == 2 else args[0]


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
        bars, self.bars = self.bars, 0
        openings, self.openings = self.openings, ("(", "{") if opening == "]" else ("(", "[", "{")
        inner = self.listing()
        self.bars, self.openings = bars, openings
        kind = opening + self.expect(*ends)
        items = inner.args if inner.head == "items" else (inner,)
        if kind in ("(]", "[)", "]["):
            if len(items) != 2:
                raise Unreadable("parse")
            return Node("interval", items, "()" if kind == "][" else kind)
        if len(items) == 1 and (opening == "(" or inner.head == "matrix") and inner.head != "items":
            return inner
        return Node("seq", items, "[]" if kind == "[]" else "()")

    def braces(self, closing: str) -> Node:
        """A set, a dict, a set-builder, or (for bare braces around one thing) LaTeX's group."""
        if self.took(closing):
            return Node("empty") if closing != "}" or not self.python else Node("dict")
        bars, self.bars = self.bars, self.bars + 1
        inner = self.listing()
        self.bars = bars
        if self.took("\\mid", "|", "\\vert") or (inner.head != "items" and inner.head == "rel" and self.took(":")):
            condition = self.listing()
            self.expect(closing)
            return Node("builder", (inner, condition))
        self.expect(closing)
        items = inner.args if inner.head == "items" else (inner,)
        if inner.head == "ratio" and inner.args[-1].head == "rel":
            return Node("builder", inner.args)
        if all(item.head == "ratio" and len(item.args) == 2 for item in items) and (len(items) > 1 or closing == "}"):
            return Node("dict", tuple(Node("pair", item.args) for item in items))
        if closing == "}" and len(items) == 1:
            return inner
        return Node("set", items)

    def environment(self, name: str) -> Node:
        """A matrix, or the lines of `cases` and `aligned`."""
        if name not in names.MATRICES and name not in ("cases", "aligned", "gathered", "align", "array"):
            raise Unreadable("parse")
        if name == "array" and self.next.text == "{":
            self.group_text()
        rows: list[Node] = []
        cells: list[Node] = []
        while self.next.kind != "end":
            if self.took("&", "\\hline"):
                continue
            if self.took("\\\\", "\\cr"):
                rows.append(Node("row", tuple(cells)))
                cells = []
                continue
            cells.append(self.expression() if name in names.MATRICES else self.listing())
            if self.next is END:
                raise Unreadable("parse")
        self.take()
        rows += [Node("row", tuple(cells))] if cells else []
        if name not in names.MATRICES:
            return Node("items", tuple(cell for row in rows for cell in row.args))
        matrix = Node("matrix", tuple(rows))
        if len({len(row.args) for row in rows}) != 1:
            raise Unreadable("parse")
        return Node("det", (matrix,)) if name in ("vmatrix", "Vmatrix") else matrix
