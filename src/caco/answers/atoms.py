"""The smallest readable parts of an answer: literals, names, calls, fractions, roots."""

from collections.abc import Callable
from fractions import Fraction

from caco.answers import names
from caco.answers.brackets import Brackets, build, call, listed
from caco.answers.lexer import Token
from caco.answers.tree import MINUS_ONE, Node, Unreadable, number, quotient, whole

MAX_DEPTH = 60
MAX_EXPONENT = 3000


class Atoms(Brackets):
    """Reads one atom at a time; `caco.answers.parser` adds the operators."""

    def atom(self) -> Node:
        """One literal, name, call or bracket."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("too_deep")
        token = self.take()
        read = _ATOMS.get(token.kind)
        if read is None:
            raise Unreadable("parse")
        node = read(self, token.text)
        self.depth -= 1
        return node

    def literal(self, text: str) -> Node:
        """A number as it is written; what follows may make it recurring or give it a base."""
        mantissa, _, exponent = text.lower().partition("e")
        digits, point, decimals = mantissa.partition(".")
        if point and not exponent and (recurring := self.recurring(digits, decimals)) is not None:
            return recurring
        if self.next.text == "_" and mantissa.isdigit():
            return self.based(mantissa)
        value = Fraction(whole(digits + decimals), 10 ** len(decimals)) if decimals else whole(digits)
        return _scaled(value, exponent, len(decimals), bool(point))

    def recurring(self, digits: str, decimals: str) -> Node | None:
        """0.1\\overline{6}, 0.1(6) or 0.1666... as an exact number; None where nothing recurs."""
        start = self.at
        period = self.period(digits, decimals)
        if not period.isdigit():
            self.at = start
            return None
        scale = 10 ** len(decimals)
        tail = Fraction(whole(period), scale * (10 ** len(period) - 1))
        return number(Fraction(whole(digits + decimals), scale) + tail)

    def period(self, digits: str, decimals: str) -> str:
        """The digits that are said to recur, or the empty string."""
        if self.took("\\overline", "\\bar", "\\dot"):
            return self.group_text()
        if self.next.text in names.DOTS:
            self.at += 1
            if not (block := _repeated(decimals)):
                raise Unreadable("parse")
            return block
        return self.period_in_brackets(digits, decimals)

    def period_in_brackets(self, digits: str, decimals: str) -> str:
        """The 6 of 0.1(6): right behind the decimals, or behind the point of 0.(3), for 5.(3) is a product."""
        inner = self.after_next()
        if self.next.text != "(" or self.next.spaced or inner.kind != "num":
            return ""
        self.at += 2
        recurs = self.took(")") and (decimals or digits == "0")
        return inner.text if recurs else ""

    def based(self, digits: str) -> Node:
        """31_4: digits in a base."""
        self.take()
        subscript = self.group_text()
        if not subscript.isdigit() or not 2 <= int(subscript) <= 36:
            raise Unreadable("parse")
        return Node("base", (), digits, int(subscript))

    def name(self, text: str) -> Node:
        """A function, a constant, a variable, or letters that stand side by side."""
        head, _, subscript = text.partition("_") if text not in names.FUNCTIONS else (text, "", "")
        if not subscript:
            head, subscript = self.numbered(head)
            if self.is_call(head):
                return self.function(names.FUNCTIONS[head])
        constant = self.constant(head, subscript)
        return constant if constant is not None else self.variable(names.GREEK_LETTERS.get(head, head), subscript)

    def numbered(self, head: str) -> tuple[str, str]:
        """`head` and its subscript, with digits right behind it: those of `log10` are its name, those of `x2` below."""
        token = self.next
        if token.kind != "num" or token.spaced or not token.text.isdigit():
            return head, ""
        if head + token.text in names.FUNCTIONS:
            return head + self.take().text, ""
        if head in names.FUNCTIONS or head in names.CONSTANTS:
            return head, ""
        return head, self.take().text

    def is_call(self, name: str) -> bool:
        """Whether `name` is a function; a constructor is one only before a bracket, or a dot as in `Interval.open`."""
        return name in names.BARE_FUNCTIONS or (name in names.FUNCTIONS and self.next.text in ("(", "."))

    def constant(self, name: str, subscript: str) -> Node | None:
        """The constant of this name; with a subscript it is a variable, but for Python's own."""
        if name in _LITERALS:
            return _LITERALS[name]
        if self.python and name in names.PYTHON_CONSTANTS:
            return Node("const", (), names.PYTHON_CONSTANTS[name])
        return Node("const", (), names.CONSTANTS[name]) if name in names.CONSTANTS and not subscript else None

    def variable(self, head: str, subscript: str) -> Node:
        """A variable. Two and three letters are a product, `xsqrt` is x before a function, and more are one name."""
        if self.is_run(head):
            if self.beside_word():
                raise Unreadable("prose")
            if not subscript and (suffix := _function_suffix(head)):
                self.tokens[self.at : self.at] = [Token("name", suffix, False)]
                head = head[: -len(suffix)]
        if subscript:
            return Node("sym", (), f"{head}_{subscript}")
        if self.is_run(head) and len(head) <= 3:
            self.tokens[self.at : self.at] = [Token("name", letter, False) for letter in head[1:]]
            head = head[0]
        return self.subscripted(head)

    def is_run(self, head: str) -> bool:
        """Whether letters may stand side by side here: Python's names and Greek ones are whole."""
        return len(head) > 1 and head not in names.GREEK and not self.python

    def beside_word(self) -> bool:
        """Whether the name just read has a word next to it: words side by side are prose, never a product."""
        around = [*self.tokens[max(self.at - 2, 0) : self.at - 1], self.next]
        return any(t.kind == "name" and len(t.text) > 1 and t.text not in names.KNOWN for t in around)

    def letter(self, text: str) -> Node:
        """One letter of a product such as `xy`."""
        return Node("const", (), names.CONSTANTS[text]) if text in names.CONSTANTS else Node("sym", (), text)

    def subscripted(self, name: str) -> Node:
        """A variable with what is written below it, its primes, and the `(x)` of an opaque function."""
        if self.next.text == "_":
            self.take()
            name += "_" + self.group_text()
        while self.took("'"):
            name += "'"
        if self.opaque(name):
            return Node("fn", (self.opaque_argument(),), "@" + name)
        if name == "P" and self.next.text == "(":
            self.take()
            return Node("fn", self.arguments(")"), "@P")
        return self.letter(name)

    def opaque(self, name: str) -> bool:
        """Whether `(x)` follows the name of a function."""
        inner = self.tokens[self.at : self.at + 3]
        return (
            name[0] in "fghFGHPQpqyuvw"
            and len(inner) == 3
            and (inner[0].text, inner[1].kind, len(inner[1].text), inner[2].text) == ("(", "name", 1, ")")
        )

    def opaque_argument(self) -> Node:
        """The `x` of `(x)`."""
        self.at += 3
        return self.letter(self.tokens[self.at - 2].text)

    def words(self, text: str) -> Node:
        """`\\text{...}` inside a formula: a letter, or a word used as a variable's name."""
        text = text.strip()
        if len(text) <= 1:
            return self.subscripted(text) if text else Node("num", (), "", 1)
        if text in names.BARE_FUNCTIONS:
            return self.function(names.FUNCTIONS[text])
        if text.isdigit():
            return number(whole(text))
        if " " in text and self.next.text != "=":
            raise Unreadable("prose")
        if not text.replace(" ", "").isalpha():
            raise Unreadable("parse")
        return Node("sym", (), text.lower())

    def function(self, name: str) -> Node:
        """A function with its argument, its exponent (`\\sin^2 x`) and its base (`\\log_2 x`)."""
        if name in names.BUILDERS:
            method = self.take().text if self.took(".") else ""
            self.expect("(")
            return build(name, method, self.arguments(")"))
        power, base = self.scripts()
        if self.next.text == "[" and name in ("sqrt", "root"):
            self.take()
            return call(name, *self.degree_and_argument(), power)
        return call(name, self.called_with(name), base, power)

    def scripts(self) -> tuple[Node | None, Node | None]:
        """The exponent and the base of a function, in either order."""
        power = base = None
        for _ in range(2):
            if self.took("^", "**"):
                power = self.latex_argument()
            elif self.took("_"):
                base = self.latex_argument()
        return power, base

    def called_with(self, name: str) -> tuple[Node, ...]:
        """The arguments of a function: in brackets or, but for `root`, without them."""
        bracket = self.next.text
        if bracket in ("(", "{") or name == "root":
            self.take()
            return self.arguments("}" if bracket == "{" else ")")
        return (self.atom() if name == "sqrt" else self.argument(),)

    def degree_and_argument(self) -> tuple[tuple[Node], Node]:
        """The `[3]{8}` of a root, as its argument and its degree; the opening bracket has been taken."""
        degree = self.expression()
        self.expect("]")
        return (self.latex_argument(),), degree

    def arguments(self, closing: str) -> tuple[Node, ...]:
        """The arguments of a call, up to its closing bracket."""
        if self.took(closing):
            return ()
        inner = self.inside(0)
        self.expect(closing)
        return listed(inner)

    def latex_argument(self) -> Node:
        """What LaTeX takes as one argument: a group, or a single digit, letter or command."""
        if self.took("{"):
            inner = self.listing()
            self.expect("}")
            return inner
        self.split_first()
        if self.next.text in ("-", "+"):
            sign = self.take().text
            inner = self.atom()
            return Node("mul", (MINUS_ONE, inner)) if sign == "-" else inner
        return self.atom()

    def split_first(self) -> None:
        """Part the first digit or letter of the next token from the rest: `\\frac12` is a half."""
        kind, text, _ = self.next
        if len(text) > 1 and (kind == "name" or (kind == "num" and text.isdigit())):
            rest = Token(kind, text[1:], kind == "num")
            self.tokens[self.at : self.at + 1] = [Token(kind, text[0], False), rest]

    def command(self, text: str) -> Node:
        """A LaTeX command."""
        read = _COMMANDS.get(text)
        if read is not None:
            return read(self, text)
        word = text[1:]
        if word in names.BARE_FUNCTIONS:
            return self.function(names.FUNCTIONS[word])
        if word in names.CONSTANTS:
            return Node("const", (), names.CONSTANTS[word])
        if word in names.GREEK:
            return self.subscripted(word)
        raise Unreadable("parse")

    def root(self, _: str) -> Node:
        """`\\sqrt{2}` or `\\sqrt[3]{2}`."""
        if self.took("["):
            return call("sqrt", *self.degree_and_argument())
        return call("sqrt", (self.latex_argument(),))

    def accented(self, text: str) -> Node:
        """What stands below an accent, which counts only where it may mean the complex conjugate."""
        inner = self.latex_argument()
        return Node("fn", (inner,), text) if text == "\\bar" else inner

    def rounded(self, text: str) -> Node:
        """A value between the signs of floor or ceiling."""
        inner = self.expression()
        self.expect("\\r" + text[2:])
        return Node("fn", (inner,), text[2:])

    def money(self, text: str) -> Node:
        """An amount behind the sign of its currency."""
        return Node("unit", (self.factor(),), _CURRENCIES[text])

    def figure(self, text: str) -> Node:
        """`\\angle ABC`, or a line above: over one letter it is the complex conjugate, over more a segment."""
        name = self.group_text()
        if text == "\\overline" and len(name) == 1:
            return Node("fn", (self.letter(name),), "\\bar")
        return Node("sym", (), f"{text[1:]} {name}")


