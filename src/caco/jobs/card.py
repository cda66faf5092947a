"""The dataset card: what the rows are, how they were made, what was checked, whose they are and what that forbids."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import jinja2
import pyarrow as pa

from caco.jobs.licences import terms
from caco.report.control_rates import control_rates
from caco.report.run import Run

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_ASKED_FOR = {
    "decontaminated": "overlap with any benchmark",
    "round_trip": "whether another model writes the same program from the text",
    "cot_consistent": "whether another model finds the solution sound",
}
"""Checks that not every recipe makes, and what a row without them may hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What of a run is published, and where."""

    splits: Mapping[str, str]
    """Split -> data file below the folder."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Split -> number of rows."""
    format: str = ""
    """Name of the trainer's format; empty for Caco's own columns."""
    use: str = ""
    notes: tuple[str, ...] = ()
    """What the reader should know of the choice of rows."""


def card(run: Run, table: pa.Table, published: Published) -> str:
    """The card of a dataset made of the examples in `table`."""
    environment = jinja2.Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((files("caco.jobs") / "card.md.j2").read_text(encoding="utf-8"))
    licences, checks = counts(table["licence"]), _checks(table)
    return template.render(
        rows=table.num_rows,
        size=next((name for limit, name in _SIZES if table.num_rows < limit), "n>10M"),
        manifest=run.manifest,
        published=published,
        funnel=run.funnel(),
        licences=licences,
        terms={name: terms(name) for name in licences},
        sources=counts(table["source"]),
        domains=counts(table["domain"]),
        transforms=counts(table["transform"]),
        trusts=counts(table["trust"]),
        checks=checks,
        unchecked=[f"{what} (`{name}`)" for name, what in _ASKED_FOR.items() if name not in checks],
        controls=control_rates(run),
        example=table.slice(0, 1).to_pylist()[0] if table.num_rows else None,
    )


def counts(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each value of a column occurs, the most frequent first."""
    return dict(Counter(column.to_pylist()).most_common())


def _checks(table: pa.Table) -> dict[str, Counter[str]]:
    checks: dict[str, Counter[str]] = {}
    for row_checks in table["checks"].to_pylist():
        for check in row_checks:
            kind = "by construction" if check["by_construction"] else "independent"
            checks.setdefault(check["name"], Counter())[kind if check["passed"] else "not passed"] += 1
    return checks
