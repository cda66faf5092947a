"""Near pairs: what MinHash proposes is what comparing all pairs finds."""

import random

import numpy as np
import pytest

from caco.alike.neighbours import jaccard, neighbours, program_shingles, text_shingles


def crowd(size):
    rng = random.Random(3)
    base = [frozenset(rng.sample(range(10**9), 40)) for _ in range(size // 4)]
    for number in range(size):
        own = set(base[number % len(base)])
        for old in rng.sample(sorted(own), rng.randrange(12)):
            own.remove(old)
            own.add(rng.randrange(10**9))
        yield np.unique(np.array(sorted(own), dtype=np.uint32))


def pairs(sets, threshold):
    """`neighbours` of sets that are arrays of their own."""
    flat = np.concatenate([np.zeros(0, dtype=np.uint32), *sets])
    return list(neighbours(flat, np.cumsum([0, *map(len, sets)]), threshold))


@pytest.mark.parametrize("threshold", [0.6, 0.8, 0.9])
def test_nearly_all_near_pairs_are_found_and_no_others(threshold):
    sets = list(crowd(200))
    truth = {(i, j) for j in range(200) for i in range(j) if jaccard(sets[i], sets[j]) >= threshold}
    found = {(i, j) for i, j, _ in pairs(sets, threshold)}
    assert found <= truth
    assert len(found) >= 0.97 * len(truth) > 0


def test_empty_texts_are_nobodys_neighbours():
    assert pairs([text_shingles(""), text_shingles("")], 0.5) == []
    assert pairs([], 0.5) == []


def test_numbers_and_inputs_do_not_tell_texts_apart():
    assert jaccard(text_shingles("Buy {n} eggs at $3.50 each"), text_shingles("buy 12 EGGS at $4 each")) == 1


def test_comments_and_numbers_do_not_tell_programs_apart():
    form = (
        "input = {{'a': {n}}}\n\ndef solve(a):\n    # {n}\n    return a * {n}\n\noutput = solve(**input)\nprint(output)"
    )
    assert jaccard(program_shingles(form.format(n=3)), program_shingles(form.format(n=44))) == 1
