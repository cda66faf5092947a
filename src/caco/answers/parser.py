"""The grammar of answers: lists, relations, set operations, sums, products and powers over atoms.

A precedence climber: each method reads one level and calls the next. It reads text, and runs nothing.
"""

from fractions import Fraction

from caco.answers import names
from caco.answers.atoms import Atoms
from caco.answers.lexer import END, Token, tokens
from caco.answers.tree import Node, Unreadable, negative, number, quotient

_PLAIN = frozenset(("num", "percent", "degree", "base"))


def parse(text: str, python: bool = False) -> Node:
    """The tree of `text`, which `caco.answers.lexer.plain` has cleaned.

    Args:
        text: an answer, without prose around it.
        python: read E and I as sympy's constants and runs of letters as names.

    Raises:
        Unreadable: it is no answer that the grammar knows.
    """
    parser = Parser(tokens(text), python)
    tree = parser.listing()
    if parser.at < len(parser.tokens):
        raise Unreadable("parse")
    return tree


class Parser(Atoms):
    """Operators over atoms."""

    def listing(self) -> Node:
        """Items between commas, semicolons, "and", "or"."""
        self.depth += 1
        items = [self.ratio()]
        said = ""
        closed = False
        while not closed and self.separator():
            said = "or" if self.tokens[self.at - 1].text.strip() in ("or", "\\lor") else said
            closed = _closes(self.next)
            if not closed:
                items.append(self.ratio())
        self.depth -= 1
        return Node("items", tuple(items), said) if closed or len(items) > 1 else items[0]  # (1,) is a tuple of one

    def separator(self) -> bool:
        """Read what separates two items (", and" counts as one separator)."""
        start = self.at
        while _separates(self.next):
            self.at += 1
        return self.at > start

    def ratio(self) -> Node:
        """a:b, a key with its value, or a relation."""
        items = [self.relation()]
        while self.took(":", "\\colon"):
            items.append(self.relation())
        if len(items) == 1:
            return items[0]
        first = items[0]
        if first.head == "rel" and first.name == "=":
            return first._replace(args=(*first.args[:-1], Node("ratio", (first.args[-1], *items[1:]))))
        return Node("ratio", tuple(items))

    def relation(self) -> Node:
        """A chain of relations, or an expression."""
        args = [self.expression()]
        if self.took("\\choose"):
            args = [Node("fn", (args[0], self.expression()), "binomial")]
        operators = []
        while (operator := names.RELATIONS.get(self.next.text)) and self.next.kind in ("op", "cmd"):
            self.at += 1
            if operator in ("<", ">") and self.took("="):
                operator += "="
            operators.append(operator)
            args.append(self.expression())
        return Node("rel", tuple(args), " ".join(operators)) if operators else args[0]

    def expression(self) -> Node:
        """Unions, intersections and differences of sets, over sums."""
        left = self.sum()
        while self.took("\\pmod"):
            left = Node("fn", (left, self.latex_argument()), "@pmod")
        while self.took("\\cup", "\\cap", "\\setminus", "\\backslash"):
            head = {"\\cup": "union", "\\cap": "cap"}.get(self.tokens[self.at - 1].text, "setminus")
            right = self.sum()
            left = Node(head, (*(left.args if left.head == head == "union" else (left,)), right))
        return left

    def sum(self) -> Node:
        """Terms with signs."""
        self.depth += 1
        terms = [self.term()] if self.next.text not in names.SUM else []
        while self.took(*_SUM):
            sign = self.tokens[self.at - 1].text
            right = self.term()
            if sign in ("\\pm", "\\mp"):
                terms = [Node("pm", (_added(terms or [number(0)]), right))]
            else:
                terms.append(negative(right) if sign == "-" else right)
        if not terms:
            raise Unreadable("parse")
        self.depth -= 1
        return _added(terms)

    def term(self) -> Node:
        """A product, with or without signs of multiplication."""
        left = self.factor()
        while True:
            token = self.next
            combine = _SIGNS.get(token.text)
            if combine is not None and token.kind in ("op", "cmd"):
                self.at += 1
                left = combine(left, self.factor())
            elif (unit := self.unit(left)) is not None:
                left = unit
            elif self.starts_atom():
                left = self.beside(left, token)
            else:
                return left

    def beside(self, left: Node, token: Token) -> Node:
        """A factor without a sign before it; a whole number before a written fraction makes a mixed number."""
        previous = self.tokens[self.at - 1]
        if token.kind == "num":
            if previous.kind == "num":
                return self.fraction_after(left)
            if previous.kind != "op" and not _is_whole(left):
                return _product(left, self.factor())
        right = self.factor(signed=False)
        if token.text in names.FRACTIONS and _is_whole(left):
            return _mixed(left, right, previous.kind == "num")
        return _product(left, right)

    def fraction_after(self, left: Node) -> Node:
        """`1 1/2` after its 1; other numbers side by side are no answer."""
        top, slash, bottom = (*self.tokens[self.at : self.at + 3], END, END)[:3]
        found = top.kind, top.spaced, slash.kind, slash.text, bottom.kind
        if not _is_whole(left) or found != ("num", True, "op", "/", "num"):
            raise Unreadable("parse")
        if not (top.text.isdigit() and bottom.text.isdigit()) or len(bottom.text) > 9:
            raise Unreadable("parse")
        if not 0 < int(top.text) < int(bottom.text):
            raise Unreadable("parse")
        self.at += 3
        return number(left.value + Fraction(int(top.text), int(bottom.text)))  # type: ignore[operator]

    def argument(self) -> Node:
        """The argument of a function without brackets: factors side by side, up to the next function or operator."""
        left = self.factor()
        while self.starts_atom():
            word = self.next.text.lstrip("\\")
            if word in names.FUNCTIONS or self.next.kind == "text" or self.next.text in ("(", "["):
                break
            left = _product(left, self.factor(signed=False))
        while self.took("/"):
            left = _quotient(left, self.factor())
        return left

    def factor(self, signed: bool = True) -> Node:
        """A sign, a power, or an atom with what is written after it."""
        if signed and self.took("+", "-"):
            sign = self.tokens[self.at - 1].text
            self.depth += 1
            inner = self.factor()
            self.depth -= 1
            return negative(inner) if sign == "-" else inner
        base = self.postfix(self.atom())
        if self.next.text not in ("^", "**"):
            return base
        self.take()
        raised = self.power(base)
        if base.head == "sym" and self.is_inverse(base.name, raised):
            return Node("fn", (self.opaque_argument(),), f"@{base.name}^-1")
        return self.postfix(raised)

    def is_inverse(self, name: str, raised: Node) -> bool:
        """Whether f^{-1} before `(x)` is the inverse of a function."""
        return raised.head == "pow" and raised.args[1].value == -1 and self.opaque(name)

    def power(self, base: Node) -> Node:
        """What stands after `^`: a degree sign, primes, or an exponent (right to left)."""
        if self.took_degree():
            return self.degrees(base)
        grouped = self.next.text == "{" or self.next.kind == "cmd"
        exponent = self.latex_argument() if grouped else self.signed_atom()
        if self.next.text in ("^", "**"):
            self.take()
            exponent = self.power(exponent)
        return Node("pow", (base, exponent))

    def took_degree(self) -> bool:
        """Read a degree sign, which may stand in braces; there it may be an o."""
        start = self.at
        wrapped = self.took("{")
        found = self.took("\\circ", "\\degree")
        if wrapped and not found and self.next[:2] == ("name", "o"):
            found = bool(self.take())
        if not found:
            self.at = start
        elif wrapped:
            self.expect("}")
        return found

    def signed_atom(self) -> Node:
        """x^-2 and x^2y: a sign and one atom; of letters only the first."""
        if self.next.text in ("-", "+"):
            sign = self.take().text
            inner = self.signed_atom()
            return negative(inner) if sign == "-" else inner
        token = self.next
        if token.kind == "name" and not self.python and len(token.text) in (2, 3) and token.text not in names.CONSTANTS:
            return self.latex_argument()
        return self.postfix(self.atom())

    def degrees(self, base: Node) -> Node:
        """20^\\circ, or a temperature."""
        token = self.next
        if token.kind in ("text", "name") and token.text.strip() in ("C", "F"):
            self.at += 1
            return Node("unit", (base,), "deg" + token.text.strip())
        return Node("degree", (base,))

    def postfix(self, node: Node) -> Node:
        """Factorials and percent signs."""
        while True:
            if self.took("!"):
                node = Node("fn", (node,), "factorial")
            elif self.took("%", "\\%"):
                node = Node("percent", (node,))
            elif self.took("\\degree"):
                node = self.degrees(node)
            else:
                return node

    def unit(self, left: Node) -> Node | None:
        """`left` with the unit that is written after it; None where no unit is."""
        token = self.next
        if not self.starts_unit(token) or not _numeric(left):
            return None
        self.at += 1
        if token.text == "$":
            return Node("unit", (left,), "$")
        words = [token.text.strip()]
        while (link := self.unit_link()) is not None:
            words.append(link)
        text = " ".join(words).strip()
        return Node("percent", (left,)) if text in ("percent", "per cent") else Node("unit", (left,), text)

    def starts_unit(self, token: Token) -> bool:
        """Whether a unit begins here, if a number stands before it."""
        if token.kind == "name" and not self.unit_word(token):
            return False
        is_word = token.kind in ("text", "name") and token.text.strip().strip(",").lower() not in _JOINTS
        return is_word or token.text == "$"

    def unit_word(self, token: Token) -> bool:
        """Whether a bare name after a number is a unit and no variable."""
        text = token.text
        if text in ("min", "sec") and self.at + 1 == len(self.tokens):
            return True
        if text in names.KNOWN or self.python:
            return False
        return len(text) > 3 or text in _SHORT_UNITS or (token.spaced and len(text) >= 2)

    def unit_link(self) -> str | None:
        """The next piece of a unit: a word, "per", a slash or a power; None where the unit ends."""
        kind, text, _ = self.next
        following = self.after_next()
        if kind in ("text", "name"):
            link = text.strip() if text.strip().lower() not in ("and", "or", ",") else None
        elif text == "^" and following is not END:
            self.at += 1
            return "^" + self.group_text()
        else:
            link = _LINKS.get(text) if text == "." or following.kind in ("text", "name") else None
        self.at += link is not None
        return link


