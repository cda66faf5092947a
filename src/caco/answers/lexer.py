"""Text to tokens: LaTeX, plain mathematics, Python and sympy spellings in one alphabet.

Every pattern is linear: no token can make the scanner go back over text it has read.
`Cursor` is a place in a list of tokens, with the few ways to move on from it.
"""

import re
from abc import abstractmethod
from typing import NamedTuple

from caco.answers import names
from caco.answers.tree import Node, Unreadable

MAX_TOKENS = 3000


class Token(NamedTuple):
    """kind: num, text, env, cmd, str, name or op; `spaced`: white space stood before it."""

    kind: str
    text: str
    spaced: bool


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<num>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+(?![A-Za-z\d]))?)
    |\\(?:text|mbox|textnormal|textbf|textrm|textit|texttt|mathrm|mathsf|operatorname|hbox|emph)
        \*?\s*\{(?P<text>[^{}]*)\}
    |\\(?:mathbf|mathit|mathcal|boldsymbol|bm)\s*\{\s*(?P<bold>[A-Za-z]|\d+)\s*\}
    |\\begin\s*\{(?P<env>\w+)\*?\}(?:\{[^{}]*\})?
    |\\end\s*\{(?P<end>\w+)\*?\}
    |(?P<cmd>\\[A-Za-z]+|\\.)
    |(?P<str>(?<![\w)])'[^'\n]*'|"[^"\n]*")
    |(?P<name>[A-Za-zα-ωΑ-Ω]+(?:_[A-Za-z0-9]+)*)
    |(?P<op>\*\*|<=|>=|!=|==|->|\.\.\.+|\|\||.)""",
    re.VERBOSE | re.DOTALL,
)

_SPACING = re.compile(
    r"(\\\\)|\\(?:left|right|bigl|bigr|Bigl|Bigr|biggl|biggr|big|Big|bigg|Bigg|displaystyle|textstyle|limits|nolimits|middle"
    r"|quad|qquad|hfill|rm|bf|it|mathstrut|strut|allowbreak|nonumber)(?![A-Za-z])|\\[!,;:> ]|\\hspace\{[^{}]*\}"
)
_NO_DELIMITER = re.compile(r"\\(?:left|right)\s*\.")
_GLUE = re.compile(r"(?<=\d)(?:\\!|\{,\}|\\,(?=\d{3}(?!\d))|,\s*\\!\s*)+(?=\d)")
_CHARACTERS = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "﹣": "-", "－": "-", "‐": "-", "‑": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*",
        "•": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/", "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=",
        "∞": " \\infty ", "∪": " \\cup ", "∩": " \\cap ", "∈": " \\in ", "∅": " \\emptyset ", "√": " sqrt ",
        "∛": " cbrt ", "π": " \\pi ", "°": "^\\circ ", "º": "^\\circ ", "±": " \\pm ", "∓": " \\mp ",
        "ℝ": " \\mathbb{R} ", "ℤ": " \\mathbb{Z} ", "ℕ": " \\mathbb{N} ", "ℚ": " \\mathbb{Q} ", "≈": " \\approx ",
        "∼": "~", "⟨": "\\langle ", "⟩": "\\rangle ", "…": "...", "∖": " \\setminus ", "⌊": "\\lfloor ",
        "⌋": "\\rfloor ", "⌈": "\\lceil ", "⌉": "\\rceil ", "，": ",", "；": ";", "：": ":", "（": "(", "）": ")",
        "［": "[", "］": "]", "｛": "{", "｝": "}", "＝": "=", "＋": "+", "．": ".", "％": "%", "＜": "<",
        "＞": ">", "、": ",", "。": ".", "’": "'", "‘": "'", "“": '"', "”": '"',
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ",
        "\u2003": " ", "\u200b": "", "\u2062": "", "\u2061": "", "\u200e": "", "\ufeff": "", "∧": " and ", "∨": " or ",
        "→": "->", "∶": ":", "′": "'", "€": "\\euro ", "£": "\\pounds ", "¢": " cents", "½": "\\frac{1}{2}",
        "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}", "⅕": "\\frac{1}{5}",
        "⅖": "\\frac{2}{5}", "⅗": "\\frac{3}{5}", "⅘": "\\frac{4}{5}", "⅙": "\\frac{1}{6}", "⅚": "\\frac{5}{6}",
        "⅛": "\\frac{1}{8}", "⅜": "\\frac{3}{8}", "⅝": "\\frac{5}{8}", "⅞": "\\frac{7}{8}",
        **{chr(0xFF10 + d): str(d) for d in range(10)},
    }
)  # fmt: skip
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ]+")
_SUBSCRIPT = re.compile("[₀₁₂₃₄₅₆₇₈₉ₙ]+")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ", "0123456789+-ni")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₙ", "0123456789n")


def plain(text: str) -> str:
    """`text` with typographic characters spelled out and LaTeX's spacing taken away."""
    if not text.isascii():
        text = _SUPERSCRIPT.sub(lambda m: "^{" + m[0].translate(_RAISED) + "}", text)
        text = _SUBSCRIPT.sub(lambda m: "_{" + m[0].translate(_LOWERED) + "}", text).translate(_CHARACTERS)
    if "\\" in text or "{,}" in text:
        text = _SPACING.sub(_kept, _NO_DELIMITER.sub(" ", _GLUE.sub("", text)))
    return text.replace("~", " ").strip()


