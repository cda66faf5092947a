"""Filter and distinct as stages: measures kept, twins named, no meaning in order."""

import random
from dataclasses import replace

import pytest

from caco.apply import apply
from caco.errors import ConfigError
from caco.filters.rules import with_changes
from caco.program import values
from caco.records import CodeCoT, Execution, Reason, Status
from caco.stages import filter as filtering
from caco.stages.distinct import distinct
from caco.stages.execute import behave

APPLES = (
    "Tom has {apples} red apples in a basket and picks {more} more from the old tree behind the house. How many now?"
)
TRAIN = "A train leaves the northern station with {a} people, and {b} others climb aboard at the bridge. How many ride?"


def execution(name, text, body="return {x} + {y}", names=("apples", "more"), inputs=(3, 4), transform="", seeds=()):
    x, y = names
    given = dict(zip(names, inputs, strict=True))
    code = f"input = {given!r}\n\ndef solve({x}, {y}):\n    {body.format(x=x, y=y)}\n\n"
    code += "output = solve(**input)\nprint(output)\n"
    cot = CodeCoT(code=code, text=text, transform=transform, seeds=seeds or (name,))
    return Execution(
        id=name, codecot=cot, status=Status.OK, inputs=values.encode(given), output=values.encode(sum(inputs))
    )


def ends(rows, **limits):
    applied = apply(distinct(limits), rows)
    return {r.id for r in applied.rows}, {r.id: (r.reason, r.detail) for r in applied.rejections}


def test_measures_stay_on_the_row_and_judge_again_without_a_program():
    (row,) = apply(filtering.filter_programs(), [execution("a", APPLES)]).rows
    assert {m.name for m in row.measures} >= {"statements", "growth", "output_type"}
    gone = replace(row, codecot=replace(row.codecot, code="lost"))
    stricter = apply(filtering.filter_programs(with_changes("statements>=2")), [gone])
    (rejection,) = stricter.rejections
    assert rejection.reason == Reason.LENGTH
    assert rejection.detail == "statements is 1; it must be at least 2 and at most 200"


def test_rules_are_part_of_the_key():
    assert filtering.filter_programs().key != filtering.filter_programs(with_changes("growth<=3")).key


def test_near_texts_of_different_seeds_are_twins_and_instances_of_one_seed_are_not():
    other = APPLES.replace("red", "green")
    rows = [execution("a", APPLES), execution("b", other, inputs=(8, 9)), execution("c", TRAIN, names=("a", "b"))]
    kept, gone = ends(rows, near_text=0.7)
    assert kept == {"a", "c"}
    assert gone["b"][0] == Reason.NEAR_DUPLICATE
    assert gone["b"][1].startswith("near_text 0.") and gone["b"][1].endswith("with a")
    assert ends([rows[0], replace(rows[1], codecot=replace(rows[1].codecot, seeds=("a",)))], near_text=0.7)[1] == {}


def test_a_twin_is_found_beside_many_rows_that_share_a_seed():
    """More of them than a bucket's window, and the bucket's first row is no twin either."""
    kin = execution("000", APPLES, seeds=("a", "b"))
    other = execution("001", APPLES.replace("red", "green"), inputs=(8, 9), seeds=("a",))
    instances = [execution(f"{n:03}", APPLES, inputs=(n, 4), seeds=("b",)) for n in range(2, 300)]
    kept, gone = ends([kin, other, *instances], near_text=0.7)
    assert kept == {"000", "001"}
    assert {detail.rpartition(" ")[2] for _, detail in gone.values()} == {"001"}
    assert ends([kin, replace(other, id="200b"), *instances], near_text=0.7)[0] == {"000", *(r.id for r in instances)}


def test_the_seeds_own_program_is_kept_before_a_transformed_one():
    rows = [execution("a", APPLES, transform="composition"), execution("b", APPLES)]
    assert ends(rows, near_text=0.9)[0] == {"b"}


def test_fingerprints_let_as_many_through_as_they_are_told():
    rows = [execution(n, "", names=names) for n, names in (("a", ("p", "q")), ("b", ("r", "s")), ("c", ("t", "u")))]
    assert ends(rows, text=1)[1] == {}
    kept, gone = ends(rows, tree=1)
    assert kept == {"a"} and gone["c"] == (Reason.DUPLICATE, "equal by tree to one row: a")
    assert ends(rows, tree=2)[0] == {"a", "b"}
    moved = [rows[0], execution("d", "", names=("v", "w"), inputs=(9, 2))]
    assert ends(moved, graph=1)[0] == {"a"}
    assert ends(moved, computation=1)[0] == {"a", "d"}


def test_the_result_does_not_depend_on_the_order_of_rows():
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
    rng = random.Random(1)
    rows = []
    for number in range(120):
        base = random.Random(number % 30).sample(words, 12) * 3
        base[rng.randrange(36)] = rng.choice(words)
        rows.append(execution(f"r{number:03}", " ".join(base)))
    first = ends(rows, near_text=0.6)
    assert 0 < len(first[0]) < 120
    for _ in range(5):
        rng.shuffle(rows)
        assert ends(rows, near_text=0.6) == first


@pytest.mark.parametrize("limits", [{"words": 1}, {"near_text": 2}, {"tree": 0.5}, {"tree": -1}])
def test_wrong_limits_are_refused(limits):
    with pytest.raises(ConfigError):
        distinct(limits)


def test_programs_that_behave_alike_are_twins_whatever_their_form(sandbox):
    rows = [
        execution("a", ""),
        execution("b", "", names=("left", "right"), body="return sum([{y}, {x}])"),
        execution("c", "", names=("p", "q"), body="return {x} * {y} - 5"),
    ]
    measured = apply(behave(), rows, sandbox).rows
    kept, gone = ends([replace(m, id=r.id) for m, r in zip(measured, rows, strict=True)], behaviour=1)
    assert kept == {"a", "c"}
    assert gone["b"] == (Reason.DUPLICATE, "equal by behaviour to one row: a")
