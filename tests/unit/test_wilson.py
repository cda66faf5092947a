"""Wilson's interval, against values that are known and against a simulation of what it promises."""

import random

import pytest

from caco.statistics import wilson


@pytest.mark.parametrize(
    ("count", "tried", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_known_values(count, tried, low, high):
    assert wilson(count, tried) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_it_holds_the_true_share_about_as_often_as_it_says(share):
    draw = random.Random(1)
    held = 0
    for _ in range(2000):
        low, high = wilson(sum(draw.random() < share for _ in range(200)), 200)
        held += low <= share <= high
    assert 0.92 < held / 2000 < 0.98
