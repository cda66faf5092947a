"""The labelled pairs: each verdict as labelled, the same with the sides swapped."""

import json
from collections import Counter
from pathlib import Path

import pytest

from caco.answers import compare

PAIRS = Path(__file__).parents[2] / "data" / "grading_pairs.jsonl"
ROWS = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


def verdicts(row):
    typed = row.get("typed_gold", False)
    forward = compare(row["gold"], row["prediction"], typed_gold=typed)
    backward = compare(row["prediction"], row["gold"], typed_prediction=typed)
    return forward.verdict, backward.verdict


def as_labelled(row):
    """Both ways the label; a row the rules leave open (`decided` is false) is at least never accepted wrongly."""
    found = set(verdicts(row))
    if row.get("decided", True):
        return found == {row["label"]}
    return len(found) == 1 and (row["label"] == "equal" or "equal" not in found)


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in ROWS}))
def test_every_pair_of_the_kind_gets_its_label_both_ways(kind):
    rows = [row for row in ROWS if row["kind"] == kind]
    wrong = [(row["gold"], row["prediction"], *verdicts(row)) for row in rows if not as_labelled(row)]
    assert not wrong


def test_the_set_is_large_and_balanced():
    labels = Counter(row["label"] for row in ROWS)
    assert len(ROWS) >= 400
    assert min(labels["equal"], labels["not_equal"]) / len(ROWS) > 0.4
    assert len({(row["gold"], row["prediction"]) for row in ROWS}) == len(ROWS)
