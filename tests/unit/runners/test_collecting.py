"""Lines come out by id, from memory or from temporary files."""

import random

import pytest

from caco.lineage import digest
from caco.records import Line
from caco.runners import collecting


@pytest.mark.parametrize("in_memory", [10, 10**6])
def test_lines_are_sorted_whatever_their_number(monkeypatch, in_memory):
    monkeypatch.setattr(collecting, "IN_MEMORY", in_memory)
    lines = [Line(id=digest(number), number=number, fields="x" * number) for number in range(500)]
    shuffled = random.Random(1).sample(lines, len(lines))
    assert list(collecting.sorted_lines(shuffled)) == sorted(lines, key=lambda line: line.id)
