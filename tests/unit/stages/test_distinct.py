"""What decides which rows are twins: limits, fingerprints, shingles and probes."""

import numpy as np
import pyarrow as pa
import pytest

from caco.apply import apply
from caco.errors import ConfigError
from caco.program import values
from caco.records import CodeCoT, Execution, Measure, Reason, Status
from caco.stages.distinct import _marks, distinct, probe_inputs

WORDS = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
CODE = 'input = {"a": 2}\n\ndef solve(a):\n    return a + 1\n\noutput = solve(**input)\nprint(output)\n'


def row(name, text="", code=CODE, seeds=(), measures=(), transform=""):
    cot = CodeCoT(code=code, text=text, seeds=seeds or (name,), transform=transform)
    return Execution(id=name, codecot=cot, status=Status.OK, inputs='{"a":2}', output="3", measures=measures)


def gone(rows, limits):
    return {r.id: (r.reason, r.detail) for r in apply(distinct(limits), rows).rejections}


@pytest.mark.parametrize("limits", [{"near_text": 0}, {"near_text": 1}, {"text": 0}, {"tree": 1}, {"graph": 7.0}])
def test_limits_that_can_be(limits):
    assert distinct(limits).settings == {name: limit for name, limit in limits.items() if limit}


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (
            {"words": 1},
            "unknown kind of duplicate 'words'; known: behaviour, computation, graph, near_program, near_text",
        ),
        ({"near_text": 1.01}, r"duplicates by near_text=1.01: should be a similarity from 0 \(off\) to 1"),
        ({"near_program": -0.1}, "duplicates by near_program=-0.1: should be a similarity"),
        ({"tree": 0.5}, "duplicates by tree=0.5: should be a whole number: rows that may share one"),
        ({"text": -1}, "duplicates by text=-1: should be a whole number"),
    ],
)
def test_limits_that_cannot_be(limits, message):
    with pytest.raises(ConfigError, match=message):
        distinct(limits)


def test_by_default_programs_are_distinct_and_texts_not_near():
    one, other = " ".join(WORDS[:20]), " ".join(WORDS[6:26])
    rows = [
        row("a", one),
        row("b", one, CODE.replace("1", "2")),
        row("c", other),
        row("d", other, CODE.replace("1", "3")),
    ]
    assert distinct().settings == {"text": 1, "near_text": 0.8}
    by_default = {r.id: r.reason for r in apply(distinct(), rows).rejections}
    assert by_default == {"b": Reason.NEAR_DUPLICATE, "c": Reason.DUPLICATE}, "d is near to c alone"


def test_a_limit_of_nought_is_none():
    assert gone([row("a"), row("b")], {"text": 0, "near_text": 0}) == {}


def test_as_many_rows_as_the_limit_share_a_fingerprint():
    rows = [row(name) for name in "abcd"]
    assert gone(rows, {"text": 2}) == dict.fromkeys("cd", (Reason.DUPLICATE, "equal by text to 2 rows: a"))
    kin = [row("a", seeds=("s", "t")), row("b", seeds=("s",)), row("c", seeds=("t",)), row("d")]
    assert gone(kin, {"text": 1}) == {
        "c": (Reason.DUPLICATE, "equal by text to one row: b"),
        "d": (Reason.DUPLICATE, "equal by text to 2 rows: a"),
    }


def test_seeds_programs_come_first_and_then_the_smallest_ids():
    rows = [row("a", transform="loops"), row("c"), row("b"), row("d", transform="loops")]
    assert gone(rows, {"text": 1}) == dict.fromkeys("acd", (Reason.DUPLICATE, "equal by text to one row: b"))


def test_what_has_no_fingerprint_has_no_twin():
    rows = [row("a", code="print(1)"), row("b", code="print(1)"), row("c"), row("d", code=CODE.replace("1", "2"))]
    assert gone(rows, {"text": 1, "near_program": 0.5, "behaviour": 1}) == {
        "d": (Reason.NEAR_DUPLICATE, "near_program 1.00 with c")
    }


