"""Trees as short canonical text, for logs and for grouping answers."""

from fractions import Fraction

from caco.graders.tree import Node

MAX_SHOWN = 2000
_MAX_DIGITS = 4000
_BRACKETS = {
    "()": ("(", ")"),
    "[]": ("[", "]"),
    "list": ("[", "]"),
    "tuple": ("(", ")"),
    "[)": ("[", ")"),
    "(]": ("(", "]"),
}


def show(node: Node) -> str:
    """Canonical text of a tree, cut at `MAX_SHOWN` characters; sums, products and sets are in sorted order."""
    text = _text(node)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def _text(node: Node) -> str:
    head = node.head
    if head == "num":
        return _number(node)
    if head in ("sym", "const", "word", "bool", "raw", "date", "time"):
        return node.name
    if head == "base":
        return f"{node.name}_{node.value}"
    parts = [_text(arg) for arg in node.args]
    match head:
        case "add":
            return "(" + " + ".join(sorted(parts)) + ")"
        case "mul":
            return "*".join(sorted(parts))
        case "pow":
            return "^".join(f"({p})" if _compound(a) else p for a, p in zip(node.args, parts, strict=True))
        case "percent":
            return parts[0] + "%"
        case "degree":
            return parts[0] + " degree"
        case "unit":
            return f"{parts[0]} {node.name}"
        case "fn":
            return f"{node.name}({', '.join(parts)})"
        case "seq" | "interval":
            opening, closing = _BRACKETS[node.name]
            return opening + ", ".join(parts) + closing
        case "set":
            return "{" + ", ".join(sorted(parts)) + "}"
        case "dict":
            return "{" + ", ".join(sorted(parts)) + "}"
        case "pair" | "ratio":
            return ":".join(parts)
        case "items":
            return ", ".join(parts)
        case "rel":
            return _relation(node, parts)
        case "pm":
            return f"{parts[0]} ± {parts[1]}"
        case "none":
            return "none"
        case "more":
            return "..."
    return f"{head}({', '.join(parts)})"


def _compound(node: Node) -> bool:
    """Whether a base or an exponent needs brackets (sums bring their own)."""
    return (
        node.head in ("mul", "pow", "pm")
        or isinstance(node.value, Fraction)
        or (isinstance(node.value, int) and node.value < 0)
    )


def _number(node: Node) -> str:
    value = node.value or 0
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 3 * _MAX_DIGITS:
        return f"number of {value.numerator.bit_length()} bits"
    if node.name == "float" and isinstance(value, Fraction):
        try:
            return repr(float(value))
        except OverflowError:
            return str(value)
    return str(value)


def _relation(node: Node, parts: list[str]) -> str:
    pieces = [parts[0]]
    for operator, part in zip(node.name.split(), parts[1:], strict=False):
        pieces += [operator, part]
    return " ".join(pieces)
