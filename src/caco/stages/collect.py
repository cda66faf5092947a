"""Stage 1: lines of a source become seeds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from caco.records import Line, Reason, Seed
from caco.stage import MapStage, Reject

NAMES: dict[str, tuple[str, ...]] = {
    "problem": ("problem", "question", "instruction", "prompt", "text"),
    "answer": ("answer", "final_answer", "gold", "ground_truth"),
    "solution": ("solution", "rationale", "output"),
    "code": ("code", "program", "canonical_solution", "linear_formula", "meta.linear_formula"),
    "tests": ("tests", "test_list", "meta.tests"),
    "domain": ("domain", "subject", "meta.subject", "meta.dataset"),
    "source": ("source", "data_source"),
    "source_id": ("source_id", "id", "task_id"),
    "licence": ("licence", "license"),
    "tags": ("tags",),
}
"""For each field of a seed the columns that usually hold it, first match first."""


def collect(columns: Mapping[str, str], defaults: Mapping[str, str]) -> MapStage:
    """The stage that reads a seed from each line: `columns` names the column of a field, `defaults` fills in fields."""
    return MapStage(
        name="collect",
        makes=Seed,
        settings={"columns": dict(columns), "defaults": dict(defaults)},
        fn=Collect(columns=dict(columns), defaults=dict(defaults)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Line -> Seed or Reject."""

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, line: Line) -> Seed | Reject:
        if line.fault:
            return Reject(Reason.DUPLICATE if line.fields else Reason.BROKEN_LINE, line.fault)
        fields = json.loads(line.fields)
        found = {name: self._value(fields, name) for name in NAMES}
        if not found["problem"]:
            return Reject(Reason.MISSING_FIELD, f"line {line.number} has no problem text")
        answer, solution = _split_answer(_text(found["answer"]), _text(found["solution"]))
        return Seed(
            problem=_text(found["problem"]).strip(),
            answer=answer,
            solution=solution,
            code=_text(found["code"]),
            tests=_texts(found["tests"]),
            domain=_text(found["domain"]),
            source=_text(found["source"]),
            source_id=_text(found["source_id"]),
            licence=_text(found["licence"]),
            tags=_texts(found["tags"]),
        )

    def _value(self, fields: Mapping[str, Any], name: str) -> Any:
        names = (self.columns[name],) if name in self.columns else NAMES[name]
        values = (_at(fields, column) for column in names)
        return next((v for v in values if v not in (None, "", [])), self.defaults.get(name, ""))


def column_of(name: str, present: tuple[str, ...], columns: Mapping[str, str]) -> str:
    """The column among `present` that holds field `name`; empty where there is none."""
    wanted = (columns[name],) if name in columns else NAMES[name]
    return next((column for column in wanted if column in present), "")


def _at(fields: Mapping[str, Any], column: str) -> Any:
    if column in fields:
        return fields[column]
    outer, _, inner = column.partition(".")
    nested = fields.get(outer)
    return nested.get(inner) if isinstance(nested, dict) else None


def _split_answer(answer: str, solution: str) -> tuple[str, str]:
    """GSM8K's own form keeps the worked solution and, behind `####`, the answer in one column."""
    worked, mark, final = answer.rpartition("####")
    if mark and not solution:
        return final.strip(), worked.strip()
    return answer.strip(), solution.strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)
