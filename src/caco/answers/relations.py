"""Relations: `x = 5` is 5, equations up to a factor, inequalities by direction, conditions as the set they describe."""

from caco.answers import evaluate as sample
from caco.answers import intervals
from caco.answers.tree import Comparer, Decision, Node, equal, every, negative, symbols, unequal, unsure

_ASSIGNING = frozenset(("=", "~", "->"))
_SETS = frozenset(("interval", "union", "cap", "setminus", "builder"))


def relations(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two answers of which at least one is a relation."""
    if left.head == right.head == "rel":
        return _both(rules, left, right)
    if _SETS & {left.head, right.head}:
        return intervals.compare(rules, left, right).using("relation_as_set")
    relation, other = (left, right) if left.head in ("rel", "builder") else (right, left)
    value = assigned(relation)
    if value is not None:
        if other.head == "sym" and other == relation.args[0]:
            return unequal("kind")
        return rules.same(value, other).using("lhs_dropped")
    if other.head in ("seq", "set", "empty") or other == intervals.REALS:
        return intervals.compare(rules, left, right).using("relation_as_set")
    if relation.name.split() == ["="] and relation.args[1] == Node("num", value=0):
        return unequal("kind") if other.head == "num" else unsure("equation_and_expression")
    if other.head == "items" and any(arg.head in ("rel", "interval") for arg in other.args):
        return intervals.compare(rules, left, right)
    return unsure("relation_and_other") if other.head in ("word", "items") else unequal("kind")


def assigned(node: Node) -> Node | None:
    """The value in `x = 5`, `f(x) = x + 1`, `area = 12`; None for any other relation."""
    operators = node.name.split()
    if node.head == "rel" and node.name == "in" and node.args[1].head in ("set", "empty"):
        return node.args[1]
    if node.head != "rel" or not set(operators) <= {"=", "~"}:
        return None
    if "~" in operators and (operators[0] == "=" or not symbols(node.args[0])):
        at = operators.index("~")  # what stands before the sign is the exact answer
        return assigned(node._replace(args=node.args[: at + 1], name="=")) if at else node.args[0]
    first, last = node.args[0], node.args[-1]
    if len(operators) > 1 and first.head != "sym" and not all(not symbols(arg) for arg in node.args):
        return None
    if is_name(first) and first.name not in symbols(last):
        return last
    if (
        first.head in ("seq", "set")
        and first.args
        and all(is_name(arg) for arg in first.args)
        and last.head == first.head
    ):
        return last
    if is_name(last) and not symbols(first) and len(operators) == 1:
        return first
    return last if len(operators) == 1 and not symbols(first) and not symbols(last) else None


def is_name(node: Node) -> bool:
    """A variable, or an opaque function of variables."""
    return node.head == "sym" or (node.head == "fn" and node.name.startswith("@"))


def _both(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two relations."""
    if "in" in (left.name, right.name) or not _is_equation(left) or not _is_equation(right):
        return _inequalities(rules, left, right)
    a, b = assigned(left), assigned(right)
    if a is not None and b is not None:
        return _assignments(rules, left, right, a, b)
    return _equations(left, right)


def _is_equation(node: Node) -> bool:
    return set(node.name.split()) <= {"=", "~"}


def _assignments(rules: Comparer, left: Node, right: Node, a: Node, b: Node) -> Decision:
    """x = a and y = b: the same name and the same value."""
    decision = rules.same(a, b)
    names = _name(left), _name(right)
    if names[0] == names[1] or "" in names:
        return decision
    if decision.is_equal:
        functions = names[0].startswith("@") or names[1].startswith("@")
        return unsure("function_name") if functions and symbols(a) else unequal("variable_name", "structure")
    return _equations(left, right)


def _name(node: Node) -> str:
    named = next((arg for arg in node.args if is_name(arg)), None)
    return named.name if named is not None else ""


def _difference(node: Node) -> Node:
    return Node("add", (node.args[0], negative(node.args[-1])))


def _equations(left: Node, right: Node) -> Decision:
    """Equal up to a constant factor that is not zero."""
    if len(left.args) != 2 or len(right.args) != 2:
        return unsure("chain")
    factor = sample.sign_of_ratio(_difference(left), _difference(right))
    if factor is None:
        return unsure("equation")
    return equal("numeric", "same_equation") if factor != 0 else unequal("equation", "structure")


def _inequalities(rules: Comparer, left: Node, right: Node) -> Decision:
    """As sets of one variable where both are, else turned the same way and compared by sides."""
    a, b = intervals.pieces(left), intervals.pieces(right)
    if a is not None and b is not None:
        decision = intervals.same_pieces(rules, a, b)
        if decision.is_equal and symbols(left) != symbols(right):
            return unequal("variable_name", "structure")
        return decision
    operators = left.name.split(), right.name.split()
    if set(operators[0] + operators[1]) & {"equiv", "cong", "propto", "->", "sim"}:
        return _chains(rules, left, right)
    if len(operators[0]) != 1 or len(operators[1]) != 1:
        return _chains(rules, left, right)
    (one,), (two,) = operators
    if (one in "<<=>>=") != (two in "<<=>>="):
        return unequal("relation", "structure")
    if ("=" in one) != ("=" in two):
        return unequal("strictness", "structure")
    factor = sample.sign_of_ratio(_difference(left), _difference(right))
    if factor is None:
        return unsure("inequality")
    turned = one[0] != two[0]
    if one == two == "!=":
        return equal("numeric", "same_relation") if factor else unequal("relation", "structure")
    right_way = factor < 0 if turned else factor > 0
    return equal("numeric", "same_relation") if right_way else unequal("relation", "structure")


def _chains(rules: Comparer, left: Node, right: Node) -> Decision:
    """a < x < b with the same ends in the same or the opposite direction."""
    flipped = Node("rel", right.args[::-1], " ".join(intervals._FLIP.get(o, o) for o in reversed(right.name.split())))
    for candidate in (right, flipped):
        if left.name == candidate.name and len(left.args) == len(candidate.args):
            decision = every(
                (rules.same(x, y) for x, y in zip(left.args, candidate.args, strict=True)), "same_relation"
            )
            if decision.is_equal:
                return decision
    return unsure("chain")
