"""The how-to pages on models: every command on them runs, against the test server where it names one."""

import json
import re
import shlex

import pytest

from brain import Brain
from running import ROOT, cli
from served import ModelServer

PAGES = sorted((ROOT / "docs" / "how-to").glob("models*.md"))
KEY = "sk-of-the-test"


def commands(page):
    """The `caco` commands of a page's shell blocks, as words."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip().startswith("caco "):
                yield shlex.split(line.strip())[1:]


def small(words, server, folder):
    """The command with the test server's address, and few seeds."""
    found = [re.sub(r"https?://(?:localhost:\d+|api\.openai\.com)/v1", server.url, word) for word in words]
    found = [word for word in found if word != "--limit" and not word.isdecimal()]
    if found[0] in ("run", "plan"):
        found += ["--limit", "3", "--runs", str(folder)]
    found = [word for word in found if word != "--pilot"]
    return [*found, "--pilot", "2"] if found[0] == "plan" else found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
@pytest.mark.slow
def test_every_command_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    found = list(commands(page))
    assert found
    with ModelServer(Brain(), key=KEY if "hosted" in page.stem else "") as server:
        for words in found:
            if "prompts=FOLDER" in words:
                continue
            done = cli(*small(words, server, tmp_path / "runs"), cwd=tmp_path)
            if "backend=vllm" in " ".join(words):
                assert done.returncode == 2 and "pip install 'caco[vllm]'" in done.stderr
            else:
                assert done.returncode == 0, (words, done.stderr)
                assert KEY not in done.stdout + done.stderr
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.slow
def test_a_batch_goes_out_and_comes_back(tmp_path):
    """The road by batch files: as many rounds as it takes, with a provider that answers what lies in the files."""
    brain, folder = Brain(), tmp_path / "batches"
    setting = f"model=backend=batch,model=brain-7b,folder={folder}"
    words = ["run", "paper", "--limit", "2", "--set", setting, "--set", "same_family=true", "--runs", tmp_path / "runs"]
    (folder / "results").mkdir(parents=True)
    for round_ in range(10):
        done = cli(*words, "--json")
        assert done.returncode == 0, done.stderr
        asked = [line for file in folder.glob("*.requests.jsonl") for line in file.read_text().splitlines()]
        if not asked:
            break
        with (folder / "results" / f"round-{round_}.jsonl").open("w") as file:
            for line in map(json.loads, asked):
                file.write(json.dumps({"custom_id": line["custom_id"], "response": answer(brain, line["body"])}) + "\n")
    assert round_ >= 4
    funnel = json.loads(cli("show", "paper", "--runs", tmp_path / "runs", "--json").stdout)["funnel"]
    assert funnel[-1]["rows"] > 0 and sum(step["deferred"] for step in funnel) == 0


def answer(brain, body):
    choices = [
        {"index": i, "message": {"content": text}, "finish_reason": finish}
        for i, (text, finish) in enumerate(brain(body))
    ]
    return {"status_code": 200, "body": {"choices": choices, "usage": {"prompt_tokens": 1, "completion_tokens": 1}}}


def test_the_pages_hold_no_key_and_no_address_of_ours():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\bsk-\w{8}", text)
        for address in re.findall(r"https?://([\w.-]+)", text):
            assert address in ("localhost", "api.openai.com", "node1", "node2"), address
