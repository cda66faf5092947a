"""The dataset card: what the rows are, how they were made, what was checked, whose they are and what that forbids."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import jinja2
import pyarrow as pa
import pyarrow.compute as pc

from caco.jobs.control_rates import control_rates
from caco.jobs.licences import terms
from caco.store.run import Run

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)
_COUNTED = ("licence", "source", "domain", "transform", "trust")
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


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a card tells of the examples of a dataset, counted table by table."""

    rows: int = 0
    columns: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in _COUNTED})
    """How often each value of a column occurs."""
    checks: dict[str, Counter[str]] = field(default_factory=dict)
    example: Mapping[str, Any] | None = None

    def add(self, table: pa.Table) -> None:
        """Count some more examples."""
        self.rows += table.num_rows
        for name, counts in self.columns.items():
            counts.update({item["values"]: item["counts"] for item in table[name].value_counts().to_pylist()})
        self.example = self.example or next(iter(table.slice(0, 1).to_pylist()), None)
        flat = pc.list_flatten(table["checks"])
        kinds = pa.table({name: pc.struct_field(flat, name) for name in ("name", "passed", "by_construction")})
        counted = kinds.group_by(kinds.column_names, use_threads=False).aggregate([([], "count_all")])
        for check in counted.to_pylist():
            kind = "by construction" if check["by_construction"] else "independent"
            counts = self.checks.setdefault(check["name"], Counter())
            counts[kind if check["passed"] else "not passed"] += check["count_all"]


def card(run: Run, contents: Contents, published: Published) -> str:
    """The card of a dataset."""
    environment = jinja2.Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((files("caco.jobs") / "card.md.j2").read_text(encoding="utf-8"))
    counted = {name: dict(counts.most_common()) for name, counts in contents.columns.items()}
    return template.render(
        rows=contents.rows,
        size=next((name for limit, name in _SIZES if contents.rows < limit), "n>10M"),
        manifest=run.manifest,
        published=published,
        funnel=run.funnel(),
        licences=counted["licence"],
        terms={name: terms(name) for name in counted["licence"]},
        sources=counted["source"],
        domains=counted["domain"],
        transforms=counted["transform"],
        trusts=counted["trust"],
        checks=contents.checks,
        unchecked=[f"{what} (`{name}`)" for name, what in _ASKED_FOR.items() if name not in contents.checks],
        controls=control_rates(run),
        example=contents.example,
    )
