"""The grammar of answers: lists, relations, set operations, sums, products and powers over atoms.

A precedence climber: each method reads one level and calls the next. It reads text, and runs nothing.
"""

from fractions import Fraction

from caco.answers import names
from caco.answers.atoms import Atoms
from caco.answers.lexer import Token, tokens
from caco.answers.tree import Node, Unreadable, negative, number, quotient

_PLAIN = frozenset(("num", "percent", "degree", "base"))
_UNIT_LINKS = frozenset(("per", "square", "cubic", "squared", "cubed", "sq", "cu", "a", "an", "of", "the"))


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
        while self.separator():
            said = "or" if self.tokens[self.at - 1].text.strip() in ("or", "\\lor") else said
            if self.next.text in (")", "]", "}", "\\}") or self.next.kind in ("end", "end_of_text"):
                self.depth -= 1
                return Node("items", tuple(items), said)
            items.append(self.ratio())
        self.depth -= 1
        return items[0] if len(items) == 1 else Node("items", tuple(items), said)

    def separator(self) -> bool:
        """Read what separates two items (", and" counts as one separator)."""
        start = self.at
        while True:
            kind, text, _ = self.next
            word = text.strip(" ,").lower()
            if text in (",", ";", "\\land", "\\lor") or (kind in ("name", "text") and (word in ("and", "or", ""))):
                self.at += 1
            else:
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
        left = self.term() if self.next.text not in names.SUM else None
        terms = [left] if left is not None else []
        while self.next.text in names.SUM and self.next.kind in ("op", "cmd"):
            sign = self.take().text
            right = self.term()
            if sign in ("\\pm", "\\mp"):
                before = terms[0] if len(terms) == 1 else Node("add", tuple(terms)) if terms else number(0)
                terms = [Node("pm", (before, right))]
            else:
                terms.append(negative(right) if sign == "-" else right)
        if not terms:
            raise Unreadable("parse")
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Node("add", tuple(terms))

    def term(self) -> Node:
        """A product, with or without signs of multiplication."""
        left = self.factor()
        while True:
            token = self.next
            if token.kind in ("op", "cmd") and token.text in names.TIMES:
                self.at += 1
                left = _product(left, self.factor())
            elif token.kind in ("op", "cmd") and token.text in names.OVER:
                self.at += 1
                left = _quotient(left, self.factor())
            elif (unit := self.unit(left)) is not None:
                left = unit
            elif self.starts_atom():
                left = self.beside(left, token)
            else:
                return left

    def beside(self, left: Node, token: Token) -> Node:
        """A factor without a sign before it; a whole number before a written fraction makes a mixed number."""
        mixed = left.head == "num" and left.places is None and isinstance(left.value, int)
        previous = self.tokens[self.at - 1]
        if token.kind == "num":
            if previous.kind == "num":
                right = self.fraction_after(left) if mixed else None
                if right is None:
                    raise Unreadable("parse")
                return right
            if not mixed and previous.kind != "op":
                return _product(left, self.factor())
        right = self.factor(signed=False)
        value = _proper(right)
        if mixed and right.head == "percent" and token.text in names.FRACTIONS and (part := _proper(right.args[0])):
            return Node("percent", (number(left.value + part),))  # type: ignore[operator]
        if mixed and value is not None and token.text in names.FRACTIONS and previous.kind == "num":
            return number(left.value + value)  # type: ignore[operator]
        return _product(left, right)

    def fraction_after(self, left: Node) -> Node | None:
        """`1 1/2` after its 1."""
        parts = self.tokens[self.at : self.at + 3]
        if [t.kind for t in parts] != ["num", "op", "num"] or parts[1].text != "/" or not parts[0].spaced:
            return None
        top, bottom = parts[0].text, parts[2].text
        if not (top.isdigit() and bottom.isdigit()) or len(bottom) > 9 or not 0 < int(top) < int(bottom):
            return None
        self.at += 3
        return number(left.value + Fraction(int(top), int(bottom)))  # type: ignore[operator]

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
        if signed and self.next.kind == "op" and self.next.text in "+-":
            sign = self.take().text
            self.depth += 1
            inner = self.factor()
            self.depth -= 1
            return negative(inner) if sign == "-" else inner
        base = self.postfix(self.atom())
        if self.next.text not in ("^", "**"):
            return base
        self.take()
        raised = self.power(base)
        if raised.head == "pow" and base.head == "sym" and raised.args[1].value == -1 and self.opaque(base.name):
            return Node("fn", (self.opaque_argument(),), f"@{base.name}^-1")
        return self.postfix(raised)

    def power(self, base: Node) -> Node:
        """What stands after `^`: a degree sign, primes, or an exponent (right to left)."""
        start = self.at
        wrapped = self.took("{")
        if self.took("\\circ", "\\degree") or (wrapped and self.next.text == "o" and self.took_name("o")):
            if wrapped:
                self.expect("}")
            return self.degrees(base)
        self.at = start
        grouped = self.next.text == "{" or self.next.kind == "cmd"
        exponent = self.latex_argument() if grouped else self.signed_atom()
        if self.next.text in ("^", "**"):
            self.take()
            exponent = self.power(exponent)
        return Node("pow", (base, exponent))

    def took_name(self, text: str) -> bool:
        """Read the next token if it is the name `text`."""
        if self.next == ("name", text, self.next.spaced):
            self.at += 1
            return True
        return False

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
        if token.text == "$" and _numeric(left):
            self.at += 1
            return Node("unit", (left,), "$")
        if token.kind not in ("text", "name") or not _numeric(left):
            return None
        if token.kind == "name" and not self.unit_word(token):
            return None
        words = [token.text.strip()]
        if words[0].strip(",").lower() in ("and", "or", ""):
            return None
        self.at += 1
        while (link := self.unit_link()) is not None:
            words.append(link)
        text = " ".join(words).strip()
        return Node("percent", (left,)) if text in ("percent", "per cent") else Node("unit", (left,), text)

    def unit_word(self, token: Token) -> bool:
        """Whether a bare name after a number is a unit and no variable."""
        text = token.text
        if text in ("min", "sec") and self.at + 1 == len(self.tokens):
            return True
        if text in names.FUNCTIONS or text in names.CONSTANTS or text in names.GREEK or text in ("and", "or"):
            return False
        return len(text) >= 2 and (token.spaced or len(text) > 3 or text in _SHORT_UNITS) and not self.python

    def unit_link(self) -> str | None:
        """The next piece of a unit: a word, "per", a slash or a power."""
        kind, text, _ = self.next
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if kind in ("text", "name") and text.strip().lower() not in ("and", "or", ","):
            self.at += 1
            return text.strip()
        if text in ("/", "\\cdot", "*", "-") and following is not None and following.kind in ("text", "name"):
            self.at += 1
            return "*" if text in ("\\cdot", "*") else text
        if text == "^" and following is not None:
            self.at += 1
            return "^" + self.group_text()
        if text == ".":
            self.at += 1
            return ""
        return None


_SHORT_UNITS = frozenset(
    [
        "cm",
        "mm",
        "km",
        "kg",
        "mg",
        "lb",
        "oz",
        "ft",
        "in",
        "yd",
        "mi",
        "ml",
        "mL",
        "hr",
        "min",
        "sec",
        "ms",
        "kW",
        "kJ",
        "Hz",
        "kHz",
        "MHz",
        "mol",
        "Pa",
        "kPa",
        "mph",
        "cc",
    ]
)


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


def _proper(node: Node) -> Fraction | None:
    """The value of a written fraction between 0 and 1."""
    value = node.value if node.head == "num" and node.places is None else None
    return value if isinstance(value, Fraction) and 0 < value < 1 else None
