"""A table on disk: parts of rows, with rejections and deferrals beside them, and a receipt for each finished part.

    <table>/rows/part-00000.parquet        kept and new rows
    <table>/rejected/part-00000.parquet    rows that ended here, with the reason (only where there are any)
    <table>/deferred/part-00000.parquet    rows to be tried again on resume (only where there are any)
    <table>/receipts/part-00000.json       written last: a part without one does not exist

A receipt names the digest of what went in and of what came out, so a part is reused only while its input is the same;
and the digest of each file, so a part that was torn or changed on disk is never read as if it were whole.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa

from caco.apply import Applied, Deferral
from caco.errors import StoreError
from caco.lineage import digest
from caco.records import Rejection, Row
from caco.store.codec import from_table, schema, to_table
from caco.store.files import read_json, read_parquet, write_json, write_parquet

R = TypeVar("R", bound=Row)
S = TypeVar("S", Rejection, Deferral)


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


class Table(Generic[R]):
    """One stage's output in a folder."""

    def __init__(self, folder: Path, record: type[R]) -> None:
        self.folder, self.record = folder, record

    def receipt(self, part: int) -> Receipt | None:
        """The receipt of a finished part; None where the part has yet to be made."""
        path = self._path("receipts", part, "json")
        if not path.exists():
            return None
        try:
            return Receipt(**read_json(path))
        except TypeError as error:
            raise StoreError(f"{path} is of another version ({error})") from error

    def write(
        self, part: int, applied: Applied, *, given: int, input_digest: str, seconds: float, parts: int = 0
    ) -> Receipt:
        """Write a part, receipt last; an old receipt goes first."""
        self._path("receipts", part, "json").unlink(missing_ok=True)
        files = {"rows": write_parquet(self._path("rows", part), to_table(self.record, applied.rows))}
        files |= self._write_side("rejected", part, Rejection, applied.rejections)
        files |= self._write_side("deferred", part, Deferral, applied.deferred)
        reasons = Counter(str(r.reason) for r in applied.rejections)
        receipt = Receipt(
            given=given,
            rows=len(applied.rows),
            kept=given - len(applied.rejections) - len(applied.deferred),
            rejected=dict(sorted(reasons.items())),
            deferred=len(applied.deferred),
            input=input_digest,
            digest=digest([row.id for row in applied.rows]),
            files=files,
            seconds=round(seconds, 3),
            parts=parts,
        )
        write_json(self._path("receipts", part, "json"), asdict(receipt))
        return receipt

    def receipts(self) -> list[Receipt]:
        """Receipts of all finished parts, in order."""
        found = (self.receipt(part) for part in self.parts())
        return [r for r in found if r is not None]

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
                for side in ("rows", "rejected", "deferred"):
                    self._path(side, part).unlink(missing_ok=True)

    def _write_side(
        self, side: str, part: int, record: type, items: list[Rejection] | list[Deferral]
    ) -> dict[str, str]:
        path = self._path(side, part)
        if items:
            return {side: write_parquet(path, to_table(record, items))}
        path.unlink(missing_ok=True)
        return {}

    def _read_side(self, side: str, record: type[S]) -> Iterator[S]:
        for part in self.parts():
            receipt = self.receipt(part)
            if receipt and (receipt.rejected if side == "rejected" else receipt.deferred):
                path = self._path(side, part)
                yield from from_table(record, read_parquet(path, digest=receipt.files.get(side, "")))

    def _path(self, side: str, part: int, ending: str = "parquet") -> Path:
        return self.folder / side / f"part-{part:05d}.{ending}"
