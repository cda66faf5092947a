"""Wrong solutions for preference pairs: worked out by a program that was changed on purpose, and shown to be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from caco.answers import extract_answer
from caco.jobs.export.format import WrongSolution
from caco.lineage import rng
from caco.ports import ExecuteRequest, Grader, GradeRequest, Sandbox
from caco.program import values
from caco.program.form import FormError
from caco.records import Example, Execution, Grade, Outcome, Status
from caco.text.narrate import narrate
from caco.text.template import escape, is_number
from caco.transforms.faults import Mutant, misread, mutants

_EACH = 3
"""Changed programs of each kind that are run for an example."""


def wrong_solutions(examples: Sequence[Example], sandbox: Sandbox, grader: Grader) -> Mapping[str, WrongSolution]:
    """Example id -> a wrong solution, where a changed program runs, can be told, and its answer is graded as wrong.

    Never a guess: what the grader leaves undecided is not taken.
    """
    tried = [(example, mutant) for example in examples for mutant in _changed(example)]
    runs = sandbox.run([ExecuteRequest(code=mutant.code, trace=True) for _, mutant in tried])
    told = [
        (example, solution)
        for (example, mutant), run in zip(tried, runs, strict=True)
        if isinstance(run, Execution) and (solution := _told(example, mutant, run))
    ]
    asked = [GradeRequest(gold=e.output, typed_gold=True, prediction=s.answer) for e, s in told]
    found: dict[str, WrongSolution] = {}
    for (example, solution), grade in zip(told, grader.run(asked), strict=True):
        if isinstance(grade, Grade) and grade.verdict is Outcome.NOT_EQUAL:
            found.setdefault(example.id, solution)
    return found


def _changed(example: Example) -> list[Mutant]:
    """Both kinds in turn, whichever comes first by the row's own draw."""
    draw = rng(example.id, "wrong solution")
    try:
        kinds = [mutants(example.code, draw)[:_EACH], misread(example.code, draw)[:_EACH]]
    except FormError:
        return []
    draw.shuffle(kinds)
    return [mutant for kind in kinds for mutant in kind]


def _told(example: Example, mutant: Mutant, run: Execution) -> WrongSolution | None:
    if run.status is not Status.OK or run.output == example.output or not _plausible(run):
        return None
    # The text decides which numbers are money; its braces are no slots.
    codecot = replace(run.codecot, code=mutant.code, text=escape(example.problem))
    text = narrate(replace(run, codecot=codecot))
    if not isinstance(text, str):
        return None
    return WrongSolution(text=text, answer=extract_answer(text).text, fault=mutant.fault)


def _plausible(run: Execution) -> bool:
    """Whether no step is negative: such a one would show at once that the solution is wrong."""
    steps = (values.decode(step.value) for step in run.trace)
    return all(value >= 0 for value in steps if is_number(value))
