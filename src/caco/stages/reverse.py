"""Stage 5, without a model: the problem text is the seed's own, re-instantiated with the program's inputs."""

from typing import Any

from caco.codecot import values
from caco.codecot.template import render
from caco.records import Execution, Problem, Reason
from caco.stage import MapStage, Reject


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


def answer_type(output: Any) -> str:
    """The answer's type: `integer`, `number`, `yes_no`, `text`, `list`, `set`, `mapping` or `expression`."""
    match output:
        case bool():
            return "yes_no"
        case int():
            return "integer"
        case float():
            return "integer" if output.is_integer() else "number"
        case str():
            return "yes_no" if output.lower() in ("yes", "no") else "text"
        case list() | tuple():
            return "list"
        case set() | frozenset():
            return "set"
        case dict():
            return "mapping"
    return "number" if hasattr(output, "numerator") or hasattr(output, "as_tuple") else "expression"
