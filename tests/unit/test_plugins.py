"""One look-up for all kinds: inside, installed, or at a place that the user gives."""

import subprocess
import sys

import pytest

from caco.errors import ConfigError
from caco.plugins import KINDS, call, described, find, names

INSIDE = {
    "recipe": ("quickstart", "paper", "codegen", "evaluate"),
    "stage": ("collect", "unify", "execute", "match", "probe", "vary", "join", "reverse", "solve", "verify", "export"),
    "transform": ("distractor", "extension", "inversion", "loops", "reformulation", "restructuring"),
    "compiler": ("tests", "mathqa", "program", "marks"),
    "benchmark": ("gsm8k", "math", "mbpp"),
    "export": ("messages", "trl-grpo", "verl-rl", "preferences"),
    "generator": ("openai", "batch", "scripted", "replay", "transformers", "vllm"),
    "sandbox": ("local",),
    "grader": ("local",),
    "index": ("local",),
    "runner": ("local", "ray"),
}
OTHERS = ("family", "prompt", "language")
"""Kinds of which none ships; others bring them along."""


def test_every_kind_is_looked_for():
    assert set(KINDS) == {*INSIDE, *OTHERS}


@pytest.mark.parametrize("kind", INSIDE)
def test_what_ships_is_listed_and_found(kind):
    listed = names(kind)
    assert set(INSIDE[kind]) <= set(listed)
    assert all(find(kind, name) is not None for name in INSIDE[kind] if name != "ray")


def test_a_helper_is_no_plugin():
    assert not {"faults", "composition"} & set(names("transform"))
    assert not {"equations", "nouns"} & set(names("compiler"))
    assert "chain" not in names("recipe")


@pytest.mark.parametrize("kind", [*INSIDE, *OTHERS])
def test_what_is_nowhere_is_one_line_with_the_names_there_are(kind):
    with pytest.raises(ConfigError) as caught:
        find(kind, "nothing-like-it")
    assert str(caught.value).startswith(f"unknown {kind} 'nothing-like-it'; known: ")
    assert "\n" not in str(caught.value)


def test_the_nearest_name_is_offered():
    with pytest.raises(ConfigError, match="did you mean 'quickstart'"):
        find("recipe", "quikstart")


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A package beside ours, as an installer leaves it: its modules, and what it says of its entry points."""
    site = tmp_path_factory.mktemp("site")
    points = "".join(f"[caco.{kind}]\nown = own_caco:{kind.upper()}\n" for kind in KINDS)
    about = site / "own_caco-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own-caco\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(points + "[caco.recipes]\nolder = own_caco:RECIPE\n")
    (site / "own_caco.py").write_text("".join(f"{kind.upper()} = 'the {kind} of a guest'\n" for kind in KINDS))
    return site


def in_a_process(code, *paths, cwd=None):
    start = f"import sys; sys.path[:0] = {[str(p) for p in paths]!r}\nfrom caco.plugins import *\n"
    done = subprocess.run([sys.executable, "-P", "-c", start + code], capture_output=True, text=True, cwd=cwd)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_an_installed_package_brings_one_of_each_kind(outside):
    code = "print([find(kind, 'own') == f'the {kind} of a guest' and 'own' in names(kind) for kind in KINDS])"
    assert in_a_process(code, outside) == str([True] * len(KINDS))


def test_the_old_group_of_recipes_is_read_with_a_warning(outside):
    code = "import warnings; warnings.simplefilter('error'); find('recipe', 'older')"
    assert in_a_process(code, outside).endswith("the group caco.recipes is now called caco.recipe")
    code = "import warnings; warnings.simplefilter('ignore'); print(find('recipe', 'older'))"
    assert in_a_process(code, outside) == "the recipe of a guest"


def test_a_place_is_a_module_or_a_file_and_the_current_folder_is_on_the_path(tmp_path):
    (tmp_path / "mine.py").write_text("def thing():\n    return 7\n")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "other.py").write_text("from mine import thing\n")
    for place in ("mine:thing", "./mine.py:thing", "below.other:thing", "below/other.py:thing"):
        assert in_a_process(f"print(find('stage', {place!r})())", cwd=tmp_path) == "7", place


def test_a_place_that_is_none_is_one_line(tmp_path):
    (tmp_path / "json.py").write_text("x = 1\n")
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    for place, said in {
        "./absent.py:x": "No module named 'absent'",
        "./json.py:x": "another module is called 'json' already",
        "json:nothing": "has no attribute 'nothing'",
        "./broken.py:x": "No module named 'nothing_of_that_name'",
    }.items():
        told = in_a_process(f"find('stage', {place!r})", cwd=tmp_path)
        assert f"stage {place!r} cannot be found" in told and said in told


def greet(*, name: str, times: int = 1, loud: bool = False, **more: object) -> str:
    return f"{name} {times!r} {loud!r} {more}"


def test_settings_become_what_annotations_ask_for():
    assert call("", greet, {"name": "a", "times": "3", "loud": "true", "x": "1"}) == "a 3 True {'x': '1'}"
    assert [(s.name, s.type, s.default) for s in described(find("recipe", "quickstart"))][:1] == [
        ("seeds", "str", "'caco:seeds'")
    ]
    assert all(setting.about for name in INSIDE["recipe"] for setting in described(find("recipe", name)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "greeting: missing: name"),
        ({"name": "a", "times": "often"}, "greeting: setting times='often': input should be a valid integer"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(ConfigError, match=message):
        call("greeting: ", greet, settings)
