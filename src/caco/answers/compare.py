"""Two trees to one decision: which rule applies is decided by the two kinds; every rule is symmetric."""

from dataclasses import dataclass
from fractions import Fraction

from caco.answers import containers, quantities, relations, words
from caco.answers.tree import Decision, Node, contains, equal, every, negative, unequal, unsure

_COLLECTIONS = frozenset(
    ("items", "seq", "set", "interval", "union", "cap", "setminus", "builder", "empty", "matrix", "dict", "row")
)
_UNREAD = frozenset(("raw", "more"))
_NOT_NUMBERS = frozenset(("nan",))


@dataclass(frozen=True, slots=True)
class Rules:
    """What the caller states about the answers."""

    type: str = ""
    tolerance: Fraction | None = None

    def same(self, left: Node, right: Node) -> Decision:
        """The decision on two trees."""
        left, right = self.repeated(_plain(left)), self.repeated(_plain(right))
        if contains(left, _UNREAD) or contains(right, _UNREAD):
            return _unread(left, right)
        if _is_nan(left) or _is_nan(right):
            return unequal("nan")
        if left == right:
            return equal("exact", "same")
        heads = {left.head, right.head}
        for kinds, rule in _ORDER:
            if heads & kinds:
                return rule(self, left, right)
        return quantities.compare(left, right, self.tolerance)

    def repeated(self, node: Node) -> Node:
        """`1/2 or 0.5` says one thing twice."""
        if node.head != "items" or node.name != "or" or len(node.args) != 2:
            return node
        return node.args[0] if self.same(*node.args).is_equal else node


def _plain(node: Node) -> Node:
    """Both signs of a plus-minus as two answers."""
    if node.head == "items":
        node = _unqualified(node)
    if not contains(node, frozenset(("pm",))) or node.head == "raw":
        return node
    if node.head == "rel" and len(node.args) == 2 and node.name == "=":
        right = _plain(node.args[1])
        return right._replace(args=tuple(Node("rel", (node.args[0], arg), "=") for arg in right.args))
    if node.head in ("items", "set"):
        parts = [_plain(arg) for arg in node.args]
        return node._replace(
            args=tuple(p for part in parts for p in (part.args if part.head == "items" else (part,))), name="or"
        )
    return Node("items", (signed(node, 1), signed(node, -1)), "or")


def _unqualified(node: Node) -> Node:
    """A list without its closing `k \\in \\mathbb{Z}`."""
    last = node.args[-1]
    said = last.head == "rel" and last.name == "in" and last.args[1].head == "const" and len(node.args) > 1
    if not said or last.args[0].head != "sym":
        return node
    rest = node.args[:-1]
    return rest[0] if len(rest) == 1 else node._replace(args=rest)


def signed(node: Node, sign: int) -> Node:
    """`node` with every plus-minus read as plus (or as minus)."""
    args = tuple(signed(arg, sign) for arg in node.args)
    if node.head == "pm":
        return Node("add", (args[0], args[1] if sign > 0 else negative(args[1])))
    return node._replace(args=args)


def _is_nan(node: Node) -> bool:
    return node.head == "const" and node.name == "nan"


def _unread(left: Node, right: Node) -> Decision:
    if left == right and (left.name or left.head != "raw"):
        return equal("exact", "same_text")
    if not (left.name if left.head == "raw" else True) or not (right.name if right.head == "raw" else True):
        return unsure("no_answer")
    sides = [name for name, node in (("gold", left), ("prediction", right)) if contains(node, _UNREAD)]
    return unsure("unparsed_" + "_and_".join(sides))


def _none(rules: Rules, left: Node, right: Node) -> Decision:
    """No answer exists: equal to another wording of it and to the empty set."""
    if {left.head, right.head} <= {"none", "empty"}:
        return equal("structure", "no_answer_exists")
    other = right if left.head in ("none", "empty") else left
    if other.head in ("seq", "items", "dict") and not other.args:
        return unsure("empty_collection")
    return unsure("words") if other.head in ("word", "bool") else unequal("no_answer_exists")


def _bool(rules: Rules, left: Node, right: Node) -> Decision:
    """Yes and true, no and false."""
    if left.head == right.head:
        return unequal("truth")
    other = left if right.head == "bool" else right
    truth = right if right.head == "bool" else left
    if other.head == "sym" and other.name.lower() in ("t", "f", "y", "n"):
        return (
            unsure("abbreviated")
            if other.name.lower() in ("ty" if truth.name == "true" else "fn")
            else unequal("truth")
        )
    if other.head == "num" and other.value in (0, 1):
        return unsure("number_for_truth")
    return unsure("words") if other.head == "word" else unequal("truth")


def _calendar(rules: Rules, left: Node, right: Node) -> Decision:
    """Dates and times; a part that only one side says leaves the pair open."""
    if left.head != right.head:
        if left.head == "time" or right.head == "time":
            return _clock_or_ratio(rules, left, right)
        return unsure("date_and_other") if "word" in (left.head, right.head) else unequal("date")
    if left.head == "time":
        return _times(left.name, right.name)
    pairs = list(zip(left.name.split("-"), right.name.split("-"), strict=True))
    if any(a != b and "?" not in (a, b) for a, b in pairs):
        return unequal("date")
    return unsure("date_part_missing")


