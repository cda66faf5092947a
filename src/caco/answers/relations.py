"""Relations: `x = 5` is 5, equations up to a factor, inequalities by direction, conditions as the set they describe."""

from caco.answers import evaluate as sample
from caco.answers import intervals
from caco.answers.tree import Comparer, Decision, Node, equal, every, leading, negative, symbols, unequal, unsure

_ORDERED = frozenset(("<", "<=", ">", ">=", "="))


def relations(rules: Comparer, left: Node, right: Node) -> Decision:
    """Two answers of which at least one is a relation."""
    if left.head == right.head == "rel":
        return _both(rules, left, right)
    if intervals.SETS & {left.head, right.head}:
        return intervals.compare(rules, left, right).using("relation_as_set")
    relation, other = leading(("rel",), left, right)
    value = assigned(relation)
    if value is not None:
        is_its_name = other.head == "sym" and other == relation.args[0]
        return unequal("kind") if is_its_name else rules.same(value, other).using("lhs_dropped")
    if other.head in ("seq", "set", "empty") or other == intervals.REALS:
        return intervals.compare(rules, left, right).using("relation_as_set")
    if other.head == "items" and not _is_zeros(relation) and any(arg.head in ("rel", "interval") for arg in other.args):
        return intervals.compare(rules, left, right)
    return _condition_and_other(relation, other)


def _is_zeros(node: Node) -> bool:
    """Whether an equation is written as `... = 0`."""
    return node.name == "=" and node.args[1] == Node("num", value=0)


def _condition_and_other(relation: Node, other: Node) -> Decision:
    """A relation without a value against what is no set."""
    if _is_zeros(relation):
        return unequal("kind") if other.head == "num" else unsure("equation_and_expression")
    return unsure("relation_and_other") if other.head in ("word", "items") else unequal("kind")


def assigned(node: Node) -> Node | None:
    """The value in `x = 5`, `f(x) = x + 1`, `area = 12`; None for any other relation."""
    if node.head != "rel":
        return None
    if node.name == "in":
        return node.args[1] if node.args[1].head in ("set", "empty") else None
    if not _is_equation(node):
        return None
    operators = node.name.split()
    if "~" in operators and (operators[0] == "=" or not symbols(node.args[0])):
        at = operators.index("~")  # what stands before the sign is the exact answer
        return assigned(node._replace(args=node.args[: at + 1], name="=")) if at else node.args[0]
    return _side(node.args[0], node.args[-1]) if len(operators) == 1 else _end_of_chain(node.args)


def _end_of_chain(args: tuple[Node, ...]) -> Node | None:
    """The 3 of `x = 1 + 2 = 3`; in `2x = y = 3` nothing has a value that is the answer."""
    if args[0].head != "sym" and any(symbols(arg) for arg in args):
        return None
    return args[-1] if _names(args[0], args[-1]) else None


def _side(left: Node, right: Node) -> Node | None:
    """The side of one equation that is the value of the other."""
    if _names(left, right):
        return right
    if symbols(left):
        return None
    if is_name(right):
        return left
    return None if symbols(right) else right


def _names(left: Node, value: Node) -> bool:
    """Whether `left` is a name for `value`, or `(x, y)` for `(1, 2)`."""
    if left.head in ("seq", "set"):
        return value.head == left.head and bool(left.args) and all(map(is_name, left.args))
    return is_name(left) and left.name not in symbols(value)


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
    if set(operators[0] + operators[1]) & {"equiv", "cong", "propto", "->", "sim"} or max(map(len, operators)) > 1:
        return _chains(rules, left, right)
    return _by_sides(left, right)


def _by_sides(left: Node, right: Node) -> Decision:
    """Two single relations: the differences of their sides up to a factor, whose sign turns the relation."""
    one, two = left.name, right.name
    if (one in _ORDERED) != (two in _ORDERED):
        return unequal("relation", "structure")
    if ("=" in one) != ("=" in two):
        return unequal("strictness", "structure")
    factor = sample.sign_of_ratio(_difference(left), _difference(right))
    if factor is None:
        return unsure("inequality")
    turned = -1 if one[0] != two[0] else 1
    same = factor != 0 if one == two == "!=" else factor * turned > 0
    return equal("numeric", "same_relation") if same else unequal("relation", "structure")


def _chains(rules: Comparer, left: Node, right: Node) -> Decision:
    """a < x < b with the same ends in the same or the opposite direction."""
    flipped = Node("rel", right.args[::-1], " ".join(intervals.FLIPPED.get(o, o) for o in reversed(right.name.split())))
    for candidate in (right, flipped):
        if left.name == candidate.name and len(left.args) == len(candidate.args):
            decision = every(
                (rules.same(x, y) for x, y in zip(left.args, candidate.args, strict=True)), "same_relation"
            )
            if decision.is_equal:
                return decision
    return unsure("chain")
