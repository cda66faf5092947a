"""What the sandbox port promises for honest programs, and when its own workers fail."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import caco
from caco.backends.sandboxes import Limits, execute, host_report, open_sandbox
from caco.backends.sandboxes.local import AHEAD
from caco.backends.sandboxes.pool import tier_of
from caco.backends.sandboxes.worker import Tier
from caco.errors import BackendError, ConfigError
from caco.ports import ExecuteRequest, Failure
from caco.program.values import decode
from caco.records import Execution, Status

SHARED = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2].parent / "shared"))
PROGRAM = """import math

input = {"prices": [3, 4.5], "count": 2}

def total(prices):
    t = 0
    for p in prices:
        t += p
    return t

def solve(prices, count):
    prices.append(100)
    first, *rest = prices
    cost = total(prices[:2]) * count
    return round(math.sqrt(cost), 2)

output = solve(**input)
print(output)
"""


@pytest.fixture(scope="module", params=["jail", "process"])
def box(request):
    sandbox = open_sandbox(isolation=request.param, workers=2, limits=Limits(cpu_s=1.0, wall_s=30.0))
    yield sandbox
    sandbox.close()


def run(box, code, **options) -> Execution:
    (answer,) = box.run([ExecuteRequest(code=code, **options)])
    assert isinstance(answer, Execution), answer
    return answer


def test_one_program(box):
    result = run(box, PROGRAM)
    assert (result.status, result.output, result.stdout) == (Status.OK, "3.87", "3.87\n")
    assert decode(result.inputs) == {"prices": [3, 4.5], "count": 2}, "inputs are as they were before the run"
    assert result.codecot.code == PROGRAM and result.codecot.origin == "given"
    assert result.isolation == box.level
    assert result.cost.cpu_s > 0 and result.cost.wall_s > 0 and result.cost.peak_memory_mb > 1
    assert result.trace == () and result.deterministic is None


def test_trace(box):
    result = run(box, PROGRAM, trace=True)
    steps = [(step.line, step.name, decode(step.value)) for step in result.trace]
    assert steps == [
        (13, "first", 3), (13, "rest", [4.5, 100]), (6, "t", 0), (7, "p", 3), (8, "t", 3), (7, "p", 4.5), (8, "t", 7.5),
        (14, "cost", 15.0),
    ]  # fmt: skip
    assert (result.output, result.trace_complete) == ("3.87", True)
    assert decode(result.inputs) == {"prices": [3, 4.5], "count": 2}


def test_trace_is_capped(box):
    result = run(box, "def f():\n    for i in range(10**5):\n        x = i\n    return x\noutput = f()\n", trace=True)
    assert (len(result.trace), result.trace_complete, result.output) == (400, False, "99999")


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("x = 1", Status.NO_OUTPUT, ""),
        ("print(' hi ')", Status.OK, '"hi"'),
        ("output = None", Status.OK, "null"),
        ("1/0", Status.EXCEPTION, ""),
        ("def f(:", Status.SYNTAX, ""),
        ("", Status.NO_OUTPUT, ""),
        ("raise SystemExit(2)", Status.EXIT, ""),
        ("while True: pass", Status.TIMEOUT, ""),
        ("x = [0] * 10**11", Status.MEMORY, ""),
        ("output = open", Status.UNSERIALIZABLE, ""),
        ("print('x' * 10**7)", Status.OUTPUT_TOO_LARGE, ""),
        ("import socket; socket.socket()", Status.FORBIDDEN, ""),
        ("if __name__ == '__main__':\n    output = 1", Status.OK, "1"),
        ("from __future__ import annotations\ninput = {'a': 1}\noutput = input['a']", Status.OK, "1"),
        ("import sympy\noutput = sympy.Rational(1, 2)", Status.OK, '{"$sympy":["Rational",1,2]}'),
        ("import numpy as np\noutput = np.int64(3)", Status.OK, '{"$npscalar":["int64",3]}'),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\noutput = A(3).x", Status.OK, "3"),
        ("import pickle\nclass A: pass\noutput = type(pickle.loads(pickle.dumps(A()))) is A", Status.OK, "true"),
        ("import random\nrandom.seed(1)\noutput = random.randint(0, 9)", Status.OK, "2"),
    ],
)
def test_status_and_output(box, code, status, output):
    result = run(box, code)
    assert (result.status, result.output) == (status, output), result.fault


def test_fault_has_type_message_and_line(box):
    fault = run(box, "def f(x):\n    return 1 / x\n\nf(0)\n").fault
    assert (fault.type, fault.message, fault.line) == ("ZeroDivisionError", "division by zero", 2)
    assert run(box, "x = 1\nx = = 2\n").fault.line == 2
    assert run(box, "import json\njson.loads('{')").fault.line == 2


@pytest.mark.parametrize(
    ("code", "inputs"),
    [
        ("input = {'a': [1]}\ninput['a'].append(2)\noutput = input", {"a": [1]}),
        ("input = {\n  'a': 1,\n  'b': '}',\n}\ndef f(a, b):\n    return a\noutput = f(**input)\n", {"a": 1, "b": "}"}),
        ("s = '''\ninput = {'a': 0}\n'''\ninput = {'a': 1}\noutput = input['a']\n", {"a": 1}),
        ("def f():\n    return {'a': (1, 2)}\ninput = f()\ninput['a'] = 0\noutput = 1\n", {"a": (1, 2)}),
        ("if True:\n    input = {'a': 1}\n    input['a'] = 2\n    output = 1\n", {"a": 1}),
        ("from fractions import Fraction as F\ninput = {'a': F(1, 2)}\noutput = 1\n", None),
        ("output = 1", ""),
    ],
)
def test_inputs_are_those_before_the_run(box, code, inputs):
    result = run(box, code)
    assert result.status is Status.OK, result.fault
    if inputs is None:
        assert result.inputs == '{"a":{"$fraction":"1/2"}}'
    else:
        assert (decode(result.inputs) if result.inputs else "") == inputs


def test_repeat_finds_what_depends_on_the_hash_seed_or_on_chance(box):
    assert run(box, PROGRAM, repeat=True).deterministic is True
    assert run(box, "output = {'a', 'b', 'c'}", repeat=True).deterministic is True
    assert run(box, "output = list({'a', 'b', 'c', 'd', 'e', 'f', 'g'})", repeat=True).deterministic is False
    assert run(box, "import random\noutput = random.random()", repeat=True).deterministic is False
    assert run(box, "import time\noutput = time.time_ns()", repeat=True).deterministic is False
    assert run(box, "1/0", repeat=True).deterministic is None


def test_order_and_length_hold_with_many_threads(box):
    failed = []

    def ask(base):
        answers = box.run([ExecuteRequest(code=f"output = {base + i}") for i in range(40)])
        if [a.output for a in answers] != [str(base + i) for i in range(40)]:
            failed.append(base)

    threads = [threading.Thread(target=ask, args=(1000 * k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_stream_takes_only_so_many_ahead(box):
    taken = []

    def source():
        for i in range(2000):
            taken.append(i)
            yield ExecuteRequest(code=f"output = {i}")

    answers = box.stream(source())
    assert next(answers).output == "0"
    assert len(taken) <= AHEAD * box.workers + 1
    answers.close()


def test_the_verdict_does_not_depend_on_load():
    """Six programs that each need 0.6 CPU seconds share the cores: all take longer than the CPU limit by the clock."""
    code = "import time\nwhile time.process_time() < 0.6: pass\noutput = 1"
    answers = execute([code] * 6, limits=Limits(cpu_s=1.0), workers=6)
    assert [a.status for a in answers] == [Status.OK] * 6


def test_with_workers_killed_at_random_every_program_is_answered_once():
    """The soak is this test with CACO_SOAK=100000."""
    count, dice = int(os.environ.get("CACO_SOAK", "800")), random.Random(7)
    sandbox = open_sandbox(workers=2, limits=Limits(cpu_s=5))
    stop = threading.Event()

    def kill():
        while not stop.wait(dice.uniform(1.0, 2.5)):
            for pid in worker_pids():
                if dice.random() < 0.5:
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    answered = wrong = 0
    try:
        requests = (ExecuteRequest(code=f"output = {i}") for i in range(count))
        for answered, answer in enumerate(sandbox.stream(requests), 1):
            wrong += not isinstance(answer, Execution) or answer.output != str(answered - 1)
    finally:
        stop.set()
        killer.join()
        sandbox.close()
    assert (answered, wrong) == (count, 0)


@pytest.mark.parametrize("code", ["output = {}", "import sys\noutput = {}"], ids=["shared", "alone"])
def test_workers_that_die_while_idle_lose_nothing(code):
    """What was taken to be sent when a worker is found dead goes to the next one."""
    sandbox, asked = open_sandbox(workers=2), [ExecuteRequest(code=code.format(i)) for i in range(40)]
    sandbox.run(asked)
    for pid in worker_pids():
        os.kill(pid, signal.SIGKILL)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.extend(sandbox.run(asked)), daemon=True)
    thread.start()
    thread.join(60)
    assert [getattr(answer, "output", answer) for answer in answers] == [str(i) for i in range(40)]
    sandbox.close()


def test_a_hung_worker_is_replaced_and_its_programs_run_again(monkeypatch):
    monkeypatch.setattr("caco.backends.sandboxes.worker.HUNG_S", 1.0)
    sandbox = open_sandbox(workers=1, limits=Limits(wall_s=1.0))
    answers = sandbox.stream(ExecuteRequest(code=f"output = {i}") for i in range(200))
    first = [next(answers).output for _ in range(5)]
    for pid in zygote_pids():
        os.kill(pid, signal.SIGSTOP)
    rest = [getattr(answer, "output", answer) for answer in answers]
    sandbox.close()
    assert first + rest == [str(i) for i in range(200)]


def zygote_pids() -> list[int]:
    """The zygotes below the launchers that this process has started."""
    launchers = {str(pid) for pid in worker_pids()}
    stats = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                stats[entry.name] = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
    return [int(pid) for pid, parent in stats.items() if parent in launchers]


def worker_pids() -> list[int]:
    """The launchers that this process has started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1]) if entry.name.isdigit() else 0
            if parent == os.getpid() and "launch.py" in (entry / "cmdline").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_random_bytes_and_mutated_programs_never_fault_the_sandbox(box):
    dice = random.Random(11)
    codes = [
        "".join(chr(dice.choice((dice.randint(1, 127), dice.randint(1, 0x10FFFF)))) for _ in range(dice.randint(0, 80)))
        for _ in range(150)
    ]
    for _ in range(250):
        text = list(PROGRAM)
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(text))
            text[place : place + dice.randint(0, 3)] = dice.choice(
                ["", "(", "0", "\n", "*", "input", " ", "lambda: ", '"', "\\"]
            )
        codes.append("".join(text))
    answers = box.run([ExecuteRequest(code=code, trace=i % 2 == 0) for i, code in enumerate(codes)])
    assert not [a for a in answers if isinstance(a, Failure) or a.status is Status.SANDBOX_FAULT]
    assert {a.status for a in answers} >= {Status.SYNTAX, Status.EXCEPTION, Status.OK}


