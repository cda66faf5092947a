"""Stage 8: verdicts become published rows."""

from caco.records import Example, Reason, Verdict
from caco.stage import MapStage, Reject


def export() -> MapStage:
    """The stage Verdict -> Example."""
    return MapStage(name="export", makes=Example, fn=_example)


def _example(verdict: Verdict) -> Example | Reject:
    solution = verdict.solution
    problem = solution.problem
    if control := solution.control or problem.control:
        return Reject(Reason.CONTROL, control)
    execution = problem.execution
    assert execution is not None
    codecot = execution.codecot
    return Example(
        problem=problem.question,
        solution=solution.text,
        answer=problem.answer,
        code=codecot.code,
        inputs=execution.inputs,
        output=execution.output,
        answer_type=problem.answer_type,
        transform=codecot.transform,
        style=problem.style,
        author=solution.author,
        trust=verdict.trust,
        checks=verdict.checks,
        domain=codecot.domain,
        source=codecot.source,
        licence=codecot.licence,
        seeds=codecot.seeds,
        pass_rate=solution.pass_rate,
        samples=solution.samples,
    )
