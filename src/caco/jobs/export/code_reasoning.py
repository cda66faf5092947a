"""Formats that ask about the program itself: what it gives, or which inputs make it give something."""

import ast

from caco.jobs.export.format import Fields, Format, Place, assistant, named, provenance, user
from caco.program import values
from caco.program.form import literal, parse
from caco.records import Example

PREDICT_OUTPUT, PREDICT_INPUT = "predict_output", "predict_input"
"""The column `task`, which says how `answer` is to be judged."""


def predict_output(example: Example, place: Place) -> Fields:
    """The program and its inputs are given, the output is asked for."""
    program = parse(example.code)
    call = f"{program.entry}(**{literal(program.inputs)})"
    question = f"{_shown(example)}\n\nWhat does `{call}` return? Give the value."
    return _row(example, PREDICT_OUTPUT, question, repr(values.decode(example.output)))


def predict_input(example: Example, place: Place) -> Fields:
    """The program and its output are given, inputs are asked for: any that give it are right."""
    program, output = parse(example.code), repr(values.decode(example.output))
    names = ", ".join(f"`{name}`" for name in program.inputs)
    asked = f"`{program.entry}` returned {output}. Give a dict of arguments ({names}) with which it does."
    question = f"{_shown(example)}\n\n{asked}"
    return _row(example, PREDICT_INPUT, question, literal(program.inputs))


def _row(example: Example, task: str, question: str, answer: str) -> Fields:
    turns = [user(question), assistant(f"```python\n{answer}\n```")]
    given = {"inputs": example.inputs, "output": example.output}
    return {"messages": turns, "task": task, **given, **provenance(example), "answer": answer}


def _shown(example: Example) -> str:
    """The program without its inputs and call, and without comments: they tell the story, and slots for the values."""
    program = parse(example.code)
    kept = [s for s in program.tree.body[:-2] if s.lineno != program.input_line]
    return "```python\n" + "\n\n".join(ast.unparse(s) for s in kept) + "\n```"


EXPORT = named(
    Format(
        name="predict-output",
        row=predict_output,
        use="Messages: a program with its inputs, and the value that it returns.",
    ),
    Format(
        name="predict-input",
        row=predict_input,
        use="Messages: a program with what it returned, and inputs for it. Other inputs may be right too: "
        "run the program to judge an answer.",
    ),
)
