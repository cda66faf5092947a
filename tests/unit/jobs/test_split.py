"""Splits by lineage: components, shares, and the cut where all rows hang together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caco.jobs.export.split import TEST, TRAIN, by_lineage, components

SEEDS = st.dictionaries(st.text(max_size=4), st.lists(st.integers(0, 30).map(str), max_size=3), max_size=60)


@given(SEEDS, st.floats(0, 0.9))
def test_no_seed_is_on_both_sides_and_no_row_is_lost(seeds, share):
    split = by_lineage(seeds, share)
    sides = {
        side: {s for row, own in seeds.items() if split.side.get(row) == side for s in own} for side in (TRAIN, TEST)
    }
    assert not sides[TRAIN] & sides[TEST]
    assert len(split.side) + split.left_out == len(seeds)


@given(SEEDS)
def test_components_are_a_partition(seeds):
    assert sorted(row for group in components(seeds) for row in group) == sorted(seeds)


def test_the_share_is_met_and_does_not_hang_on_order():
    seeds = {f"row {i}": [f"seed {i // 4}"] for i in range(4000)}
    split = by_lineage(seeds, 0.1)
    assert 380 <= list(split.side.values()).count(TEST) <= 400 and not split.left_out
    assert by_lineage(dict(reversed(seeds.items())), 0.1) == split


def test_rows_that_all_hang_together_are_cut_by_seed():
    seeds = {f"own {i}": [f"seed {i}"] for i in range(1000)}
    seeds |= {f"both {i}": [f"seed {i}", f"seed {(i + 1) % 1000}"] for i in range(1000)}
    split = by_lineage(seeds, 0.2)
    assert 0.1 < list(split.side.values()).count(TEST) / len(split.side) < 0.3
    assert 200 < split.left_out < 450  # 2 * 0.2 * 0.8 of the rows with two seeds


@pytest.mark.parametrize("share", [0, 0.0])
def test_without_a_share_all_rows_are_for_training(share):
    assert set(by_lineage({"a": ["1"], "b": []}, share).side.values()) == {TRAIN}
