"""Program text and the places of syntax-tree nodes in it: edits that leave every other character as it was."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of the bytes from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A program's text with the byte offset of each line, which is how `ast` counts columns."""

    code: str
    data: bytes = field(init=False)
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        data = self.code.encode("utf-8", "surrogatepass")
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "starts", (0, *(m.end() for m in _LINE_END.finditer(data)), len(data)))

    def offset(self, line: int, column: int) -> int:
        """Byte offset of a place as `ast` gives it (lines from 1, columns in bytes from 0)."""
        return self.starts[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Byte offsets of the start and the end of a node; decorators count as part of what they decorate."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda n: (n.lineno, n.col_offset))
        at = 1 if first is not node else 0  # the `@` sign stands before the decorator's expression
        return (
            self.offset(first.lineno, first.col_offset) - at,
            self.offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def text(self, node: ast.AST) -> str:
        """The characters of a node."""
        start, end = self.span(node)
        return self.data[start:end].decode("utf-8", "surrogatepass")

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with all `edits` made; they must not overlap."""
        parts, at = [], 0
        for edit in sorted(edits, key=lambda e: (e.start, e.end)):
            parts += [self.data[at : edit.start], edit.text.encode("utf-8", "surrogatepass")]
            at = edit.end
        return b"".join([*parts, self.data[at:]]).decode("utf-8", "surrogatepass")
