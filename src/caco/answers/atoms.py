"""The smallest readable parts of an answer: literals, names, calls, fractions, roots."""

from fractions import Fraction

from caco.answers import names
from caco.answers.brackets import Brackets, build, call
from caco.answers.lexer import Token
from caco.answers.tree import Node, Unreadable, number, quotient, whole

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
        match token.kind:
            case "num":
                node = self.literal(token.text)
            case "name":
                node = self.name(token.text)
            case "text":
                node = self.words(token.text.strip())
            case "str":
                node = Node("word", (), token.text[1:-1])
            case "env":
                node = self.environment(token.text)
            case "cmd":
                node = self.command(token.text)
            case "op":
                node = self.bracket(token.text)
            case _:
                raise Unreadable("parse")
        self.depth -= 1
        return node

    def literal(self, text: str) -> Node:
        """A number as it is written; what follows may make it recurring or give it a base."""
        mantissa, _, exponent = text.lower().partition("e")
        digits, _, decimals = mantissa.partition(".")
        if "." in mantissa and not exponent:
            recurring = self.recurring(digits, decimals)
            if recurring is not None:
                return recurring
        if self.next.text == "_" and mantissa.isdigit():
            return self.based(mantissa)
        places = len(decimals) if "." in mantissa or exponent else None
        value: int | Fraction = whole(digits + decimals)
        if decimals:
            value = Fraction(value, 10 ** len(decimals))
        if not exponent:
            return number(value, places)
        power = int(exponent) if len(exponent) < 9 else MAX_EXPONENT + 1
        if abs(power) > MAX_EXPONENT:
            return Node("mul", (number(value), Node("pow", (number(10), number(whole(exponent.lstrip("+-")))))))
        scale = Fraction(10) ** power
        return number(value * scale, max((places or 0) - power, 0) if "." in mantissa or power < 0 else None)

    def recurring(self, digits: str, decimals: str) -> Node | None:
        """0.1\\overline{6}, 0.1(6) or 0.1666... as an exact number."""
        period = ""
        start = self.at
        if self.took("\\overline", "\\bar", "\\dot"):
            token = self.group_text()
            period = token
        elif (
            self.next.text == "("
            and not self.next.spaced
            and [t.kind for t in self.tokens[start + 1 : start + 2]] == ["num"]
        ):
            self.at += 1
            period = self.take().text
            if not self.took(")") or (not decimals and digits != "0"):
                self.at, period = start, ""
        elif self.next.text in names.DOTS:
            self.at += 1
            period = _repeated(decimals)
            if not period:
                raise Unreadable("parse")
        if not period.isdigit():
            self.at = start
            return None
        lead = whole(digits + decimals) if digits + decimals else 0
        scale = 10 ** len(decimals)
        return number(Fraction(lead, scale) + Fraction(whole(period), scale * (10 ** len(period) - 1)))

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
        digits = ""
        token = self.next
        if token.kind == "num" and not token.spaced and token.text.isdigit() and not subscript:
            if head + token.text in names.FUNCTIONS:
                head += self.take().text
            elif head not in names.FUNCTIONS and head not in names.CONSTANTS:
                digits = self.take().text
        if (
            head in names.FUNCTIONS
            and not subscript
            and (head not in names.BUILDERS_SPELLED or self.next.text in ("(", "."))
        ):
            return self.function(names.FUNCTIONS[head])
        if head in ("True", "False", "None") or (self.python and head in names.PYTHON_CONSTANTS):
            return _literal_name(head)
        if head in names.CONSTANTS and not subscript + digits:
            return Node("const", (), names.CONSTANTS[head])
        head = names.GREEK_LETTERS.get(head, head)
        if len(head) > 1 and head not in names.GREEK and not self.python:
            if self.beside_word():
                raise Unreadable("prose")
            if (suffix := _function_suffix(head)) and not subscript + digits:
                self.tokens[self.at : self.at] = [Token("name", suffix, False)]
                head = head[: -len(suffix)]
        if subscript or digits:
            return Node("sym", (), f"{head}_{subscript or digits}")
        if len(head) == 1 or self.python or head in names.GREEK or len(head) > 3:
            return self.subscripted(head)
        self.tokens[self.at : self.at] = [Token("name", letter, False) for letter in head[1:]]
        return self.subscripted(head[0])

    def beside_word(self) -> bool:
        """Whether the name just read has a word next to it: words side by side are prose, never a product."""
        around = [*self.tokens[max(self.at - 2, 0) : self.at - 1], self.next]
        return any(t.kind == "name" and len(t.text) > 1 and _is_word(t.text) for t in around)

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
        if len(text) <= 1:
            return self.subscripted(text) if text else Node("num", (), "", 1)
        if text in names.FUNCTIONS and text not in names.BUILDERS_SPELLED:
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
        power = base = None
        args: tuple[Node, ...]
        for _ in range(2):
            if self.took("^", "**"):
                power = self.latex_argument()
            elif self.took("_"):
                base = self.latex_argument()
        if name == "root" or self.next.text in ("(", "{") or (self.next.text == "[" and name == "sqrt"):
            bracket = self.take().text
            if bracket == "[":
                base = self.expression()
                self.expect("]")
                args = (self.latex_argument(),)
            else:
                args = self.arguments("}" if bracket == "{" else ")")
        else:
            args = (self.atom(),) if name == "sqrt" else (self.argument(),)
        return call(name, args, base, power)

    def arguments(self, closing: str) -> tuple[Node, ...]:
        """The arguments of a call, up to its closing bracket."""
        if self.took(closing):
            return ()
        bars, self.bars = self.bars, 0
        inner = self.listing()
        self.bars = bars
        self.expect(closing)
        return inner.args if inner.head == "items" else (inner,)

    def latex_argument(self) -> Node:
        """What LaTeX takes as one argument: a group, or a single digit, letter or command."""
        if self.took("{"):
            inner = self.listing()
            self.expect("}")
            return inner
        token = self.next
        if token.kind == "num" and len(token.text) > 1 and token.text.isdigit():
            self.tokens[self.at : self.at + 1] = [
                Token("num", token.text[0], False),
                Token("num", token.text[1:], True),
            ]
        elif token.kind == "name" and len(token.text) > 1:
            self.tokens[self.at : self.at + 1] = [
                Token("name", token.text[0], False),
                Token("name", token.text[1:], False),
            ]
        if self.next.text in ("-", "+"):
            sign = self.take().text
            inner = self.atom()
            return Node("mul", (number(-1), inner)) if sign == "-" else inner
        return self.atom()

    def command(self, text: str) -> Node:
        """A LaTeX command."""
        word = text[1:]
        if text in names.FRACTIONS:
            return quotient(self.latex_argument(), self.latex_argument())
        if text in names.BINOMIALS:
            return Node("fn", (self.latex_argument(), self.latex_argument()), "binomial")
        if text == "\\sqrt":
            base = None
            if self.took("["):
                base = self.expression()
                self.expect("]")
            return call("sqrt", (self.latex_argument(),), base, None)
        if word in names.FUNCTIONS and word not in names.BUILDERS_SPELLED:
            return self.function(names.FUNCTIONS[word])
        if word in names.CONSTANTS:
            return Node("const", (), names.CONSTANTS[word])
        if word in names.GREEK:
            return self.subscripted(word)
        if text in names.ACCENTS:
            return Node("fn", (self.latex_argument(),), text) if text == "\\bar" else self.latex_argument()
        return self.symbol_command(text)

    def symbol_command(self, text: str) -> Node:
        """Sets, brackets and signs that LaTeX spells as commands."""
        match text:
            case "\\emptyset" | "\\varnothing":
                return Node("empty")
            case "\\mathbb":
                return Node("const", (), "set_" + self.group_text())
            case "\\{":
                return self.braces("\\}")
            case "\\langle" | "\\lbrace":
                return self.sequence("\\langle", "\\rangle") if text == "\\langle" else self.braces("\\rbrace")
            case "\\lfloor" | "\\lceil":
                inner = self.expression()
                self.expect("\\rfloor" if text == "\\lfloor" else "\\rceil")
                return Node("fn", (inner,), "floor" if text == "\\lfloor" else "ceil")
            case "\\lvert" | "\\vert" | "\\|" | "\\lVert":
                return self.absolute("\\rvert", "\\vert", "\\|", "\\rVert")
            case "\\$" | "\\euro" | "\\pounds":
                amount = self.factor()
                return Node("unit", (amount,), {"\\$": "$", "\\euro": "€", "\\pounds": "£"}[text])
            case "\\angle" | "\\triangle" | "\\overline":
                name = self.group_text()
                letter = text == "\\overline" and len(name) == 1
                return Node("fn", (self.letter(name),), "\\bar") if letter else Node("sym", (), f"{text[1:]} {name}")
            case _ if text in names.DOTS:
                return Node("more")
        raise Unreadable("parse")


def _literal_name(name: str) -> Node:
    """Python's own constants."""
    if name == "None":
        return Node("none")
    return (
        Node("bool", (), name.lower()) if name in ("True", "False") else Node("const", (), names.PYTHON_CONSTANTS[name])
    )


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


def _is_word(text: str) -> bool:
    """Whether a run of letters is none of the names of mathematics."""
    return (
        text not in names.FUNCTIONS
        and text not in names.CONSTANTS
        and text not in names.GREEK
        and text not in ("and", "or")
    )
