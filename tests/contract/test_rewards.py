"""Rewards under each trainer's signature, in threads, over HTTP, and against completions made to win undeserved."""

import asyncio
import json
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caco.rlvr.rewards import trl, verifiers, verl
from caco.rlvr.scoring import score, text_of
from caco.rlvr.serve import RewardServer
from caco.rlvr.shaping import format_score, grounding_score, length_score

HACKS = [
    json.loads(line) for line in (Path(__file__).parents[1] / "data" / "reward_hacks.jsonl").read_text().splitlines()
]
CODE = """input = {"a": 48, "b": 2}

def solve(a, b):
    half = a / b
    total = a + half
    return total

output = solve(**input)
print(output)
"""
SLOW = "\\boxed{\\int_0^{1} \\frac{\\sin(x^{17})\\log(1+x^{13})}{\\sqrt{1+x^{19}}} dx}"


def completion(row):
    return row["completion"] * row.get("times", 1)


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in HACKS}))
def test_gaming_scores_nothing_and_right_answers_one(kind):
    rows = [row for row in HACKS if row["kind"] == kind]
    found = score([completion(row) for row in rows], [row["answer"] for row in rows])
    assert [row for row, reward in zip(rows, found, strict=True) if reward != row["reward"]] == []


def test_the_audit_is_large():
    assert sum(row["reward"] == 0 for row in HACKS) >= 100


def test_trl_takes_keywords_and_conversations():
    turns = [[{"role": "assistant", "content": "\\boxed{54}"}], [{"role": "assistant", "content": "\\boxed{55}"}]]
    more = {"prompts": ["", ""], "completion_ids": [[1], [2]], "trainer_state": None, "log_extra": None}
    assert trl.correct(completions=turns, answer=["54", "54"], **more) == [1.0, 0.0]
    assert asyncio.run(trl.correct_async(completions=turns, answer=["54", "54"], **more)) == [1.0, 0.0]
    assert trl.well_formed(completions=turns, **more) == [1.0, 1.0]
    assert trl.brief(completions=["x" * 5000, "x"]) == [0.0, 1.0]
    assert trl.grounded(completions=["48 / 2 = 24, and 48 + 24 = 72", "72"], code=[CODE, CODE]) == [1.0, 0.5]


def test_verl_gives_a_score_and_shapes_only_when_asked():
    plain = verl.compute_score("caco", "\\boxed{72}", "72", {"num_turns": 1, "code": CODE}, sandbox_fusion_url=None)
    assert plain == {"score": 1.0, "acc": 1.0, "undecided": 0.0}
    shaped = verl.compute_score("caco", "\\boxed{72}", "72", {"code": CODE}, format_weight=0.1, grounding_weight=0.5)
    assert shaped["score"] == pytest.approx(1.35) and shaped["acc"] == 1.0
    batch = verl.compute_scores(["caco"] * 2, ["\\boxed{72}", "no"], ["72", "72"], [None, {}])
    assert [one["score"] for one in batch] == [1.0, 0.0]


def test_verifiers_rubric_functions():
    turns = [{"role": "assistant", "content": "The answer is 72."}]
    assert asyncio.run(verifiers.correct(completion=turns, answer="72", state={}, prompt=[])) == 1.0
    assert asyncio.run(verifiers.well_formed(completion=turns)) == 0.0


def test_openrlhf_strips_the_prompt():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    from caco.rlvr.rewards.openrlhf import reward_func

    queries = ["Say \\boxed{1}: \\boxed{2}", "Q: \\boxed{3}", "Q: It is\n4<|im_end|>\n", "Q: <answer>5</answer></s>"]
    found = reward_func(queries, ["Say \\boxed{1}: ", "Q: ", "Q: ", "Q: "], ["1", "3", "4", "5"])
    assert torch.equal(found["rewards"], torch.tensor([0.0, 1.0, 1.0, 1.0]))


def test_undecided_is_none_where_the_trainer_knows_it():
    assert trl.correct(completions=[SLOW], answer=["0.1"]) == [None]
    assert verl.compute_score("caco", SLOW, "0.1", undecided=0.5) == {"score": 0.5, "acc": 0.5, "undecided": 1.0}


def test_threads_and_nasty_answers_do_not_hang():
    begun = time.monotonic()
    with ThreadPoolExecutor(16) as threads:
        found = list(
            threads.map(lambda i: score([SLOW if i % 50 == 0 else f"\\boxed{{{i}}}"], [str(i)])[0], range(400))
        )
    assert [reward for i, reward in enumerate(found) if i % 50] == [1.0] * 392
    assert time.monotonic() - begun < 60


def test_a_batch_has_a_deadline_of_its_own():
    score(["\\boxed{x^2-1}"], ["(x-1)(x+1)"])  # the worker is warm
    begun = time.monotonic()
    found = score([SLOW] * 40 + ["\\boxed{3}"], ["0.1"] * 40 + ["3"], batch_s=2.0)
    assert found == [None] * 40 + [1.0] and time.monotonic() - begun < 10


def test_grounding_counts_each_step_once():
    assert grounding_score("24 24 24 24", CODE) == 0.5
    assert grounding_score("nothing", CODE) == 0.0
    assert grounding_score("24", "no program") is None


def test_format_and_length():
    assert [format_score(t) for t in ("\\boxed{1}", "x\n\\boxed{1}", "\\boxed{1}\nx", "\\boxed{1} \\boxed{1}", "")] == [
        1,
        1,
        0,
        0,
        0,
    ]
    assert [length_score("x" * n, 10) for n in (0, 10, 15, 20, 99)] == [1, 1, 0.5, 0, 0]


@pytest.mark.parametrize("value", [None, [], [{}], [{"role": "assistant", "content": None}], {"content": 3}, 7])
def test_a_completion_without_text_is_wrong(value):
    assert text_of(value) == "" and score([value], ["0"]) == [0.0]


@pytest.fixture
def server():
    with RewardServer(port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def ask(url, body):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.loads(reply.read())


def test_the_server_scores_many_at_once(server):
    items = [{"completion": f"\\boxed{{{i}}}", "answer": i % 7} for i in range(50)]
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda _: ask(f"{server}/reward", json.dumps({"items": items}).encode()), range(16)))
    assert replies == [{"rewards": [float(i == i % 7) for i in range(50)]}] * 16
    with urllib.request.urlopen(f"{server}/health", timeout=30) as reply:
        assert json.loads(reply.read()) == {"status": "ok"}


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"items": 3}', b'{"items": [{"completion": "x"}]}', b'{"items": [3]}'])
def test_a_broken_request_is_told_so(server, body):
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(f"{server}/reward", body)
    with caught.value as error:
        assert error.code == 400 and json.loads(error.read())["error"]
    assert ask(f"{server}/reward", b'{"items": []}') == {"rewards": []}
