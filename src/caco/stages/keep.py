"""Filters on executed programs: what breaks a bound of its seed, and what is there already."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from caco.codecot.bounds import broken
from caco.lineage import digest
from caco.records import Check, Execution, Reason
from caco.stage import Fate, GroupStage, MapStage, Outline, Reject, in_order, outlined


def keep() -> MapStage:
    """The stage Execution -> Execution that lets through what keeps every bound its seed's run showed."""
    return MapStage(name="keep", makes=Execution, fn=_within_bounds)


def deduplicate() -> GroupStage:
    """The stage Execution -> Execution that keeps one of the executions of equal programs on equal inputs.

    Seeds' own programs come before transformed ones, else the smallest id.
    """
    columns = pa.schema([("same", pa.string()), ("made", pa.bool_())])
    return outlined("deduplicate", Execution, Outline(columns=columns, sketch=_sketch, decide=_first_of_each))


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
