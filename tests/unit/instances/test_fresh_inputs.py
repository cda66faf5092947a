import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from caco.instances.bounds import broken, holds
from caco.instances.fresh import fresh_inputs, input_domain
from caco.program.form import parse
from caco.program.values import decode
from caco.records import CodeCoT, Execution, Status
from caco.text.template import render

Run = Callable[[Sequence[CodeCoT]], list[Execution]]

EGGS = CodeCoT(
    code="""input = {"eggs": 48, "sold": 10, "price": 1.5}

def solve(eggs, sold, price):
    # Half of the eggs are brown.
    brown = eggs / 2
    left = brown - sold
    paid = sold * price
    return paid + left

output = solve(**input)
print(output)
""",
    origin="compiled",
    text="Half of {eggs} eggs are brown. {sold} brown ones are sold at ${price:.2} each. What is ...?",
    gold="29",
    solution="The answer is 29.",
    varies=("eggs", "sold", "price"),
    seeds=("eggs",),
)


@pytest.fixture(scope="module")
def eggs(run: Run) -> Execution:
    (execution,) = run([EGGS])
    assert execution.status is Status.OK
    return execution


@pytest.mark.parametrize(
    ("comment", "varies"),
    [("# Three times as many, by tripling {eggs} * {times}.", False), ("# {eggs} * {times} are laid.", True)],
)
def test_a_number_that_a_comment_says_in_words_stays(comment: str, varies: bool, run: Run) -> None:
    code = f"""input = {{"eggs": 48, "times": 3}}

def solve(eggs, times):
    {comment}
    laid = eggs * times
    return laid

output = solve(**input)
print(output)
"""
    (row,) = run([CodeCoT(code=code, text="{times} times {eggs} eggs?", varies=("eggs", "times"))])
    domain = input_domain(row)
    assert domain is not None
    assert domain.varies == (("eggs", "times") if varies else ("eggs",))


def test_parts_of_a_total_that_only_the_text_states_stay(run: Run) -> None:
    code = """input = {"small": 3, "medium": 4, "large": 5, "price": 20}

def solve(small, medium, large, price):
    more = large - small
    return more * price + medium

output = solve(**input)
print(output)
"""
    text = "{total} racquets at ${price}: {small} small, {medium} medium, {large} large."
    varies = ("small", "medium", "large", "price")
    stated, other = run([CodeCoT(code=code, text=text.replace("{total}", n), varies=varies) for n in ("12", "13")])
    domains = input_domain(stated), input_domain(other)
    assert [domain and domain.varies for domain in domains] == [("price",), varies]


def instances(execution: Execution, n: int, seed: int = 0) -> list[CodeCoT]:
    return fresh_inputs(execution, n, random.Random(seed))


def test_an_instance_is_the_same_program_and_text_with_other_inputs(eggs: Execution) -> None:
    (made,) = instances(eggs, 1)
    inputs = parse(made.code).inputs
    assert made.code.splitlines()[1:] == EGGS.code.splitlines()[1:]
    assert made.text == EGGS.text
    assert (made.transform, made.origin, made.gold, made.solution) == ("fresh_inputs", "transformed", "", "")
    assert (made.seeds, made.varies) == (EGGS.seeds, EGGS.varies)
    assert (made.id, made.parents, made.made_by) == ("", (), "")
    assert {type(v) for v in inputs.values()} == {int, float}


def test_instances_are_distinct_in_half_of_what_varies(eggs: Execution) -> None:
    made = [parse(c.code).inputs for c in instances(eggs, 20)]
    assert len(made) == 20
    for i, one in enumerate(made):
        for other in (*made[:i], decode(eggs.inputs)):
            assert sum(one[name] != other[name] for name in one) >= 2


def test_the_same_generator_gives_the_same_instances(eggs: Execution) -> None:
    assert instances(eggs, 5, seed=1) == instances(eggs, 5, seed=1) != instances(eggs, 5, seed=2)


def test_what_the_seed_shows_holds_in_every_instance(eggs: Execution, run: Run) -> None:
    for execution in run(instances(eggs, 40)):
        inputs = decode(execution.inputs)
        assert broken(execution.codecot.bounds, execution) is None
        assert inputs["eggs"] % 2 == 0, "half of the eggs are whole eggs"
        assert inputs["sold"] < inputs["eggs"] / 2, "no more are sold than there are"
        assert inputs["sold"] * inputs["price"] % 1 == 0, "what is paid is whole, as the seed's is"
        assert 1 not in inputs.values()


def test_what_does_not_vary_stays(eggs: Execution) -> None:
    only = replace(eggs, codecot=replace(EGGS, varies=("price",)))
    made = [parse(c.code).inputs for c in instances(only, 5)]
    assert made
    assert all(inputs["eggs"] == 48 and inputs["sold"] == 10 for inputs in made)


def test_bounds_add_up_over_generations(eggs: Execution, run: Run) -> None:
    (child,) = run(instances(eggs, 1))
    (grandchild,) = instances(child, 1)
    assert set(child.codecot.bounds) <= set(grandchild.bounds)


def test_nothing_comes_of_a_failed_run_or_a_text_without_slots(eggs: Execution) -> None:
    assert instances(replace(eggs, status=Status.TIMEOUT), 3) == []
    assert instances(replace(eggs, codecot=replace(EGGS, varies=())), 3) == []


def test_a_domain_admits_what_keeps_the_bounds(eggs: Execution) -> None:
    domain = input_domain(eggs)
    assert domain is not None
    assert domain.admits({"eggs": 60, "sold": 20, "price": 2.5})
    assert not domain.admits({"eggs": 61, "sold": 20, "price": 2.5})
    assert not domain.admits({"eggs": 60, "sold": 40, "price": 2.5})


WRONG = re.compile(r"(?<![\d.,/:])(?:1 (?!\w+ (?:is|was)\b)(?:\w+ )?\w+s\b|-\d)(?<!ss)")


def test_instances_of_real_problems_run_and_keep_their_bounds(gsm8k: list[Execution], run: Run) -> None:
    varying = [row for row in gsm8k if row.codecot.varies]
    made = [cot for row in varying for cot in fresh_inputs(row, 4, random.Random(row.id))]
    assert len(made) >= 3.2 * len(varying)
    runs = run(made)
    assert [fault for row in runs if (fault := broken(row.codecot.bounds, row))] == []
    for row in runs:
        question = render(row.codecot.text, decode(row.inputs))
        changed = {str(value) for value in decode(row.inputs).values() if value == 1}
        assert changed or not WRONG.search(question) or WRONG.search(row.codecot.text), question


def test_most_instances_of_algorithm_programs_run_and_keep_their_bounds(own_seeds: list[Execution], run: Run) -> None:
    """Loops and lists are not predicted; the bounds reject what went wrong."""
    made = [cot for row in own_seeds[::3] for cot in fresh_inputs(row, 2, random.Random(row.id))]
    runs = run(made)
    kept = [row for row in runs if broken(row.codecot.bounds, row) is None]
    assert len(kept) >= 0.7 * len(made) > 100


def test_a_domain_judges_as_each_bound_does(gsm8k: list[Execution]) -> None:
    kept = set()
    for row in gsm8k[:60]:
        domain = input_domain(row)
        for number in range(10) if domain and domain.predict else ():
            rng = random.Random(f"{row.id} {number}")
            drawn = {name: rng.choice(values) for name, values in domain.numbers.items()}
            if values := domain.predict({**domain.seed, **drawn}):
                kept.add(domain.keeps(values))
                assert domain.keeps(values) == all(holds(b, values) for b in (*domain.bounds, *domain.nested))
    assert kept == {True, False}
