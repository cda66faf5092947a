"""Text to tokens: LaTeX, plain mathematics, Python and sympy spellings in one alphabet.

Every pattern is linear: no token can make the scanner go back over text it has read.
"""

import re
from typing import NamedTuple

from caco.graders.tree import Unreadable

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
        "∛": " cbrt ",
        "π": " \\pi ", "°": "^\\circ ", "º": "^\\circ ", "±": " \\pm ", "∓": " \\mp ", "ℝ": " \\mathbb{R} ",
        "ℤ": " \\mathbb{Z} ", "ℕ": " \\mathbb{N} ", "ℚ": " \\mathbb{Q} ", "≈": " \\approx ", "∼": "~", "⟨": "\\langle ",
        "⟩": "\\rangle ", "…": "...", "∖": " \\setminus ", "⌊": "\\lfloor ", "⌋": "\\rfloor ", "⌈": "\\lceil ",
        "⌉": "\\rceil ",
        "，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "［": "[", "］": "]", "｛": "{", "｝": "}", "＝": "=",
        "＋": "+", "．": ".", "％": "%", "＜": "<", "＞": ">", "、": ",", "。": ".",
        "’": "'", "‘": "'", "“": '"', "”": '"',
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ", "\u2003": " ", "\u200b": "", "\u2062": "",
        "\u2061": "",
        "\u200e": "", "\ufeff": "", "∧": " and ", "∨": " or ", "→": "->", "∶": ":", "′": "'", "€": "\\euro ",
        "£": "\\pounds ", "¢": " cents",
        "½": "\\frac{1}{2}", "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}",
        "⅕": "\\frac{1}{5}",
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
