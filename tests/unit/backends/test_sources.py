"""Seeds from every kind of file; a source that cannot work is one clear error, a bad line is one bad line."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from caco.backends.sources import columns, content_digest, read_lines
from caco.config import SourceConfig
from caco.errors import ConfigError

ROWS = [{"problem": "2 + 2?", "answer": "4"}, {"problem": "3 + 3?", "answer": "6"}]


def source(path, **more):
    return SourceConfig(path=str(path), **more)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return source(path)


def jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def fields_of(lines):
    return [json.loads(line.fields) for line in lines]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.jsonl", jsonl(ROWS)),
        ("s.jsonl.gz", gzip.compress(jsonl(ROWS).encode())),
        ("s.json", json.dumps(ROWS)),
        ("s.csv", "problem,answer\n2 + 2?,4\n3 + 3?,6\n"),
        ("bom.jsonl", "\ufeff" + jsonl(ROWS)),
        ("windows.jsonl", jsonl(ROWS).replace("\n", "\r\n")),
    ],
    ids=lambda value: value if str(value).endswith((".gz", ".json", ".jsonl", ".csv")) else "",
)
def test_every_kind_of_file_gives_the_same_rows(tmp_path, name, content):
    assert fields_of(read_lines(write(tmp_path / name, content))) == ROWS


def test_parquet(tmp_path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "s.parquet")
    assert fields_of(read_lines(source(tmp_path / "s.parquet"))) == ROWS


def test_a_folder_is_all_its_files(tmp_path):
    for i, row in enumerate(ROWS):
        (tmp_path / f"{i}.jsonl").write_text(jsonl([row]))
    assert fields_of(read_lines(source(tmp_path))) == ROWS


def test_a_limit_takes_the_first(tmp_path):
    (tmp_path / "s.jsonl").write_text(jsonl(ROWS))
    assert fields_of(read_lines(source(tmp_path / "s.jsonl", limit=1))) == ROWS[:1]


def test_a_broken_line_is_one_line_with_its_number(tmp_path):
    lines = read_lines(write(tmp_path / "s.jsonl", jsonl(ROWS[:1]) + "{broken\n[1]\n" + jsonl(ROWS[1:])))
    assert [line.number for line in lines if line.fault] == [2, 3]
    assert next(line.fault.split(":")[0] for line in lines if line.fault) == "line 2 is not JSON"
    assert len({line.id for line in lines}) == 4


def test_an_equal_line_is_a_duplicate_of_the_first(tmp_path):
    lines = read_lines(write(tmp_path / "s.jsonl", jsonl([*ROWS, ROWS[0]])))
    assert [line.fault for line in lines] == ["", "", "the same as line 1"]
    assert len({line.id for line in lines}) == 3


def test_a_csv_row_of_another_width_is_one_bad_row(tmp_path):
    lines = read_lines(write(tmp_path / "s.csv", "problem,answer\na,1\nb\nc,2,3\n"))
    assert [line.number for line in lines if line.fault] == [3, 4]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.jsonl", None, "does not exist"),
        ("s.xlsx", "x", "unknown kind; known endings: .jsonl, .json, .csv, .parquet"),
        ("s.jsonl", "", "is empty"),
        ("s.jsonl", "\n \n", "is empty"),
        ("s.json", "[]", "holds no rows"),
        ("s.json", '{"a": 1}', "must hold a list"),
        ("s.json", "[", "is not JSON"),
        ("s.parquet", "nothing of the kind", "not a Parquet file"),
        ("s.jsonl.gz", "not gzip", "cannot be read"),
        ("s.jsonl", b'{"problem": "ok"}\n{"problem": "caf\xe9"}\n', "not UTF-8: line 2 has the byte 0xe9"),
    ],
)
def test_a_source_that_cannot_work_is_one_clear_error(tmp_path, name, content, message):
    where = source(tmp_path / name) if content is None else write(tmp_path / name, content)
    with pytest.raises(ConfigError, match=message):
        read_lines(where)


def test_columns_of_nested_objects_have_dotted_names(tmp_path):
    where = write(tmp_path / "s.jsonl", jsonl([{"problem": "p", "meta": {"tests": ["assert f(1) == 1"]}}]))
    assert columns(where) == ("problem", "meta", "meta.tests")


def test_the_content_names_the_source_wherever_it_lies(tmp_path):
    (tmp_path / "other").mkdir()
    here, there = write(tmp_path / "a.jsonl", jsonl(ROWS)), write(tmp_path / "other" / "b.jsonl", jsonl(ROWS))
    assert content_digest(here) == content_digest(there)
    assert content_digest(here) != content_digest(write(tmp_path / "c.jsonl", jsonl(ROWS[:1])))
