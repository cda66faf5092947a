"""The grader as a port: order, deadlines, killed workers, threads, asyncio, forks, spawns, a light import."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caco.backends.graders import LocalGrader, grade, grade_many
from caco.backends.graders.pool import Pool
from caco.errors import ConfigError
from caco.ports import Failure, GradeRequest
from caco.program.values import encode
from caco.records import Grade

INTEGRAL = (r"\int_0^1 x dx", r"\int_0^1 y dy")
HARD = (r"\int_0^1 \sin(x^{x}) e^{x^{x}} dx", r"\int_0^1 \cos(x^{x}) x^{x^{x}} dx")
PAIRS = [
    ("1/2", "0.5"),
    ("x^2-1", "(x-1)(x+1)"),
    ("(1,2)", "(2,1)"),
    (r"\sqrt{8}", r"2\sqrt2"),
    ("8 kg", "8000 g"),
    ("A", "B"),
]
VERDICTS = ["equal", "equal", "not_equal", "equal", "equal", "not_equal"]


@pytest.fixture(scope="module")
def grader():
    made = LocalGrader(timeout_s=20, workers=1)
    yield made
    made.close()


def verdicts(pairs):
    return [str(grade(*pair, timeout_s=60).verdict) for pair in pairs]


def test_replies_are_in_order_and_a_broken_request_fails_alone(grader):
    requests = [
        GradeRequest(gold="1/2", prediction="0.5"),
        GradeRequest(gold="{not json", prediction="5", typed_gold=True),
        GradeRequest(gold=encode({1, 2}), prediction="{2, 1}", typed_gold=True),
        GradeRequest(gold="3", prediction=encode(3.0), typed_prediction=True),
        GradeRequest(gold="A", prediction="B"),
    ]
    replies = grader.run(requests)
    assert isinstance(replies[1], Failure)
    assert [r.verdict for r in replies if isinstance(r, Grade)] == ["equal", "equal", "equal", "not_equal"]


def test_algebra_decides_what_the_rules_leave_open(grader):
    pairs = [INTEGRAL, (r"\lfloor x+1 \rfloor", r"\lfloor x \rfloor + 1"), (r"\int_0^1 x dx", r"\int_0^1 x^2 dx")]
    replies = grader.run([GradeRequest(gold=g, prediction=p) for g, p in pairs])
    assert [(r.verdict, r.route) for r in replies[:2]] == [("equal", "symbolic"), ("equal", "symbolic")]
    assert replies[2].verdict != "equal"


def test_a_pair_that_takes_too_long_is_undecided_and_its_neighbours_are_not_delayed():
    grader = LocalGrader(timeout_s=1.0, workers=1)
    grader.algebra([(INTEGRAL[0], False, INTEGRAL[1], False)], 30)  # the worker is warm
    begun = time.monotonic()
    slow, quick = grader.run([GradeRequest(gold=g, prediction=p) for g, p in (HARD, PAIRS[0])])
    assert time.monotonic() - begun < 5
    assert (slow.verdict, quick.verdict) == ("undecided", "equal")
    grader.close()


def test_a_worker_that_hangs_is_killed_at_the_deadline_and_replaced():
    pool = Pool(1)
    assert pool.solve((INTEGRAL[0], False, INTEGRAL[1], False), 30) == "second_opinion"
    worker = pool.workers[0]
    hung = worker.child
    os.kill(hung, signal.SIGSTOP)  # it answers nothing more
    begun = time.monotonic()
    assert pool.solve((INTEGRAL[0], False, INTEGRAL[1], False), 0.5) == "timeout"
    assert time.monotonic() - begun < 0.5 + 0.2
    assert worker.child != hung
    assert pool.solve((INTEGRAL[0], False, INTEGRAL[1], False), 30) == "second_opinion"
    os.kill(worker.child, signal.SIGKILL)
    assert pool.solve((INTEGRAL[0], False, INTEGRAL[1], False), 30) == "second_opinion"
    worker.process.kill()
    assert pool.solve((INTEGRAL[0], False, INTEGRAL[1], False), 30) == "second_opinion"
    pool.close()


def test_the_start_of_a_worker_does_not_count_but_is_bounded():
    task, pool = (INTEGRAL[0], False, INTEGRAL[1], False), Pool(1)
    assert pool.solve(task, 30, until=time.monotonic() + 0.01) == "start_timeout"
    pool.close()
    pool = Pool(1)
    assert pool.solve(task, 10) == "second_opinion"
    begun = time.monotonic()
    replies = pool.solve_many([(HARD[0], False, HARD[1], False)] * 8, 5, until=begun + 1.0)
    # The first is stopped at its deadline; those that no time was left for may find its worker still being replaced.
    assert replies[0] == "timeout" and set(replies[1:]) <= {"timeout", "start_timeout"}
    assert time.monotonic() - begun < 3
    pool.close()


def test_threads_agree():
    expected = VERDICTS * 20
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda pair: str(grade(*pair).verdict), PAIRS * 20))
    assert found == expected


def test_threads_share_the_workers():
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: grade(*INTEGRAL, timeout_s=60).verdict, range(6)))
    assert found == {"equal"}


def test_asyncio():
    async def main():
        return await asyncio.gather(*(asyncio.to_thread(grade, *pair) for pair in PAIRS))

    assert [g.verdict for g in asyncio.run(main())] == VERDICTS


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_child_processes_grade_with_workers_of_their_own(method):
    grade(*INTEGRAL, timeout_s=60)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(verdicts, [PAIRS, [INTEGRAL]]) == [VERDICTS, ["equal"]]
    assert grade(*INTEGRAL, timeout_s=60).verdict == "equal"


def test_many_pairs_give_the_same_grades_as_one_at_a_time():
    pairs = [*PAIRS, INTEGRAL, (3, "3"), (object(), "3")]
    assert grade_many(pairs, timeout_s=60) == [grade(*pair, timeout_s=60) for pair in pairs]


def test_the_import_is_light_and_workers_end_with_the_interpreter():
    code = (
        "import sys, caco.backends.graders as g;"
        "heavy = {'sympy', 'math_verify', 'pint', 'mpmath'} & set(sys.modules);"
        "assert not heavy, heavy;"
        "assert g.grade('1/2', '0.5').verdict == 'equal';"
        f"assert g.grade({INTEGRAL[0]!r}, {INTEGRAL[1]!r}, timeout_s=60).verdict == 'equal';"
        "import os; print(g.local.shared(os.getpid()).pool.idle[-1].child)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


@pytest.mark.parametrize("settings", [{"timeout_s": 0}, {"timeout_s": float("nan")}, {"workers": 0}])
def test_wrong_settings_are_one_clear_error(settings):
    with pytest.raises(ConfigError):
        LocalGrader(**settings)


@pytest.mark.slow
def test_memory_stays_flat_over_a_million_pairs():
    def resident_mb():
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def some(start, count):
        for k in range(start, start + count):
            grade(f"\\frac{{{k}}}{{7}}", f"{k}/7")

    some(0, 50_000)
    before = resident_mb()
    some(50_000, 950_000)
    assert resident_mb() - before < 20


def test_a_worker_whose_supervisor_is_killed_ends():
    """Its children find nobody to write to; they are not forked again and again."""
    command = [sys.executable, "-m", "caco.backends.graders.worker", str(2 << 30)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdout.close()
    worker.stdin.close()
    assert worker.wait(60) == 0
