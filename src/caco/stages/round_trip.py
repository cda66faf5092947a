"""The round trip: does the text say what the program does? Another program, written from the text alone, shows it.

`reread` has the reader write a program for the text with its own inputs, and one for each of k re-writings with fresh
valid inputs; `rerun` runs them beside the problem's program on the same inputs; `agree` compares, and says in which way
they differ. What is found goes back to the writer as the evidence of the check `round_trip`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from caco.foreign.normalise import normalise
from caco.instances.fresh import fresh_inputs
from caco.lineage import rng
from caco.ports import Completion, ExecuteRequest, GenerateRequest, GradeRequest
from caco.program import values
from caco.program.form import FormError, parse, with_inputs
from caco.records import Check, Execution, Grade, Instance, Outcome, Problem, Status
from caco.stage import PortStage
from caco.stages.execute import in_words
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, only, program_text
from caco.stages.write import ROUND_TRIP, failed
from caco.text.template import render


def reread(asking: Asking, fresh: int) -> PortStage:
    """The stage Problem -> Problem with a reader's program for the text, and for `fresh` re-writings of it."""
    reading = Rereading(asking=asking, fresh=fresh)
    settings = {**asking.key, "fresh": fresh}
    return PortStage(name="reread", makes=Problem, port="reader", settings=settings, ask=reading.ask, read=reading.read)


def rerun() -> PortStage:
    """The stage Problem -> Problem that runs the readers' programs, and the problem's own on fresh inputs."""
    return PortStage(name="rerun", makes=Problem, port="sandbox", ask=_run, read=_ran)


def agree() -> PortStage:
    """The stage Problem -> Problem with the check `round_trip`."""
    return PortStage(name="agree", makes=Problem, port="grader", ask=_grade, read=_graded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """Asks for programs from texts alone."""

    asking: Asking
    fresh: int

    def ask(self, problem: Problem) -> Sequence[GenerateRequest]:
        """One request for each instance; none where the text has a fault already, or has been read."""
        if failed(problem) or _has_check(problem):
            return ()
        assert problem.execution is not None
        domain = problem.execution.codecot.domain
        return [self.asking.request(domain, problem=one.question) for one in self._instances(problem)]

    def read(self, problem: Problem, replies: Sequence[Completion]) -> Problem:
        """The problem with its instances."""
        if not replies:
            return problem
        pairs = zip(self._instances(problem), replies, strict=True)
        return replace(problem, instances=tuple(_written(instance, reply) for instance, reply in pairs))

    def _instances(self, problem: Problem) -> list[Instance]:
        """The text as it is, and re-written with fresh inputs as far as its program admits any."""
        execution = problem.execution
        assert execution is not None
        own = Instance(question=problem.question, inputs=execution.inputs, expected=execution.output)
        made = fresh_inputs(execution, self.fresh, rng(problem.id, "round trip")) if self.fresh else []
        return [own, *(_instance(code.code, execution.codecot.text) for code in made)]


def _instance(code: str, template: str) -> Instance:
    inputs = parse(code).inputs
    return Instance(question=render(template, inputs), inputs=values.encode(inputs))


def _written(instance: Instance, reply: Completion) -> Instance:
    try:
        code = normalise(program_text(*only([reply])), instance.question)
    except (UnreadableError, FormError) as error:
        return replace(instance, fault=f"the reader wrote no program: {error}"[:300])
    return replace(instance, code=code)


def _run(problem: Problem) -> Sequence[ExecuteRequest]:
    return [request for instance in problem.instances for request in _requests(problem, instance)]


def _requests(problem: Problem, instance: Instance) -> Iterator[ExecuteRequest]:
    """The reader's program; and the problem's own, where its output on these inputs is not known yet."""
    assert problem.execution is not None
    if _has_check(problem):
        return
    if instance.code:
        yield ExecuteRequest(code=instance.code)
    if not instance.expected:
        yield ExecuteRequest(code=with_inputs(problem.execution.codecot.code, values.decode(instance.inputs)))


def _ran(problem: Problem, replies: Sequence[Execution]) -> Problem:
    if not replies:
        return problem
    waiting = iter(replies)
    return replace(problem, instances=tuple(_with_outputs(problem, one, waiting) for one in problem.instances))


def _with_outputs(problem: Problem, instance: Instance, waiting: Iterator[Execution]) -> Instance:
    # How many replies are this instance's own is settled by what it asked for, before any is filled in.
    wants_expected = not instance.expected
    if instance.code:
        run = next(waiting)
        ok = run.status is Status.OK
        instance = replace(
            instance, output=run.output if ok else "", fault="" if ok else f"the reader's program: {in_words(run)}"
        )
    if wants_expected:
        run = next(waiting)
        instance = replace(instance, expected=run.output if run.status is Status.OK else "")
    return instance


def _comparable(problem: Problem) -> list[Instance]:
    """Instances on which both programs gave an output."""
    return [one for one in problem.instances if one.expected and one.output]


def _grade(problem: Problem) -> Sequence[GradeRequest]:
    if _has_check(problem):
        return ()
    return [
        GradeRequest(gold=one.expected, typed_gold=True, prediction=one.output, typed_prediction=True)
        for one in _comparable(problem)
    ]


def _graded(problem: Problem, replies: Sequence[Grade]) -> Problem:
    if _has_check(problem) or not problem.instances:
        return problem
    agreed = [reply.verdict is Outcome.EQUAL for reply in replies]
    return replace(problem, checks=(*problem.checks, _check(problem, agreed)))


def _check(problem: Problem, agreed: Sequence[bool]) -> Check:
    """All programs that a reader wrote must agree; valid instances that no program was written for do not count."""
    compared = _comparable(problem)
    valid = [one for one in problem.instances if one.expected]
    rate = f"{sum(agreed)} of {len(valid)} readings agree ({len(valid) - 1} of them on fresh inputs)"
    if compared and all(agreed) and len(compared) == len(valid):
        return Check(name=ROUND_TRIP, passed=True, evidence=rate)
    first = next((one for one, same in zip(compared, agreed, strict=True) if not same), None)
    example = _counterexample(first) if first else next((one.fault for one in valid if one.fault), "")
    return Check(name=ROUND_TRIP, passed=False, evidence=f"{_kind(problem, agreed)}: {rate}; {example}"[:500])


def _kind(problem: Problem, agreed: Sequence[bool]) -> str:
    """How text and program differ, by where the readings agree."""
    compared = _comparable(problem)
    own_agrees = bool(agreed) and agreed[0] and compared[0] is problem.instances[0]
    if not compared:
        return "unreadable (no program written from the text runs)"
    if all(agreed):
        return "under-specified (some readings of the text make no program that runs)"
    if not any(agreed):
        return "mis-specified (every reading of the text computes something else than the program)"
    if own_agrees and not any(agreed[1:]):
        return "wrong program (text and program agree on these inputs only)"
    return "under-specified (readings of the text differ)"


def _counterexample(instance: Instance) -> str:
    inputs = values.decode(instance.inputs)
    given = ", ".join(f"{name} = {values.show(value)}" for name, value in inputs.items())
    expected, output = (values.show(values.decode(one)) for one in (instance.expected, instance.output))
    return f"with {given} the program gives {expected}, a reading of the text gives {output}"


def _has_check(problem: Problem) -> bool:
    return any(check.name == ROUND_TRIP for check in problem.checks)