_SUM = tuple(names.SUM)
_JOINTS = frozenset(("and", "or", ""))
_LINKS = {"/": "/", "\\cdot": "*", "*": "*", "-": "-", ".": ""}
_SHORT_UNITS = frozenset(
    ("cm", "mm", "km", "kg", "mg", "lb", "oz", "ft", "in", "yd", "mi", "ml", "mL", "hr", "min", "sec", "ms", "kW", "kJ",
     "Hz", "kHz", "MHz", "mol", "Pa", "kPa", "mph", "cc")
)  # fmt: skip


def _separates(token: Token) -> bool:
    """Whether a token stands between items."""
    if token.text in (",", ";", "\\land", "\\lor"):
        return True
    return token.kind in ("name", "text") and token.text.strip(" ,").lower() in _JOINTS


def _closes(token: Token) -> bool:
    """Whether a token ends what holds a list."""
    return token.text in (")", "]", "}", "\\}") or token.kind in ("end", "end_of_text")


def _added(terms: list[Node]) -> Node:
    return terms[0] if len(terms) == 1 else Node("add", tuple(terms))


def _is_whole(node: Node) -> bool:
    """Whether this is a whole number, written as one."""
    return node.head == "num" and node.places is None and isinstance(node.value, int)


def _mixed(whole: Node, fraction: Node, beside: bool) -> Node:
    """2 1/2 where both stand `beside` each other, and 2 1/2%; otherwise a product."""
    if fraction.head == "percent" and (part := _proper(fraction.args[0])):
        return Node("percent", (number(whole.value + part),))  # type: ignore[operator]
    if beside and (part := _proper(fraction)):
        return number(whole.value + part)  # type: ignore[operator]
    return _product(whole, fraction)


def _numeric(node: Node) -> bool:
    """Whether a unit may follow: the node is a number, however it is written."""
    if node.head in _PLAIN:
        return True
    if node.head in ("mul", "pow", "add", "pm") or (node.head == "fn" and node.name != "abs"):
        return all(_numeric(arg) for arg in node.args)
    return (node.head == "const" and node.name in ("pi", "e")) or (node.head == "unit" and node.name in ("$", "€", "£"))


def _product(left: Node, right: Node) -> Node:
    return Node("mul", ((*left.args, right) if left.head == "mul" else (left, right)))


def _quotient(left: Node, right: Node) -> Node:
    if right.head == "percent" and left.head == "num":  # 1/4% is a quarter of a percent
        return Node("percent", (quotient(left, right.args[0]),))
    return quotient(left, right)


_SIGNS = {**dict.fromkeys(names.TIMES, _product), **dict.fromkeys(names.OVER, _quotient)}


def _proper(node: Node) -> Fraction | None:
    """The value of a written fraction between 0 and 1."""
    value = node.value if node.head == "num" and node.places is None else None
    return value if isinstance(value, Fraction) and 0 < value < 1 else None
