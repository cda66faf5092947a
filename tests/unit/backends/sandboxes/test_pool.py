"""What a worker is sent: batches where they may share, and a program under which a worker died by itself."""

from collections import deque

from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.pool import AHEAD_BYTES, Job, _has_room, _Queue, tier_of

TIER = tier_of("")


def job(*, shared=True, deaths=0, code=b"output = 1"):
    return Job(code, Limits(), 0, TIER, lambda raw: None, shared=shared, deaths=deaths)


def queue(*jobs):
    made = _Queue()
    for one in jobs:
        made.put(one)
    return made


def test_what_may_share_goes_together_up_to_what_may_not():
    waiting = queue(job(), job(), job(shared=False), job())
    taken = [len(waiting.take(TIER, alone_allowed=True)) for _ in range(4)]
    assert taken == [2, 1, 1, 0]


def test_a_single_program_is_not_screened():
    (alone,) = queue(job()).take(TIER, alone_allowed=True)
    assert not alone.shared


def test_a_suspect_waits_until_its_worker_has_nothing_else():
    waiting = queue(job(shared=False, deaths=1), job())
    assert waiting.take(TIER, alone_allowed=False) == []
    (suspect,) = waiting.take(TIER, alone_allowed=True)
    assert suspect.deaths == 1


def test_nothing_goes_with_a_suspect():
    assert _has_room(deque())
    assert _has_room(deque([[job()]]))
    assert not _has_room(deque([[job(shared=False, deaths=1)]]))


def test_not_more_text_is_sent_than_a_worker_can_be_behind_with():
    assert not _has_room(deque([[job(code=b"#" * AHEAD_BYTES)]]))
