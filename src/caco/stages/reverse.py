"""Stages 5 and 6 without a model: the problem text and its worked solution.

The text is the seed's own, re-instantiated with the program's inputs; the solution is the seed's own where the inputs
are the seed's, else the trace, narrated.
"""

from collections.abc import Mapping
from typing import Any

from caco.answers import extract_answer
from caco.program import values
from caco.records import Execution, Problem, Reason, Solution
from caco.stage import MapStage, Reject
from caco.text.narrate import narrate
from caco.text.template import render


def reverse() -> MapStage:
    """The stage Execution -> Problem."""
    return MapStage(name="reverse", makes=Problem, fn=_problem)


def _problem(execution: Execution) -> Problem | Reject:
    codecot = execution.codecot
    if not codecot.text:
        return Reject(Reason.TEXT_INCOMPLETE, "the program has no text, and writing one needs a model")
    inputs, output = values.decode(execution.inputs), values.decode(execution.output)
    assert isinstance(inputs, dict)
    return Problem(
        question=render(codecot.text, inputs),
        answer=values.show(output),
        answer_type=answer_type(output),
        style=_style(codecot.transform),
        source=codecot.source,
        execution=execution,
    )


def _style(transform: str) -> str:
    """How the text came about: `original`, or `re-instantiated` and `composed` as the transforms did."""
    names = {"fresh_inputs": "re-instantiated", "composition": "composed"}
    return ", ".join(names.get(part, part) for part in transform.split("+")) if transform else "original"


_TYPES: Mapping[type, str] = {
    bool: "yes_no",
    int: "integer",
    list: "list",
    tuple: "list",
    set: "set",
    frozenset: "set",
    dict: "mapping",
}
"""Types of values that tell the answer's type; `bool` comes first, for it is an `int` too."""


def answer_type(output: Any) -> str:
    """The answer's type: `integer`, `number`, `yes_no`, `text`, `list`, `set`, `mapping` or `expression`.

    >>> answer_type(3.0), answer_type("No"), answer_type((1, 2))
    ('integer', 'yes_no', 'list')
    """
    if isinstance(output, float):
        return "integer" if output.is_integer() else "number"
    if isinstance(output, str):
        return "yes_no" if output.lower() in ("yes", "no") else "text"
    plain = next((name for kind, name in _TYPES.items() if isinstance(output, kind)), "")
    # Of the other values `Fraction` has a numerator and `Decimal` digits; what has neither is for algebra to read.
    return plain or ("number" if hasattr(output, "numerator") or hasattr(output, "as_tuple") else "expression")


def solve() -> MapStage:
    """The stage Problem -> Solution."""
    return MapStage(name="solve", makes=Solution, fn=_solution)


def _solution(problem: Problem) -> Solution | Reject:
    assert problem.execution is not None
    codecot = problem.execution.codecot
    if codecot.solution and codecot.gold:
        text = _with_answer(codecot.solution, codecot.gold)
        return Solution(problem=problem, text=text, answer=codecot.gold, author="seed")
    told = narrate(problem.execution)
    if isinstance(told, Reject):
        return told
    answer = extract_answer(told).text
    if not answer:
        return Reject(Reason.CANNOT_NARRATE, "the narration states no answer")
    return Solution(problem=problem, text=told, answer=answer, author="narrator")


def _with_answer(solution: str, gold: str) -> str:
    """Every solution ends with its answer in one form; `gold` is the seed's own word, not the program's."""
    closing = f"The answer is {gold}."
    return solution if solution.rstrip().endswith(closing) else f"{solution.rstrip()}\n{closing}"
