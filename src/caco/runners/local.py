"""The local runner: step after step, parts of a step side by side on this machine's cores.

A part is done when its receipt is there and names the input that is there now; all else is made again. So a run that
was killed anywhere goes on where it was, and a changed setting redoes its step and those after it.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from caco.apply import Applied, Port, apply
from caco.backends.opening import open_ports
from caco.errors import StageError
from caco.plan import RunConfig, Step, is_whole_table
from caco.records import Line, Reason, Row
from caco.roles import ROLES
from caco.runners.collecting import sorted_lines
from caco.runners.crew import Crew, is_picklable
from caco.runners.observer import Observer
from caco.runners.outline import SketchTask, drop_sketches, settle_tasks, whole_input
from caco.runners.part import PartTask, inputs_digest, is_made, num_workers, write_parts
from caco.runners.task import Task, do_task
from caco.stage import GroupStage, PortStage
from caco.store.run_folder import RunFolder, StepEntry
from caco.store.table import Receipt, Table

FEW_FAULTS = 20
"""Rows of a step that may always end as our fault: no share of a few rows says anything."""


class LocalRunner:
    """Runs a plan into a run's folder."""

    def __init__(self, config: RunConfig, folder: RunFolder, steps: list[StepEntry], observer: Observer) -> None:
        self._config, self._observer = config, observer
        self._tables: dict[str, Table[Row]] = {entry.name: folder.table(entry) for entry in steps}
        self._made_along: dict[str, set[int]] = {}
        """Steps that others go on with: the parts that were there before."""
        self._open = ExitStack()
        self._crew: Crew | None = None
        self._ports: Mapping[str, Port] | None = None

    def run(self, lines: Callable[[], Iterable[Line]], source_digest: str) -> None:
        """Run every step that is not done. `lines` reads the source; it is called only where it is needed."""
        with self._open:
            for step in self._config.steps:
                if not step.takes:
                    self._collect(step, lines, source_digest)
                elif isinstance(step.stage, GroupStage) and step.stage.outline:
                    self._outlined(step)
                elif is_whole_table(step):
                    self._group(step)
                else:
                    self._map(step)
                receipts = self._tables[step.name].receipts()
                self._observer.step_finished(step.name, receipts)
                self._refuse_many_faults(step, receipts)

    def _refuse_many_faults(self, step: Step, receipts: Sequence[Receipt]) -> None:
        """Raise StageError where so many rows met a fault of ours that it is no odd row's doing."""
        faults, given = sum(r.rejected.get(Reason.OUR_FAULT, 0) for r in receipts), sum(r.given for r in receipts)
        if faults > max(FEW_FAULTS, self._config.runner.faults * given):
            raise StageError(
                f"step {step.name!r} failed on {faults:,} of {given:,} rows by a fault of ours; see what happened with "
                f"`caco rejects {self._tables[step.name].folder.parent.parent} --reason our_fault`, and go on with a "
                "larger share of them: --set faults=0.5"
            )

    def _collect(self, step: Step, lines: Callable[[], Iterable[Line]], source_digest: str) -> None:
        if self._is_done(step, source_digest):
            return
        self._observer.step_started(step.name, 0, 0)
        runner = self._config.runner

        def applied() -> Iterator[tuple[int, Applied]]:
            ordered = sorted_lines(lines())
            while batch := list(islice(ordered, runner.part_rows)):
                yield len(batch), apply(step.stage, batch)
                self._observer.advanced(step.name, len(batch))

        write_parts(
            self._tables[step.name],
            applied(),
            stage=step.stage,
            input_digest=source_digest,
            part_rows=runner.part_rows,
            started=time.perf_counter(),
        )

    def _group(self, step: Step) -> None:
        """Whole-table work without an outline."""
        before = [self._tables[name] for name in step.takes]
        input_digest = inputs_digest(receipt for table in before for receipt in table.receipts())
        if self._is_done(step, input_digest):
            return
        started = time.perf_counter()
        self._observer.step_started(step.name, sum(r.rows for table in before for r in table.receipts()), 0)
        write_parts(
            self._tables[step.name],
            self._grouped(step, before),
            stage=step.stage,
            input_digest=input_digest,
            part_rows=self._config.runner.part_rows,
            started=started,
        )

    def _grouped(self, step: Step, before: Sequence[Table[Row]]) -> Iterator[tuple[int, Applied]]:
        """The work of a group stage, with the number of rows given: in this process, all rows at once."""
        rows = [row for table in before for row in table.rows()]
        yield len(rows), apply(step.stage, rows) if rows else Applied()
        self._observer.advanced(step.name, len(rows))

    def _is_done(self, step: Step, input_digest: str) -> bool:
        """Whether whole-table work was finished on the input that is there now; the observer hears of it then."""
        table = self._tables[step.name]
        done = table.receipt(0)
        if not done or not is_made(done, input_digest) or len(table.parts()) < done.parts:
            return False
        self._observer.step_started(step.name, done.given, done.given)
        return True

    def _outlined(self, step: Step) -> None:
        """Whole-table work by sketches: only these come together in this process."""
        table, given = self._tables[step.name], self._tasks(step)
        tasks = [
            SketchTask(
                step=step.name,
                part=task.part,
                folder=task.folder,
                from_folder=task.from_folder,
                from_record=task.from_record,
                from_part=task.from_part,
                from_digest=task.input_digest,
            )
            for task, _, _ in given
        ]
        rows, made = sum(num for _, num, _ in given), table.finished()
        pending = {task.part for task in tasks if not is_made(made.get(task.part), whole_input(tasks, task.part))}
        self._observer.step_started(step.name, rows, 0 if pending else rows)
        if pending:
            self._do(tasks, lambda num_rows: self._observer.advanced(step.name, num_rows))
            self._do(settle_tasks(self._config, tasks, pending), lambda num_rows: None)
        table.drop_parts_from(len(tasks))
        drop_sketches(table.folder)

    def _map(self, step: Step) -> None:
        """Row-wise work, and that of the steps after it that need nothing else: their rows are at hand."""
        then = self._followers(step)
        tasks = self._tasks(step)
        pending = [replace(task, then=then) for task, _, done in tasks if not done]
        rows = {task.part: num for task, num, _ in tasks}
        made_before = self._made_along.pop(step.name, {task.part for task, _, done in tasks if done})
        reused = sum(num for part, num in rows.items() if part in made_before)
        self._observer.step_started(step.name, sum(rows.values()), reused)
        for name, _ in then:
            self._made_along.setdefault(name, set(self._tables[name].parts()))
        self._observer.advanced(step.name, sum(rows.values()) - reused - sum(rows[task.part] for task in pending))
        self._do(pending, lambda num_rows: self._observer.advanced(step.name, num_rows))
        self._tables[step.name].drop_parts_from(len(tasks))

    def _followers(self, step: Step) -> tuple[tuple[str, Path], ...]:
        """The steps that go on from this one part by part; one that asks a model has its own turn."""
        steps = self._config.steps
        found = [step]
        for following in steps[steps.index(step) + 1 :]:
            asks_model = isinstance(following.stage, PortStage) and following.stage.port in ROLES
            if following.takes != (found[-1].name,) or is_whole_table(following) or asks_model:
                break
            found.append(following)
        return tuple((follower.name, self._tables[follower.name].folder) for follower in found[1:])

    def _do(self, tasks: Iterable[Task], advance: Callable[[int], None]) -> None:
        """Have tasks done, by the crew where there is one: a row that kills its process is no end of the run there."""
        tasks = iter(tasks)
        first = list(islice(tasks, 2))
        if num_workers(self._config) > 1 and (len(first) > 1 or (first and is_picklable(self._config))):
            self._opened_crew().run(chain(first, tasks), advance)
        else:  # in this process: what a row does to it, it does to the run
            for task in chain(first, tasks):
                do_task(self._config, task, self._opened_ports(), lambda rows: advance(rows) if rows else None)

    def _tasks(self, step: Step) -> list[tuple[PartTask, int, bool]]:
        """The step's parts, one for each part of the tables it takes from, its rows there, and whether it is done."""
        table = self._tables[step.name]
        made = table.finished()
        tasks: list[tuple[PartTask, int, bool]] = []
        for name in step.takes:
            source = self._tables[name]
            for from_part, receipt in source.finished().items():
                task = PartTask(
                    step=step.name,
                    part=len(tasks),
                    folder=table.folder,
                    from_folder=source.folder,
                    from_record=source.record,
                    from_part=from_part,
                    input_digest=receipt.digest,
                )
                tasks.append((task, receipt.rows, is_made(made.get(task.part), receipt.digest)))
        return tasks

    def _opened_crew(self) -> Crew:
        if self._crew is None:
            self._crew = self._open.enter_context(Crew(self._config, num_workers(self._config)))
        return self._crew

    def _opened_ports(self) -> Mapping[str, Port]:
        if self._ports is None:
            self._ports = self._open.enter_context(open_ports(self._config))
        return self._ports


RUNNER = LocalRunner
