"""The limit finds a server's capacity, held against simulated servers with a clock of their own."""

import heapq

import pytest

from caco.backends.generators.limit import Limit


class Simulated:
    """A server that serves `cores` requests at once, each in a second, and refuses more than `most`."""

    def __init__(self, cores, most=10**9):
        self.cores, self.most, self.now, self.ends, self.started = cores, most, 0.0, [], 0

    def run(self, limit, num):
        free = [0.0] * self.cores
        while self.started < num:
            while len(self.ends) < limit.size and self.started < num:
                self.started += 1
                if len(self.ends) >= self.most:
                    limit.overloaded()
                    break
                start = max(heapq.heappop(free), self.now)
                heapq.heappush(free, start + 1.0)
                heapq.heappush(self.ends, start + 1.0)
            if len(self.ends) >= limit.size:
                limit.filled()
            self.now = heapq.heappop(self.ends)
            limit.replied(1)


@pytest.mark.parametrize("cores", [4, 32, 100])
def test_it_settles_near_what_the_server_can_do(cores):
    server = Simulated(cores)
    limit = Limit(4, 2000, lambda: server.now)
    server.run(limit, 40_000)
    assert cores * 0.7 <= limit.size <= cores * 4


def test_it_finds_a_server_that_became_faster():
    server = Simulated(8)
    limit = Limit(4, 2000, lambda: server.now)
    server.run(limit, 5_000)
    before = limit.size
    faster = Simulated(200)
    faster.now, server.now = server.now, 0
    limit._clock = lambda: faster.now
    faster.run(limit, 60_000)
    assert limit.size > 3 * before


def test_refusals_cut_it_once_for_all_that_were_sent_together():
    now = [0.0]
    limit = Limit(100, 100, lambda: now[0])
    for _ in range(50):
        limit.overloaded()
    assert limit.size == 70
    now[0] = 2.0
    limit.overloaded()
    assert limit.size == 49


def test_it_never_leaves_its_bounds():
    now = [0.0]
    limit = Limit(16, 20, lambda: now[0])
    for i in range(500):
        now[0] += 1 / (i + 1) ** 2
        limit.filled()
        limit.replied(10)
    assert limit.size == 20
    for _ in range(50):
        now[0] += 2
        limit.overloaded()
    assert limit.size == 1
