"""Intervals and tests against values computed otherwise."""

from itertools import product
from random import Random

import numpy as np
import pytest

from caco.statistics import difference, mcnemar, p_value, share


def test_mcnemar_is_the_exact_binomial_test():
    assert mcnemar(9, 1) == pytest.approx(2 * (1 + 10) / 2**10)
    assert mcnemar(0, 0) == mcnemar(5, 5) == 1
    assert mcnemar(6, 0) == mcnemar(0, 6) == pytest.approx(2 / 64)


def test_zeros_and_ones_get_mcnemar_and_shares_a_permutation_test():
    assert p_value([1, 1, 1, -1, 0, 0]) == mcnemar(3, 1)
    assert p_value([]) == p_value([0, 0]) == 1
    values = [0.25, 0.5, 0.25, -0.25, 0.75, 0.5, 0.25, 0.5]
    sums = [abs(sum(s * v for s, v in zip(signs, values, strict=True))) for signs in product((-1, 1), repeat=8)]
    exact = sum(total >= sum(values) - 1e-9 for total in sums) / 2**8
    assert p_value(values) == pytest.approx(exact, abs=0.01)


def test_a_share_of_zeros_and_ones_has_wilsons_interval():
    found = share([1, 0, 1, 1, 0, 1, 1, 1, 1, 1])
    assert (found.mean, round(found.low, 3), round(found.high, 3)) == (0.8, 0.49, 0.943)  # Newcombe 1998, table I
    assert share([1, 1, 1]).low < 1 and share([0, 0]).high > 0


@pytest.mark.parametrize("samples", [2, 8])
def test_intervals_hold_the_truth_about_as_often_as_they_say(samples):
    random, held = Random(0), 0
    for _ in range(400):
        chances = [random.betavariate(1, 1) for _ in range(60)]
        values = [sum(random.random() < p for _ in range(samples)) / samples for p in chances]
        held += share(values).low <= 0.5 <= share(values).high
    assert 0.91 <= held / 400 <= 0.98


@pytest.mark.parametrize(
    ("values", "mean", "low", "high"),
    [
        ([0.25, 0.75], 0.5, 0.010009, 0.989991),
        ([0.5, 0.5, 0.75], 7 / 12, 0.42, 0.746664),
        ([0.9, 1.0, 0.6], 2.5 / 3, 0.597773, 1.0),
        ([0.1, 0.0, 0.4], 0.5 / 3, 0.0, 0.402227),
        ([], 0.0, 0.0, 1.0),
        ([0.5, 0.5, 0.5], 0.5, 0.207655, 0.938508),
        ([0.75], 0.75, 0.206549, 1.0),
    ],
)
def test_an_interval_is_the_standard_error_over_items_where_they_differ(values, mean, low, high):
    found = share(values)
    assert (found.mean, found.low, found.high) == pytest.approx((mean, low, high), abs=1e-5)


@pytest.mark.parametrize(
    ("values", "mean", "low", "high"),
    [
        ([0.1, 0.3], 0.2, 0.004, 0.396),
        ([-1, 1, -1, 1], 0.0, -1.0, 1.0),
        ([0.5, 0.5], 0.5, 0.5, 0.5),
        ([0.25], 0.25, -0.75, 1.0),
        ([], 0.0, -1.0, 1.0),
    ],
)
def test_an_interval_of_differences(values, mean, low, high):
    found = difference(values)
    assert (found.mean, found.low, found.high) == pytest.approx((mean, low, high), abs=1e-5)


def test_the_smallest_probability_is_one_draw_in_all():
    assert p_value([0.5] * 30) == p_value([-0.5] * 30) == pytest.approx(1 / 10_001)
    assert p_value([0.5, 0.5]) == pytest.approx(0.5, abs=0.02) and p_value([0.5, -0.5]) == 1
    assert p_value([0.5] * 4) == p_value([0.5] * 4 + [0.0]) == pytest.approx(1 / 8, abs=0.02)


def test_a_difference_is_paired():
    first = [Random(i).random() for i in range(50)]
    found = difference([x + 0.01 * (i % 3) - x for i, x in enumerate(first)])
    assert found.high - found.low < 0.01 and found.low < np.mean([0.01 * (i % 3) for i in range(50)]) < found.high
