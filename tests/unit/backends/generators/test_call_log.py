"""The call log: shared by processes, true to what it was given; and the meter that reads it."""

import multiprocessing

import pytest

from caco.backends.generators.call_log import Call, CallLog, request_key
from caco.backends.generators.meter import Meter, Prices
from caco.config import Budget
from caco.errors import StoreError
from caco.ports import Completion, GenerateRequest, Message, Sampling


def call(key, tokens=10):
    done = Completion(texts=(f"é {key}\n", ""), finish=("stop", "length"), model="m", tokens_in=3, tokens_out=tokens)
    return Call(key=key, completion=done, seconds=0.5, cost=0.25)


def fill(path, name):
    log = CallLog(path)
    for i in range(200):
        log.write([call(f"{name}-{i}"), call(f"both-{i}")], run="r", role=name)
    log.close()


def test_what_goes_in_comes_out(tmp_path):
    log = CallLog(tmp_path / "deep" / "calls.sqlite")
    log.write([call("a"), call("b")], run="r", role="solver")
    assert log.find(["a", "c"]) == {"a": call("a").completion}
    assert log.costs(["b"])["b"].tokens_out == 10
    (spent,) = log.spent("r")
    assert (spent.role, spent.requests, spent.tokens_in, spent.cost) == ("solver", 2, 6, 0.5)
    assert log.spent("another") == []
    assert len(log.find([f"{i}" for i in range(2000)] + ["a"])) == 1, "more keys than one query takes"


def test_several_processes_write_at_once(tmp_path):
    path = tmp_path / "calls.sqlite"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=fill, args=(path, name)) for name in ("one", "two")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    log = CallLog(path)
    assert [s.requests for s in log.spent("r")] == [400, 400]
    assert len(log.find([f"{name}-{i}" for name in ("one", "two", "both") for i in range(200)])) == 600


def begin(folder, together):
    for i in range(40):
        together.wait(timeout=60)
        CallLog(folder / f"{i}.sqlite").close()


def test_several_processes_begin_the_same_log_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(4)
    processes = [context.Process(target=begin, args=(tmp_path, together)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]


def test_a_file_that_is_no_log_is_one_clear_error(tmp_path):
    (tmp_path / "calls.sqlite").write_text("not a database, but long enough to look like one " * 40)
    with pytest.raises(StoreError, match="cannot be used: file is not a database"):
        CallLog(tmp_path / "calls.sqlite")


def request(**sampling):
    return GenerateRequest(messages=(Message(role="user", content="x" * 84),), sampling=Sampling(**sampling))


def test_the_key_holds_all_that_decides_a_reply():
    keys = {
        request_key("m", request()),
        request_key("n", request()),
        request_key("m", request(temperature=0.5)),
        request_key("m", request(n=2)),
        request_key("m", request(seed=1)),
        request_key("m", request(stop=("a", "b"))),
        request_key("m", GenerateRequest(prompt="x")),
    }
    assert len(keys) == 7 and request_key("m", request()) in keys


@pytest.mark.parametrize(
    ("budget", "admitted"),
    [(Budget(), 50), (Budget(requests=3), 3), (Budget(tokens=450), 2), (Budget(cost=0.5), 2)],
)
def test_the_meter_never_admits_more_than_the_budget_covers(tmp_path, budget, admitted):
    """A request of 100 bytes with its turn, and of at most 100 tokens out, costs at most 0.2 at these prices."""
    log = CallLog(tmp_path / "calls.sqlite")
    meter = Meter(log, run="r", budget=budget, prices=Prices(token_in=0.001, token_out=0.001))
    assert sum(not meter.admit(request(max_tokens=100)) for _ in range(50)) == admitted


def test_what_a_request_did_not_use_is_free_again_and_what_it_used_is_not(tmp_path):
    log = CallLog(tmp_path / "calls.sqlite")
    meter = Meter(log, run="r", budget=Budget(tokens=250), prices=Prices())
    assert meter.admit(request(max_tokens=100)) == ""
    assert meter.admit(request(max_tokens=100)) == "the budget of 250 tokens does not cover another request"
    assert meter.busy
    log.write([call("a", tokens=10)], run="r", role="judge")
    meter.refresh()
    meter.settle(request(max_tokens=100))
    assert not meter.busy and meter.admit(request(max_tokens=100)) == ""
    other = Meter(log, run="r", budget=Budget(tokens=212), prices=Prices())
    assert other.admit(request(max_tokens=100)), "another process of the run knows what was spent"
