"""Filters on executed programs: what breaks a bound of its seed, and what is there already."""

from collections.abc import Sequence
from dataclasses import replace

from caco.codecot.bounds import broken
from caco.lineage import digest
from caco.records import Check, Execution, Reason
from caco.stage import GroupStage, MapStage, Reject, Result


def keep() -> MapStage:
    """The stage Execution -> Execution that lets through what keeps every bound its seed's run showed."""
    return MapStage(name="keep", makes=Execution, fn=_within_bounds)


def deduplicate() -> GroupStage:
    """The stage Execution -> Execution that keeps one of the executions of equal programs on equal inputs."""
    return GroupStage(name="deduplicate", makes=Execution, key_of=_identity, fn=_first_of)


def _within_bounds(execution: Execution) -> Execution | Reject:
    fault = broken(execution.codecot.bounds, execution)
    if fault:
        return Reject(Reason.BREAKS_BOUND, fault)
    num = len(execution.codecot.bounds)
    check = Check(name="keeps_bounds", passed=True, evidence=f"{num} bounds of the seed's run hold")
    return replace(execution, checks=(*execution.checks, check))


def _identity(execution: Execution) -> str:
    return digest(execution.codecot.code, execution.codecot.text)


def _first_of(group: Sequence[Execution]) -> Sequence[Result]:
    """Seeds' own programs come before transformed ones, else the smallest id."""
    first = min(group, key=lambda e: (e.codecot.transform != "", e.id))
    twin = Reject(Reason.DUPLICATE, f"the same program on the same inputs as {first.id}")
    return [row if row is first else twin for row in group]
