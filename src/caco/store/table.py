"""A table on disk: parts of rows, with rejections and deferrals beside them, and a receipt for each finished part.

    <table>/rows/part-00000.parquet        kept and new rows
    <table>/rejected/part-00000.parquet    rows that ended here, with the reason (only where there are any)
    <table>/deferred/part-00000.parquet    rows to be tried again on resume (only where there are any)
    <table>/faults/part-00000.parquet      where a stage raised, for rows that ended as `our_fault` (likewise)
    <table>/receipts/part-00000.json       written last: a part without one does not exist

A receipt names the digest of what went in and of what came out, so a part is reused only while its input is the same;
and the digest of each file, so a part that was torn or changed on disk is never read as if it were whole.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyarrow as pa

from caco.apply import NOT_ARROW, Applied, Deferral, OurFault, broken_by
from caco.errors import StoreError
from caco.lineage import digest
from caco.records import Rejection, Row
from caco.stage import Stage
from caco.store.codec import from_table, schema, to_table
from caco.store.files import jsons, read_parquet, write_json, write_parquet

R = TypeVar("R", bound=Row)
S = TypeVar("S", Rejection, Deferral, OurFault)
SIDES = ("rejected", "deferred", "faults")
"""Files beside the rows of a part, each only where it holds something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a finished part holds."""

    given: int
    """Rows that went in."""
    rows: int
    kept: int
    """Rows that went in and were kept or made at least one row."""
    rejected: dict[str, int] = field(default_factory=dict)
    """Rejections by reason."""
    deferred: int = 0
    input: str
    digest: str
    """Names the rows that came out, by their ids."""
    files: dict[str, str] = field(default_factory=dict)
    """Digest of each of the part's files, by its folder."""
    seconds: float = 0.0
    parts: int = 0
    """Parts of the table, where it was written as a whole and this is part 0."""


def _receipt(path: Path, plain: Mapping[str, Any]) -> Receipt:
    try:
        return Receipt(**plain)
    except TypeError as error:
        raise StoreError(f"{path} is of another version ({error})") from error


