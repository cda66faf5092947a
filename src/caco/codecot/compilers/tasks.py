"""The text of a programming task as a question about one call: `Write a function to find X.` is `Find X. Use ...`."""

import ast
import re
from collections.abc import Mapping, Sequence

from caco.codecot.template import escape

_WRITE = re.compile(
    r"^(?:write|create|implement|develop|given) (?:an? |the )?(?:efficient |simple )?(?:python ?3? ?)?"
    r"(?:function|program|method|code)s?(?: in python)?[, ]+(?P<how>to|for|of|that|which|where)\b ?(?P<what>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_MEANS = re.compile(
    r"[,;]? (?:by |with |with the help of |through )?(?:using )?(?:the |an? )?(?:given )?(?:python )?"
    r"(?:lambda|regex|regular expressions?|recurs\w+|map|filter|heap ?queue|heapq|itertools|collections?|"
    r"list comprehension|dictionary comprehension|slicing|tuple comprehension|bitwise|reduce|counter|zip|"
    r"binary search|linear search|merge sort|dynamic programming|brute force|iteration|recursion)\b"
    r"(?: and \w+)?(?: (?:function|operator|module|algorithm|approach|method|object|technique|operation|formula)s?)*$",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"^\s*(?:>>>|assert\b|\w+\(.*\) ?(?:==|=>|->|➞|→|=|returns)|(?:for )?examples?\b.*:?\s*$|e\.g\.|"
    r"input(?:/output)?:|\[input/output\]|note:|constraints?:)",
    re.IGNORECASE | re.MULTILINE,
)


def task_text(task: str, inputs: Mapping[str, object], yes_no: bool = False) -> str:
    """The template of a question: what to find, the inputs as slots, and what is asked; empty without a task."""
    request = _request(task)
    if not request:
        return ""
    asked = "Answer True or False." if yes_no else "What is the result?"
    return f"{escape(request)} Use {_listed([f'{n} = {_slot(n, v)}' for n, v in inputs.items()])}. {asked}"


def _slot(name: str, value: object) -> str:
    return f"{{{name}:repr}}" if isinstance(value, (str, bytes)) else f"{{{name}}}"


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]


def _request(task: str) -> str:
    """The task as a request in the imperative, one sentence or more, without examples or tests."""
    text = _described(task)
    cut = _EXAMPLES.search(text)
    text = re.sub(r"\s+", " ", text[: cut.start()] if cut else text).strip(" '\"\n")
    match = _WRITE.match(text)
    if match:
        text = _imperative(match["how"].lower(), match["what"])
    return _sentence(text) if text else ""


def _described(task: str) -> str:
    """The words of a task: the docstring of the function it begins, or the text itself."""
    at = task.find("def ")
    try:
        body = ast.parse(task[max(at, 0) :].rstrip() + ("" if at < 0 else "\n    pass")).body if at >= 0 else []
        functions = [n for n in body if isinstance(n, ast.FunctionDef)]
        return (ast.get_docstring(functions[-1]) or "") if functions else task
    except (SyntaxError, ValueError):
        found = re.findall(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'', task, re.DOTALL)
        return "".join(found[-1]) if found else task


def _imperative(how: str, what: str) -> str:
    what = what.strip()
    if how == "to":
        return what
    if how in ("for", "of"):
        return f"Find {what}" if not re.match(r"(?:\w+ing)\b", what) else f"Find the result of {what}"
    verb, _, rest = what.partition(" ")
    return f"{_base(verb)} {rest}" if verb.endswith("s") else f"Do what {what} asks"


def _base(verb: str) -> str:
    """The base form of a verb in the third person: `matches` to `match`, `takes` to `take`."""
    if verb.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb[:-3] + "y" if verb.endswith("ies") else verb[:-1]


def _sentence(text: str) -> str:
    text = _MEANS.sub("", text.rstrip(" .")).rstrip(" .,;:")
    plain = text.split()[0].strip(",;").replace("-", "").isalpha() and not re.match(r"[a-z]{1,2}s? ", text)
    text = text[0].upper() + text[1:] if plain else text
    return text if text.endswith(("?", "!")) else text + "."
