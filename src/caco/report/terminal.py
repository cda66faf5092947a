"""A run on the terminal: the funnel as a table, a row's history as a column of panels."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from caco.program import values
from caco.records import (
    Attempts,
    Check,
    CodeCoT,
    Draft,
    Example,
    Execution,
    Problem,
    Reason,
    Row,
    Seed,
    Solution,
    Verdict,
)
from caco.report.models import print_models
from caco.store.run import Ancestor, Run

WIDTH = 160
"""Columns where there is no terminal to ask."""
SHOWN_STEPS = 12
"""Trace steps shown of an execution."""


def print_funnel(run: Run) -> None:
    """One line a step; each line adds up: given = went on + rejected + deferred."""
    table = Table(title=f"{run.manifest.recipe}  ({run.path})", title_justify="left", header_style="bold", box=None)
    table.add_column("step", no_wrap=True)
    for name in ("given", "went on", "rejected", "deferred", "rows made"):
        table.add_column(name, justify="right")
    table.add_column("why rejected")
    for step in run.funnel():
        counts = (step.given, step.kept, sum(step.rejected.values()), step.deferred, step.rows)
        why = ", ".join(f"{reason} {count:,}" for reason, count in step.rejected.items())
        table.add_row(step.name, *(f"{count:,}" for count in counts), why)
    console = wide_console()
    console.print(table)
    print_models(run, console)
    if faults := sum(step.rejected.get(Reason.OUR_FAULT, 0) for step in run.funnel()):
        console.print(f"{faults:,} rows met a fault of ours: caco rejects {run.path} --reason our_fault", markup=False)
    if not run.manifest.finished:
        console.print("not finished: go on with the command that started it")


def print_chain(chain: list[Ancestor]) -> None:
    """From a row down to its seeds."""
    console = wide_console()
    for ancestor in chain:
        title = f"{ancestor.step}  {type(ancestor.row).__name__}  {ancestor.row.id}"
        console.print(Panel(_body(ancestor), title=title, title_align="left"))


def _body(ancestor: Ancestor) -> RenderableType:
    parts = [_described(ancestor.row)]
    if ended := ancestor.ended:
        parts.append(Text(f"rejected at {ended.stage}: {ended.reason}: {ended.detail}", style="red"))
    parts.append(Text(f"made by {ancestor.row.made_by}", style="dim"))
    return Group(*parts)


def _described(row: Row) -> RenderableType:
    describe = _DESCRIBED.get(type(row))
    return describe(row) if describe else Text(repr(row))


def _seed(row: Seed) -> RenderableType:
    seed = f"{row.source} {row.source_id} ({row.licence or 'licence not stated'})"
    return Text(f"{seed}\n\n{row.problem}\n\ngold answer: {row.answer or '(by tests)'}\n\n{row.solution}")


def _problem(row: Problem) -> RenderableType:
    answer = f"{row.answer} ({row.answer_type})"
    return Text(f"{row.style} {row.source}\n\n{row.question}\n\nanswer: {answer}")


def _draft(row: Draft) -> RenderableType:
    fault = f"{row.reason}: {row.detail}" if row.reason else "no fault"
    return Group(Text(fault), _python(row.codecot.code if row.codecot else ""))


def _attempts(row: Attempts) -> RenderableType:
    answers = ", ".join(answer or "(none)" for answer in row.answers)
    return Text(f"by {row.author}: {len(row.texts)} samples, answers {answers}")


def _python(code: str) -> Syntax:
    return Syntax(code, "python", background_color="default")


def _executed(execution: Execution) -> Text:
    steps = [f"  line {s.line}: {s.name} = {_shown(s.value)}" for s in execution.trace[:SHOWN_STEPS]]
    more = len(execution.trace) - SHOWN_STEPS
    if more > 0:
        steps.append(f"  ... and {more} more")
    output = f"output {_shown(execution.output)}"
    return Text("\n".join([f"{execution.status} in the {execution.isolation}; {output}", *steps]))


def _shown(value: str) -> str:
    return values.show(values.decode(value))


def _checks(checks: tuple[Check, ...]) -> Table:
    table = Table(box=None, show_header=False)
    for check in checks:
        mark = "passed" if check.passed else "not passed"
        table.add_row(check.name, f"{mark}, by construction" if check.by_construction else mark, check.evidence)
    return table


def wide_console() -> Console:
    """As wide as the terminal; in a pipe or file wide enough for whole lines."""
    return Console() if sys.stdout.isatty() else Console(width=WIDTH)


_DESCRIBED: Mapping[type[Row], Callable[[Any], RenderableType]] = {
    Seed: _seed,
    CodeCoT: lambda row: Group(Text(f"{row.origin} {row.transform}"), _python(row.code)),
    Execution: lambda row: Group(_executed(row), _checks(row.checks)),
    Problem: _problem,
    Draft: _draft,
    Attempts: _attempts,
    Solution: lambda row: Text(f"by {row.author}\n\n{row.text}"),
    Verdict: lambda row: Group(Text(f"trust: {row.trust}"), _checks(row.checks)),
    Example: lambda row: Text(f"{row.problem}\n\n{row.solution}"),
}
"""What a person reads of each kind of row; any other is shown as it is."""