def _kept(match: re.Match[str]) -> str:
    """A line break of a matrix stays; spacing becomes a space."""
    return match[1] or " "


def tokens(text: str) -> list[Token]:
    """The tokens of `text`.

    Raises:
        Unreadable: it has more than `MAX_TOKENS`.
    """
    found: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "space":
            spaced = True
            continue
        text = match[kind]
        if kind == "bold":
            kind = "num" if text.isdigit() else "name"
        found.append(Token(kind, text, spaced))
        spaced = False
        if len(found) > MAX_TOKENS:
            raise Unreadable("too_long")
    return found


END = Token("end_of_text", "", False)
_NO_FACTOR = frozenset(
    ("\\}", "\\rangle", "\\rfloor", "\\rceil", "\\rvert", "\\rVert", "\\cup", "\\cap", "\\setminus", "\\mid", "\\%",
     "\\\\", "\\rbrace", "\\choose", "\\vert", "\\|", "\\&", "\\pm", "\\mp", "\\backslash", "\\bmod", "\\mod", "\\pmod",
     "\\circ", "\\cr", *names.TIMES, *names.OVER, *names.DOTS, "\\land", "\\lor", "\\implies", "\\Rightarrow", "\\iff",
     "\\quad", "\\colon", "\\degree", "\\%", "\\prime")
)  # fmt: skip


class Cursor:
    """Tokens with the index of the next one; what reads whole levels is given by the classes below."""

    def __init__(self, found: list[Token], python: bool = False) -> None:
        self.tokens = found
        self.at = 0
        self.python = python
        self.depth = 0
        self.bars = 0
        self.openings: tuple[str, ...] = ("(", "[", "{")

    @abstractmethod
    def listing(self) -> Node: ...

    @abstractmethod
    def expression(self) -> Node: ...

    @abstractmethod
    def factor(self, signed: bool = True) -> Node: ...

    @abstractmethod
    def argument(self) -> Node: ...

    @property
    def next(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def after_next(self) -> Token:
        """The token behind the next one."""
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else END

    def take(self) -> Token:
        """Read one token."""
        token = self.next
        self.at += 1
        return token

    def took(self, *texts: str) -> bool:
        """Read the next token if it is one of `texts`."""
        token = self.next
        if token.text in texts and token.kind in ("op", "cmd"):
            self.at += 1
            return True
        return False

    def expect(self, *texts: str) -> str:
        """Read the next token, which has to be one of `texts`."""
        token = self.take()
        if token.text not in texts or token.kind not in ("op", "cmd"):
            raise Unreadable("parse")
        return token.text

    def starts_atom(self) -> bool:
        """Whether the next token can begin a factor that stands beside another without an operator."""
        kind, text, _ = self.next
        if kind in ("num", "name", "text", "env"):
            return text.strip().lower() not in ("and", "or", "")
        if kind == "cmd":
            return text not in _NO_FACTOR and text not in names.RELATIONS
        return kind == "op" and (text in self.openings or (text == "|" and not self.bars))

    def group_text(self) -> str:
        """The text of one braced group (or of one token), as it is written."""
        if not self.took("{"):
            return self.take().text
        parts = []
        while not self.took("}"):
            if self.next is END:
                raise Unreadable("parse")
            parts.append(self.take().text)
        return "".join(parts)
