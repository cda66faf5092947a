"""Sharing a process changes nothing that can be seen: the same programs, alone and shared, with the same answers."""

import gzip
import json
import os
import random
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from test_sandbox import PROGRAM
from test_sandbox_hostile import ATTACKS, HONEST

from caco.backends.sandboxes import Limits, open_sandbox
from caco.errors import ConfigError
from caco.ports import ExecuteRequest, Failure
from caco.records import CodeCoT, Execution, Status

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2].parent / "shared"))
# Several times what it takes to fill the memory, so that a slow machine does not meet the other limit first.
LIMITS = Limits(cpu_s=1.0, wall_s=60.0, memory_mb=256)
MISBEHAVING = {
    "loop": ("while True: pass", Status.TIMEOUT),
    "loop that makes rubbish": ("while True:\n    a = []\n    a.append(a)", None),
    "endless sum in C": ("from itertools import count\noutput = sum(count())", Status.TIMEOUT),
    "endless search in C": ("from itertools import cycle\noutput = 2 in cycle([1])", Status.TIMEOUT),
    "endless list": ("from itertools import repeat\noutput = list(repeat(0))", Status.MEMORY),
    "power": ("output = 3**10**8 % 7", Status.TIMEOUT),
    "power by pow": ("n = 10\nx = pow(n, n**7)\noutput = 1", Status.TIMEOUT),
    "shift": ("n = 10\noutput = (1 << n**10) > 0", Status.MEMORY),
    "long text": ("n = 10\noutput = len('x' * n**9)", Status.MEMORY),
    "long list": ("output = len([0] * 10**8)", Status.MEMORY),
    "more memory than is shared": ("output = len([0] * 10**7)", Status.OK),
    "width of a number": ("output = len('%1000000000d' % 1)", Status.MEMORY),
    "width in an f-string": ("n = 10**9\noutput = len(f'{1:>{n}}')", Status.MEMORY),
    "sum of lists": ("output = len(sum([[1] * 3 for _ in range(60000)], []))", Status.TIMEOUT),
    "doubling": ("x = [1]\nwhile True: x += x", Status.MEMORY),
    "deep recursion": ("def f(n): return f(n + 1)\nf(0)", Status.EXCEPTION),
    "deep value": ("x = []\nfor _ in range(100000): x = [x]\noutput = len(repr(x))", Status.EXCEPTION),
    "deep output": ("output = []\nfor _ in range(5000): output = [output]", Status.UNSERIALIZABLE),
    "deep input": ("x = []\nfor _ in range(5000): x = [x]\ninput = {'x': x}\noutput = 1", Status.OK),
    "cycle": ("output = []\noutput.append(output)", Status.UNSERIALIZABLE),
    "shared bomb": ("output = [1]\nfor _ in range(60): output = [output, output]", Status.OUTPUT_TOO_LARGE),
    "endless output": ("while True: print('x' * 1000)", Status.OUTPUT_TOO_LARGE),
    "much output": ("print('x' * 100000)\noutput = 1", Status.OK),
    "wide output": ("output = list(range(10**6))", Status.OUTPUT_TOO_LARGE),
    "long number": ("output = 10**5000", Status.OK),
    "digit limit": ("output = str(10**5000)", Status.EXCEPTION),
    "lone surrogate": ("print(chr(0xd800))", Status.EXCEPTION),
    "surrogate as output": ("output = chr(0xd800)", Status.OK),
    "text like an address": ("output = '<function f at 0x7f0000000000>'", Status.OK),
    "key that is not": ("output = {}[1]", Status.EXCEPTION),
    "builtin read before it is set": ("print(type)\ntype = 1\noutput = 2", Status.OK),
    "input read before it is set": ("print(input)\ninput = {'a': 1}\noutput = 2", Status.OK),
    "input twice": ("input = {'a': 1}\ninput = {'a': 2}\noutput = 2", Status.OK),
    "input changed": ("input = {'a': [1]}\ninput['a'].append(2)\noutput = input", Status.OK),
    "not a number": ("n = float('nan')\noutput = [n, {n: 1}, -n, [n] == [n]]", Status.OK),
    "constants changed": ("x = [1, 2]\nx[0] = (3, 4)\nd = {'a': x}\nd['a'][1] = d['a']\noutput = x[0]", Status.OK),
    "default changed": ("def f(a, x=[]):\n    x.append(a)\n    return x\nf(1)\noutput = f(2)", Status.OK),
    "stop iteration": ("output = next(iter([]))", Status.EXCEPTION),
    "assertion": ("assert 1 == 2, 'text'", Status.EXCEPTION),
    "warning": ("x = 5\noutput = x is None or '\\d'", Status.OK),
    "nothing": ("", Status.NO_OUTPUT),
}  # fmt: skip