def test_a_sandbox_that_cannot_start_workers_fails_itself_never_the_program(monkeypatch):
    def broken(*_):
        raise BackendError("no memory for a worker")

    monkeypatch.setattr("caco.backends.sandboxes.pool.Worker", broken)
    answers = caco.execute(["output = 1", "import numpy\noutput = 2"], workers=1)
    assert [answer.status for answer in answers] == [Status.SANDBOX_FAULT] * 2
    assert "no memory for a worker" in answers[0].fault.message


def test_a_closed_sandbox_is_refused():
    sandbox = open_sandbox(workers=1)
    sandbox.close()
    with pytest.raises(BackendError, match="closed"):
        sandbox.run([ExecuteRequest(code="output = 1")])


def test_a_fault_of_ours_is_told_and_the_next_program_runs(monkeypatch):
    sandbox = open_sandbox(workers=1)
    asked = [ExecuteRequest(code="import sys\noutput = 1")] * 3
    with monkeypatch.context() as broken:
        broken.setattr("caco.backends.sandboxes.worker.Worker.receive", lambda *_: 1 / 0)
        assert all(
            isinstance(answer, Failure) and "ZeroDivisionError" in answer.detail for answer in sandbox.run(asked)
        )
    assert [answer.output for answer in sandbox.run(asked)] == ["1"] * 3
    sandbox.close()


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ConfigError, match="unknown isolation 'vm'; known: auto, jail, process"):
        open_sandbox(isolation="vm")
    with pytest.raises(ConfigError, match="limit cpu_s must be more than 0"):
        Limits(cpu_s=0)
    with pytest.raises(ConfigError, match="files"):
        Limits(files=5000)
    for name in ("cpu_s", "wall_s", "memory_mb"):
        with pytest.raises(ConfigError, match=f"limit {name} must be at most"):
            Limits(**{name: 1 << 33})


