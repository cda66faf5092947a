"""A whole run: conservation, lineage, sameness whatever the placing, and reuse."""

import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import caco
from caco.apply import apply
from caco.errors import ConfigError, StoreError
from caco.plugins import call, find
from caco.program import values
from caco.records import Example, Outcome, Seed
from running import tables


def test_the_funnel_adds_up(finished):
    steps = {step.name: step for step in finished.funnel()}
    for entry in finished.manifest.steps:
        step = steps[entry.name]
        assert step.given == step.kept + sum(step.rejected.values()) + step.deferred
        if entry.takes:
            assert step.given == sum(steps[name].rows for name in entry.takes)
    assert steps["collect"].rejected == {"broken_line": 1, "duplicate": 1}
    assert steps["unify"].rejected["nothing_to_compile"] == 1
    assert all(step.deferred == 0 for step in steps.values())


def test_most_seeds_become_examples_of_several_kinds(finished):
    examples = list(finished.rows("export"))
    seeds = list(finished.rows("collect"))
    kinds = Counter(example.transform for example in examples)
    assert kinds[""] >= 0.9 * (len(seeds) - 1)
    assert kinds["fresh_inputs"] >= kinds[""]
    assert kinds["composition"] > 0
    assert len({example.problem for example in examples}) == len(examples)


def test_every_example_says_what_its_program_says(finished):
    examples = list(finished.rows("export"))
    again = caco.execute([example.code for example in examples])
    for example, execution in zip(examples, again, strict=True):
        assert (execution.inputs, execution.output) == (example.inputs, example.output)
        told = caco.extract_answer(example.solution).text
        assert caco.grade(values.decode(example.output), told).verdict == Outcome.EQUAL, example.solution


def test_every_example_leads_back_to_its_seeds(finished):
    seeds = {seed.id: seed for seed in finished.rows("collect")}
    for example in list(finished.rows("export"))[:40]:
        chain = finished.explain(example.id)
        assert isinstance(chain[0].row, Example)
        assert {a.row.id for a in chain if isinstance(a.row, Seed)} == set(example.seeds) <= set(seeds)
        assert {"executes", "inputs_matter", "not_trivial", "answer_agrees"} <= {c.name for c in example.checks}


def test_a_rejected_row_can_be_explained(finished):
    rejection = next(r for r in finished.rejections("unify"))
    (ancestor,) = finished.explain(rejection.id)
    assert ancestor.ended == rejection


def test_an_unknown_row_is_one_clear_error(finished):
    with pytest.raises(ConfigError, match=r"no row of .* has an id that starts with 'zz'"):
        finished.explain("zz")


@pytest.mark.parametrize("name", ["distinct", "compose", "deduplicate"])
def test_whole_table_work_by_sketches_is_what_it_is_in_memory(finished, settings, name):
    config = call("", find("recipe", "quickstart"), {k: settings[k] for k in ("seeds", "fresh")})
    step = next(step for step in config.steps if step.name == name)
    rows = [row for taken in step.takes for row in finished.rows(taken)]
    at_once = apply(step.stage, random.Random(2).sample(rows, len(rows)))
    assert len(list((finished.path / finished.manifest.steps[6].table / "receipts").iterdir())) >= 3
    assert {row.id: row for row in at_once.rows} == {row.id: row for row in finished.rows(name)}
    assert {r.id: r for r in at_once.rejections} == {r.id: r for r in finished.rejections(name)}
    assert not list(finished.path.rglob("sketches"))


@pytest.mark.parametrize(
    "placing",
    [{"workers": "2"}, {"batch_rows": "1000"}, {"shuffled": True}],
    ids=["two workers", "one batch", "shuffled"],
)
def test_the_same_bytes_whatever_the_placing(finished, settings, tmp_path, placing):
    changed = {**settings, **placing}
    if changed.pop("shuffled", None):
        (tmp_path / "seeds.jsonl").write_text(shuffled(settings["seeds"]), encoding="utf-8")
        changed["seeds"] = str(tmp_path / "seeds.jsonl")
    run = caco.run("quickstart", settings=changed, runs=tmp_path / "runs")
    assert without_keys(tables(run)) == without_keys(tables(finished))


def shuffled(path):
    """The lines in another order; broken and repeated ones stay: their numbers are part of what is said of them."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    free = [i for i, line in enumerate(lines) if i and line.startswith("{") and '"id"' in line][:-1]
    order = random.Random(4).sample(free, len(free))
    moved = dict(zip(free, order, strict=True))
    return "\n".join(lines[moved.get(i, i)] for i in range(len(lines))) + "\n"


def without_keys(files):
    """Another source gives the tables' folders other keys; numbers, names and content must be the same."""
    parts = ((path.partition("/"), content) for path, content in files.items())
    return {f"{table.rpartition('-')[0]}/{rest}": content for (table, _, rest), content in parts}


def test_a_second_run_does_nothing(finished, settings):
    before = {p: p.stat().st_mtime_ns for p in finished.path.rglob("tables/**/*") if p.is_file()}
    caco.run("quickstart", settings=settings, runs=finished.path.parent)
    assert {p: p.stat().st_mtime_ns for p in finished.path.rglob("tables/**/*") if p.is_file()} == before


def test_a_changed_setting_redoes_its_step_and_those_after(finished, settings, tmp_path):
    shutil.copytree(finished.path, tmp_path / "quickstart")
    run = caco.run("quickstart", settings={**settings, "fresh": "2"}, runs=tmp_path)
    before = {entry.name: entry.table for entry in finished.manifest.steps}
    after = {entry.name: entry.table for entry in run.manifest.steps}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {
        "vary", "execute_fresh", "keep", "filter_fresh", "deduplicate", "reverse", "solve", "verify", "export"
    }  # fmt: skip


def test_stricter_rules_go_by_the_measures_and_run_no_program(finished, settings, tmp_path):
    shutil.copytree(finished.path, tmp_path / "quickstart")
    before = {entry.name: entry.table for entry in finished.manifest.steps}
    lengths = [next(m.value for m in row.measures if m.name == "statements") for row in finished.rows("deduplicate")]
    run = caco.run("quickstart", settings={**settings, "stricter": f"statements>={max(lengths):g}"}, runs=tmp_path)
    made = {entry.name for entry in run.manifest.steps if entry.table != before.get(entry.name)}
    assert made == {"stricter", "reverse", "solve", "verify", "export"}
    short = [r for r in run.rejections("stricter") if r.detail.startswith("statements is ")]
    assert len(short) == len(list(run.rejections("stricter"))) == sum(length < max(lengths) for length in lengths) > 0
    assert len(list(run.rows("export"))) < len(list(finished.rows("export")))


def test_a_run_of_another_version_is_refused(finished, settings, tmp_path):
    shutil.copytree(finished.path, tmp_path / "quickstart")
    manifest = tmp_path / "quickstart" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(StoreError, match="is a run of format 99, this caco reads format"):
        caco.run("quickstart", settings=settings, runs=tmp_path)


def test_the_dataset_is_the_last_table_in_two_forms(finished):
    examples = list(finished.rows("export"))
    table = pq.read_table(finished.dataset / "data" / "train.parquet")
    lines = [json.loads(line) for line in (finished.dataset / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    assert table.to_pylist() == lines
    assert [line["problem"] for line in lines] == [example.problem for example in examples]
    card = (finished.dataset / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n") and f"{len(examples):,} verified examples" in card and "cc0-1.0" in card
