"""The run's report: one HTML file that needs nothing else, with the funnel, the reasons, and rows to read."""

import heapq
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2

from caco.jobs.evaluate import RECIPE
from caco.program import values
from caco.records import CodeCoT, Execution, Problem, Rejection, Seed, Solution
from caco.report import evaluation
from caco.store.files import write_bytes
from caco.store.run import Ancestor, Run, chain_of

KEPT_SHOWN = 40
REJECTED_SHOWN = 3
"""Rejected rows shown for each step and reason."""


def write_page(run: Run) -> Path:
    """Write `report.html` into the run's folder and return its path; an evaluation's also writes its scores."""
    if run.manifest.recipe == RECIPE:
        return evaluation.write_page(run)
    path = run.path / "report.html"
    write_bytes(path, page(run).encode())
    return path


def page(run: Run) -> str:
    """The page as text."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = lambda text: values.show(values.decode(text)) if text else ""
    pages = files("caco.report")
    template = environment.from_string((pages / "page.html.j2").read_text(encoding="utf-8"))
    funnel = run.funnel()
    kept = heapq.nsmallest(KEPT_SHOWN, run.rows(run.manifest.steps[-1].name), key=lambda row: row.id)
    few = _few_rejections(run)
    ancestry = run.ancestry([row.id for row in kept] + [r.id for group in few for r in group.rejections])
    return template.render(
        style=(pages / "style.css").read_text(encoding="utf-8"),
        manifest=run.manifest,
        path=run.path,
        funnel=funnel,
        widest=max((step.given for step in funnel), default=0) or 1,
        examples=funnel[-1].rows,
        kept=[{"row": row, "chain": chain_of(row.id, ancestry)[1:]} for row in kept],
        rejected=[
            {"group": group, "rows": [(r, _what_it_was(ancestry.get(r.id))) for r in group.rejections]} for group in few
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionGroup:
    """What a step rejected for one reason: how many, and a few of them."""

    step: str
    reason: str
    count: int
    rejections: list[Rejection]


def _few_rejections(run: Run) -> list[RejectionGroup]:
    """A few rejections of each step and reason: the smallest ids, as good as random and the same each time."""
    found = []
    for entry in run.manifest.steps:
        by_reason: dict[str, list[Rejection]] = {}
        for rejection in run.rejections(entry.name):
            by_reason.setdefault(rejection.reason, []).append(rejection)
        for reason, rejections in by_reason.items():
            few = heapq.nsmallest(REJECTED_SHOWN, rejections, key=lambda r: r.id)
            found.append(RejectionGroup(step=entry.name, reason=reason, count=len(rejections), rejections=few))
    return found


def _what_it_was(ancestor: Ancestor | None) -> str:
    """The text of a rejected row: its question, solution or program. A rejected line was never a row."""
    match ancestor.row if ancestor else None:
        case Execution() as execution:
            return execution.codecot.code
        case CodeCoT() as codecot:
            return codecot.code
        case Seed() as seed:
            return seed.problem
        case Problem() as problem:
            return problem.question
        case Solution() as solution:
            return f"{solution.problem.question}\n\n{solution.text}"
    return ""
