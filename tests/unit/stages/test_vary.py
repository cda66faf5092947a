"""Fresh inputs, and programs joined at an answer that fits."""

from dataclasses import replace

import pytest

from caco.apply import apply
from caco.program.form import parse
from caco.records import Check, Reason, Status
from caco.stage import Reject
from caco.stages.vary import join, vary

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    return rolls * price

output = solve(**input)
print(output)
"""
TEXT = "A baker sells {rolls} rolls at {price} dollars. What does he take in?"


def test_instances_keep_what_is_proven_of_the_program(ran):
    names = ("executes", "inputs_matter", "matches_gold", "not_trivial")
    run = ran(CODE, text=TEXT, varies=("rolls", "price"), transform="loops")
    run = replace(run, id="e", checks=tuple(Check(name=name, passed=True) for name in names))
    made = vary(3).fn(run)
    assert len(made) == 3 and {cot.transform for cot in made} == {"loops+fresh_inputs"}
    assert len({str(parse(cot.code).inputs) for cot in made} | {str(parse(CODE).inputs)}) == 4
    assert {tuple(check.name for check in cot.checks) for cot in made} == {("inputs_matter", "not_trivial")}
    (plain,) = vary(1).fn(replace(run, codecot=replace(run.codecot, transform="")))
    assert plain.transform == "fresh_inputs"


def test_where_nothing_varies_there_is_no_instance(ran):
    tied = vary(3).fn(ran(CODE, text=TEXT))
    assert tied == Reject(Reason.NO_FRESH_INPUTS, "no input is tied to the text without doubt")
    failed = replace(ran(CODE, text=TEXT, varies=("price",)), status=Status.EXCEPTION)
    assert vary(3).fn(failed) == Reject(Reason.NO_FRESH_INPUTS, "no other inputs keep what the seed's run shows")


def story(ran, name, size, answer, *, seeds=(), transform="", person="baker", ask="How many"):
    """A program that takes about `size` things and gives `answer` of them."""
    code = f'input = {{"things": {size}}}\n\ndef solve(things):\n    return things + {answer - size}\n\n'
    code += "output = solve(**input)\nprint(output)\n"
    text = f"The {person} of town has {{things}} shells and finds {answer - size}. {ask} shells are there?"
    run = ran(code, text=text, varies=("things",), seeds=seeds or (name,), transform=transform)
    return replace(run, id=name)


def joined(rows, **settings):
    applied = apply(join(**settings), rows)
    return (
        {tuple(row.parents) for row in applied.rows},
        {rejection.id: (rejection.reason, rejection.detail) for rejection in applied.rejections},
        applied.rows,
    )


ALONE = (Reason.NO_PARTNER, "no program takes this one's answer")


def test_an_answer_goes_where_an_input_is_of_its_size(ran):
    rows = [story(ran, "a", 5, 40), story(ran, "b", 40, 500), story(ran, "c", 9000, 9900)]
    pairs, alone, made = joined(rows, per_program=2)
    assert pairs == {("a", "b")} and alone == {"b": ALONE, "c": ALONE}
    assert made[0].seeds == ("a", "b") and made[0].transform == "composition"


# Sizes are powers of 1.5: 40 and 44 are of one size, 33 is one below, 60 one above, 20 and 95 are two away.
@pytest.mark.parametrize(("size", "fits"), [(40, True), (33, True), (60, True), (20, False), (95, False)])
def test_sizes_may_differ_by_one_step(ran, size, fits):
    pairs, _, _ = joined([story(ran, "a", 5, 40), story(ran, "b", size, 5000)], per_program=1)
    assert (("a", "b") in pairs) is fits


def test_as_many_as_were_asked_for(ran):
    rows = [story(ran, "a", 5, 40), *(story(ran, f"b{i}", 40, 5000 + i) for i in range(6))]
    for per_program in (1, 3):
        pairs, _, _ = joined(rows, per_program=per_program)
        assert len([pair for pair in pairs if pair[0] == "a"]) == per_program


def test_a_chain_has_as_many_links_as_were_asked_for(ran):
    pair = story(ran, "ab", 7, 40, seeds=("a", "b"), transform="composition")
    rows = [pair, story(ran, "c", 40, 5000), story(ran, "d", 3, 7)]
    assert joined(rows, per_program=1, links=3)[0] == {("ab", "c"), ("d", "ab")}
    assert joined(rows, per_program=1)[0] == set()
    assert join(1).key == join(1, links=2).key != join(1, links=3).key


def test_only_seeds_and_compositions_are_joined_and_only_answers_that_are_amounts(ran):
    taker = story(ran, "b", 40, 5000)
    for other in (
        story(ran, "a", 5, 40, transform="loops"),
        story(ran, "a", 5, 40, ask="What percentage of"),
        story(ran, "a", 5, 40, seeds=("b",)),
    ):
        assert joined([other, taker], per_program=1)[0] == set()
    assert (
        joined(
            [story(ran, "a", 5, 40), replace(taker, codecot=replace(taker.codecot, transform="loops"))], per_program=1
        )[0]
        == set()
    )


def test_partners_do_not_depend_on_the_order_of_rows(ran):
    rows = [story(ran, f"r{i}", 30 + i, 30 + 2 * i) for i in range(12)]
    assert joined(rows, per_program=2)[0] == joined(rows[::-1], per_program=2)[0] != set()
