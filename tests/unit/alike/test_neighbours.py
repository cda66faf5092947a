"""Near pairs: what MinHash proposes is what comparing all pairs finds."""

import random

import numpy as np
import pytest

from caco.alike.neighbours import CHUNK, band_rows, jaccard, neighbours, program_shingles, text_shingles
from caco.program.form import FormError


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


def test_a_shingle_is_three_tokens_and_a_shorter_text_is_one():
    assert [len(text_shingles(text)) for text in ("", "one", "one two", "one two three", "one two three four")] == [
        *(0, 1, 1, 1, 2)
    ]
    assert len(text_shingles("tea for two and tea for two")) == 4, "`tea for two` counts once"


def test_sets_are_compared_by_what_either_has():
    one, two, three = (np.arange(n, dtype=np.uint32) for n in (1, 2, 3))
    none = np.zeros(0, dtype=np.uint32)
    assert (jaccard(one, one), jaccard(one, two), jaccard(two, three)) == (1, 1 / 2, 2 / 3)
    assert (jaccard(none, none), jaccard(none, one)) == (0, 0)


def test_words_of_a_program_are_those_of_its_functions():
    form = "{head}input = {{'a': 3}}\n\ndef solve(a):\n    return a * 2\n{tail}output = solve(**input)\nprint(output)"
    plain = program_shingles(form.format(head="", tail=""))
    assert len(plain) == 8, "def solve ( a ) : return a * 0"
    assert np.array_equal(plain, program_shingles(form.format(head="import math\n", tail="# done\n")))
    assert not np.array_equal(plain, program_shingles(form.format(head="", tail="").replace("*", "+")))
    with pytest.raises(FormError):
        program_shingles("def solve(a):\n    return a * 2\n")


@pytest.mark.parametrize(
    ("threshold", "rows"), [(0.01, 1), (0.3, 2), (0.5, 3), (0.7, 4), (0.8, 6), (0.9, 10), (1.0, 32)]
)
def test_bands_are_as_wide_as_finds_99_of_100(threshold, rows):
    assert band_rows(threshold) == rows
    if 1 < rows < 32:
        found, missed = (1 - (1 - threshold**r) ** (128 // r) for r in (rows, rows + 1))
        assert found >= 0.99 > missed


def test_a_crowd_is_paired_with_its_first_and_the_four_before():
    same = np.arange(30, dtype=np.uint32)
    found = pairs([same] * 8, 0.9)
    assert {similarity for *_, similarity in found} == {1}
    assert sorted((i, j) for i, j, _ in found) == sorted(
        {(i, j) for j in range(8) for i in range(j) if not i or j - i <= 4}
    )


def test_a_pair_at_the_threshold_is_near_and_one_below_is_not():
    sets = [np.array([*range(n), 100 + n], dtype=np.uint32) * 7919 for n in (18, 19)]
    similarity = jaccard(*sets)
    assert similarity == 18 / 21
    assert pairs(sets, similarity) == [(0, 1, similarity)]
    assert pairs(sets, similarity + 0.001) == []


def test_empty_sets_between_others_are_passed_over():
    none, some = np.zeros(0, dtype=np.uint32), np.arange(9, dtype=np.uint32)
    assert pairs([none, some, none, some, none], 0.8) == [(1, 3, 1)]


@pytest.mark.parametrize(("threshold", "number"), [(0.5, 474), (0.6, 318), (0.7, 175), (0.8, 75)])
def test_the_same_pairs_are_proposed_in_every_run(threshold, number):
    """Runs are repeated to the byte, so that the few near pairs that go unseen are the same ones too."""
    assert len(pairs(list(crowd(400)), threshold)) == number


def test_sets_of_one_are_pairs_too():
    one = np.array([7], dtype=np.uint32)
    assert pairs([one, one, one], 0.9) == [(0, 1, 1), (0, 2, 1), (1, 2, 1)]


def test_a_program_may_begin_with_its_function():
    code = "def solve(a):\n    return a * 2\noutput = solve(**input)"
    assert np.array_equal(program_shingles(code), program_shingles(f"import math\n{code}"))


def test_pairs_are_found_across_the_chunks_that_are_worked_on_at_once():
    """A few more sets than are hashed at once: those at the ends of one chunk have their like at those of the next."""
    own = np.arange(3 * (CHUNK + 3), dtype=np.uint32).reshape(-1, 3)
    for later, earlier in ((CHUNK - 1, 0), (CHUNK, 1), (CHUNK + 2, CHUNK - 2)):
        own[later] = own[earlier]
    found = list(neighbours(own.ravel(), np.arange(0, own.size + 1, 3), 0.9))
    assert sorted(found) == [(0, CHUNK - 1, 1), (1, CHUNK, 1), (CHUNK - 2, CHUNK + 2, 1)]
