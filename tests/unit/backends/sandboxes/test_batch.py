"""The answer of a child that ran several programs, taken apart; one that did not end in order is not believed."""

import pytest

from caco.backends.sandboxes.inside import batch
from caco.backends.sandboxes.inside.zygote import CPU_TIMEOUT, DIED, FINISHED
from caco.backends.sandboxes.worker import Raw, split

RECORD = (
    batch.FRAME.pack(1000, 2000, 300, 2, 3) + b"hi{1}" + batch.NO_VERDICT + batch.FRAME.pack(500, 900, 400, 0, 1) + b"x"
)


def raw(record=RECORD, ending=FINISHED, status=0):
    return Raw(ending, status, 0.0045, 0.1, 500, b"", b"", record)


def test_programs_are_packed_and_unpacked():
    programs = [(b"output = 1", 0), (b"", 1), (bytes(range(256)), 1)]
    assert list(batch.unpack(batch.pack(programs))) == programs


def test_each_program_has_its_answer_and_its_share_of_the_cost():
    first, second, third = split(raw(), 3)
    assert second is None and first is not None and third is not None
    assert (first.stdout, first.record, first.peak_kb, third.record) == (b"hi", b"{1}", 300, b"x")
    assert (first.cpu_s, third.cpu_s) == pytest.approx((0.001 + 0.001, 0.0005 + 0.001))


@pytest.mark.parametrize("bad", [raw(ending=DIED), raw(ending=CPU_TIMEOUT), raw(status=11), raw(record=b"")])
def test_a_child_that_did_not_end_in_order_is_not_believed(bad):
    assert split(bad, 3) == []


def test_memory_that_is_shared_is_less_than_one_may_have_alone():
    assert [batch.share_mb(most) for most in (16, 100, 512, 4096)] == [8, 50, 64, 64]
