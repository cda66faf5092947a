"""A run whose benchmark holds one of its seeds: that row ends with the item's id, the others say they were checked."""

import json

import pytest

import caco
from caco.errors import ConfigError
from running import shipped_seeds


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaks")
    seeds = [json.loads(line) for line in shipped_seeds(2)[:8]]
    twin = {**seeds[1], "problem": seeds[1]["problem"] + " Explain."}
    for name, rows in (("seeds", [*seeds, twin]), ("exam", [{**seeds[0], "id": "q7"}])):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    settings = {
        "seeds": str(folder / "seeds.jsonl"),
        "decontaminate": str(folder / "exam.jsonl"),
        "fresh": "2",
        "workers": "1",
        "rules": "statements>=1,output_size<=200",
        "duplicates": "near_text=0.8,text=0",
    }
    return caco.run("quickstart", settings=settings, runs=folder / "runs")


def test_the_leaked_item_ends_with_its_name(run):
    details = [r.detail for r in run.rejections("decontaminate") if r.reason == "contaminated"]
    assert any(d.startswith("exam/q7, by ngram") for d in details)
    leaked = next(s for s in run.rows("collect") if s.problem == _exam(run)["problem"])
    assert not [e for e in run.rows("export") if e.seeds == (leaked.id,) and e.transform == ""]


def test_what_is_published_was_checked_against_the_benchmark(run):
    examples = list(run.rows("export"))
    assert examples
    for example in examples:
        (check,) = [c for c in example.checks if c.name == "decontaminated"]
        assert check.evidence == "not among exam (1 items), in words or in computation"
    card = (run.dataset / "README.md").read_text(encoding="utf-8")
    assert "| `decontaminated` |" in card and "overlap with any benchmark" not in card and "Not checked here" in card


def test_the_near_twin_names_the_row_that_was_kept(run):
    (rejection,) = [r for r in run.rejections("distinct") if r.reason == "near_duplicate"]
    kept = {row.id for row in run.rows("distinct")}
    assert rejection.detail.rpartition(" ")[2] in kept


def test_a_missing_benchmark_is_refused_before_work(tmp_path):
    with pytest.raises(ConfigError, match=r"missing\.jsonl"):
        caco.run("quickstart", settings={"decontaminate": str(tmp_path / "missing.jsonl")}, runs=tmp_path)


def _exam(run):
    path = run.path.parents[1] / "exam.jsonl"
    return json.loads(path.read_text(encoding="utf-8"))
