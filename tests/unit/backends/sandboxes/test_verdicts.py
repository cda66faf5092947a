import json

import pytest

from caco.backends.sandboxes import Limits
from caco.backends.sandboxes.inside.zygote import CPU_TIMEOUT, DIED, FINISHED, WALL_TIMEOUT
from caco.backends.sandboxes.local import execution
from caco.backends.sandboxes.worker import Raw
from caco.records import Fault, Status

LIMITS = Limits(output_bytes=1000, memory_mb=100)


def raw(record=None, *, ending=FINISHED, status=0, stdout=b"", stderr=b"", peak=1000):
    data = record if isinstance(record, bytes) else b"" if record is None else json.dumps(record).encode()
    return Raw(ending, status, 0.1, 0.2, peak, stdout, stderr, data)


@pytest.mark.parametrize(
    ("observed", "status"),
    [
        (raw({"status": "ok", "output": "1"}), Status.OK),
        (raw({"status": "ok", "output": "1"}, ending=CPU_TIMEOUT), Status.TIMEOUT),
        (raw({"status": "ok", "output": "1"}, ending=WALL_TIMEOUT), Status.TIMEOUT),
        (raw({"status": "ok", "output": "1"}, stdout=b"x" * 1000), Status.OUTPUT_TOO_LARGE),
        (raw({"status": "ok", "output": "1"}, stderr=b"x" * 1000), Status.OUTPUT_TOO_LARGE),
        (raw({"status": "printed"}), Status.NO_OUTPUT),
        (raw({"status": "printed"}, stdout=b" 3\n"), Status.OK),
        (raw({"status": "exception", "fault": ["E", "m", 3]}), Status.EXCEPTION),
        (raw(ending=DIED), Status.EXIT),
        (raw(ending=DIED, status=3 << 8), Status.EXIT),
        (raw(ending=DIED, status=11), Status.CRASH),
        (raw(ending=DIED, status=31), Status.FORBIDDEN),
        (raw(ending=DIED, status=9), Status.CRASH),
        (raw(ending=DIED, status=9, peak=90_000), Status.MEMORY),
        (raw(ending=DIED, status=24), Status.TIMEOUT),
        (raw(b"not json"), Status.EXIT),
        (raw(b"[" * 100_000), Status.EXIT),
        (raw([1]), Status.EXIT),
        (raw({"status": "no such status"}), Status.EXIT),
        (raw({"status": "ok", "output": "not canonical"}), Status.UNSERIALIZABLE),
        (raw({"status": "ok", "output": "{ }"}), Status.UNSERIALIZABLE),
        (raw({"status": "ok", "output": 3}), Status.UNSERIALIZABLE),
    ],
)
def test_evidence_comes_before_claims(observed, status):
    assert execution("x", observed, LIMITS, "jail").status is status


def test_an_honest_record_is_read_whole():
    claim = {"status": "ok", "inputs": '{"a":1}', "output": "2", "trace": [[1, "x", "2"]], "complete": False}
    result = execution("code", raw(claim, stdout=b"2\n\xff"), LIMITS, "jail")
    assert (result.inputs, result.output, result.stdout) == ('{"a":1}', "2", "2\n\ufffd")
    assert [(step.line, step.name, step.value) for step in result.trace] == [(1, "x", "2")]
    assert (result.trace_complete, result.isolation, result.cost.cpu_s) == (False, "jail", 0.1)


@pytest.mark.parametrize(
    "claim",
    [
        {"trace": [[1, "x"]]}, {"trace": [["1", "x", "2"]]}, {"trace": [[1, "x", "{"]]}, {"trace": 3}, {"trace": None},
        {"fault": [1]}, {"fault": 3}, {"inputs": "{"}, {"inputs": 3},
    ],
)  # fmt: skip
def test_a_forged_record_is_read_as_nothing(claim):
    result = execution("code", raw({"status": "exception", **claim}), LIMITS, "jail")
    assert (result.trace, result.fault, result.inputs) == ((), None, "")


def test_fault_fields_are_text_and_number():
    result = execution("code", raw({"status": "exception", "fault": ["E", 5, "x"]}), LIMITS, "jail")
    assert result.fault == Fault(type="E", message="5", line=0)
