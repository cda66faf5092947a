"""Stage 6, without a model: the seed's own solution where the inputs are the seed's, else the trace, narrated."""

from caco.codecot.narrate import narrate
from caco.graders import extract_answer
from caco.records import Problem, Reason, Solution
from caco.stage import MapStage, Reject


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
