"""What is trained on, from files and from runs."""

import json

import pytest

from caco.backends.trainers.recipe import recipe
from caco.errors import ConfigError
from caco.jobs.train.rows import training_rows
from caco.program.tags import codegen_prompt

CODE = """input = {{"a": {a}, "b": 2}}

def solve(a, b):
    # together
    return a + b

output = solve(**input)
print(output)"""
FREE = codegen_prompt()


@pytest.fixture
def codes(tmp_path):
    rows = [{"code": CODE.format(a=a)} for a in range(400)] + [{"code": "print(1)"}, {"text": "no program"}]
    return written(tmp_path / "codes.jsonl", rows)


def written(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_programs_are_the_completions_and_what_is_none_is_counted(codes):
    found = training_rows("codegen", [codes], recipe("codegen", "paper", {}))
    assert found.rows[7]["completion"] == CODE.format(a=7) + "\n"
    assert found.sources[0]["rows"] == 400 and found.sources[0]["left_out"] == 2


def test_half_of_the_rows_state_tags_and_some_of_these_are_dropped(codes):
    prompts = [row["prompt"] for row in training_rows("codegen", [codes], recipe("codegen", "paper", {})).rows]
    stated = [prompt for prompt in prompts if prompt != FREE]
    assert len(stated) == pytest.approx(200, abs=40)
    for tag in ("difficulty: 1", "concepts: arithmetic", "sketch: _ + _"):
        assert sum(tag in prompt for prompt in stated) == pytest.approx(0.75 * len(stated), abs=0.12 * len(stated))


@pytest.mark.parametrize(("share", "num"), [("0", 400), ("1", 0)])
def test_the_share_of_conditional_rows_is_a_setting(codes, share, num):
    found = training_rows("codegen", [codes], recipe("codegen", "paper", {"conditional": share, "tag_share": "1"}))
    assert sum(row["prompt"] == FREE for row in found.rows) == num


def test_the_same_rows_have_the_same_fingerprint(codes):
    one, other = (training_rows("codegen", [codes], recipe("codegen", "paper", {})) for _ in range(2))
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != training_rows("codegen", [codes], recipe("codegen", "tiny", {})).fingerprint


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("whole", 'input = {"a": 3, "b": 2}\n\ndef solve(a, b):\n    # together\n'),
        ("layout", "input = {'a': 3, 'b': 2}\n\ndef solve(a, b):\n    return a + b\n"),
        ("plain", "input = {'a': 3, 'b': 2}\n\ndef solve(a, b):\n    return a + b\n"),
    ],
)
def test_the_text_of_programs_is_a_setting(codes, text, head):
    row = training_rows("codegen", [codes], recipe("codegen", "tiny", {"text": text})).rows[3]
    assert row["completion"].startswith(head) and row["completion"].endswith("print(output)\n")


@pytest.mark.parametrize(
    "fields",
    [
        {"problem": "Why?", "solution": "Because."},
        {"instruction": "Why?", "input": "", "output": "Because."},
        {"prompt": "Why?", "completion": "Because."},
        {"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]},
    ],
)
def test_sft_reads_the_usual_columns(tmp_path, fields):
    place = written(tmp_path / "rows.jsonl", [fields, {"other": "row"}])
    found = training_rows("sft", [place], recipe("sft", "paper", {}))
    assert found.rows == [
        {"prompt": [{"role": "user", "content": "Why?"}], "completion": [{"role": "assistant", "content": "Because."}]}
    ]
    assert found.sources[0]["left_out"] == 1


def test_a_file_without_anything_to_train_on_is_told(tmp_path):
    place = written(tmp_path / "rows.jsonl", [{"other": "row"}])
    for kind in ("codegen", "sft"):
        with pytest.raises(ConfigError, match=f"nothing to train {kind} on"):
            training_rows(kind, [place], recipe(kind, "paper", {}))
