"""Collections: tuples and lists in order, sets in any order, intervals with their ends, matrices, dicts."""

from collections.abc import Iterable, Sequence
from itertools import chain

from caco.answers import intervals
from caco.answers.brackets import is_pair
from caco.answers.tree import Comparer, Decision, Node, equal, every, leading, unequal, unsure
from caco.records import Outcome

MAX_ITEMS = 400
MAX_MATCHED = 40
"""Every element is compared with every other up to this many; longer collections go in order."""


def collections(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two answers of which at least one is a collection."""
    if intervals.SETS & {left.head, right.head} or intervals.REALS in (left, right):
        return intervals.compare(rules, left, right)
    if "empty" in (left.head, right.head):
        _, other = leading(("empty",), left, right)
        return unsure("empty_collection") if not other.args and other.head == "seq" else unequal("empty_set")
    left, right = _items(left), _items(right)
    if max(len(left.args), len(right.args)) > MAX_ITEMS:
        return unsure("too_large")
    if _is_single(left) != _is_single(right):
        return _single(rules, left, right)
    if "one" in (left.name, right.name) and left.head != right.head:
        return unequal("nesting", "structure")  # at the top of an answer such brackets have been taken off
    if len(left.args) != len(right.args):
        return _lengths(rules, left, right)
    return _same_length(rules, left, right)


def _same_length(rules: Comparer, left: Node, right: Node) -> Decision:
    """Order counts between two bracketed lists, and not between bare lists and sets."""
    kinds = {left.head, right.head}
    if kinds == {"seq"}:
        return _sequences(rules, left, right)
    if "seq" in kinds:
        return _sequence_and_other(rules, *leading(("seq",), left, right))
    return matching(rules, left.args, right.args, "same_elements")


def _items(node: Node) -> Node:
    """A collection as it is; anything else as a list of one. `x = 1, 2` gives its name to neither part."""
    return node if node.head in ("items", "seq", "set") else Node("items", (node,), "one")


def _is_single(node: Node) -> bool:
    return len(node.args) == 1


def _single(rules: Comparer, left: Node, right: Node) -> Decision:
    """One answer against several."""
    one, many = (left, right) if _is_single(left) else (right, left)
    inner = one.args[0]
    if one.head in ("seq", "set") and inner.head == "seq" and inner.name in ("()", "tuple"):
        return rules.same(inner, many).using("brackets")
    if inner.head == "num" and inner.name == "," and many.head == "items":
        return _grouped(rules, inner, many)
    if inner.head == "word" and all(item.head == "sym" and len(item.name) == 1 for item in many.args):
        return _letters(inner.name, many)
    return unequal("length", "structure")


def _letters(word: str, many: Node) -> Decision:
    """Several options of a multiple choice, written as one word: `ABD`."""
    same = sorted(word) == sorted(item.name.lower() for item in many.args)
    return equal("structure", "choice_letters") if same else unequal("choice", "structure")


def _grouped(rules: Comparer, number: Node, many: Node) -> Decision:
    """100,200 was read as one number, but the other side is a list: the comma was a separator."""
    groups = [Node("num", value=int(group)) for group in f"{number.value:,}".split(",")]
    if len(groups) != len(many.args):
        return unequal("length", "structure")
    return matching(rules, groups, many.args, "same_elements").using("comma_as_separator")


def _lengths(rules: Comparer, left: Node, right: Node) -> Decision:
    """Sets may repeat an element; all else differs in length."""
    if "set" in (left.head, right.head):
        a, b = _distinct(rules, left.args), _distinct(rules, right.args)
        if len(a) == len(b):
            return matching(rules, a, b, "same_elements").using("repeated")
    return unequal("length", "structure")


def _distinct(rules: Comparer, items: Sequence[Node]) -> tuple[Node, ...]:
    found: list[Node] = []
    for item in items[:MAX_MATCHED]:
        if not any(rules.same(item, other).is_equal for other in found):
            found.append(item)
    return tuple(found)


def _sequences(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two bracketed lists: the same order."""
    decision = _in_order(rules, left.args, right.args)
    kinds = {left.name, right.name}
    if not decision.is_equal or len(kinds) == 1:
        return decision
    may_be_intervals = kinds == {"()", "[]"} and len(left.args) == 2 and intervals.ascending(left)
    return unsure("open_or_closed") if may_be_intervals else decision.using("brackets")


def _in_order(rules: Comparer, left: Iterable[Node], right: Iterable[Node], reason: str = "same_elements") -> Decision:
    return every((rules.same(a, b) for a, b in zip(left, right, strict=True)), reason)


def _sequence_and_other(rules: Comparer, seq: Node, other: Node) -> Decision:
    """A bracketed list against a bare list or a set."""
    if len({part.args[0] for part in other.args if part.head == "rel"}) > 1:
        return _names_dropped(rules, seq, as_dict(other))
    decision = _in_order(rules, seq.args, other.args)
    if decision.is_equal and other.head == "items":
        return decision.using("brackets_dropped" if len(seq.args) > 1 else "brackets")
    loose = matching(rules, seq.args, other.args, "same_elements")
    return _out_of_order(seq, other, loose) if loose.is_equal else loose


def _out_of_order(seq: Node, other: Node, loose: Decision) -> Decision:
    """What it means that a bracketed list has the elements of another answer in some order."""
    if other.head == "items":
        return unequal("order", "structure") if seq.name in ("list", "tuple") else unsure("order")
    # programs keep sets in lists; of two in brackets, [1, 2] may be an interval
    is_list = seq.name in ("[]", "list") and (other.name == "typed" or len(seq.args) > 2)
    return loose.using("order_free") if is_list else unsure("tuple_vs_set")


def matching(rules: Comparer, left: Sequence[Node], right: Sequence[Node], reason: str) -> Decision:
    """A perfect matching of elements in any order."""
    if len(left) > MAX_MATCHED:
        return _in_order(rules, left, right, reason)
    decisions = [[rules.same(a, b) for b in right] for a in left]
    pairs = _match(decisions, (Outcome.EQUAL,))
    if pairs is not None:
        used = every((decisions[i][j] for i, j in enumerate(pairs)), reason)
        return used if pairs == list(range(len(pairs))) else used.using("order_free")
    if _match(decisions, (Outcome.EQUAL, Outcome.UNDECIDED)) is None:
        return unequal("elements", "structure")
    return unsure(next(d.reason for d in chain.from_iterable(decisions) if d.outcome is Outcome.UNDECIDED))


def _match(decisions: list[list[Decision]], accepted: tuple[Outcome, ...]) -> list[int] | None:
    """For each row its own column with an accepted outcome; None where there is no such matching (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, decision in enumerate(decisions[row]):
            if decision.outcome in accepted and column not in seen:
                seen.add(column)
                if column not in owner or place(owner[column], seen):
                    owner[column] = row
                    return True
        return False

    if not all(place(row, set()) for row in range(len(decisions))):
        return None
    return sorted(owner, key=owner.__getitem__)


def dicts(rules: Comparer, left: Node, right: Node) -> Decision:
    """The same keys with the same values; `x = 1, y = 2` is a dict too."""
    a, b = as_dict(left), as_dict(right)
    if "empty" in (left.head, right.head) and not (a or b):
        return equal("structure", "empty")
    if a is None:
        return _names_dropped(rules, left, b)
    if b is None:
        return _names_dropped(rules, right, a)
    return _entries(rules, a, b)


def _entries(rules: Comparer, a: list[tuple[Node, Node]], b: list[tuple[Node, Node]]) -> Decision:
    if len(a) != len(b):
        return unequal("length", "structure")
    pairs = [(value, next((v for k, v in b if rules.same(key, k).is_equal), None)) for key, value in a]
    if any(found is None for _, found in pairs):
        return unequal("keys", "structure")
    return every((rules.same(value, found) for value, found in pairs if found is not None), "same_entries")


def _names_dropped(rules: Comparer, bare: Node, named: list[tuple[Node, Node]] | None) -> Decision:
    if bare.head in ("items", "seq", "set") and named is not None and len(bare.args) == len(named):
        decisions = matching(rules, bare.args, [value for _, value in named], "")
        return unequal("entries", "structure") if decisions.is_unequal else unsure("names_dropped")
    return unsure("dict_and_other") if bare.head in ("word", "raw") else unequal("kind")


def as_dict(node: Node) -> list[tuple[Node, Node]] | None:
    """Keys with their values; None for what is no dict."""
    if node.head == "dict":
        return [(pair.args[0], pair.args[1]) for pair in node.args]
    parts = node.args if node.head in ("items", "set", "seq") else (node,)
    if all(map(is_equality, parts)) or all(map(is_pair, parts)):
        return [(part.args[0], part.args[1]) for part in parts]
    return None


def is_equality(node: Node) -> bool:
    """Whether this is `a = b`, with nothing before or behind it."""
    return node.head == "rel" and node.name == "=" and len(node.args) == 2


def matrices(rules: Comparer, left: Node, right: Node) -> Decision:
    """The same shape and entries; a column or row also as a tuple."""
    a, b = _grid(left), _grid(right)
    if a is None or b is None:
        return unequal("kind") if _is_scalar(left) or _is_scalar(right) else unsure("matrix_and_other")
    shape, other_shape = (len(a), len(a[0])), (len(b), len(b[0]))
    cells, other_cells = list(chain.from_iterable(a)), list(chain.from_iterable(b))
    if len(cells) != len(other_cells):
        return unequal("shape", "structure")
    decision = _in_order(rules, cells, other_cells, "same_entries")
    if shape == other_shape or not decision.is_equal:
        return decision
    if 1 not in shape or 1 not in other_shape:
        return unequal("shape", "structure")
    return unsure("row_or_column") if left.head == right.head else decision.using("vector_as_tuple")


def _is_scalar(node: Node) -> bool:
    return node.head in ("num", "word", "const", "unit", "percent", "bool")


def _grid(node: Node) -> list[tuple[Node, ...]] | None:
    """The rows of a matrix, of nested lists, or a flat list as one row."""
    if node.head == "matrix":
        return [row.args for row in node.args]
    if node.head not in ("seq", "items") or not node.args:
        return None
    rows = [row.args for row in node.args if row.head == "seq"]
    nested = len(rows) == len(node.args) and len({len(row) for row in rows}) == 1 and rows[0]
    return rows if nested else [node.args]
