"""An evaluation for people: its scores on the terminal, and a page with the answers to read."""

import heapq
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import jinja2
from rich.table import Table

from caco.jobs.compare import Compared
from caco.jobs.evaluate import Asked, Evaluation, asked, write_scores
from caco.report.terminal import wide_console
from caco.stages.evaluate import RIGHT, UNDECIDED, WRONG
from caco.statistics import Interval
from caco.store.files import write_bytes
from caco.store.run import Run

SHOWN = 15
"""Problems of each benchmark and outcome on the page."""


def print_evaluation(found: Evaluation) -> None:
    """The scores as a table; a second one where there are fresh instances."""
    console = wide_console()
    table = _table(
        f"{found.model} (95% intervals)",
        *("benchmark", "items", "samples", "right", "any right", "majority", "undecided", "no answer", "cut off"),
    )
    for score in found.scores:
        sampled = score.samples > 1
        table.add_row(
            score.benchmark if score.style == "original" else f"{score.benchmark}, fresh inputs",
            f"{score.items:,}",
            f"{score.samples}",
            percent(score.right),
            f"{score.any_right:.1%}" if sampled else "",
            f"{score.majority:.1%}" if sampled else "",
            *(f"{number:,}" for number in (score.undecided, score.no_answer, score.cut_off)),
        )
    console.print(table)
    if found.freshness:
        console.print(_freshness(found))
    for score in found.scores:
        if score.missing:
            console.print(
                f"{score.benchmark}: {score.missing:,} problems have no verdict yet; the same command goes on"
            )


def _freshness(found: Evaluation) -> Table:
    table = _table(
        "knowing or remembering: items as they stand, and the same items with other numbers",
        *("benchmark", "items", "as they stand", "fresh inputs", "change"),
    )
    for one in found.freshness:
        change = _signed(one.change)
        table.add_row(one.benchmark, f"{one.items:,}", percent(one.original), percent(one.fresh), change)
    return table


def print_comparison(found: Compared, shown: int) -> None:
    """Benchmark by benchmark, then the first `shown` problems that differ."""
    console = wide_console()
    table = _table(
        "second less first (95% intervals)",
        *("benchmark", "items", "first", "second", "change", "better", "worse", "p"),
    )
    for one in found.comparisons:
        table.add_row(
            one.benchmark if one.style in ("", "original") else f"{one.benchmark}, fresh inputs",
            f"{one.items:,}",
            percent(one.first),
            percent(one.second),
            _signed(one.change),
            f"{one.better:,}",
            f"{one.worse:,}",
            f"{one.p_value:.3g}",
        )
    console.print(table)
    for doubt in found.doubts:
        console.print(doubt, highlight=False)
    if found.differing:
        console.print(_differing(found, shown))
        console.print(f"{len(found.differing):,} problems differ" + (f", {shown} shown" if shown else ""))


def _differing(found: Compared, shown: int) -> Table:
    table = _table("problems that differ", "item", "gold", "first", "second", "first's row", "second's row")
    for one in found.differing[:shown]:
        sides = [f"{_brief(answer)} ({right:.0%})" for answer, right in _sides(one)]
        table.add_row(one.item, _brief(one.gold), *sides, *(row[:12] for row in one.rows))
    return table


def _sides(one: object) -> Sequence[tuple[str, float]]:
    return [(getattr(one, f"{side}_answer"), getattr(one, side)) for side in ("first", "second")]


def percent(interval: Interval) -> str:
    """A share with its interval."""
    return f"{interval.mean:.1%} ({interval.low:.1%}–{interval.high:.1%})"


def _signed(interval: Interval) -> str:
    return f"{interval.mean:+.1%} ({interval.low:+.1%}–{interval.high:+.1%})"


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 30 else line[:29] + "…"


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def write_page(run: Run) -> Path:
    """Write `evaluation.json` and `report.html` into the run's folder; returns the page's path."""
    found, done = write_scores(run), asked(run)
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = percent
    environment.filters["signed"] = _signed
    pages = files("caco.report")
    template = environment.from_string((pages / "evaluation.html.j2").read_text(encoding="utf-8"))
    style = (pages / "style.css").read_text(encoding="utf-8")
    text = template.render(found=found, manifest=run.manifest, path=run.path, style=style, groups=_groups(found, done))
    path = run.path / "report.html"
    write_bytes(path, text.encode())
    return path


def _groups(found: Evaluation, done: Sequence[Asked]) -> list[dict[str, object]]:
    """A few problems of each score and outcome: the smallest ids, as good as random and the same each time."""
    groups: list[dict[str, object]] = []
    for score in found.scores:
        mine = [one for one in done if one.item.startswith(f"{score.benchmark}/") and one.style == score.style]
        for trust in (WRONG, UNDECIDED, RIGHT):
            some = [one for one in mine if one.verdicts[0].trust == trust]
            few = heapq.nsmallest(SHOWN, some, key=lambda one: one.problem.id)
            groups.append({"score": score, "trust": trust, "count": len(some), "asked": few})
    return [group for group in groups if group["count"]]
