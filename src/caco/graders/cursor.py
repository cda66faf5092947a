"""A place in a list of tokens, and the few ways to move on from it."""

from abc import abstractmethod

from caco.graders import names
from caco.graders.lexer import Token
from caco.graders.tree import Node, Unreadable

END = Token("end_of_text", "", False)
_NO_FACTOR = frozenset(
    ("\\}", "\\rangle", "\\rfloor", "\\rceil", "\\rvert", "\\rVert", "\\cup", "\\cap", "\\setminus", "\\mid", "\\%",
     "\\\\",
     "\\rbrace", "\\choose",
     "\\vert", "\\|", "\\&", "\\pm", "\\mp", "\\backslash", "\\bmod", "\\mod", "\\pmod", "\\circ", "\\cr",
     *names.TIMES, *names.OVER, *names.DOTS, "\\land", "\\lor", "\\implies", "\\Rightarrow", "\\iff", "\\quad",
     "\\colon", "\\degree", "\\%", "\\prime")
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