@pytest.fixture(scope="module", params=["jail", "process"])
def boxes(request):
    """The same sandbox, with shared processes and without."""
    pair = [
        open_sandbox(isolation=request.param, sharing=way, workers=2, limits=LIMITS) for way in ("screened", "none")
    ]
    yield pair
    for box in pair:
        box.close()


def seen(answer: Execution | Failure) -> object:
    """All that an answer says of a program, but what it cost."""
    return replace(answer, cost=None) if isinstance(answer, Execution) else answer


def compare(boxes, requests) -> tuple[list[Execution], float]:
    """The answers, which must be the same both ways, and the share of verdicts given in shared processes."""
    before = boxes[0].pool.shared
    shared, alone = (box.run(requests) for box in boxes)
    wrong = [(seen(a), seen(b)) for a, b in zip(shared, alone, strict=True) if seen(a) != seen(b)]
    assert not wrong, wrong[0]
    return shared, (boxes[0].pool.shared - before) / len(requests)


def test_what_misbehaves_gets_its_status_and_its_neighbours_theirs(boxes):
    requests = []
    for code, _ in MISBEHAVING.values():
        requests += [ExecuteRequest(code=code), ExecuteRequest(code=HONEST), ExecuteRequest(code=HONEST, trace=True)]
    answers, share = compare(boxes, requests)
    assert share > 0.2, "neighbours share a process; how many depends on how they arrive"
    for (name, (_, status)), answer in zip(MISBEHAVING.items(), answers[::3], strict=True):
        assert status in (None, answer.status), name


def test_attacks_without_their_imports_are_answered_as_alone(boxes):
    """Attacks reach the screen here, as nothing at their top gives them away."""
    edge = ("memory after the run", "memory bit by bit", "long exception")  # at the edge of memory: one of two statuses
    skipped = (*edge, "sleep", "wait for a lock")  # what waits takes as long as the backstop
    bodies = [textwrap.dedent(body) for name, (body, _) in ATTACKS.items() if name not in skipped]
    compare(boxes, [ExecuteRequest(code=code) for body in bodies for code in (body, HONEST)])


def test_the_depth_of_recursion_is_the_same(boxes):
    code = "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\noutput = f({})"
    _, share = compare(boxes, [ExecuteRequest(code=code.format(n)) for n in range(940, 1001)])
    assert share > 0.2


def test_mutated_programs_are_answered_as_alone(boxes):
    dice = random.Random(3)
    requests = []
    for number in range(300):
        text = list(PROGRAM if number % 3 else HONEST)
        for _ in range(dice.randint(0, 4)):
            place = dice.randrange(len(text))
            text[place : place + dice.randint(0, 2)] = dice.choice(
                ["", "0", "\n", "*", "x", "t", "len", "(", "[0]", ".", "1", "+"]
            )
        requests.append(ExecuteRequest(code="".join(text), trace=number % 2 == 0, repeat=number % 5 == 0))
    _, share = compare(boxes, requests)
    assert share > 0.2


def model_programs(count: int) -> list[str]:
    codes = []
    for path in sorted((SHARED / "data/programs").glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as file:
            rows = [json.loads(line) for line in file]
        step = max(1, len(rows) * 20 // count)
        codes += [row["code"] for row in rows[::step]]
    return [code + "\nprint(solution())\n" if "def solution():" in code else code for code in codes]


@pytest.mark.skipif(not (SHARED / "data/programs").exists(), reason="the shared programs are not here")
def test_programs_of_models_are_answered_as_alone(boxes):
    """With CACO_PROGRAMS=60000 most of those that are there."""
    codes = model_programs(int(os.environ.get("CACO_PROGRAMS", "600")))
    requests = [ExecuteRequest(code=code, trace=number % 3 == 0) for number, code in enumerate(codes)]
    kept = [
        request
        for request in requests
        if not any(word in request.code for word in ("random", "time", "today", "numpy", "sympy"))
    ]
    _, share = compare(boxes, kept)
    assert share > 0.2


def test_sharing_is_asked_for_by_name():
    with pytest.raises(ConfigError, match="unknown sharing 'all'; known: none, screened"):
        open_sandbox(sharing="all")


def test_costs_of_a_shared_process_are_divided_among_its_programs(boxes):
    box = boxes[0]
    work = "t = 0\nfor i in range(500000):\n    t += i\noutput = t"
    answers = box.run([ExecuteRequest(code=code) for code in ["output = 1"] * 20 + [work] + ["output = 2"] * 20])
    cpu = [answer.cost.cpu_s for answer in answers]
    assert all(answer.codecot == CodeCoT(code=answer.codecot.code, origin="given") for answer in answers)
    assert cpu[20] > 3 * sorted(cpu)[-2] and min(cpu) > 0
    assert all(answer.cost.wall_s > 0 and answer.cost.peak_memory_mb > 1 for answer in answers)
