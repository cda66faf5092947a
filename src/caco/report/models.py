"""What a run asked of models, for people: spending by role, the rates of its controls, and a forecast as a table."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import compress

from rich.console import Console
from rich.table import Table

from caco.backends.generators.call_log import CallLog, Spent
from caco.backends.generators.meter import total
from caco.jobs.control_rates import Rate, control_rates
from caco.jobs.forecast import Estimate, StepForecast
from caco.store.run import Run


def spending(run: Run) -> list[Spent]:
    """What the run has spent, role by role; empty where it asked no model, or logs its calls elsewhere."""
    path = run.path.parent / "calls.sqlite"
    if not path.exists():
        return []
    log = CallLog(path)
    try:
        return log.spent(run.path.name)
    finally:
        log.close()


def print_models(run: Run, console: Console) -> None:
    """Deferred rows, spending and controls, where there are any."""
    details = Counter(deferral.detail for deferral in run.deferrals())
    for detail, count in details.most_common(3):
        console.print(f"{count:,} rows deferred: {detail}", highlight=False)
    if details:
        console.print("the same command goes on with them")
    if spent := spending(run):
        console.print(_spending_table([*spent, _named(total(spent), "all")]))
    if rates := control_rates(run):
        console.print(_rates_table(rates))


def _named(spent: Spent, role: str) -> Spent:
    return Spent(
        role=role,
        requests=spent.requests,
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        cost=spent.cost,
    )


def _spending_table(spent: Sequence[Spent]) -> Table:
    table = _table("asked of models", "role", "requests", "tokens in", "tokens out", "cost")
    for one in spent:
        table.add_row(one.role, f"{one.requests:,}", f"{one.tokens_in:,}", f"{one.tokens_out:,}", f"{one.cost:,.2f}")
    return table


def _rates_table(rates: Sequence[Rate]) -> Table:
    table = _table("controls (95% intervals)", "kind", "tried", "counted", "rate", "low", "high")
    for one in rates:
        counted = f"{one.count:,} {'stopped' if one.kind == 'false_reject' else 'let through'}"
        table.add_row(one.kind, f"{one.tried:,}", counted, f"{one.rate:.1%}", f"{one.low:.1%}", f"{one.high:.1%}")
    return table


def print_forecast(steps: Sequence[StepForecast], pilot: int, num_seeds: int, console: Console) -> None:
    """A line a step with what the full run will take, then all of it, with 95% intervals."""
    names = ("step", "role", "rows", "requests", "tokens in", "tokens out", "cost", "time", "GPU time")
    lines = [(step.name, step.role, *map(_cell, _figures(step))) for step in steps]
    asked = [any(cells) for cells in zip(*lines, strict=True)]
    table = _table(f"forecast for {num_seeds:,} seeds, from a pilot of {pilot:,}", *compress(names, asked))
    for line in lines:
        table.add_row(*compress(line, asked))
    console.print(table)
    known = [(name, figure) for name, figure in zip(names[2:], _figures(steps[-1]), strict=True) if figure]
    console.print(
        "in all, with 95% intervals: " + ", ".join(f"{name} {low} to {high}" for name, (_, low, high, _) in known)
    )
    console.print(
        "times are at the pilot's pace; a full run keeps more requests in flight, and is faster where the server is"
    )


Figure = tuple[str, str, str, float]
"""Mean, low and high end as text, and the larger distance of an end from the mean, as a share of it."""


def _figures(step: StepForecast) -> list[Figure | None]:
    counts = [_figure(step.of[name], _short) for name in ("rows", "requests", "tokens_in", "tokens_out")]
    return [*counts, _figure(step.of["cost"], "{:,.2f}".format), *(_time(h) for h in (step.hours, step.gpu_hours))]


def _cell(figure: Figure | None) -> str:
    return f"{figure[0]} ±{figure[3]:.0%}" if figure else ""


def _figure(estimate: Estimate, show: Callable[[float], str]) -> Figure | None:
    if not estimate.mean:
        return None
    low, mean, high = estimate.low, estimate.mean, estimate.high
    return show(mean), show(low), show(high), max(mean - low, high - mean) / mean


def _time(hours: Estimate) -> Figure | None:
    """Hours, minutes or seconds, whichever says it best."""
    size, unit = next(((s, u) for s, u in ((1, "h"), (60, "min")) if hours.mean * s >= 1), (3600, "s"))
    return _figure(hours, lambda value: f"{value * size:,.1f} {unit}")


def _short(number: float) -> str:
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if number >= size:
            return f"{number / (1e3 if mark == 'k' else size):,.1f}{mark}"
    return f"{number:,.0f}"


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=None)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="left" if name in ("role", "counted") else "right")
    return table
