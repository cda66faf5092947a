"""Two trees to one decision: which rule applies is decided by the two kinds; every rule is symmetric."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from caco.answers import containers, quantities, relations, words
from caco.answers.brackets import listed
from caco.answers.tree import MINUS_ONE, NAN, Decision, Node, contains, equal, every, leading, negative, unequal, unsure

_COLLECTIONS = frozenset(
    ("items", "seq", "set", "interval", "union", "cap", "setminus", "builder", "empty", "matrix", "dict", "row")
)
_UNREAD = frozenset(("raw", "more"))
_PLUS_MINUS = frozenset(("pm",))


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
        if NAN in (left, right):
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
    if not contains(node, _PLUS_MINUS):
        return node
    if containers.is_equality(node):
        right = _plain(node.args[1])
        return right._replace(args=tuple(Node("rel", (node.args[0], arg), "=") for arg in right.args))
    if node.head in ("items", "set"):
        return node._replace(args=tuple(chain.from_iterable(listed(_plain(arg)) for arg in node.args)), name="or")
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


def _unread(left: Node, right: Node) -> Decision:
    if Node("raw") in (left, right):
        return unsure("no_answer")
    if left == right:
        return equal("exact", "same_text")
    sides = [name for name, node in (("gold", left), ("prediction", right)) if contains(node, _UNREAD)]
    return unsure("unparsed_" + "_and_".join(sides))


def _none(rules: Rules, left: Node, right: Node) -> Decision:
    """No answer exists: equal to another wording of it and to the empty set."""
    if {left.head, right.head} <= {"none", "empty"}:
        return equal("structure", "no_answer_exists")
    _, other = leading(("none", "empty"), left, right)
    if other.head in ("seq", "items", "dict") and not other.args:
        return unsure("empty_collection")
    return unsure("words") if other.head in ("word", "bool") else unequal("no_answer_exists")


def _bool(rules: Rules, left: Node, right: Node) -> Decision:
    """Yes and true, no and false."""
    if left.head == right.head:
        return unequal("truth")
    truth, other = leading(("bool",), left, right)
    if other.head == "sym" and _ABBREVIATED.get(other.name.lower()) == truth.name:
        return unsure("abbreviated")
    if other.head == "num" and other.value in (0, 1):
        return unsure("number_for_truth")
    return unsure("words") if other.head == "word" else unequal("truth")


_ABBREVIATED = {"t": "true", "y": "true", "f": "false", "n": "false"}


def _calendar(rules: Rules, left: Node, right: Node) -> Decision:
    """Dates and times; a part that only one side says leaves the pair open."""
    if left.head == right.head:
        return _times(left.name, right.name) if left.head == "time" else _dates(left.name, right.name)
    if "time" in (left.head, right.head):
        return _clock_or_ratio(rules, *leading(("time",), left, right))
    return unsure("date_and_other") if "word" in (left.head, right.head) else unequal("date")


def _dates(left: str, right: str) -> Decision:
    """Two dates that are not the same text: they differ, or one leaves a part unsaid."""
    parts = zip(left.split("-"), right.split("-"), strict=True)
    if any(a != b and "?" not in (a, b) for a, b in parts):
        return unequal("date")
    return unsure("date_part_missing")


def _times(left: str, right: str) -> Decision:
    """10:30 with or without am and pm."""
    if left.rstrip("?") == right.rstrip("?"):
        return equal("structure", "time").using("half_of_day_unsaid")
    (hour, *minutes), (other_hour, *other_minutes) = (t.rstrip("?").split(":") for t in (left, right))
    may_agree = minutes == other_minutes and (int(hour) - int(other_hour)) % 12 == 0
    return unsure("half_of_day_unsaid") if may_agree and "?" in left + right else unequal("time")


def _clock_or_ratio(rules: Rules, time: Node, other: Node) -> Decision:
    """10:30 is a ratio where the other side is one."""
    hour, minute, *_ = time.name.rstrip("?").split(":")
    if other.head == "ratio":
        return _ratios(rules, Node("ratio", (Node("num", value=int(hour)), Node("num", value=int(minute)))), other)
    return unsure("time_and_other") if other.head in ("word", "unit") else unequal("time")


def _ratios(rules: Rules, left: Node, right: Node) -> Decision:
    """a:b in lowest terms; two terms also as the fraction a/b."""
    if left.head != right.head:
        ratio, other = leading(("ratio",), left, right)
        if len(ratio.args) != 2 or other.head in _COLLECTIONS:
            return unsure("ratio_and_other")
        decision = rules.same(Node("mul", (ratio.args[0], Node("pow", (ratio.args[1], MINUS_ONE)))), other)
        return decision.using("ratio_as_fraction")
    if len(left.args) != len(right.args):
        return unequal("length", "structure")
    first_left, first_right = left.args[0], right.args[0]
    pairs = zip(left.args[1:], right.args[1:], strict=True)
    return every((rules.same(Node("mul", (a, first_right)), Node("mul", (b, first_left))) for a, b in pairs), "ratio")


def _based(rules: Rules, left: Node, right: Node) -> Decision:
    """Digits in a base: the same digits and base, or the same value."""
    if left.head == right.head == "base" and left.value == right.value:
        same = left.name.lstrip("0").lower() == right.name.lstrip("0").lower()
        return equal("exact", "same") if same else unequal("digits")
    based, other = leading(("base",), left, right)
    if other.head == "num" and str(other.value) == based.name.lstrip("0"):
        return unsure("base_dropped")
    decision = quantities.compare(left, right, rules.tolerance)
    return decision.using("base_converted")


def _words(rules: Rules, left: Node, right: Node) -> Decision:
    """Words: one case, no article; letters are never multiplied."""
    if left.head == right.head:
        return _phrases(left.name, right.name)
    word, other = leading(("word",), left, right)
    if other.head == "sym" and other.name.lower() == word.name.lower():
        return equal("exact", "same_words").using("case" if other.name != word.name else "")
    return _word_or_formula(word.name, other)


def _phrases(left: str, right: str) -> Decision:
    if left == right or words.phrase(left) == words.phrase(right):
        return equal("exact", "same_words").using("case" if left != right else "")
    if left.replace(" ", "") == right.replace(" ", ""):
        return equal("exact", "same_words").using("spaces")
    shorter, longer = sorted((left, right), key=len)
    return unsure("words") if f" {shorter} " in f" {longer} " else unequal("words")


def _word_or_formula(word: str, other: Node) -> Decision:
    """Up to three letters may be a product that a program's text wrote; one long word is no number."""
    letters = word.replace(" ", "")
    if other.head == "mul" and len(letters) <= 3:
        product = Node("mul", tuple(Node("sym", (), letter) for letter in letters))
        return equal("exact", "letters") if quantities.compare(product, other).is_equal else unsure("words")
    if letters.isdigit():
        return unequal("leading_zeros") if other.head == "num" else unsure("words")
    another_kind = other.head == "num" or len(letters) > 3
    return unequal("kind") if another_kind and word.isalpha() else unsure("words")


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
