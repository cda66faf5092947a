"""Making one part of a table: the work that any runner places somewhere."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from caco.apply import Applied, Port, apply
from caco.lineage import digest
from caco.plan import RunConfig
from caco.records import Row
from caco.stage import PortStage, Stage
from caco.store.table import Receipt, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTask:
    """Make part `part` of `step`'s table from part `from_part` of the table in `from_folder`.

    `then` are steps, each with its table's folder, that go on with what was made while it is at hand: the same part of
    each. They may stop short; a part that is not made then is made when it is its step's turn.
    """

    step: str
    part: int
    folder: Path
    from_folder: Path
    from_record: type[Row]
    from_part: int
    input_digest: str
    then: tuple[tuple[str, Path], ...] = ()


def make_part(config: RunConfig, task: PartTask, ports: Mapping[str, Port], advance: Callable[[int], None]) -> Receipt:
    """Read, apply in batches, write in the background. `advance` is told of each batch's rows in the first step."""
    stages = {step.name: step.stage for step in config.steps}
    started = time.perf_counter()
    rows: Sequence[Row] = Table(task.from_folder, task.from_record).read(task.from_part)
    receipts: list[Future[Receipt]] = []
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="write") as writer:
        for name, folder in ((task.step, task.folder), *task.then):
            stage, table = stages[name], Table[Row](folder, stages[name].makes)
            if receipts and (made := table.receipt(task.part)) and is_made(made, receipts[-1].result().digest):
                break
            port = ports[stage.port] if isinstance(stage, PortStage) else None
            told = _untold(advance) if receipts else advance
            applied = _in_batches(stage, rows, port, config.runner.batch_rows, told)
            encoded = table.encoded(applied, stage)  # before the next step: what cannot be written must not go on
            before = receipts[-1] if receipts else None
            seconds = time.perf_counter() - started
            receipts.append(writer.submit(_write, table, task, applied, encoded, len(rows), before, seconds))
            rows, started = applied.rows, time.perf_counter()
    written = [receipt.result() for receipt in receipts]
    return written[0]


def _untold(advance: Callable[[int], None]) -> Callable[[int], None]:
    """Rows of later steps are told of in their steps' turn; that something goes on is told now."""
    return lambda rows: advance(0)


def _write(
    table: Table[Row],
    task: PartTask,
    applied: Applied,
    rows: pa.Table,
    given: int,
    before: Future[Receipt] | None,
    seconds: float,
) -> Receipt:
    """Write what a step made; its input is what the step before it has written by now."""
    input_digest = before.result().digest if before else task.input_digest
    return table.write(task.part, applied, rows=rows, given=given, input_digest=input_digest, seconds=seconds)


def is_made(receipt: Receipt | None, input_digest: str) -> bool:
    """Whether a part was made of this input, and nothing of it has to be tried again."""
    return receipt is not None and receipt.input == input_digest and not receipt.deferred


def _in_batches(
    stage: Stage, rows: Sequence[Row], port: Port | None, size: int, advance: Callable[[int], None]
) -> Applied:
    whole = Applied()
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        whole.add(apply(stage, batch, port, lambda: advance(0)))
        advance(len(batch))
    return whole


def write_parts(
    table: Table[Row],
    batches: Iterable[tuple[int, Applied]],
    *,
    stage: Stage,
    input_digest: str,
    part_rows: int,
    started: float,
) -> None:
    """Write what was made of batches, each with the number of rows given, as parts of `part_rows`.

    Part 0 comes last: with its receipt the table is finished.
    """
    table.drop_parts_from(0)
    whole, rows, first, given = Applied(), list[Row](), list[Row](), 0
    parts = 0
    for num, applied in batches:
        given += num
        table.encoded(applied, stage)
        rows += applied.rows
        whole.add(replace(applied, rows=[], made_from={}))
        while len(rows) > part_rows:
            chunk, rows = rows[:part_rows], rows[part_rows:]
            first = first or chunk
            if parts:
                table.write(parts, Applied(rows=chunk), given=0, input_digest=input_digest, seconds=0.0)
            parts += 1
    if parts:
        table.write(parts, Applied(rows=rows), given=0, input_digest=input_digest, seconds=0.0)
    whole.rows = first if parts else rows
    seconds = time.perf_counter() - started
    table.write(0, whole, given=given, input_digest=input_digest, seconds=seconds, parts=parts + 1)


def inputs_digest(receipts: Iterable[Receipt]) -> str:
    """Names the content of several parts together."""
    return digest([receipt.digest for receipt in receipts])


def num_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def num_workers(config: RunConfig) -> int:
    """Processes to use: as set, or one for each core."""
    return config.runner.workers or num_cores()
