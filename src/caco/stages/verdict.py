"""Stage 7, the verdict: all checks on a solution kept apart, and the trust that follows by the recipe's rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caco.records import Check, Reason, Solution, Verdict
from caco.stage import MapStage, Reject
from caco.text.grounding import align, numbers_from_nowhere

PROGRAM = ("executes", "inputs_matter", "not_trivial")
"""What is asked of every program."""
RULE: Mapping[str, tuple[str, ...]] = {
    "full": (*PROGRAM, "text_complete", "round_trip", "answer_agrees", "cot_consistent", "trace_grounded"),
    "dual": (*PROGRAM, "text_complete", "answer_agrees", "cot_consistent"),
    "agreed": (*PROGRAM, "text_complete", "answer_agrees"),
}
"""Trust levels, highest first, each with the checks that must have passed for it."""


def verdict(rule: Mapping[str, Sequence[str]], least: str) -> MapStage:
    """The stage Solution -> Verdict: the highest level of `rule` whose checks all passed; below `least` a rejection."""
    stage = Judgement(rule={level: tuple(names) for level, names in rule.items()}, least=least)
    settings = {"rule": [[level, list(names)] for level, names in rule.items()], "least": least}
    return MapStage(name="verdict", makes=Verdict, settings=settings, fn=stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Solution -> Verdict."""

    rule: Mapping[str, tuple[str, ...]]
    least: str

    def __call__(self, solution: Solution) -> Verdict | Reject:
        execution = solution.problem.execution
        assert execution is not None
        checks = (*execution.checks, *solution.problem.checks, *solution.checks, trace_grounded(solution))
        levels = list(self.rule)
        passed = {check.name for check in checks if check.passed}
        for level in levels[: levels.index(self.least) + 1]:
            if passed.issuperset(self.rule[level]):
                return Verdict(solution=replace(solution, checks=()), checks=checks, trust=level)
        lacking = [name for name in self.rule[self.least] if name not in passed]
        made = next((check for check in checks if check.name == lacking[0]), None)
        return Reject(Reason.CHECK_FAILED, f"{lacking[0]}: {made.evidence if made else 'never made'}"[:300])


def trace_grounded(solution: Solution) -> Check:
    """The check that a solution's numbers are the program's, with how far they follow its steps in order."""
    execution = solution.problem.execution
    assert execution is not None
    strangers = numbers_from_nowhere(solution.text, solution.problem.question, execution)
    followed = align(solution.text, execution)
    evidence = f"{followed.matched} of {followed.steps} steps of the program are told in its order"
    if followed.gaps:
        evidence += f"; not told: {', '.join(followed.gaps[:5])}"
    if strangers:
        evidence += f"; from nowhere: {', '.join(strangers)}"
    return Check(name="trace_grounded", passed=not strangers, evidence=evidence[:500])