class Table(Generic[R]):
    """One stage's output in a folder."""

    def __init__(self, folder: Path, record: type[R]) -> None:
        self.folder, self.record = folder, record

    def receipt(self, part: int) -> Receipt | None:
        """The receipt of a finished part; None where the part has yet to be made."""
        return self._receipts([part]).get(part)

    def finished(self) -> dict[int, Receipt]:
        """The receipts of all finished parts by their numbers, in order: one listing, and few journeys to a store."""
        return self._receipts(self.parts())

    def _receipts(self, parts: Sequence[int]) -> dict[int, Receipt]:
        paths = [self._path("receipts", part, "json") for part in parts]
        found = zip(parts, paths, jsons(paths), strict=True)
        return {part: _receipt(path, plain) for part, path, plain in found if plain is not None}

    def encoded(self, applied: Applied, stage: Stage) -> pa.Table:
        """The rows as Arrow; those that Arrow does not take end as `our_fault`, with all that their row has made."""
        try:
            return to_table(self.record, applied.rows)
        except NOT_ARROW:
            for row in list(applied.rows):
                try:
                    to_table(self.record, [row])
                except NOT_ARROW as error:
                    applied.reject(stage, applied.made_from.get(row.id, row.id), broken_by(error))
        return to_table(self.record, applied.rows)

    def write(
        self,
        part: int,
        applied: Applied,
        *,
        given: int,
        input_digest: str,
        seconds: float,
        parts: int = 0,
        rows: pa.Table | None = None,
    ) -> Receipt:
        """Write a part, receipt last; an old receipt goes first. `rows` are those of `applied`, if encoded already."""
        reasons = Counter(str(r.reason) for r in applied.rejections)
        receipt = Receipt(
            given=given,
            rows=len(applied.rows),
            kept=given - len(applied.rejections) - len(applied.deferred),
            rejected=dict(sorted(reasons.items())),
            deferred=len(applied.deferred),
            input=input_digest,
            digest=digest([row.id for row in applied.rows]),
            seconds=round(seconds, 3),
            parts=parts,
        )
        sides = {
            "rejected": to_table(Rejection, applied.rejections) if applied.rejections else None,
            "deferred": to_table(Deferral, applied.deferred) if applied.deferred else None,
            "faults": to_table(OurFault, applied.faults) if applied.faults else None,
        }
        return self._write(
            part, {"rows": to_table(self.record, applied.rows) if rows is None else rows, **sides}, receipt
        )

    def merge(self, part: int, of: "Table[R]", numbers: Sequence[int], *, input_digest: str, parts: int) -> Receipt:
        """Write a part that holds several parts of another table, one after the other."""
        merged = [receipt for number in numbers if (receipt := of.receipt(number))]
        rows = pa.concat_tables([of.arrow_part(number) for number in numbers])
        whole: dict[str, pa.Table | None] = {"rows": rows}
        for side in SIDES:
            found = [table for number in numbers if (table := of._side(side, number)) is not None]
            whole[side] = pa.concat_tables(found) if found else None
        reasons = sum((Counter(r.rejected) for r in merged), Counter[str]())
        receipt = Receipt(
            given=sum(r.given for r in merged),
            rows=len(rows),
            kept=sum(r.kept for r in merged),
            rejected=dict(sorted(reasons.items())),
            deferred=sum(r.deferred for r in merged),
            input=input_digest,
            digest=digest(rows["id"].to_pylist()),
            seconds=round(sum(r.seconds for r in merged), 3),
            parts=parts,
        )
        return self._write(part, whole, receipt)

    def _write(self, part: int, files: Mapping[str, pa.Table | None], receipt: Receipt) -> Receipt:
        self._path("receipts", part, "json").unlink(missing_ok=True)
        digests = {}
        for side, table in files.items():
            if table is None:
                self._path(side, part).unlink(missing_ok=True)
            else:
                digests[side] = write_parquet(self._path(side, part), table)
        receipt = replace(receipt, files=digests)
        write_json(self._path("receipts", part, "json"), asdict(receipt))
        return receipt

    def receipts(self) -> list[Receipt]:
        """Receipts of all finished parts, in order."""
        return list(self.finished().values())

    def parts(self) -> list[int]:
        """Numbers of the finished parts; without gaps once the whole table is finished."""
        return sorted(int(path.stem[5:]) for path in (self.folder / "receipts").glob("part-*.json"))

    def read(self, part: int) -> list[R]:
        """The rows of a part."""
        return from_table(self.record, self.arrow_part(part))

    def arrow_part(self, part: int) -> pa.Table:
        """A part as Arrow. Raises StoreError where it is not what its receipt names."""
        receipt = self.receipt(part)
        return read_parquet(self._path("rows", part), digest=receipt.files.get("rows", "") if receipt else "")

    def ids(self, part: int) -> list[str]:
        """Ids of a part's rows."""
        ids: list[str] = read_parquet(self._path("rows", part), columns=["id"])["id"].to_pylist()
        return ids

    def rows(self) -> Iterator[R]:
        """All rows, part by part."""
        for part in self.parts():
            yield from self.read(part)

    def rejections(self) -> Iterator[Rejection]:
        """All rejections."""
        yield from self._read_side("rejected", Rejection)

    def deferrals(self) -> Iterator[Deferral]:
        """All deferrals."""
        yield from self._read_side("deferred", Deferral)

    def arrow(self) -> pa.Table:
        """The whole table as Arrow."""
        parts = [self.arrow_part(part) for part in self.parts()]
        return pa.concat_tables(parts) if parts else schema(self.record).empty_table()

    def drop_parts_from(self, first: int) -> None:
        """Delete parts from number `first` on, receipts first: left-overs of a run whose input had more parts."""
        for part in self.parts():
            if part >= first:
                self._path("receipts", part, "json").unlink(missing_ok=True)
                for side in ("rows", *SIDES):
                    self._path(side, part).unlink(missing_ok=True)

    def faults(self) -> Iterator[OurFault]:
        """Where stages raised, for rows that ended as `our_fault`."""
        yield from self._read_side("faults", OurFault)

    def _read_side(self, side: str, record: type[S]) -> Iterator[S]:
        for part in self.parts():
            if (found := self._side(side, part)) is not None:
                yield from from_table(record, found)

    def _side(self, side: str, part: int) -> pa.Table | None:
        receipt = self.receipt(part)
        if not receipt or side not in receipt.files:
            return None
        return read_parquet(self._path(side, part), digest=receipt.files.get(side, ""))

    def _path(self, side: str, part: int, ending: str = "parquet") -> Path:
        return self.folder / side / f"part-{part:05d}.{ending}"
