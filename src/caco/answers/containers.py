"""Collections: tuples and lists in order, sets in any order, intervals with their ends, matrices, dicts."""

from collections.abc import Sequence

from caco.answers import intervals
from caco.answers.tree import Comparer, Decision, Node, equal, every, unequal, unsure

MAX_ITEMS = 400
_SETS = frozenset(("interval", "union", "cap", "setminus", "builder"))


def collections(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two answers of which at least one is a collection."""
    if left.head in _SETS or right.head in _SETS or intervals.REALS in (left, right):
        return intervals.compare(rules, left, right)
    if "empty" in (left.head, right.head):
        other = right if left.head == "empty" else left
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
    kinds = {left.head, right.head}
    if kinds == {"seq"}:
        return _sequences(rules, left, right)
    if "seq" not in kinds:
        return matching(rules, left.args, right.args, "same_elements")
    return _sequence_and_other(rules, left, right)


def _items(node: Node) -> Node:
    """A collection as it is; anything else as a list of one. `x = 1, 2` gives its name to neither part."""
    return node if node.head in ("items", "seq", "set") else Node("items", (node,), "one")


def _is_single(node: Node) -> bool:
    return len(node.args) == 1


def _single(rules: Comparer, left: Node, right: Node) -> Decision:
    """One answer against several."""
    one, many = (left, right) if _is_single(left) else (right, left)
    number = one.args[0]
    if one.head in ("seq", "set") and number.head == "seq" and number.name in ("()", "tuple"):
        return rules.same(number, many).using("brackets")
    if number.head == "num" and number.name == "," and isinstance(number.value, int) and many.head == "items":
        return _grouped(rules, number.value, many)
    if number.head == "word" and all(item.head == "sym" and len(item.name) == 1 for item in many.args):
        same = sorted(number.name) == sorted(item.name.lower() for item in many.args)
        return equal("structure", "choice_letters") if same else unequal("choice", "structure")
    return unequal("length", "structure")


def _grouped(rules: Comparer, value: int, many: Node) -> Decision:
    """100,200 was read as one number, but the other side is a list: the comma was a separator."""
    groups = [Node("num", value=int(group)) for group in f"{value:,}".split(",")]
    if len(groups) != len(many.args):
        return unequal("length", "structure")
    return matching(rules, groups, many.args, "same_elements").using("comma_as_separator")


def _lengths(rules: Comparer, left: Node, right: Node) -> Decision:
    """Sets may repeat an element; all else differs in length."""
    if left.head == right.head == "set" or "set" in (left.head, right.head):
        a, b = _distinct(rules, left.args), _distinct(rules, right.args)
        if len(a) == len(b):
            return matching(rules, a, b, "same_elements").using("repeated")
    return unequal("length", "structure")


def _distinct(rules: Comparer, items: Sequence[Node]) -> tuple[Node, ...]:
    found: list[Node] = []
    for item in items[:40]:
        if not any(rules.same(item, other).is_equal for other in found):
            found.append(item)
    return tuple(found)


def _sequences(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two bracketed lists: the same order."""
    decision = _in_order(rules, left, right)
    kinds = {left.name, right.name}
    if decision.is_equal and kinds == {"()", "[]"} and len(left.args) == 2:
        return unsure("open_or_closed") if intervals.ascending(left) else decision.using("brackets")
    return decision.using("brackets") if decision.is_equal and len(kinds) > 1 else decision


def _in_order(rules: Comparer, left: Node, right: Node) -> Decision:
    return every((rules.same(a, b) for a, b in zip(left.args, right.args, strict=True)), "same_elements")


def _sequence_and_other(rules: Comparer, left: Node, right: Node) -> Decision:
    """A bracketed list against a bare list or a set."""
    seq, other = (left, right) if left.head == "seq" else (right, left)
    if len({part.args[0] for part in other.args if part.head == "rel"}) > 1:
        return _names_dropped(rules, seq, as_dict(other))
    decision = _in_order(rules, seq, other)
    if decision.is_equal and other.head == "items":
        return decision.using("brackets_dropped" if len(seq.args) > 1 else "brackets")
    loose = matching(rules, seq.args, other.args, "same_elements")
    if not loose.is_equal:
        return loose
    if other.head == "items" and seq.name in ("list", "tuple"):
        return unequal("order", "structure")
    if other.head == "set" and (seq.name in ("[]", "list") and (other.name == "typed" or len(seq.args) > 2)):
        return loose.using("order_free")
    return unsure("tuple_vs_set" if other.head == "set" else "order")


def matching(rules: Comparer, left: Sequence[Node], right: Sequence[Node], reason: str) -> Decision:
    """A perfect matching of elements in any order."""
    decisions = [[rules.same(a, b) for b in right] for a in left] if len(left) <= 40 else None
    if decisions is None:
        return every((rules.same(a, b) for a, b in zip(left, right, strict=True)), reason)
    pairs = _match([[d.is_equal for d in row] for row in decisions])
    if pairs is not None:
        used = every((decisions[i][j] for i, j in enumerate(pairs)), reason)
        return used if pairs == list(range(len(pairs))) else used.using("order_free")
    if _match([[not d.is_unequal for d in row] for row in decisions]) is None:
        return unequal("elements", "structure")
    doubt = next(d for row in decisions for d in row if not d.is_equal and not d.is_unequal)
    return unsure(doubt.reason)


def _match(allowed: list[list[bool]]) -> list[int] | None:
    """For each row its own column that is allowed, or None where there is no such matching (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, fits in enumerate(allowed[row]):
            if fits and column not in seen:
                seen.add(column)
                if column not in owner or place(owner[column], seen):
                    owner[column] = row
                    return True
        return False

    if not all(place(row, set()) for row in range(len(allowed))):
        return None
    found = {row: column for column, row in owner.items()}
    return [found[row] for row in range(len(allowed))]


def dicts(rules: Comparer, left: Node, right: Node) -> Decision:
    """The same keys with the same values; `x = 1, y = 2` is a dict too."""
    a, b = as_dict(left), as_dict(right)
    if "empty" in (left.head, right.head) and not (a or b):
        return equal("structure", "empty")
    if a is None or b is None:
        bare, named = (left, b) if a is None else (right, a)
        return _names_dropped(rules, bare, named)
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
    if all(part.head == "rel" and part.name == "=" and len(part.args) == 2 for part in parts):
        return [(part.args[0], part.args[1]) for part in parts]
    if all(part.head == "ratio" and len(part.args) == 2 for part in parts):
        return [(part.args[0], part.args[1]) for part in parts]
    return None


def matrices(rules: Comparer, left: Node, right: Node) -> Decision:
    """The same shape and entries; a column or row also as a tuple."""
    a, b = _grid(left), _grid(right)
    if a is None or b is None:
        return unequal("kind") if _is_scalar(left) or _is_scalar(right) else unsure("matrix_and_other")
    shapes = (len(a), len(a[0])), (len(b), len(b[0]))
    cells = [[cell for row in grid for cell in row] for grid in (a, b)]
    if len(cells[0]) != len(cells[1]):
        return unequal("shape", "structure")
    decision = every((rules.same(x, y) for x, y in zip(*cells, strict=True)), "same_entries")
    if shapes[0] == shapes[1] or not decision.is_equal:
        return decision
    if left.head != right.head and 1 in shapes[0] and 1 in shapes[1]:
        return decision.using("vector_as_tuple")
    return unsure("row_or_column") if 1 in shapes[0] and 1 in shapes[1] else unequal("shape", "structure")


def _is_scalar(node: Node) -> bool:
    return node.head in ("num", "word", "const", "unit", "percent", "bool")


def _grid(node: Node) -> list[tuple[Node, ...]] | None:
    """The rows of a matrix, of nested lists, or a flat list as one row."""
    if node.head == "matrix":
        return [row.args for row in node.args]
    if node.head not in ("seq", "items") or not node.args:
        return None
    if all(row.head == "seq" and len(row.args) == len(node.args[0].args) > 0 for row in node.args):
        return [row.args for row in node.args]
    return [node.args]
