"""Tables as they lie are read by the tools that people use: no export, no code of ours."""

import json

import pyarrow.dataset
import pytest

import caco
from small_road import small, write_seeds


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The folder of a table's rows, and the ids that they should have."""
    folder = tmp_path_factory.mktemp("road")
    write_seeds(folder / "seeds.jsonl", 60)
    run = caco.run(small(folder / "seeds.jsonl"), runs=folder / "runs")
    entry = run.manifest.steps[2]
    return run.path / entry.table / "rows", [row.id for row in run.rows(entry.name)]


def missing(package, target="test-stores"):
    return pytest.importorskip(package, reason=f"{package} is not installed: `make {target}` runs this")


def test_pyarrow(rows):
    folder, ids = rows
    assert pyarrow.dataset.dataset(folder).to_table()["id"].to_pylist() == ids


def test_pandas(rows):
    folder, ids = rows
    assert missing("pandas").read_parquet(folder)["id"].tolist() == ids


def test_polars(rows):
    folder, ids = rows
    assert missing("polars").read_parquet(folder / "*.parquet")["id"].to_list() == ids


def test_duckdb(rows):
    folder, ids = rows
    found = missing("duckdb").sql(f"SELECT id FROM '{folder}/*.parquet'").fetchall()
    assert sorted(i for (i,) in found) == sorted(ids)


def test_datasets(rows, tmp_path):
    folder, ids = rows
    files = [str(path) for path in sorted(folder.glob("*.parquet"))]
    read = missing("datasets").load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))["train"]
    assert read["id"][:] == ids


@pytest.mark.filterwarnings("ignore")
def test_ray_data(rows):
    folder, ids = rows
    ray = missing("ray", "test-ray")
    missing("ray.data", "test-ray")
    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        found = [row["id"] for row in ray.data.read_parquet(str(folder)).take_all()]
    finally:
        ray.shutdown()
    assert sorted(found) == sorted(ids)


def test_a_receipt_is_plain_json(rows):
    folder, ids = rows
    receipts = [json.loads(p.read_text()) for p in (folder.parent / "receipts").glob("*.json")]
    assert sum(receipt["rows"] for receipt in receipts) == len(ids)
