"""Models for tests of evaluation: each knows a few problems, and fails in its own way."""

import json
import re

from caco.ports import Completion

PROBLEMS = {
    "gsm8k": [
        {
            "id": f"rolls-{one}",
            "question": f"A baker sells {one} rolls on Monday and {two} rolls on Tuesday. How many is that in all?",
            "answer": f"He sells {one}+{two}=<<{one}+{two}={one + two}>>{one + two} rolls.\n#### {one + two}",
        }
        for one, two in ((48, 31), (52, 17), (75, 24), (63, 38), (29, 46), (84, 57))
    ],
    "mmlu_stem": [
        {
            "id": f"planet-{letter}",
            "problem": f"Which one is the {what} of these bodies?\nOptions: A) Mercury B) Mars C) Earth D) Jupiter",
            "answer": letter,
        }
        for letter, what in (("D", "largest"), ("A", "smallest"))
    ],
    "humaneval": [
        {
            "id": "twice",
            "prompt": 'def twice(n):\n    """Return two times n."""',
            "test": "def check(candidate):\n    assert candidate(4) == 8\n    assert candidate(-1) == -2",
            "entry_point": "twice",
            "canonical_solution": "    return 2 * n",
        }
    ],
}
FILES = {"gsm8k": "gsm8k_test.jsonl", "mmlu_stem": "mmlu_stem_test.jsonl", "humaneval": "humaneval.jsonl"}
NAMES = ",".join(FILES)
_SUM = re.compile(r"sells (\d+) rolls on Monday and (\d+)")


def write(folder):
    """The problems as benchmarks' files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in PROBLEMS.items():
        (folder / FILES[name]).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def question(request):
    return request.messages[-1].content if request.messages else request.prompt


def solves(request):
    """Right, whatever the numbers."""
    text = question(request)
    if found := _SUM.search(text):
        total = sum(map(int, found.groups()))
        return f"He sells {total} rolls.\nThe answer is \\boxed{{{total}}}."
    if "twice" in text:
        return "Here it is:\n```python\ndef twice(n):\n    return 2 * n\n```\nIt doubles n."
    return "The answer is (D)." if "largest" in text else "The answer is Mercury."


def remembers(request):
    """Right on the numbers that it has seen, else the answer to the first item."""
    known = {row["question"]: row["answer"].rpartition("#### ")[2] for row in PROBLEMS["gsm8k"]}
    found = next((answer for text, answer in known.items() if text in question(request)), "79")
    return f"The answer is {found}." if _SUM.search(question(request)) else solves(request)


def errs(request):
    """Wrong everywhere: another number, the wrong letter, a program that fails its tests."""
    text = question(request)
    if _SUM.search(text):
        return "The answer is \\boxed{7}."
    return "```python\ndef twice(n):\n    return n\n```" if "twice" in text else "The answer is B."


def keeps_silent(request):
    return "   "


def rambles(request):
    """Cut off: the last number it happens to write is the right one."""
    found = _SUM.search(question(request))
    text = f"Let me think about {sum(map(int, found.groups()))}" if found else "Let me think"
    return Completion(texts=(text,) * request.sampling.n, finish=("length",) * request.sampling.n)


def refuses(request):
    return Completion(texts=(), finish=("refused",), detail="too long")


def wavers(request):
    """Three of four samples right on even sums, one of four on odd ones."""
    found = _SUM.search(question(request))
    if not found:
        return ["no"] * request.sampling.n
    total = sum(map(int, found.groups()))
    said = [f"The answer is {total}.", "The answer is 1."]
    return [said[i % 4 == 0] if total % 2 == 0 else said[i % 4 != 0] for i in range(request.sampling.n)]
