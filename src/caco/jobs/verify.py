"""Checking a published file from its own columns: each program runs again, and the row is held against it."""

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caco.answers import extract_answer
from caco.backends import sources
from caco.backends.graders import LocalGrader
from caco.backends.sandboxes import open_sandbox
from caco.compilers.equations import wrong_equations
from caco.errors import ConfigError
from caco.foreign.normalise import normalise
from caco.jobs.claims import Claim, claim
from caco.jobs.export.code_reasoning import PREDICT_INPUT
from caco.ports import ExecuteRequest, Failure, Grader, GradeRequest, Sandbox
from caco.program import values
from caco.program.form import FormError, with_inputs
from caco.records import Execution, Grade, Outcome, Status
from caco.stages.execute import in_words
from caco.text.grounding import text_lacks

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that a row claims and that does not hold."""

    file: str
    line: int
    id: str
    check: str
    """`readable`, `in_form`, `executes`, `output_same`, `answer_agrees`, `solution_agrees`, `rejected_is_wrong`,
    `inputs_in_text` or `equations_hold`."""
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a second look at a dataset found."""

    rows: int
    faults: tuple[Fault, ...]

    @property
    def holding(self) -> int:
        """Rows without a fault."""
        return self.rows - len({(fault.file, fault.line) for fault in self.faults})


def verify(dataset: Path, *, limit: int = 0) -> Verified:
    """Check a file (.jsonl .json .csv .parquet, also .gz), or each data file of a dataset's folder.

    Raises ConfigError where there is no such file, or where it has no column with programs.
    """
    rows, faults = 0, list[Fault]()
    with closing(open_sandbox()) as sandbox, closing(LocalGrader()) as grader:
        for file in _files(dataset):
            found = list(sources.rows(str(file)))[: limit or None]
            if not any(claim(number, row).code for number, row, _ in found if row is not None):
                raise ConfigError(f"{file} has no column with programs (code): there is nothing to run again")
            for start in range(0, len(found), _BATCH):
                faults += _checked(str(file), found[start : start + _BATCH], sandbox, grader)
            rows += len(found)
    return Verified(rows=rows, faults=tuple(faults))


def _files(dataset: Path) -> list[Path]:
    """A run's folder stands for its dataset, a dataset's folder for its data files."""
    folder = next((f for f in (dataset / "dataset" / "data", dataset / "data") if f.is_dir()), None)
    files = sorted(folder.iterdir()) if folder else [dataset]
    if not files or not files[0].is_file():
        raise ConfigError(f"{dataset} is no file, and no folder of a dataset with files in data/")
    return files


def _checked(
    file: str, rows: Sequence[tuple[int, Mapping[str, Any] | None, str]], sandbox: Sandbox, grader: Grader
) -> Iterator[Fault]:
    claims = [claim(number, row) for number, row, _ in rows if row is not None]
    programs = {c.number: _program(c) for c in claims}
    results = _runs(programs, sandbox)
    for number, row, unreadable in rows:
        if row is None:
            yield Fault(file=file, line=number, id="", check="readable", evidence=unreadable)
    for c in claims:
        for check, evidence in _of_run(c, programs[c.number], results.get(c.number)):
            yield Fault(file=file, line=c.number, id=c.id, check=check, evidence=evidence)
    for c, check, evidence in _of_answers(claims, results, grader):
        yield Fault(file=file, line=c.number, id=c.id, check=check, evidence=evidence)


def _runs(programs: Mapping[int, str | FormError], sandbox: Sandbox) -> dict[int, Execution | Failure]:
    """What the programs that are in the form did, by the lines they stand in."""
    runnable = {number: code for number, code in programs.items() if not isinstance(code, FormError)}
    runs = sandbox.run([ExecuteRequest(code=code, repeat=True) for code in runnable.values()])
    return dict(zip(runnable, runs, strict=True))


def _of_answers(
    claims: Sequence[Claim], results: Mapping[int, Execution | Failure], grader: Grader
) -> Iterator[tuple[Claim, str, str]]:
    """What the grader has against the answers of rows whose programs ran: row, check and evidence."""
    ran = [(c, run) for c in claims if isinstance(run := results.get(c.number), Execution) and run.status is Status.OK]
    asked = [(c, check, request) for c, run in ran for check, request in _questions(c, run)]
    grades = grader.run([request for _, _, request in asked])
    for (c, check, _), grade in zip(asked, grades, strict=True):
        if evidence := _disagreement(grade, wanted=check != "rejected_is_wrong"):
            yield c, check, evidence


def _program(c: Claim) -> str | FormError:
    """The claim's program in the unified form, with the inputs that it claims for itself."""
    try:
        code = normalise(c.code, c.question)
        return with_inputs(code, ast.literal_eval(c.answer)) if c.task == PREDICT_INPUT else code
    except FormError as error:
        return error
    except (ValueError, SyntaxError) as error:
        return FormError(f"the answer is no dict of inputs: {error}")


def _of_run(c: Claim, program: str | FormError, run: Execution | Failure | None) -> Iterator[tuple[str, str]]:
    """What the run shows to be wrong: check and evidence."""
    if isinstance(program, FormError):
        yield "in_form", str(program)
    elif not isinstance(run, Execution):
        yield "executes", f"could not be run: {run.detail if run else ''}"
    elif run.status is not Status.OK:
        yield "executes", in_words(run)
    elif run.deterministic is False:
        yield "executes", "another hash seed gave another output"
    else:
        if c.output and _canonical(c.output) != run.output:
            yield "output_same", f"the program gives {run.output[:200]}, the row says {c.output[:200]}"
        if c.id and c.question and (lacking := text_lacks(c.question, run)):
            yield "inputs_in_text", f"the text does not state {', '.join(lacking)}"
        if wrong := wrong_equations(c.solution):
            yield "equations_hold", "; ".join(wrong)


def _canonical(output: str) -> str:
    try:
        return values.dumps(json.loads(output))
    except (ValueError, values.UnencodableError):
        return output


def _questions(c: Claim, run: Execution) -> Iterator[tuple[str, GradeRequest]]:
    """What the grader is asked: the answer that the row states, and those of its solutions."""

    def request(prediction: str) -> GradeRequest:
        return GradeRequest(gold=run.output, typed_gold=True, prediction=prediction)

    if c.answer and c.task != PREDICT_INPUT:
        yield "answer_agrees", request(c.answer)
    if c.solution:
        yield "solution_agrees", request(extract_answer(c.solution).text)
    if c.rejected:
        yield "rejected_is_wrong", request(extract_answer(c.rejected).text)


def _disagreement(grade: Grade | Failure, *, wanted: bool) -> str:
    """Why an answer is not what the row claims (right if `wanted`, else wrong); empty where it is."""
    if isinstance(grade, Failure):
        return f"could not be graded: {grade.detail}"
    if grade.verdict is (Outcome.EQUAL if wanted else Outcome.NOT_EQUAL):
        return ""
    return f"the program gives {grade.gold}, the row says {grade.prediction}: {grade.verdict} ({grade.reason})"
