"""Stages 7 and 8: each check on a solution that applies without a model, apart, with its evidence; published rows."""

from collections.abc import Sequence

from caco.compilers.equations import wrong_equations
from caco.ports import GradeRequest
from caco.records import Check, Example, Grade, Outcome, Problem, Reason, Solution, Verdict
from caco.stage import MapStage, PortStage, Reject
from caco.text.grounding import answer_given_away, numbers_from_nowhere, plural_slips, text_lacks

REQUIRED = ("executes", "inputs_matter", "not_trivial", "answer_agrees", "text_complete", "equations_hold")
"""Checks that an exported row must have passed."""
REQUIRED_OF_NARRATION = ("trace_grounded", "reads_right")
"""Checks that a narrated solution must have passed too; a person's own wording is not held to them."""


def verify() -> PortStage:
    """The stage Solution -> Verdict; a solution that fails a required check is rejected with the check's evidence."""
    return PortStage(
        name="verify",
        makes=Verdict,
        port="grader",
        settings={"required": REQUIRED + REQUIRED_OF_NARRATION},
        ask=_ask,
        read=_read,
    )


def _ask(solution: Solution) -> Sequence[GradeRequest]:
    execution = solution.problem.execution
    assert execution is not None
    return (GradeRequest(gold=execution.output, typed_gold=True, prediction=solution.answer),)


def _read(solution: Solution, replies: Sequence[Grade]) -> Verdict | Reject:
    (grade,) = replies
    told = solution.author == "narrator"
    checks = _checks(solution, grade, by_construction=told)
    if fault := _fault(checks, (*REQUIRED, *REQUIRED_OF_NARRATION) if told else REQUIRED):
        return Reject(Reason.CHECK_FAILED, fault)
    return Verdict(solution=solution, checks=checks, trust="by_construction" if told else "checked")


def _checks(solution: Solution, grade: Grade, *, by_construction: bool) -> tuple[Check, ...]:
    """Those of the program's run, and those made here."""
    execution = solution.problem.execution
    assert execution is not None
    return (
        *execution.checks,
        _answer_agrees(grade, by_construction=by_construction),
        _text_complete(solution.problem),
        _trace_grounded(solution, by_construction=by_construction),
        _equations_hold(solution),
        _reads_right(solution),
    )


def _fault(checks: Sequence[Check], required: Sequence[str]) -> str:
    """The first required check that failed, with its evidence, or those that nobody made; empty where all passed."""
    failed = next((check for check in checks if check.name in required and not check.passed), None)
    if failed:
        return f"{failed.name}: {failed.evidence}"[:300]
    made = {check.name for check in checks}
    missing = [name for name in required if name not in made]
    return f"never made: {', '.join(missing)}" if missing else ""


def _answer_agrees(grade: Grade, *, by_construction: bool) -> Check:
    evidence = f"the solution says {grade.prediction}, the program {grade.gold} ({grade.reason})"
    passed = grade.verdict is Outcome.EQUAL
    return Check(name="answer_agrees", passed=passed, evidence=evidence, by_construction=by_construction)


def _text_complete(problem: Problem) -> Check:
    execution = problem.execution
    assert execution is not None
    lacking = text_lacks(problem.question, execution)
    if lacking:
        return Check(name="text_complete", passed=False, evidence=f"not in the text: {', '.join(lacking)}")
    if given := answer_given_away(problem.question, execution):
        return Check(name="text_complete", passed=False, evidence=f"the text gives the answer away: {given}")
    return Check(name="text_complete", passed=True, evidence="every input is in the text, and the answer is not")


def _trace_grounded(solution: Solution, *, by_construction: bool) -> Check:
    execution = solution.problem.execution
    assert execution is not None
    strangers = numbers_from_nowhere(solution.text, solution.problem.question, execution)
    evidence = (
        f"from nowhere: {', '.join(strangers)}" if strangers else "every number is an input, a step or a constant"
    )
    return Check(name="trace_grounded", passed=not strangers, evidence=evidence, by_construction=by_construction)


def _equations_hold(solution: Solution) -> Check:
    wrong = wrong_equations(solution.text)
    evidence = f"wrong: {'; '.join(wrong)}" if wrong else "no equation of the solution is wrong"
    return Check(name="equations_hold", passed=not wrong, evidence=evidence)


def _reads_right(solution: Solution) -> Check:
    slips = plural_slips(f"{solution.problem.question}\n{solution.text}")
    evidence = f"plural of one: {', '.join(slips)}" if slips else "no single thing stands in the plural"
    return Check(name="reads_right", passed=not slips, evidence=evidence)


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
