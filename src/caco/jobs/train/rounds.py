"""Rounds of CodeGen: train, sample, execute, filter, and train again with what was kept.

Each round is an ordinary training and an ordinary run in a folder of its own, so a stopped one goes on where it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caco.chart import line_chart
from caco.errors import CacoError
from caco.jobs.train.rows import programs
from caco.program.fingerprint import graph_fingerprint
from caco.program.form import FormError
from caco.records import CodeCoT, Execution, Solution
from caco.stages.sample import FREE, Schedule, kind, steered
from caco.store.files import write_bytes, write_json
from caco.store.run import Run

NOVELTY = "novelty: new graphs of kept"
KEPT = "distinct"
"""The step of a sampling run that holds what is kept."""

Train = Callable[[Sequence[str], Path], Any]
"""Trains on sources into a folder."""
Draw = Callable[[Path, Schedule, Path], Run]
"""Samples the model of a folder by a schedule, with its run in the other folder."""


class CollapseError(CacoError):
    """A round brought much less that is new than the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round brought, in programs."""

    number: int
    trained: int
    """Programs that the model was trained on."""
    drawn: int
    parsed: int
    ran: int
    kept: int
    copies: int
    """Of those kept, computations of the training set on the very same numbers, whatever their names."""
    new: int
    """Of those kept, programs whose operation graph is not in the training set."""
    graphs: int
    """Distinct operation graphs among those kept."""
    new_graphs: int
    """Distinct operation graphs among those kept that are not in the training set."""

    @property
    def shares(self) -> dict[str, float]:
        """The round in shares: of the draws, then of what was kept."""
        drawn, kept = max(self.drawn, 1), max(self.kept, 1)
        return {
            "parsed of drawn": self.parsed / drawn,
            "ran of drawn": self.ran / drawn,
            "yield: kept of drawn": self.kept / drawn,
            NOVELTY: self.new / kept,
            "diversity: distinct graphs of kept": self.graphs / kept,
        }


def rounds(
    given: Sequence[str], out: Path, num: int, train: Train, draw: Draw, *, steer: float = 0.0, least: float = 0.5
) -> Iterator[Round]:
    """Run `num` rounds on the sources `given` below `out`, each told as it ends.

    Args:
        steer: share of draws that ask for the kinds of programs that are rare so far, or that solvers fail at.
        least: a round whose novelty or distinct graphs fall below this share of the former's is a collapse.

    Raises CollapseError, after the round has been told.
    """
    places, told = list(given), []
    for number in range(1, num + 1):
        folder = out / f"round-{number}"
        train(places, folder / "model")
        schedule = steered(list(known(places)), 1 - steer) if steer else FREE
        run = draw(folder / "model", schedule, folder)
        told.append(measured(number, places, run))
        _tell(out, told)
        yield told[-1]
        _refuse_collapse(told, least)
        places.append(f"{run.path}:{KEPT}")


def measured(number: int, places: Sequence[str], run: Run) -> Round:
    """What a sampling run brought beside the programs of `places`, which its model was trained on."""
    before = [codecot.code for place in places for codecot in programs(place)]
    graphs, computations = set(_prints(graph_fingerprint, before)), set(_prints(_with_numbers, before))
    rows = {step.name: step.rows for step in run.funnel()}
    kept = [row.codecot.code for row in run.rows(KEPT) if isinstance(row, Execution)]
    found = list(_prints(graph_fingerprint, kept))
    new = [graph for graph in found if graph not in graphs]
    return Round(
        number=number,
        trained=len(before),
        drawn=rows["sample"],
        parsed=rows["read_program"],
        ran=rows["execute"],
        kept=len(kept),
        copies=sum(found in computations for found in _prints(_with_numbers, kept)),
        new=len(new),
        graphs=len(set(found)),
        new_graphs=len(set(new)),
    )


def known(places: Iterable[str]) -> Iterator[tuple[tuple[str, ...], bool, float | None]]:
    """Of each program of the tables its kind, that it was accepted, and the solvers' pass rate where one was asked.

    Tags that a sampling run asked for in vain count as a kind that nothing was accepted of.
    """
    for place in places:
        for codecot in programs(place):
            yield from _kind(codecot, accepted=True)
        path = Path(place.partition(":")[0])
        if (path / "manifest.json").exists():
            yield from _asked(Run(path))


def _asked(run: Run) -> Iterator[tuple[tuple[str, ...], bool, float | None]]:
    for entry in run.manifest.steps:
        for row in run.rows(entry.name) if entry.record in ("Draw", "Solution") else ():
            if isinstance(row, Solution):
                execution = row.problem.execution
                yield from _kind(execution.codecot, accepted=False, pass_rate=row.pass_rate) if execution else ()
            elif tags := getattr(row, "tags", ()):
                yield tags, False, None


def _kind(
    codecot: CodeCoT, *, accepted: bool, pass_rate: float | None = None
) -> Iterator[tuple[tuple[str, ...], bool, float | None]]:
    try:
        yield kind(codecot.code, codecot.domain), accepted, pass_rate
    except FormError:
        return


def _with_numbers(code: str) -> str:
    return graph_fingerprint(code, values=True)


def _prints(fingerprint: Callable[[str], str], codes: Iterable[str]) -> Iterator[str]:
    for code in codes:
        try:
            yield fingerprint(code)
        except FormError:
            continue


def _refuse_collapse(told: Sequence[Round], least: float) -> None:
    if not told[-1].kept:
        raise CollapseError(f"round {told[-1].number} kept nothing: train longer, or sample cooler")
    if len(told) < 2:
        return
    former, last = told[-2], told[-1]
    for name, one, other in (
        ("novelty", former.shares[NOVELTY], last.shares[NOVELTY]),
        ("the number of distinct operation graphs", former.graphs, last.graphs),
    ):
        if other < least * one:
            raise CollapseError(
                f"round {last.number} collapsed: {name} fell from {one:.3g} to {other:.3g}, below {least:g} of it; "
                "sample hotter, steer, or add seeds before another round"
            )


def _tell(out: Path, told: Sequence[Round]) -> None:
    write_json(out / "rounds.json", [asdict(found) | found.shares for found in told])
    lines = {name: [(found.number, found.shares[name]) for found in told] for name in told[0].shares}
    write_bytes(out / "rounds.svg", line_chart("CodeGen by round", "round", lines, from_zero=True).encode())
    write_bytes(out / "rounds.md", table(told).encode())


def table(told: Sequence[Round]) -> str:
    """The rounds as a Markdown table, a column each."""
    counts = [{k: v for k, v in asdict(found).items() if k != "number"} for found in told]
    names = [f"round {found.number}" for found in told]
    lines = [["", *names], ["---", *["---:"] * len(told)]]
    lines += [[name.replace("_", " "), *[str(c[name]) for c in counts]] for name in counts[0]]
    lines += [[name, *[f"{found.shares[name]:.1%}" for found in told]] for name in told[0].shares]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
