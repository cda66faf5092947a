"""Stage 2, with a model: a seed becomes a program in the unified form, in rounds of writing, running and repairing.

Each round is three steps over drafts: `draft` (or `repair`) asks the unifier, `try_out` runs the program, `compare`
holds its output against the gold answer. `settle` ends the rounds: of a seed's samples it keeps the clearest of those
that agree. The model is never shown the gold answer, only that it missed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from caco.compilers.program import compile_program
from caco.ports import Completion, ExecuteRequest, GenerateRequest, GradeRequest
from caco.program import values
from caco.program.fingerprint import features
from caco.program.form import parse
from caco.records import CodeCoT, Draft, Execution, Grade, Outcome, Reason, Seed, Status
from caco.stage import Fate, GroupStage, Outline, PortStage, Reject
from caco.stages.execute import in_words
from caco.stages.prompt import Asking
from caco.stages.replies import UnreadableError, only, program_text, samples
from caco.stages.unify import compiling


def draft(asking: Asking, *, compile_first: bool) -> PortStage:
    """The stage Seed -> Draft. With `compile_first` a seed that carries its own computation asks no model."""
    writer = Drafting(asking=asking, compiled=compiling() if compile_first else None)
    return PortStage(
        name="draft",
        makes=Draft,
        port="unifier",
        settings={**asking.key, "compile_first": compile_first},
        ask=writer.ask,
        read=writer.read,
    )


def repair(asking: Asking, round_: int) -> PortStage:
    """The stage Draft -> Draft that shows the model its program and what is wrong with it."""
    repairing = Repairing(asking=asking)
    return PortStage(
        name="repair",
        makes=Draft,
        port="unifier",
        settings={**asking.key, "round": round_},
        ask=repairing.ask,
        read=repairing.read,
    )


def try_out() -> PortStage:
    """The stage Draft -> Draft that runs what has no fault yet."""
    return PortStage(name="try_out", makes=Draft, port="sandbox", ask=_run, read=_ran)


def compare() -> PortStage:
    """The stage Draft -> Draft that holds what ran against the gold answer."""
    return PortStage(name="compare", makes=Draft, port="grader", ask=_grade, read=_graded)


def settle() -> GroupStage:
    """The stage Draft -> CodeCoT: what still has a fault ends here, and all but one of a seed's samples.

    Without a gold answer most of a seed's samples must agree in their output. The kept one has the fewest statements
    without a comment, then the shortest text.
    """
    texts = {name: pa.string() for name in ("seed", "reason", "detail", "output")}
    columns = pa.schema([*texts.items(), ("bare", pa.int64()), ("length", pa.int64())])
    outline = Outline(columns=columns, sketch=_sketch, decide=_settled, make=_program)
    return GroupStage(name="settle", makes=CodeCoT, outline=outline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """Asks for the first programs of a seed."""

    asking: Asking
    compiled: Callable[[Seed], CodeCoT | Reject] | None

    def ask(self, seed: Seed) -> Sequence[GenerateRequest]:
        """One request, or none where the seed compiles."""
        if self._compiled(seed):
            return ()
        return (self.asking.request(seed.domain, problem=seed.problem, solution=seed.solution, code=seed.code),)

    def read(self, seed: Seed, replies: Sequence[Completion]) -> Sequence[Draft]:
        """A draft for each sample, faults and all."""
        if not replies:
            return (Draft(seed=seed, codecot=self._compiled(seed)),)
        found = samples(replies)
        return [replace(_read(seed, [one]), sample=number) for number, one in enumerate(found)]

    def _compiled(self, seed: Seed) -> CodeCoT | None:
        made = self.compiled(seed) if self.compiled else None
        return made if isinstance(made, CodeCoT) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairing:
    """Asks for another program where the last one has a fault."""

    asking: Asking

    def ask(self, row: Draft) -> Sequence[GenerateRequest]:
        """One request, or none where nothing is wrong."""
        if not row.reason:
            return ()
        seed, code = row.seed, row.codecot.code if row.codecot else ""
        fields = {"problem": seed.problem, "solution": seed.solution, "code": code, "fault": row.detail}
        return (self.asking.request(seed.domain, **fields),)

    def read(self, row: Draft, replies: Sequence[Completion]) -> Draft:
        """The next draft; the row itself where nothing was asked."""
        return replace(_read(row.seed, replies), sample=row.sample) if replies else row


def _read(seed: Seed, replies: Sequence[Completion]) -> Draft:
    try:
        text = program_text(*only(replies))
    except UnreadableError as error:
        return Draft(seed=seed, reason=Reason.UNREADABLE_REPLY, detail=str(error))
    made = compile_program(replace(seed, code=text))
    if isinstance(made, Reject):
        return Draft(seed=seed, reason=made.reason, detail=made.detail)
    return Draft(seed=seed, codecot=replace(made, origin="unified"))


def _run(row: Draft) -> Sequence[ExecuteRequest]:
    if row.codecot is None or row.reason or row.output:
        return ()
    return (ExecuteRequest(code=row.codecot.code),)


def _ran(row: Draft, replies: Sequence[Execution]) -> Draft:
    if not replies:
        return row
    (execution,) = replies
    if execution.status is not Status.OK:
        return replace(row, reason=Reason.EXECUTION_FAILED, detail=in_words(execution))
    return replace(row, output=execution.output)


def _grade(row: Draft) -> Sequence[GradeRequest]:
    if row.reason or not row.output or not row.seed.answer:
        return ()
    return (GradeRequest(gold=row.seed.answer, prediction=row.output, typed_prediction=True),)


def _graded(row: Draft, replies: Sequence[Grade]) -> Draft:
    if not replies or replies[0].verdict is Outcome.EQUAL:
        return row
    shown = values.show(values.decode(row.output))[:200]
    undecided = replies[0].verdict is Outcome.UNDECIDED
    reason = Reason.UNDECIDED_ANSWER if undecided else Reason.WRONG_ANSWER
    return replace(row, reason=reason, detail=f"it gives {shown}, which is not the answer that the source states")


def _sketch(row: Draft) -> Mapping[str, object]:
    output = "" if row.seed.answer else row.output  # all that meet the gold answer agree, however they write it
    told = {"seed": row.seed.id, "reason": row.reason, "detail": row.detail, "output": output}
    if row.codecot is None:
        return {**told, "bare": 0, "length": 0}
    code = row.codecot.code
    comments = sum(line.lstrip().startswith("#") for line in code.split("\n"))
    return {**told, "bare": max(features(parse(code)).statements - comments, 0), "length": len(code)}


def _settled(sketches: pa.Table) -> Callable[[int], Fate]:
    rows = sketches.to_pylist()
    votes: dict[str, Counter[str]] = {}
    for row in rows:
        if not row["reason"]:
            votes.setdefault(row["seed"], Counter())[row["output"]] += 1
    clearest: dict[tuple[str, str], int] = {}
    for number in sorted(range(len(rows)), key=lambda n: (rows[n]["bare"], rows[n]["length"], rows[n]["id"])):
        if not rows[number]["reason"]:
            clearest.setdefault((rows[number]["seed"], rows[number]["output"]), number)

    def fate(number: int) -> Fate:
        row = rows[number]
        if row["reason"]:
            return Reject(Reason(row["reason"]), row["detail"])
        outputs = votes[row["seed"]]
        if 2 * outputs[row["output"]] <= outputs.total():
            held = f"{outputs[row['output']]} of {outputs.total()} samples give its output"
            return Reject(Reason.NO_AGREEMENT, held)
        kept = clearest[row["seed"], row["output"]]
        return (
            () if kept == number else Reject(Reason.DUPLICATE, f"sample {rows[kept]['id']} says the same more clearly")
        )

    return fate


def _program(row: Draft, _: Iterable[Draft]) -> CodeCoT:
    assert row.codecot is not None
    return replace(row.codecot, id="", parents=(), made_by="")
