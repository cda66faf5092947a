"""The how-to pages on training: every command of their shell blocks runs, in order, at a small size."""

import re
import shlex
from importlib.util import find_spec

import pytest

from running import ROOT, cli, shipped_seeds

pytestmark = pytest.mark.skipif(find_spec("trl") is None, reason="the extra `train` is not installed: make test-train")
PAGES = ("train-codegen", "train-sft")
SMALL = "scratch.hidden=32 scratch.layers=2 scratch.heads=2 scratch.vocabulary=400 epochs=1 threads=1"


def small(words):
    """The command with few seeds, few draws and a small model."""
    added = []
    if words[:2] == ["run", "quickstart"]:
        added = ["--set", "seeds=seeds.jsonl"]
    if words[:2] == ["run", "codegen"]:
        words = [re.sub(r"draws=\d+", "draws=2", re.sub(r"n=\d+", "n=2,max_tokens=8", word)) for word in words]
    if words[0] == "train" and "--to" not in words:
        added = [word for setting in SMALL.split() for word in ("--set", setting)]
    if words[0] == "evaluate":
        added = ["--max-tokens", "8"]
    if words[:2] == ["train", "rounds"]:
        words = [re.sub(r"^125$", "2", word) for word in words]
        added += ["--model", "n=2,max_tokens=8"]
    return [*words, *added]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs(page, tmp_path):
    (tmp_path / "seeds.jsonl").write_text("\n".join(shipped_seeds(4)) + "\n")
    (tmp_path / "problems").mkdir()
    for name in ("gsm8k_test", "svamp"):
        (tmp_path / "problems" / f"{name}.jsonl").write_text('{"problem": "What is 2 + 2?", "answer": "4"}\n')
    text = (ROOT / "docs" / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    found = [line for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    assert found
    for line in found:
        done = cli(*small(shlex.split(line)[1:]), cwd=tmp_path)
        # A model of this size writes nothing that holds, and rounds say so.
        expected = "kept nothing" if " rounds " in line else ""
        assert done.returncode == bool(expected) and expected in done.stderr, (line, done.stdout, done.stderr)
