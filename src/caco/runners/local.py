"""The local runner: step after step, parts of a step side by side on this machine's cores.

A part is done when its receipt is there and names the input that is there now; all else is made again. So a run that
was killed anywhere goes on where it was, and a changed setting redoes its step and those after it.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack

from caco.apply import Applied, Port, apply
from caco.backends.opening import open_ports
from caco.plan import RunConfig, Step, is_whole_table
from caco.records import Line, Row
from caco.runners.crew import Crew
from caco.runners.observer import Observer
from caco.runners.part import PartTask, inputs_digest, make_part, num_workers, write_whole
from caco.store.run_folder import RunFolder, StepEntry
from caco.store.table import Table


class LocalRunner:
    """Runs a plan into a run's folder."""

    def __init__(self, config: RunConfig, folder: RunFolder, steps: list[StepEntry], observer: Observer) -> None:
        self._config, self._observer = config, observer
        self._tables: dict[str, Table[Row]] = {entry.name: folder.table(entry) for entry in steps}
        self._open = ExitStack()
        self._crew: Crew | None = None
        self._ports: Mapping[str, Port] | None = None

    def run(self, lines: Callable[[], list[Line]], source_digest: str) -> None:
        """Run every step that is not done. `lines` reads the source; it is called only where it is needed."""
        with self._open:
            for step in self._config.steps:
                if not step.takes:
                    self._collect(step, lines, source_digest)
                elif is_whole_table(step):
                    self._group(step)
                else:
                    self._map(step)
                self._observer.step_finished(step.name, self._tables[step.name].receipts())

    def _collect(self, step: Step, lines: Callable[[], list[Line]], source_digest: str) -> None:
        self._whole(step, source_digest, lambda: sorted(lines(), key=lambda line: line.id))

    def _group(self, step: Step) -> None:
        before = [self._tables[name] for name in step.takes]
        receipts = [receipt for table in before for receipt in table.receipts()]
        self._whole(step, inputs_digest(receipts), lambda: [row for table in before for row in table.rows()])

    def _whole(self, step: Step, input_digest: str, read: Callable[[], list[Line]] | Callable[[], list[Row]]) -> None:
        """Whole-table work, in this process."""
        table, done = self._tables[step.name], self._tables[step.name].receipt(0)
        if done and done.input == input_digest and not done.deferred:
            self._observer.step_started(step.name, done.given, done.given)
            return
        started = time.perf_counter()
        rows = read()
        self._observer.step_started(step.name, len(rows), 0)
        applied = apply(step.stage, rows) if rows else Applied()
        self._observer.advanced(step.name, len(rows))
        write_whole(
            table,
            applied,
            given=len(rows),
            input_digest=input_digest,
            part_rows=self._config.runner.part_rows,
            seconds=time.perf_counter() - started,
        )

    def _map(self, step: Step) -> None:
        tasks = self._tasks(step)
        pending = [task for task, done in tasks if not done]
        rows = {task.part: self._rows_of(task) for task, _ in tasks}
        total = sum(rows.values())
        self._observer.step_started(step.name, total, total - sum(rows[task.part] for task in pending))

        def advance(num_rows: int) -> None:
            self._observer.advanced(step.name, num_rows)

        if len(pending) > 1 and num_workers(self._config) > 1:
            self._opened_crew().run(pending, advance)
        else:
            for task in pending:
                make_part(self._config, task, self._opened_ports(), advance)
        self._tables[step.name].drop_parts_from(len(tasks))

    def _tasks(self, step: Step) -> list[tuple[PartTask, bool]]:
        """The step's parts, one for each part of the tables it takes from, and whether each is done."""
        table = self._tables[step.name]
        tasks: list[tuple[PartTask, bool]] = []
        for name in step.takes:
            source = self._tables[name]
            for from_part in source.parts():
                made = source.receipt(from_part)
                assert made is not None
                task = PartTask(
                    step=step.name,
                    part=len(tasks),
                    folder=table.folder,
                    from_folder=source.folder,
                    from_record=source.record,
                    from_part=from_part,
                    input_digest=made.digest,
                )
                done = table.receipt(task.part)
                tasks.append((task, done is not None and done.input == made.digest and not done.deferred))
        return tasks

    def _rows_of(self, task: PartTask) -> int:
        receipt = Table(task.from_folder, task.from_record).receipt(task.from_part)
        return receipt.rows if receipt else 0

    def _opened_crew(self) -> Crew:
        if self._crew is None:
            self._crew = self._open.enter_context(Crew(self._config, num_workers(self._config)))
        return self._crew

    def _opened_ports(self) -> Mapping[str, Port]:
        if self._ports is None:
            self._ports = self._open.enter_context(open_ports(self._config))
        return self._ports
