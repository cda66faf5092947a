import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from caco.apply import apply
from caco.instances.bounds import broken
from caco.instances.fresh import fresh_inputs
from caco.program.form import parse, with_inputs
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.stages.vary import join
from caco.text.story import answer_kind, chained, free_letter, named, names_in, slot_kind
from caco.text.template import render
from caco.transforms.composition import compose

Run = Callable[[Sequence[CodeCoT]], list[Execution]]


def cot(name: str, inputs: str, body: str, text: str) -> CodeCoT:
    names = ", ".join(item.split(":")[0].strip('{" ') for item in inputs.split(", "))
    code = f"input = {inputs}\n\ndef solve({names}):\n{body}\n\noutput = solve(**input)\nprint(output)\n"
    return CodeCoT(code=code, text=text, varies=tuple(names.split(", ")), seeds=(name,), licence="MIT", source=name)


CLIPS = cot(
    "clips",
    '{"friends": 48, "days": 6}',
    "    # She sold {friends} / 2 = {more} more.\n    more = friends / 2\n"
    "    total = friends + more\n    return total / days",
    "Natalia sold clips to {friends} friends, then to half as many, in {days} days. How many clips did she sell a day?",
)
EGGS = cot(
    "eggs",
    '{"eggs": 10, "days": 3, "more": 4}',
    "    # In {days} days {total} eggs are laid.\n    total = eggs * days\n    return total + more",
    "Each day Otto gets {eggs} eggs, for {days} days, and then {more} more. How many eggs does Otto have?",
)
PAY = cot(
    "pay",
    '{"wage": 40, "hours": 5}',
    "    earned = wage * hours\n    return earned - 12",
    "Ida earns ${wage} an hour and works {hours} hours, then spends $12. How much money does Ida have?",
)


@pytest.fixture(scope="module")
def runs(run: Run) -> dict[str, Execution]:
    return {row.codecot.seeds[0]: row for row in run([CLIPS, EGGS, PAY])}


def composed(first: Execution, second: Execution) -> CodeCoT:
    made = compose(first, second)
    assert isinstance(made, CodeCoT), made
    return made


def test_the_answer_of_one_becomes_an_input_of_the_other(runs: dict[str, Execution]) -> None:
    made = composed(runs["clips"], runs["eggs"])
    assert parse(made.code).inputs == {"friends": 48, "days": 6, "days_2": 3, "more_2": 4}
    assert made.varies == ("friends", "days", "days_2", "more_2")
    assert (made.seeds, made.source, made.licence) == (("clips", "eggs"), "clips+eggs", "MIT")
    assert (made.transform, made.gold, made.solution) == ("composition", "40", "")
    assert "# In {days_2} days {total_2} eggs are laid." in made.code
    assert "# She sold {friends} / 2 = {more} more." in made.code
    assert render(made.text, parse(made.code).inputs) == (
        "Natalia sold clips to 48 friends, then to half as many, in 6 days. How many clips did she sell a day? "
        "Call the answer N.\n\n"
        "Each day Otto gets N eggs, for 3 days, and then 4 more. How many eggs does Otto have?"
    )


def test_it_computes_what_the_second_does_with_the_first_answer(runs: dict[str, Execution], run: Run) -> None:
    (whole, alone) = run(
        [
            composed(runs["clips"], runs["eggs"]),
            replace(EGGS, code=with_inputs(EGGS.code, {"eggs": 12, "days": 3, "more": 4})),
        ]
    )
    assert whole.output == alone.output == "40"
    assert broken(whole.codecot.bounds, whole) is None


def test_compositions_vary_and_compose_again(runs: dict[str, Execution], run: Run) -> None:
    (joint,) = run([composed(runs["clips"], runs["eggs"])])
    fresh = run(fresh_inputs(joint, 5, random.Random(0)))
    assert len(fresh) == 5
    assert all(broken(row.codecot.bounds, row) is None for row in fresh)
    cows = replace(CLIPS, text=CLIPS.text.replace("Natalia", "Bea"), seeds=("cows",))
    (cow,) = run([replace(cows, code=with_inputs(cows.code, {"friends": 44, "days": 6}))])
    (three,) = run([composed(joint, cow)])
    assert three.status is Status.OK
    assert decode(three.output) == 10
    assert three.codecot.text.count("Call the answer") == 2
    assert "Call the answer K." in three.codecot.text


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("clips", "clips", "both descend from one seed"),
        ("clips", "pay", "no input of the second program could have the first's answer"),
        ("pay", "clips", "no input of the second program could have the first's answer"),
    ],
)
def test_what_does_not_fit_says_why(runs: dict[str, Execution], first: str, second: str, reason: str) -> None:
    assert compose(runs[first], runs[second]) == reason


