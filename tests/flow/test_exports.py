"""Exports of a real run: every format is written, holds when its programs run again, and says when it does not."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from caco.errors import ConfigError
from caco.jobs.claims import claim
from caco.jobs.export.folder import export
from caco.jobs.export.format import INSTRUCTION
from caco.jobs.verify import verify
from caco.plugins import names
from running import cli

FORMATS = names("export")


def rows(folder, split="train"):
    file = next((folder / "data").glob(f"{split}.*"))
    if file.suffix == ".parquet":
        return pq.read_table(file).to_pylist()
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def exported(finished, tmp_path_factory):
    """Every format of one run, with a test split."""
    out = tmp_path_factory.mktemp("exports")
    for name in FORMATS:
        export(finished, name, out / name, test=0.2)
    return out


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_keeps_what_can_be_checked(exported, finished, name):
    examples = {example.id: example for example in finished.rows("export")}
    written = [row for split in ("train", "test") for row in rows(exported / name, split)]
    assert len(written) == len(examples) or name == "preferences"
    assert len(written) > len(examples) * 0.8
    by_code = {example.code: example for example in examples.values()}
    for row in written:
        found = claim(1, row)
        example = by_code[found.code]
        if not found.task:
            assert found.answer == example.answer
            assert found.question == example.problem and INSTRUCTION not in found.question
        assert found.solution in ("", example.solution) or name == "trl-grpo"


def test_exports_hold_when_their_programs_run_again(exported, tmp_path):
    (tmp_path / "data").mkdir()
    for name in FORMATS:
        file = next((exported / name / "data").glob("test.*"))
        shutil.copy(file, tmp_path / "data" / f"{name}{file.suffix}")
    found = verify(tmp_path)
    assert found.rows > 5 * len(FORMATS) and found.faults == ()


def test_no_seed_is_on_both_sides(exported, finished):
    seeds = {example.id: example.seeds for example in finished.rows("export")}
    train, test = (
        {s for row in rows(exported / "messages", side) for s in seeds[row["id"]]} for side in ("train", "test")
    )
    assert train and test and not train & test


DAMAGE = (
    ({"answer": "-17"}, "answer_agrees"),
    ({"solution": "It is 3 of them.\nThe answer is -17."}, "solution_agrees"),
    ({"solution": "It is 12 - 4 = 9."}, "equations_hold"),
    ({"output": "-17"}, "output_same"),
    ({"code": "no program at all"}, "in_form"),
    ({"code": "input = {'n': 0}\n\ndef f(n):\n    return 1 / n\n\noutput = f(**input)\nprint(output)\n"}, "executes"),
    ({"problem": "How many are there?"}, "inputs_in_text"),
)


def test_each_damaged_row_is_found(finished, tmp_path):
    lines = (finished.dataset / "train.jsonl").read_text(encoding="utf-8").splitlines()[: len(DAMAGE) + 3]
    for number, (damage, _) in enumerate(DAMAGE):
        lines[number] = json.dumps({**json.loads(lines[number]), **damage})
    lines.append("{broken")
    (tmp_path / "damaged.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = verify(tmp_path / "damaged.jsonl")
    assert (found.rows, found.holding) == (len(DAMAGE) + 4, 3)
    for number, (_, check) in enumerate(DAMAGE, start=1):
        assert check in {fault.check for fault in found.faults if fault.line == number}
    assert found.faults[0].check == "readable"


def test_a_rejected_solution_that_is_right_is_found(exported, tmp_path):
    row = rows(exported / "preferences")[0]
    (tmp_path / "p.jsonl").write_text(json.dumps({**row, "rejected": row["chosen"]}), encoding="utf-8")
    assert [fault.check for fault in verify(tmp_path / "p.jsonl").faults] == ["rejected_is_wrong"]


def test_the_published_columns_read_back(exported, tmp_path):
    done = cli("run", "quickstart", "--set", f"seeds={exported / 'caco' / 'data' / 'test.jsonl'}", "--set",
               "columns=problem=instruction,solution=output", "--json", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    funnel = {
        step["name"]: step for step in json.loads(cli("show", "quickstart", "--json", cwd=tmp_path).stdout)["funnel"]
    }
    assert funnel["match"]["kept"] == len(rows(exported / "caco", "test"))


def test_a_rejected_solution_is_never_right(exported):
    for row in rows(exported / "preferences"):
        assert row["rejected_answer"] != row["answer"] and row["fault"]
        assert row["chosen"][0]["content"] != row["rejected"][0]["content"]


def test_verl_rows_have_one_type_each(exported):
    table = pq.read_table(next((exported / "verl-rl" / "data").glob("train.*")))
    assert b"huggingface" not in (table.schema.metadata or {})
    assert str(table.schema.field("reward_model").type) == "struct<style: string, ground_truth: string>"


def test_the_card_and_croissant_say_what_is_there(exported):
    card = (exported / "messages" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n") and "split: test" in card and "CC0-1.0" in card and "load_dataset" in card
    assert "Not checked here: overlap with any benchmark (`decontaminated`)" in card
    described = json.loads((exported / "messages" / "croissant.json").read_text(encoding="utf-8"))
    assert {file["@id"] for file in described["distribution"]} == {"data/train.jsonl", "data/test.jsonl"}
    assert json.loads((exported / "llamafactory" / "dataset_info.json").read_text())["caco_train"]["columns"]


def test_refusals_are_one_error(finished, tmp_path):
    with pytest.raises(ConfigError, match="unknown export 'parquet'; known: alpaca"):
        export(finished, "parquet", tmp_path / "x")
    with pytest.raises(ConfigError, match="is there already"):
        export(finished, "messages", tmp_path)
    with pytest.raises(ConfigError, match="should be a share"):
        export(finished, "messages", tmp_path / "x", test=1.5)
    (tmp_path / "plain.jsonl").write_text('{"prompt": "x"}\n')
    with pytest.raises(ConfigError, match="has no column with programs"):
        verify(tmp_path / "plain.jsonl")


def test_publish_refuses_what_is_no_dataset_and_names_the_extra(exported, tmp_path):
    done = cli("publish", tmp_path, "me/mine", cwd=tmp_path)
    assert done.returncode == 2 and "is no dataset of ours" in done.stderr
    try:
        import huggingface_hub  # noqa: F401
    except ImportError:
        done = cli("publish", exported / "messages", "me/mine", cwd=tmp_path)
        assert done.returncode == 2 and "pip install 'caco[hub]'" in done.stderr
