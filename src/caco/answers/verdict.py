"""`compare`: two answers to a Grade, through the rules alone."""

import math
import re
from fractions import Fraction
from functools import lru_cache

from caco.answers import lexer, reading, typed, words
from caco.answers.compare import Rules
from caco.answers.extract import extract_answer
from caco.answers.tree import NAN, Decision, Node, equal, show, unequal, unsure
from caco.errors import ConfigError, unknown
from caco.records import Grade

_NO_EFFECT = ("number", "integer", "fraction", "decimal", "float", "expression", "matrix", "dict", "equation", "date",
              "none")  # fmt: skip
_OTHER_NAMES = {"boolean": "bool", "yes_no": "bool", "list": "tuple", "string": "text", "word": "text"}
TYPES = frozenset(("choice", "text", "set", "tuple", "interval", "percent", "bool", *_NO_EFFECT, *_OTHER_NAMES))
"""What the caller may say an answer is."""
_BOXED = re.compile(r"\\boxed|\\fbox|####|<answer>|</think>|answer[\"'*_]*\s*(?:is\b|[:=])|final answer", re.IGNORECASE)


def compare(
    gold: object,
    prediction: object,
    *,
    type: str | None = None,
    tolerance: float | None = None,
    typed_gold: bool = False,
    typed_prediction: bool = False,
) -> Grade:
    """Whether two answers are the same, by the rules of docs/reference/grading.md.

    Args:
        gold: the trusted answer: text, or a Python value.
        prediction: the answer to judge: text (an answer, or a solution that marks its answer), or a Python value.
        type: what the answers are known to be (one of `TYPES`); it settles what the text leaves open.
        tolerance: relative tolerance for numbers, in place of the rules for decimals.
        typed_gold: `gold` is canonical JSON of a program's value (`caco.program.values`).
        typed_prediction: the same for `prediction`.

    Raises:
        ConfigError: `type` or `tolerance` is none of the valid ones.
    """
    rules = _rules(type or "", tolerance)
    gold = marked(gold) if isinstance(gold, str) and not typed_gold else gold
    prediction = marked(prediction) if isinstance(prediction, str) and not typed_prediction else prediction
    left, right = _tree(gold, typed_gold), _tree(prediction, typed_prediction)
    decision = _decide(rules, gold, prediction, left, right)
    return grade(decision, left, right)


def grade(decision: Decision, left: Node, right: Node) -> Grade:
    """A decision as the record."""
    return Grade(
        verdict=decision.outcome,
        reason=decision.reason,
        gold=show(left),
        prediction=show(right),
        route=decision.route,
        allowances=tuple(sorted(decision.allowances)),
    )


@lru_cache(maxsize=256)
def _rules(type_name: str, tolerance: float | None) -> Rules:
    if type_name and type_name not in TYPES:
        raise unknown("answer type", type_name, TYPES)
    type_name = _OTHER_NAMES.get(type_name, type_name)
    if tolerance is not None and not (math.isfinite(tolerance) and 0 <= tolerance < 1):
        raise ConfigError(f"tolerance is relative and lies between 0 and 1, not {tolerance}")
    return Rules(type_name, None if tolerance is None else Fraction(tolerance))


def _tree(answer: object, is_json: bool) -> Node:
    """The tree of one side."""
    if isinstance(answer, str):
        return typed.from_json(answer) if is_json else reading.read(answer)
    try:
        return typed.from_value(answer)
    except ValueError:
        return Node("raw", (), repr(answer)[:200])


def marked(text: str) -> str:
    """The answer that a text marks as its own, else the text."""
    if len(text) < 5 or (len(text) < reading.MAX_LENGTH and not _BOXED.search(text)):
        return text
    found = extract_answer(text)
    return text if found.weak or found.source in ("final_line", "none") else found.text


def _decide(rules: Rules, gold: object, prediction: object, left: Node, right: Node) -> Decision:
    """The decision, with the rules for whole texts before the rules for trees."""
    if _same_text(gold, prediction) and left == right:
        return equal("exact", "same_text") if left != NAN else unequal("nan")
    if _same_digits(left, prediction) or _same_digits(right, gold):
        return equal("exact", "same_text")
    if rules.type == "text":
        return _as_text(gold, prediction)
    decision = _top(rules, _stated(rules.type, gold, left), _stated(rules.type, prediction, right))
    if decision.is_equal:
        return decision
    return _lettered(gold, prediction) or decision


def _same_text(gold: object, prediction: object) -> bool:
    return isinstance(gold, str) and isinstance(prediction, str) and gold == prediction and bool(gold.strip())


def _same_digits(node: Node, answer: object) -> bool:
    """Whether a text writes the very digits of a program's string, such as "000116": its zeros count."""
    if node.head != "word" or not node.name.lstrip("-").isdigit() or not isinstance(answer, str):
        return False
    return _plain(answer) == node.name


def _top(rules: Rules, left: Node, right: Node) -> Decision:
    """Two whole answers: brackets around a single value may be dropped here, and only here."""
    one, other = _bracketed(left), _bracketed(right)
    if (one is None) == (other is None):
        return rules.same(left, right)
    inner, bare = (one, right) if one is not None else (other, left)
    is_dict = inner is not None and inner.head == "dict" and bare.head in ("dict", "items")
    if bare.head in _COLLECTIONS and not is_dict:
        return rules.same(left, right)
    return rules.same(one or left, other or right).using("brackets")


_COLLECTIONS = frozenset(("seq", "set", "empty", "interval", "union", "matrix", "items"))


def _bracketed(node: Node) -> Node | None:
    """The value in `[3]` or `{3}`."""
    return node.args[0] if node.head in ("seq", "set") and len(node.args) == 1 else None


def _stated(kind: str, answer: object, node: Node) -> Node:
    """The tree as what the caller says it is, where the text leaves that open."""
    if kind == "choice":
        found = _letter(answer)
        return Node("sym", (), found[0]) if found is not None else node
    match kind, node.head:
        case "set", "items" | "seq":
            return Node("set", node.args)
        case "tuple", "items":
            return Node("seq", node.args, "()")
        case "interval", "seq" if len(node.args) == 2 and node.name in ("()", "[]"):
            return Node("interval", node.args, node.name)
        case "percent", "percent":
            return node.args[0]
        case "bool", "num" if node.value in (0, 1):
            return Node("bool", (), "true" if node.value else "false")
    return node


def _as_text(gold: object, prediction: object) -> Decision:
    same = words.phrase(str(gold)) == words.phrase(str(prediction))
    return equal("exact", "same_words") if same else unequal("words")


def _letter(answer: object) -> tuple[str, str] | None:
    """The option letter of an answer and the text behind it."""
    return words.choice(_plain(answer)) if isinstance(answer, str) else None


def _plain(answer: str) -> str:
    return reading.unwrapped(lexer.plain(reading.clean(answer)))


def _lettered(gold: object, prediction: object) -> Decision | None:
    """ "(B)" and "B) 12" are the option B; against an option's text alone the pair stays open."""
    a, b = _letter(gold), _letter(prediction)
    if a is None or b is None:
        return None
    if a[0] != b[0]:
        return unequal("choice")
    if a[1] and b[1] and words.phrase(a[1]) != words.phrase(b[1]):
        return unsure("choice_text")
    return equal("exact", "choice").using("choice_text_dropped" if bool(a[1]) != bool(b[1]) else "")
