"""Whatever has an opening and a closing sign: groups, tuples, intervals, sets, dicts, absolute values, matrices."""

from caco.graders import names
from caco.graders.cursor import END, Cursor
from caco.graders.tree import Node, Unreadable

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
