"""Stage 5, with a model: a program is written back as problems, in several styles, with rounds of repair.

`styles` makes one blank problem for each style, `write` has each filled in, `lint` looks for faults, `rewrite` has the
writer mend what lint or the round trip found, and `settle_text` ends the rounds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caco.lineage import rng
from caco.ports import Completion, GenerateRequest
from caco.program import values
from caco.records import Check, Execution, Problem, Reason
from caco.stage import MapStage, PortStage, Reject
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, only, tagged, visible
from caco.stages.reverse import answer_type
from caco.stages.text_faults import faults, tied

LINT = "text_complete"
ROUND_TRIP = "round_trip"
ABOUT_CODE = ("algorithms", "code", "programming")
"""Domains whose problems may speak of functions and lists."""


def styles(names: Sequence[str], per_program: int) -> MapStage:
    """The stage Execution -> blank Problems: `per_program` of the styles, drawn for each program."""
    settings = {"styles": list(names), "per_program": per_program}
    stage = Styles(names=tuple(names), per_program=per_program)
    return MapStage(name="styles", makes=Problem, settings=settings, fn=stage)


def write(asking: Asking, wanted: Mapping[str, str]) -> PortStage:
    """The stage that fills a blank Problem in; `wanted` says for each style what to ask for."""
    writing = Writing(asking=asking, wanted=dict(wanted))
    settings = {**asking.key, "wanted": dict(wanted)}
    return PortStage(name="write", makes=Problem, port="writer", settings=settings, ask=writing.ask, read=writing.read)


def lint() -> MapStage:
    """The stage Problem -> Problem with the check `text_complete`, and the text tied to the inputs."""
    return MapStage(name="lint", makes=Problem, fn=_linted)


def rewrite(asking: Asking, wanted: Mapping[str, str], round_: int) -> PortStage:
    """The stage Problem -> Problem that shows the writer what is wrong with its text. Controls stay as they are."""
    rewriting = Writing(asking=asking, wanted=dict(wanted), again=True)
    settings = {**asking.key, "wanted": dict(wanted), "round": round_}
    return PortStage(
        name="rewrite", makes=Problem, port="writer", settings=settings, ask=rewriting.ask, read=rewriting.read
    )


def settle_text(required: Sequence[str] = (LINT,)) -> MapStage:
    """The stage Problem -> Problem that ends here what fails a required check on its text."""
    stage = SettleText(required=tuple(required))
    return MapStage(name="settle_text", makes=Problem, settings={"required": list(required)}, fn=stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """Execution -> blank Problems."""

    names: tuple[str, ...]
    per_program: int

    def __call__(self, execution: Execution) -> Sequence[Problem]:
        drawn = rng(execution.id, "styles").sample(self.names, min(self.per_program, len(self.names)))
        output = values.decode(execution.output)
        return [
            Problem(
                question="",
                answer=values.show(output),
                answer_type=answer_type(output),
                style=style,
                source=execution.codecot.source,
                execution=execution,
            )
            for style in drawn
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Asks for a text, or for a better one where checks on the last one failed."""

    asking: Asking
    wanted: Mapping[str, str]
    again: bool = False

    def ask(self, problem: Problem) -> Sequence[GenerateRequest]:
        """One request; none for a second round where nothing is wrong."""
        if self.again and (problem.control or not failed(problem)):
            return ()
        execution = problem.execution
        assert execution is not None
        fields = {
            "program": execution.codecot.code,
            "inputs": {name: values.show(v) for name, v in values.decode(execution.inputs).items()},
            "answer": problem.answer,
            "style": self.wanted[problem.style],
            "question": problem.question,
            "faults": [check.evidence for check in failed(problem)],
        }
        return (self.asking.request(execution.codecot.domain, **fields),)

    def read(self, problem: Problem, replies: Sequence[Completion]) -> Problem | Reject:
        """The problem with its text; the row itself where nothing was asked."""
        if not replies:
            return problem
        try:
            text = tagged(visible(*only(replies)), "problem")
        except UnreadableError as error:
            # In a second round there is a text already: it keeps its faults, which will end it.
            return problem if self.again else Reject(Reason.UNREADABLE_REPLY, str(error))
        fresh = replace(problem, id="", parents=(), made_by="", instances=(), checks=())
        return replace(fresh, question=text, author=self.asking.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleText:
    """Lets through what passes the required checks; what was only noted along the way is taken off."""

    required: tuple[str, ...]

    def __call__(self, problem: Problem) -> Problem | Reject:
        for check in failed(problem):
            if check.name in self.required:
                reason = Reason.ROUND_TRIP if check.name == ROUND_TRIP else _reason(problem)
                return Reject(reason, check.evidence)
        return replace(problem, instances=())


def failed(problem: Problem) -> list[Check]:
    """The checks on the text that did not pass."""
    return [check for check in problem.checks if not check.passed]


def _linted(problem: Problem) -> Problem:
    """Once a text has its check it stays as it is: only a new text is looked at anew."""
    if any(check.name == LINT for check in problem.checks):
        return problem
    execution = problem.execution
    assert execution is not None
    codecot = tied(problem.question, execution)
    found = list(_faults(problem, replace(execution, codecot=codecot)))
    evidence = "; ".join(fault for _, fault in found) or "every input is in the text, and the answer is not"
    check = Check(name=LINT, passed=not found, evidence=evidence[:500])
    return replace(problem, execution=replace(execution, codecot=codecot), checks=(*problem.checks, check))


def _faults(problem: Problem, execution: Execution) -> list[tuple[Reason, str]]:
    plain_words = execution.codecot.domain not in ABOUT_CODE
    return list(faults(problem.question, execution, plain_words=plain_words))


def _reason(problem: Problem) -> Reason:
    assert problem.execution is not None
    found = _faults(problem, problem.execution)
    return found[0][0] if found else Reason.BAD_TEXT