LOCKED_DOWN = """
from caco.backends.sandboxes import execute, host_report
from caco.errors import BackendError, ConfigError
try:
    execute(["output = 1"], isolation="jail")
except ConfigError as error:
    print(error)
(answer,) = execute(["output = 1"], workers=1)
print(answer.status.value, answer.isolation, dict(host_report())["sandbox level jail"])
"""


def test_a_host_without_namespaces_says_so_and_runs_at_the_lower_level():
    """A user namespace that allows no further ones, and no privileges in it: as in a locked-down container."""
    lock = "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all"
    command = ["unshare", "-U", "-r", "sh", "-c", lock + ' "$0" -c "$1"', sys.executable, LOCKED_DOWN]
    try:
        subprocess.run([*command[:3], "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no unshare here")
    environment = {**os.environ, "PYTHONPATH": str(Path(caco.__file__).parents[1])}
    refused, ran = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "does not offer isolation 'jail'" in refused and "isolation='process'" in refused
    assert ran.startswith("ok process not offered: ")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("plain", Status.OK),
        ("shared", Status.OK),
        ("numpy", Status.OK),
        ("sympy", Status.OK),
        ("fault", Status.EXCEPTION),
        ("syntax", Status.SYNTAX),
    ],
)
def test_the_programs_that_warm_a_zygote_do_what_they_are_for(box, name, status):
    code = (Path(caco.__file__).parent / f"backends/sandboxes/inside/warm_{name}.txt").read_text()
    (answer,) = box.run([ExecuteRequest(code=code.replace("output = main(**input)", "output = len(main(**input))"))])
    assert answer.status is status, answer.fault


