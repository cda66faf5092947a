"""Filter, bounds and deduplication as stages."""

from dataclasses import replace

import pytest

from caco.apply import apply
from caco.errors import ConfigError
from caco.filters.rules import Rule
from caco.records import Bound, Check, CodeCoT, Execution, Measure, Reason, Status
from caco.stage import Reject
from caco.stages.filter import deduplicate, filter_programs, keep, of_difficulty

CODE = 'input = {"a": 2}\n\ndef solve(a):\n    return a + 1\n\noutput = solve(**input)\nprint(output)\n'
RUN = Execution(id="r", codecot=CodeCoT(code=CODE), status=Status.OK, inputs='{"a":2}', output="3")


def measured(value):
    return replace(RUN, measures=(Measure(name="difficulty", value=value),))


@pytest.mark.parametrize(("value", "kept"), [(1.9, False), (2, True), (3, True), (5, True), (5.1, False)])
def test_difficulty_is_within_limits(value, kept):
    assert (of_difficulty(2, 5).fn(measured(value)) == measured(value)) is kept


def test_limits_of_difficulty():
    assert of_difficulty(3, 3).fn(measured(3)) == measured(3)
    with pytest.raises(ConfigError, match="difficulty 5 to 2: the least is above the most"):
        of_difficulty(5, 2)


def test_a_row_with_all_measures_is_not_measured_again():
    lost = replace(measured(3), codecot=CodeCoT(code="lost"))
    assert of_difficulty(2, 5).fn(lost) is lost
    more = replace(RUN, measures=(Measure(name="behaviour", value=4, note="x"), Measure(name="statements", value=99)))
    taken = {m.name: m for m in filter_programs().fn(more).measures}
    assert taken["behaviour"] == more.measures[0] and taken["statements"].value == 1


def test_the_rule_that_is_broken_is_told_with_what_was_seen():
    rule = Rule(name="size", reason=Reason.OUTPUT_SIZE, most=1)
    row = replace(RUN, measures=(Measure(name="size", value=2.5, note="seen"),))
    assert filter_programs((rule,)).fn(row) == Reject(Reason.OUTPUT_SIZE, "size is 2.5 (seen); it must be at most 1")
    bare = replace(RUN, measures=(Measure(name="size", value=2.5),))
    assert filter_programs((rule,)).fn(bare).detail == "size is 2.5; it must be at most 1"
    long = replace(RUN, measures=(Measure(name="size", value=2.5, note="x" * 400),))
    assert len(filter_programs((rule,)).fn(long).detail) == 300


def test_a_fresh_run_keeps_the_bounds_of_the_seeds_run():
    bounds = (Bound(name="output", rule="whole"), Bound(name="a", rule="positive"))
    made = Check(name="executes", passed=True)
    row = replace(RUN, codecot=replace(RUN.codecot, bounds=bounds), checks=(made,))
    kept = keep().fn(row)
    assert kept.checks == (made, Check(name="keeps_bounds", passed=True, evidence="2 bounds of the seed's run hold"))
    assert keep().fn(replace(row, output="2.5")) == Reject(Reason.BREAKS_BOUND, "output is 2.5; it must be whole")


def test_one_of_equal_programs_on_equal_inputs_stays():
    def row(name, code, text="", transform=""):
        return replace(RUN, id=name, codecot=CodeCoT(code=code, text=text, transform=transform))

    rows = [row("a", "x", transform="loops"), row("b", "x"), row("c", "y"), row("d", "x"), row("e", "x", "other text")]
    rows += [row("f", "z", transform="loops"), row("g", "z", transform="fresh_inputs")]
    done = apply(deduplicate(), rows)
    assert [r.id for r in done.rows] == ["b", "c", "e", "f"]
    assert {r.id: (r.reason, r.detail.rpartition(" ")[2]) for r in done.rejections} == {
        "a": (Reason.DUPLICATE, "b"),
        "d": (Reason.DUPLICATE, "b"),
        "g": (Reason.DUPLICATE, "f"),
    }
