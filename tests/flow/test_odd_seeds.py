"""Odd but legal seeds, a kind each: they end where they must, and hurt neither the run nor the rows beside them."""

import json

import pytest

import caco
from caco.records import Reason

GOOD = {
    "id": "good",
    "problem": "A baker bakes 12 trays of 24 rolls and sells 200 rolls. How many rolls are left?",
    "answer": "88",
    "code": "trays, rolls, sold = 12, 24, 200\nbaked = trays * rolls\nleft = baked - sold\nprint(left)",
}
HEAD = "input = {inputs}\n\ndef solve({names}):\n{body}\n\noutput = solve(**input)\nprint(output)\n"


def program(inputs, body):
    names = ", ".join(inputs)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return HEAD.format(inputs="{" + ", ".join(f"{k!r}: {v}" for k, v in inputs.items()) + "}", names=names, body=lines)


def seed(problem, inputs, body, answer):
    return {"problem": problem, "code": program(inputs, body), "answer": answer}


DIGITS = "7" * 5000
SUM = " + ".join(["n"] * 900)
ODD = {
    "infinity on the way": seed(
        "Of 7, 4 and 9 which is least?",
        {"a": 7, "b": 4, "c": 9},
        "best = float('inf')\nfor x in (a, b, c):\n    best = min(best, x)\nreturn best",
        "4",
    ),
    "infinity as the answer": seed("What is 5 over nothing?", {"n": 5}, "return n * 1e400", "inf"),
    "not a number": seed("What is 5 of none?", {"n": 5}, "return n * float('nan')", "nan"),
    "an infinite literal": seed("It is 7 m.", {"n": 7, "most": "1e400"}, "return min(n * 3, most)", "21"),
    "a huge whole number": seed("What is 3 to the power of 2000?", {"b": 3, "e": 2000}, "return b ** e", str(3**2000)),
    "a huge float": seed("There are 5e307 atoms. Half?", {"n": "5e307"}, "return n / 2", "2.5e307"),
    "a tiny float": seed("It weighs 1e-320 g. Twice?", {"n": "1e-320"}, "return n * 2", "2e-320"),
    "an ellipsis": seed("It is 7 m.", {"v": "...", "n": 7}, "return n * 3", "21"),
    "all ten digits": seed("Reverse 9876543210.", {"s": "'9876543210'"}, "return s[::-1]", "0123456789"),
    "names beyond ASCII": seed(
        "A wave has speed 340 and frequency 17. What is its length?", {"v": 340, "ν": 17}, "λ = v / ν\nreturn λ", "20"
    ),
    "Chinese names": seed(
        "每箱 12 个,共 5 箱。多少个?", {"每箱": 12, "箱数": 5}, "总数 = 每箱 * 箱数\nreturn 总数", "60"
    ),
    "a long sum": seed("Add 3 up 900 times.", {"n": 3}, f"return {SUM}", "2700"),
    "many digits in the text": {"problem": f"Double {DIGITS}.", "answer": "2", "code": "n = 1\nprint(n * 2)"},
    "many digits in a mark": {"problem": "Add 1 and 1.", "answer": "2", "solution": f"1+1=<<{DIGITS}+1=2>>2"},
    "an array": seed(
        "Double 1, 2 and 3.",
        {"xs": "[1, 2, 3]"},
        "import numpy as np\nreturn np.array(xs) * 2",
        "[2, 4, 6]",
    ),
    "a number of numpy": seed(
        "What is the mean of 2, 4 and 6?", {"xs": "[2, 4, 6]"}, "import numpy as np\nreturn np.mean(xs)", "4"
    ),
    "half an emoji in the text": {"problem": "Add 2 and 3 \ud83d", "answer": "5", "code": "a, b = 2, 3\nprint(a + b)"},
    "half an emoji as the answer": seed("Say 5.", {"n": 5}, "return '\\ud83d' * n", "x"),
    "half an emoji in an exception": seed("Say 6.", {"n": 6}, "raise ValueError('\\ud83d')", "x"),
    "tags that are true": {**GOOD, "id": "tags", "problem": GOOD["problem"].replace("baker", "cook"), "tags": True},
    "tests that are 5": {"problem": "Write a function.", "answer": "", "code": "def f(n):\n    return n", "tests": 5},
    "an id that is a list": {"problem": "Add 2 and 9.", "answer": "11", "code": "a, b = 2, 9\nprint(a + b)", "id": [1]},
}


def run_of(folder, rows, name):
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = {"seeds": str(path), "workers": 2, "transforms": "inversion,extension,reformulation,restructuring,loops"}
    return caco.run("quickstart", settings=settings, runs=folder, name=name)


def published(run, problem):
    """Rows of one seed: all but composed ones, for which other seeds are partners."""
    seeds = {row.id for row in run.rows("collect") if row.problem == problem}
    return {row.problem: row.answer for row in run.rows("export") if set(row.seeds) <= seeds}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    return run_of(folder, [GOOD], "good"), run_of(folder, [GOOD, *ODD.values()], "odd")


def test_no_odd_seed_meets_a_fault_of_ours(runs):
    _, odd = runs
    met = {(r.stage, r.detail) for r in odd.rejections() if r.reason == Reason.OUR_FAULT}
    assert not met
    assert odd.manifest.finished and odd.funnel()[0].given == 1 + len(ODD)


def test_the_rows_beside_them_are_what_they_are_alone(runs):
    alone, odd = runs
    assert published(odd, GOOD["problem"]) == published(alone, GOOD["problem"]) != {}


def test_what_can_be_told_is_published_all_the_same(runs):
    _, odd = runs
    problems = {row.problem for row in odd.rows("export")}
    for kind in ("names beyond ASCII", "half an emoji in the text"):
        told = ODD[kind]["problem"].replace("\ud83d", "\ufffd").strip()
        assert told in problems, kind