def test_each_library_has_its_own_warm_interpreter():
    assert tier_of("output = 1").libraries == ()
    assert tier_of("import numpy as np").libraries == tier_of("import pandas").libraries == ("numpy",)
    assert tier_of("from sympy import S").libraries == tier_of("import mpmath").libraries == ("sympy",)
    assert tier_of("from sympy import lambdify").libraries == ("numpy", "sympy")
    assert tier_of("import sympy, numpy", repeat=True) == Tier(libraries=("numpy", "sympy"), repeat=True)


def test_host_report_names_levels_and_walls():
    report = dict(host_report())
    assert set(report) >= {"sandbox level jail", "sandbox level process"}


@pytest.mark.skipif(not (SHARED / "data/programs/pal.jsonl.gz").exists(), reason="the shared programs are not here")
def test_genuine_model_programs_run():
    rows = []
    for name in ("pal", "mathcoder_gsm8k", "tora"):
        with gzip.open(SHARED / f"data/programs/{name}.jsonl.gz", "rt") as file:
            rows += [json.loads(line) for line, _ in zip(file, range(100), strict=False)]
    rows = [row for row in rows if row["meta"]["protocol"] in ("print", "func:solution")]
    answers = execute([row["code"] + "\nif 'solution' in globals(): print(solution())\n" for row in rows], workers=2)
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {Status.OK, Status.NO_OUTPUT, Status.EXCEPTION, Status.SYNTAX, Status.TIMEOUT}
    assert statuses.count(Status.OK) > 0.9 * len(rows) > 50