_ATOMS: dict[str, Callable[[Atoms, str], Node]] = {
    "num": Atoms.literal,
    "name": Atoms.name,
    "text": Atoms.words,
    "str": lambda _, text: Node("word", (), text[1:-1]),
    "env": Atoms.environment,
    "cmd": Atoms.command,
    "op": Atoms.bracket,
}
"""Who reads an atom that begins with a token of this kind; the token has been taken."""

_CURRENCIES = {"\\$": "$", "\\euro": "€", "\\pounds": "£"}
_COMMANDS: dict[str, Callable[[Atoms, str], Node]] = {
    **dict.fromkeys(names.FRACTIONS, lambda atoms, _: quotient(atoms.latex_argument(), atoms.latex_argument())),
    **dict.fromkeys(
        names.BINOMIALS, lambda atoms, _: Node("fn", (atoms.latex_argument(), atoms.latex_argument()), "binomial")
    ),
    "\\sqrt": Atoms.root,
    **dict.fromkeys(names.ACCENTS, Atoms.accented),
    **dict.fromkeys(("\\emptyset", "\\varnothing"), lambda *_: Node("empty")),
    "\\mathbb": lambda atoms, _: Node("const", (), "set_" + atoms.group_text()),
    "\\{": lambda atoms, _: atoms.braces("\\}"),
    "\\lbrace": lambda atoms, _: atoms.braces("\\rbrace"),
    "\\langle": lambda atoms, text: atoms.sequence(text, "\\rangle"),
    **dict.fromkeys(("\\lfloor", "\\lceil"), Atoms.rounded),
    **dict.fromkeys(
        ("\\lvert", "\\vert", "\\|", "\\lVert"),
        lambda atoms, _: atoms.absolute("\\rvert", "\\vert", "\\|", "\\rVert"),
    ),
    **dict.fromkeys(_CURRENCIES, Atoms.money),
    **dict.fromkeys(("\\angle", "\\triangle", "\\overline"), Atoms.figure),
    **dict.fromkeys(names.DOTS, lambda *_: Node("more")),
}
_LITERALS = {"None": Node("none"), "True": Node("bool", (), "true"), "False": Node("bool", (), "false")}


def _scaled(value: int | Fraction, exponent: str, decimals: int, has_point: bool) -> Node:
    """`value` with the power of ten behind its e; beyond `MAX_EXPONENT` the power is not computed."""
    if not exponent:
        return number(value, decimals if has_point else None)
    power = int(exponent) if len(exponent) < 9 else MAX_EXPONENT + 1
    if abs(power) > MAX_EXPONENT:
        return Node("mul", (number(value), Node("pow", (number(10), number(whole(exponent.lstrip("+-")))))))
    places = max(decimals - power, 0) if has_point or power < 0 else None
    return number(value * Fraction(10) ** power, places)


def _repeated(decimals: str) -> str:
    """The block that the written decimals repeat at least three times (twice if it is longer than one digit)."""
    for size in range(1, 7):
        block = decimals[-size:]
        if len(block) == size and decimals.endswith(block * (3 if size == 1 else 2)):
            return block
    return ""


def _function_suffix(text: str) -> str:
    """The function that letters run into: the `sqrt` of `xsqrt(5)`."""
    found = (
        name
        for name in ("sqrt", "sin", "cos", "tan", "log", "ln")
        if text.endswith(name) and len(text) - len(name) in (1, 2)
    )
    return next(found, "")
