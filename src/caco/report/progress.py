"""Progress of a run on the terminal: a line a step with rows, rate and time left; or JSON lines; or nothing."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from caco.backends.generators.call_log import Spent
from caco.runners.observer import Observer, Silent
from caco.store.table import Receipt


@contextmanager
def watching(as_json: bool) -> Iterator[Observer]:
    """The observer that fits: JSON lines on standard output, a live display on a terminal, else silence."""
    console = Console(stderr=True)
    if as_json:
        yield JsonLines()
    elif not console.is_terminal:
        yield Silent()
    else:
        columns = (
            TextColumn("{task.description:<18}"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[spent]}", style="dim"),
        )
        with Progress(*columns, console=console) as progress:
            yield Live(progress)


class Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} rows/s" if speed else "", style="progress.data.speed")


class Live:
    """A bar for each step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, object] = {}

    def step_started(self, name: str, rows: int, reused: int) -> None:
        self._tasks[name] = self._progress.add_task(name, total=max(rows, 1), completed=reused, spent="")

    def advanced(self, name: str, rows: int) -> None:
        self._progress.advance(self._tasks[name], rows)  # type: ignore[arg-type]

    def step_finished(self, name: str, receipts: list[Receipt]) -> None:
        task = self._tasks[name]
        self._progress.update(task, completed=self._progress.tasks[task].total)  # type: ignore[arg-type, call-overload]

    def spent(self, name: str, so_far: Spent, forecast: Spent) -> None:
        told = f"{_in_words(so_far)}; this step about {_in_words(forecast)}"
        self._progress.update(self._tasks[name], spent=told)  # type: ignore[arg-type]


def _in_words(spent: Spent) -> str:
    cost = f" for {spent.cost:,.2f}" if spent.cost else ""
    return f"{spent.requests:,} requests, {spent.tokens_in + spent.tokens_out:,} tokens{cost}"


class JsonLines:
    """An event a line on standard output."""

    def step_started(self, name: str, rows: int, reused: int) -> None:
        self._say(event="started", step=name, rows=rows, reused=reused)

    def advanced(self, name: str, rows: int) -> None:
        self._say(event="advanced", step=name, rows=rows)

    def step_finished(self, name: str, receipts: list[Receipt]) -> None:
        whole = [asdict(receipt) for receipt in receipts]
        totals = {key: sum(r[key] for r in whole) for key in ("given", "kept", "rows", "deferred")}
        self._say(event="finished", step=name, **totals)

    def spent(self, name: str, so_far: Spent, forecast: Spent) -> None:
        self._say(event="spent", step=name, so_far=_numbers(so_far), forecast=_numbers(forecast))

    def _say(self, **event: object) -> None:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def _numbers(spent: Spent) -> dict[str, float]:
    return {
        "requests": spent.requests,
        "tokens_in": spent.tokens_in,
        "tokens_out": spent.tokens_out,
        "cost": round(spent.cost, 6),
    }