def test_behaviour_is_what_was_measured():
    def measured(name, note):
        return row(
            name,
            measures=(Measure(name="statements", value=1, note="same"), Measure(name="behaviour", value=4, note=note)),
        )

    rows = [measured("a", "x"), measured("b", "y"), measured("c", "x"), measured("d", ""), measured("e", "")]
    assert gone(rows, {"behaviour": 1}) == {"c": (Reason.DUPLICATE, "equal by behaviour to one row: a")}


def test_the_nearest_of_the_kept_rows_is_named():
    text = " ".join(WORDS)
    rows = [
        row("a", " ".join(WORDS[3:])),
        row("b", " ".join(WORDS[:-1])),
        row("c", text),
        row("d", text, code=CODE.replace("+", "*")),
    ]
    # Of the 24 shingles of c, a has 21 and b has 23; b has 20 of 24 in common with a.
    assert gone(rows, {"near_text": 0.85}) == {
        "c": (Reason.NEAR_DUPLICATE, "near_text 0.96 with b"),
        "d": (Reason.NEAR_DUPLICATE, "near_text 0.96 with b"),
    }


def test_a_row_that_went_takes_no_other_along():
    """b is near to a, and c to b alone."""
    rows = [row("a", " ".join(WORDS[:20])), row("b", " ".join(WORDS[3:23])), row("c", " ".join(WORDS[6:26]))]
    assert gone(rows, {"near_text": 0.7}) == {"b": (Reason.NEAR_DUPLICATE, "near_text 0.71 with a")}


def test_kinds_of_duplicates_are_told_apart_by_what_they_look_at():
    one, other = row("a", " ".join(WORDS[:9])), row("b", " ".join(WORDS[9:18]), CODE.replace("a + 1", "a * a - 3"))
    same_text = row("c", one.codecot.text, other.codecot.code.replace("a * a", "a ** a"))
    assert gone([one, other], {"near_text": 0.5, "near_program": 0.95}) == {}
    assert gone([one, same_text], {"near_program": 0.95}) == {}
    assert list(gone([one, same_text], {"near_text": 0.95})) == ["c"]


def test_equal_lists_have_equal_marks_in_any_order_and_in_any_chunk():
    num, others = 20_009, 20_003  # more than are mixed at once
    flat = np.array([(i % others, 70_000) if i < others else (70_000, i % others) for i in range(num)], dtype=np.uint32)
    lists = pa.ListArray.from_arrays(pa.array(np.arange(num + 1, dtype=np.int32) * 2), pa.array(flat.ravel()))
    marks = _marks(lists)
    assert (marks[others:] == marks[: num - others]).all() and len(np.unique(marks)) == others
    uneven = pa.array([[], [5], [5, 6], [6, 5], [6], [7, 4], [], [5]], pa.list_(pa.uint32()))
    found = _marks(uneven).tolist()
    assert [found.index(mark) for mark in found] == [0, 1, 2, 2, 4, 5, 0, 1] and found[0] == 0


def test_probes_are_fixed_by_type_and_place():
    names = "abcdefghijklmnopqrst"
    probes = list(probe_inputs(values.encode(dict.fromkeys(names, 1))))
    assert list(probes[0].values()) == [
        *(6, 9, 3, 10, 2, 16, 4, 8, 5, 18, 11, 15, 20, 12, 7, 14),
        *(22, 25, 19, 26),
    ]
    assert [probe["a"] for probe in probes] == [6, 8, 7, 16] and [probe["b"] for probe in probes] == [9, 5, 14, 4]
    assert all(len(set(list(probe.values())[:16])) == 16 for probe in probes)


def test_a_probe_keeps_the_types_of_the_inputs():
    given = {"a": 2.5, "b": True, "c": True, "d": "word", "e": [1, (2, 0.5)], "f": None}
    first, second, *_ = probe_inputs(values.encode(given))
    assert first == {"a": 6.0, "b": True, "c": False, "d": "word", "e": [2, (16, 4.0)], "f": None}
    assert second == {"a": 8.0, "b": False, "c": True, "d": "word", "e": [15, (20, 12.0)], "f": None}
    assert [type(value) for value in first.values()] == [type(value) for value in given.values()]
    assert isinstance(first["e"][1][1], float)