def test_stories_of_the_same_people_do_not_fit(runs: dict[str, Execution]) -> None:
    otto = replace(runs["clips"], codecot=replace(CLIPS, text=CLIPS.text.replace("Natalia", "Otto")))
    assert compose(otto, runs["eggs"]) == "both speak of Otto"


def test_partners_do_not_depend_on_order(gsm8k: list[Execution]) -> None:
    rows = gsm8k[:80]
    joined = apply(join(2), rows).rows
    shuffled = random.Random(1).sample(rows, len(rows))
    assert sorted(row.id for row in joined) == sorted(row.id for row in apply(join(2), shuffled).rows)
    assert len(joined) > 40
    assert max(sum(row.parents[0] == first.id for row in joined) for first in rows) <= 2


def test_chains_and_joined_problems_of_three(gsm8k: list[Execution], run: Run) -> None:
    rows = gsm8k[:80]
    pairs = run([c for c in apply(join(1), rows).rows if isinstance(c, CodeCoT)])
    pairs = [replace(row, id=f"pair {row.id}") for row in pairs]
    made = [c for c in apply(join(1, links=3), [*rows, *pairs]).rows if isinstance(c, CodeCoT)]
    assert len(made) > 15
    assert {len(c.seeds) for c in made} == {3}
    assert {c.parents[0].split()[0] for c in made} == {"row", "pair"}, "a pair feeds a program, and a program a pair"
    for row in run(made):
        assert row.status is Status.OK, row.fault
        assert broken(row.codecot.bounds, row) is None
        assert row.codecot.text.count("Call the answer") == 2
        assert float(decode(row.output)) == float(row.codecot.gold)


def test_pairs_of_real_problems_compose_and_run(gsm8k: list[Execution], run: Run) -> None:
    made = apply(join(1), gsm8k[:100]).rows
    for row in run([c for c in made if isinstance(c, CodeCoT)]):
        assert row.status is Status.OK, row.fault
        assert broken(row.codecot.bounds, row) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("He has {n} pens. How many pens are left?", "count"),
        ("She paid ${n}. How much money is left?", "money"),
        ("She has {n} pens at $2. How many can she buy?", "count"),
        ("A rope is {n} meters. How long is it after the cut?", "count"),
        ("What percentage of the {n} pens is red?", ""),
        ("How many cents does she get?", ""),
        ("A pen is $3. What is it?", ""),
        ("It burns {n} coals every 20 minutes, for 2 hours. How long does it burn?", ""),
        ("It burns {n} coals every 20 minutes, for 2 hours. How long does it burn, in hours?", "count"),
    ],
)
def test_what_a_question_asks_for(text: str, kind: str) -> None:
    assert answer_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("buys {n} pens", "count"),
        ("pays ${n:money} for it", "money"),
        ("has {n} dollars", "money"),
        ("sells {n}% of them", ""),
        ("{n:percent} percent", ""),
        ("eats {n:a+,} ounce steak", ""),
        ("{n} cents", ""),
        ("in the {n}th row", ""),
        ("{n} pens for ${n}", ""),
        ("nothing", ""),
    ],
)
def test_what_a_slot_holds(text: str, kind: str) -> None:
    assert slot_kind(text, "n") == kind


def test_words_of_stories() -> None:
    assert names_in("In May Ann's aunt Bo met Ann. The dog ate.") == {"Ann", "Bo"}
    assert free_letter("a line of N cm and K") == "M"
    assert named("How much is it ", "N") == "How much is it? Call the answer N."
    assert (
        chained("A {x}?", "{{{x:,} of {y}}}", "y", "N", {"x": "x_2"}) == "A {x}? Call the answer N.\n\n{{{x_2:,} of N}}"
    )