def _times(left: str, right: str) -> Decision:
    """10:30 with or without am and pm."""
    if left.rstrip("?") == right.rstrip("?"):
        return equal("structure", "time").using("half_of_day_unsaid")
    known = [t.rstrip("?").split(":") for t in (left, right)]
    if (
        ("?" in left or "?" in right)
        and known[0][1:] == known[1][1:]
        and (int(known[0][0]) - int(known[1][0])) % 12 == 0
    ):
        return unsure("half_of_day_unsaid")
    return unequal("time")


def _clock_or_ratio(rules: Rules, left: Node, right: Node) -> Decision:
    """10:30 is a ratio where the other side is one."""
    hour, minute, *_ = (left if left.head == "time" else right).name.rstrip("?").split(":")
    other = right if left.head == "time" else left
    if other.head == "ratio":
        return _ratios(rules, Node("ratio", (Node("num", value=int(hour)), Node("num", value=int(minute)))), other)
    return unsure("time_and_other") if other.head in ("word", "unit") else unequal("time")


def _ratios(rules: Rules, left: Node, right: Node) -> Decision:
    """a:b in lowest terms; two terms also as the fraction a/b."""
    if left.head != right.head:
        ratio, other = (left, right) if left.head == "ratio" else (right, left)
        if len(ratio.args) != 2 or other.head in _COLLECTIONS:
            return unsure("ratio_and_other")
        decision = rules.same(Node("mul", (ratio.args[0], Node("pow", (ratio.args[1], Node("num", value=-1))))), other)
        return decision.using("ratio_as_fraction")
    if len(left.args) != len(right.args):
        return unequal("length", "structure")
    first_left, first_right = left.args[0], right.args[0]
    return every(
        (
            rules.same(Node("mul", (a, first_right)), Node("mul", (b, first_left)))
            for a, b in zip(left.args[1:], right.args[1:], strict=True)
        ),
        "ratio",
    )


def _based(rules: Rules, left: Node, right: Node) -> Decision:
    """Digits in a base: the same digits and base, or the same value."""
    if left.head == right.head == "base" and left.value == right.value:
        same = left.name.lstrip("0").lower() == right.name.lstrip("0").lower()
        return equal("exact", "same") if same else unequal("digits")
    based, other = (left, right) if left.head == "base" else (right, left)
    if other.head == "num" and str(other.value) == based.name.lstrip("0"):
        return unsure("base_dropped")
    decision = quantities.compare(left, right, rules.tolerance)
    return decision.using("base_converted")


def _words(rules: Rules, left: Node, right: Node) -> Decision:
    """Words: one case, no article; letters are never multiplied."""
    if left.head == right.head:
        if left.name == right.name or words.phrase(left.name) == words.phrase(right.name):
            return equal("exact", "same_words").using("case" if left.name != right.name else "")
        if left.name.replace(" ", "") == right.name.replace(" ", ""):
            return equal("exact", "same_words").using("spaces")
        shorter, longer = sorted((left.name, right.name), key=len)
        return unsure("words") if f" {shorter} " in f" {longer} " else unequal("words")
    word, other = (left, right) if left.head == "word" else (right, left)
    if other.head == "sym" and other.name.lower() == word.name.lower():
        return equal("exact", "same_words").using("case" if other.name != word.name else "")
    letters = word.name.replace(" ", "")
    if other.head == "mul" and len(letters) <= 3:
        product = Node("mul", tuple(Node("sym", (), letter) for letter in letters))
        return equal("exact", "letters") if quantities.compare(product, other).is_equal else unsure("words")
    if letters.isdigit():
        return unequal("leading_zeros") if other.head == "num" else unsure("words")
    if other.head in ("num", "matrix", "interval", "set") or len(letters) > 3:
        return unequal("kind") if " " not in word.name and letters.isalpha() else unsure("words")
    return unsure("words")


def _symbols(rules: Rules, left: Node, right: Node) -> Decision:
    """Two names: choice letters in either case, else exactly the same variable."""
    a, b = left.name, right.name
    if a.lower() == b.lower() and a.lower() in "abcdefgh" and len(a) == 1:
        return equal("exact", "choice").using("case")
    return unsure("case") if a.lower() == b.lower() and len(a) == 1 else unequal("name")


def _scalar_or_symbols(rules: Rules, left: Node, right: Node) -> Decision:
    if left.head == right.head == "sym":
        return _symbols(rules, left, right)
    return quantities.compare(left, right, rules.tolerance)


_ORDER = (
    (frozenset(("none",)), _none),
    (frozenset(("bool",)), _bool),
    (frozenset(("dict",)), containers.dicts),
    (frozenset(("rel", "builder")), relations.relations),
    (frozenset(("matrix",)), containers.matrices),
    (_COLLECTIONS, containers.collections),
    (frozenset(("date", "time")), _calendar),
    (frozenset(("ratio",)), _ratios),
    (frozenset(("word",)), _words),
    (frozenset(("base",)), _based),
    (frozenset(("sym",)), _scalar_or_symbols),
)
