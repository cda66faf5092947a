"""Which executed programs stay: those that keep the recipe's rules and their seed's bounds, each once.

A row is measured once, and keeps its measures: other limits need no other run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import pyarrow as pa

from caco.apply import in_order
from caco.errors import ConfigError
from caco.filters.rules import RULES, Rule, judge, measure
from caco.instances.bounds import broken
from caco.lineage import digest
from caco.records import Check, Execution, Reason
from caco.stage import Fate, GroupStage, MapStage, Outline, Reject


def filter_programs(rules: Sequence[Rule] = RULES) -> MapStage:
    """The stage Execution -> Execution that lets through what keeps the rules, asked in this order.

    A row that was measured before is judged by what it holds.
    """
    settings = {"rules": [{**asdict(rule), "least": str(rule.least), "most": str(rule.most)} for rule in rules]}
    return MapStage(name="filter", makes=Execution, settings=settings, fn=Filter(rules=tuple(rules)))


def of_difficulty(least: float, most: float) -> MapStage:
    """The stage Execution -> Execution that lets through programs whose `difficulty` is from `least` to `most`.

    Raises ConfigError where `least` is above `most`.
    """
    if least > most:
        raise ConfigError(f"difficulty {least:g} to {most:g}: the least is above the most")
    return filter_programs((Rule(name="difficulty", reason=Reason.DIFFICULTY, least=least, most=most),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Execution -> Execution or Reject."""

    rules: tuple[Rule, ...]

    def __call__(self, execution: Execution) -> Execution | Reject:
        taken = {m.name for m in execution.measures}
        measured = execution
        if not taken >= {rule.name for rule in self.rules}:
            own = measure(execution)
            more = [m for m in execution.measures if m.name not in {n.name for n in own}]
            measured = replace(execution, measures=(*own, *more))
        broken = judge(measured.measures, self.rules)
        if broken is None:
            return measured
        rule, found = broken
        note = f" ({found.note})" if found.note else ""
        return Reject(rule.reason, f"{rule.name} is {found.value:g}{note}; it must be {rule.limits}"[:300])


def keep() -> MapStage:
    """The stage Execution -> Execution that lets through what keeps every bound its seed's run showed."""
    return MapStage(name="keep", makes=Execution, fn=_within_bounds)


def deduplicate() -> GroupStage:
    """The stage Execution -> Execution that keeps one of the executions of equal programs on equal inputs.

    Seeds' own programs come before transformed ones, else the smallest id.
    """
    columns = pa.schema([("same", pa.string()), ("made", pa.bool_())])
    outline = Outline(columns=columns, sketch=_sketch, decide=_first_of_each)
    return GroupStage(name="deduplicate", makes=Execution, outline=outline)


def _within_bounds(execution: Execution) -> Execution | Reject:
    fault = broken(execution.codecot.bounds, execution)
    if fault:
        return Reject(Reason.BREAKS_BOUND, fault)
    num = len(execution.codecot.bounds)
    check = Check(name="keeps_bounds", passed=True, evidence=f"{num} bounds of the seed's run hold")
    return replace(execution, checks=(*execution.checks, check))


def _sketch(execution: Execution) -> Mapping[str, object]:
    cot = execution.codecot
    return {"same": digest(cot.code, cot.text), "made": cot.transform != ""}


def _first_of_each(sketches: pa.Table) -> Callable[[int], Fate]:
    order = in_order(sketches, "made", "id")
    code = sketches["same"].combine_chunks().dictionary_encode().indices.to_numpy()
    _, first = np.unique(code[order], return_index=True)  # of each program, its place in the order

    def fate(row: int) -> Fate:
        kept = int(order[first[code[row]]])
        if kept == row:
            return None
        return Reject(Reason.DUPLICATE, f"the same program on the same inputs as {sketches['id'][kept].as_py()}")

    return fate
