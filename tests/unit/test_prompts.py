"""The prompts that ship are whole; a folder of one's own comes first; a change is another key."""

import pytest

from caco.errors import ConfigError
from caco.prompts import EXAMPLE, HOME, STAGES, find, load, styles
from caco.stages.prompt import ANY, parse_prompt


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_prompts_that_render_without_a_blank(stage):
    prompts = load(stage)
    assert ANY in prompts
    for domain, prompt in prompts.items():
        assert prompt.name == f"{stage}/{domain}" and prompt.version >= 1 and prompt.about.endswith(".")
        roles = [m.role for m in prompt.messages(EXAMPLE)]
        assert roles == ["system", "user"]
        text = "".join(m.content for m in prompt.messages(EXAMPLE))
        assert "{{" not in text and "{%" not in text and "\n\n\n" not in text


def test_no_file_is_left_out():
    assert {p.parent.name for p in HOME.glob("*/*.txt")} == set(STAGES)


def test_the_solver_and_the_reader_are_shown_the_text_alone():
    for stage in ("solve", "reread"):
        for prompt in load(stage).values():
            user = prompt.messages(EXAMPLE)[-1].content
            assert user == EXAMPLE["problem"]


def test_the_gold_answer_is_no_field_of_the_unifier():
    for stage in ("unify", "repair"):
        for prompt in load(stage).values():
            prompt.messages({k: v for k, v in EXAMPLE.items() if k != "answer"})


def test_styles_ship_and_may_be_replaced(tmp_path):
    assert {"story", "terse", "exam", "table", "german"} <= set(styles())
    (tmp_path / "styles.txt").write_text("# mine\n\nhaiku: in seventeen syllables\n")
    assert styles(str(tmp_path)) == {"haiku": "in seventeen syllables"}
    (tmp_path / "styles.txt").write_text("just words\n")
    with pytest.raises(ConfigError, match="line 1: should be NAME: WISH"):
        styles(str(tmp_path))


def test_a_folder_of_ones_own_comes_first_and_changes_the_key(tmp_path):
    (tmp_path / "solve").mkdir()
    (tmp_path / "solve" / "geometry.txt").write_text("version: 3\nabout: Mine.\n\n=== user\nDraw it: {{ problem }}\n")
    found = load("solve", str(tmp_path))
    assert set(found) == {ANY, "algorithms", "geometry"}
    assert found["geometry"].messages({"problem": "a square"})[0].content == "Draw it: a square"
    same = parse_prompt("solve/geometry", "version: 3\nabout: Mine.\n\n=== user\nDraw it : {{ problem }}\n")
    assert same.key != found["geometry"].key


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no parts at all", "needs `version: NUMBER`"),
        ("version: one\nabout: x\n=== user\nhi", "needs `version: NUMBER`"),
        ("version: 1\n=== user\nhi", "`about: TEXT`"),
        ("version: 1\nabout: x\n=== system\nhi", "`=== user`"),
        ("version: 1\nabout: x\n=== user\n{{ salary }}", "prompt solve/any: 'salary' is undefined"),
        ("version: 1\nabout: x\n=== user\n{% if %}", "prompt solve/any: "),
    ],
)
def test_a_prompt_that_cannot_work_is_one_clear_error(tmp_path, text, message):
    (tmp_path / "solve").mkdir()
    (tmp_path / "solve" / "any.txt").write_text(text)
    with pytest.raises(ConfigError, match=message):
        load("solve", str(tmp_path))


def test_find_names_what_there_is():
    assert find("write").name == "write/any" and find("write/algorithms").version == 1
    with pytest.raises(ConfigError, match="unknown stage with a prompt 'sing'; known: evaluate, judge"):
        find("sing")
    with pytest.raises(ConfigError, match="known: algorithms, any"):
        find("write/poetry")
