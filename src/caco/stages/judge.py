"""Stage 7, the second half of dual verification: is a solution's reasoning that of the program, step by step?

The judge should be of another model family than the solver: models forgive their own mistakes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from caco.ports import Completion, GenerateRequest
from caco.program import values
from caco.records import Check, Reason, Solution
from caco.stage import PortStage, Reject
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, json_object, only, visible

NAME = "cot_consistent"
_STEP = {
    "type": "object",
    "properties": {"step": {"type": "string"}, "line": {"type": "string"}, "consistent": {"type": "boolean"}},
    "required": ["step", "line", "consistent"],
}
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "steps": {"type": "array", "items": _STEP},
            "fault": {"type": "string"},
            "consistent": {"type": "boolean"},
        },
        "required": ["steps", "fault", "consistent"],
    }
)
"""What the judge replies: each step of the reasoning beside the line of the program that does it."""
_SHOWN_STEPS = 40


def judge(asking: Asking) -> PortStage:
    """The stage Solution -> Solution with the check `cot_consistent`."""
    asking = replace(asking, sampling=replace(asking.sampling, schema=SCHEMA))
    judging = Judging(asking=asking)
    return PortStage(
        name="judge", makes=Solution, port="judge", settings=asking.key, ask=judging.ask, read=judging.read
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Asks the judge, who sees problem, program, trace and solution."""

    asking: Asking

    def ask(self, solution: Solution) -> Sequence[GenerateRequest]:
        """One request."""
        problem = solution.problem
        execution = problem.execution
        assert execution is not None
        steps = [f"line {s.line}: {s.name} = {_shown(s.value)}" for s in execution.trace[:_SHOWN_STEPS]]
        fields = {
            "problem": problem.question,
            "program": execution.codecot.code,
            "trace": steps,
            "solution": solution.text,
        }
        return (self.asking.request(execution.codecot.domain, **fields),)

    def read(self, solution: Solution, replies: Sequence[Completion]) -> Solution | Reject:
        """The solution with the judge's word; an unreadable one ends the row."""
        try:
            said = json_object(visible(*only(replies)), "consistent")
        except UnreadableError as error:
            return Reject(Reason.UNREADABLE_REPLY, f"the judge's reply: {error}")
        check = _check(said, self.asking.model)
        return replace(solution, id="", parents=(), made_by="", checks=(*solution.checks, check))


def _check(said: dict[str, Any], model: str) -> Check:
    """Consistent is what the judge calls so as a whole and in every step."""
    steps = [step for step in said.get("steps") or () if isinstance(step, dict)]
    wrong = next((step for step in steps if step.get("consistent") is False), None)
    if said["consistent"] is True and not wrong:
        return Check(name=NAME, passed=True, evidence=f"{model}: all of {len(steps)} steps are the program's")
    quoted = f"{wrong.get('step')!r} against {wrong.get('line')!r}" if wrong else ""
    why = "; ".join(filter(None, (quoted, str(said.get("fault") or ""))))
    return Check(name=NAME, passed=False, evidence=f"{model}: {why}"[:500])


def _shown(value: str) -> str:
    return values.show(values.decode(value))[:80]
