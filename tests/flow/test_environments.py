"""Environments compiled from a real run: deterministic, endless, audited, and the same after they were stored."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice

import pytest

from caco.errors import ConfigError
from caco.program import values
from caco.rlvr import oracle
from caco.rlvr.audit import FORMATS, audit
from caco.rlvr.environment import BLOCK, LEVELS, Environment, _written
from caco.rlvr.package import build, load, programs
from running import cli

NUM = 5


@pytest.fixture(scope="session")
def built(finished, tmp_path_factory):
    out = tmp_path_factory.mktemp("env") / "made"
    return build(finished, out, instances=24, limit=NUM)


@pytest.fixture(scope="session")
def environments(built):
    return load(built.path / built.package)


@pytest.fixture(scope="session")
def large(finished):
    """A program with many valid inputs, not asked for anything yet."""
    for execution in programs(finished).values():
        environment = Environment(execution, oracle.run)
        if len(list(islice(environment.draws(), 1000))) == 1000:
            return execution
    raise AssertionError("no program with a large domain")


def test_programs_are_compiled_and_audited(built):
    assert built.admitted + len(built.refused) + built.unable == NUM and built.admitted >= NUM - 2
    found = json.loads((built.path / built.package / "audit.json").read_text())
    assert len(found["admitted"]) == built.admitted
    for one in found["admitted"]:
        names = [check["name"] for check in one["checks"] if check["passed"]]
        assert names == ["gold_wins", "wrong_loses", "instances_vary", "text_reads", "no_leak"]
    assert len(FORMATS) == 10


def test_an_instance_depends_on_nothing_but_its_seed(large):
    one, other = Environment(large, oracle.run), Environment(large, oracle.run)
    late = one.instance(BLOCK + 7)
    assert [one.instance(i) for i in range(BLOCK + 8)] == [other.instance(i) for i in range(BLOCK + 8)]
    assert other.instance(BLOCK + 7) == late


def test_a_domain_with_fewer_instances_begins_again(finished):
    found = [Environment(execution, oracle.run) for execution in programs(finished).values()]
    environment = next(e for e in found if e.domain.predict and len(e.domain.numbers) > 1)
    near = {
        name: sorted(v, key=lambda x, n=name: abs(x - environment.domain.seed[n]))
        for name, v in environment.domain.numbers.items()
    }
    environment.domain = replace(environment.domain, numbers={name: values[:4] for name, values in near.items()})
    environment.instance(10 * BLOCK)
    made = environment.made()
    assert made.exhausted and len({one.question for one in made.instances}) == len(made.instances) > 0
    assert environment.instance(len(made.instances)) == environment.instance(0)


def test_what_was_stored_goes_on_where_it_stopped(large):
    whole = Environment(large, oracle.run)
    first = whole.instance(0)
    again = Environment(large, oracle.run, whole.made())
    assert again.instance(0) == first
    number = len(whole.made().instances) + 3
    assert again.instance(number) == whole.instance(number)


def test_no_instance_comes_twice(large):
    environment = Environment(large, oracle.run)
    questions = [environment.instance(i).question for i in range(BLOCK + 40)]
    assert len(set(questions)) == len(questions)
    draws = [json.dumps(inputs, sort_keys=True) for inputs in islice(environment.draws(), 3000)]
    assert len(set(draws)) == len(draws)


def test_answers_are_the_programs(environments):
    from caco.program.form import with_inputs

    chosen = [environments.instance(seed) for seed in range(20)]
    codes = [
        with_inputs(environments.environments[one.environment].execution.codecot.code, values.decode(one.inputs))
        for one in chosen
    ]
    assert [run.output for run in oracle.run(codes)] == [one.output for one in chosen]
    assert [environments.score(f"\\boxed{{{one.answer}}}", one) for one in chosen] == [1.0] * 20
    assert {environments.score("\\boxed{-987654}", one) for one in chosen} == {0.0}


def test_an_answer_has_no_digits_of_a_binary_float():
    assert [_written(x) for x in (258.00000000000006, 0.1 + 0.2, 2 / 3, 7, "7")] == [
        "258",
        "0.3",
        "0.666666666667",
        "7",
        "7",
    ]


def test_levels_are_of_rising_effort(environments):
    for environment in environments.environments.values():
        if environment.has(0) and environment.has(LEVELS - 1):
            low = [sum(c.isdigit() for c in environment.instance(i, 0).inputs) for i in range(10)]
            high = [sum(c.isdigit() for c in environment.instance(i, LEVELS - 1).inputs) for i in range(10)]
            assert sum(low) <= sum(high)
            assert {environment.instance(i, 0).level for i in range(10)} == {0}


def test_threads_see_the_same_instances(large):
    environment = Environment(large, oracle.run)
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda i: environment.instance(i % 40), range(200)))
    assert seen == [environment.instance(i % 40) for i in range(200)]


@pytest.mark.parametrize(("seed", "level"), [(-1, None), (0, LEVELS), (0, -1)])
def test_seeds_and_levels_that_are_none(environments, seed, level):
    with pytest.raises(ConfigError):
        next(iter(environments.environments.values())).instance(seed, level)


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (lambda one: replace(one, answer="17"), "instances_vary"),
        (lambda one: replace(one, question=one.question + " {name:style}"), "text_reads"),
        (lambda one: replace(one, question="The same for all."), "instances_vary"),
        (lambda one: replace(one, output='"abcdef"', answer="abcdef", question="abcdef"), "no_leak"),
        (lambda one: replace(one, answer="one of many, or none"), "gold_wins"),
        (lambda one: replace(one, output="41"), "wrong_loses"),
    ],
)
def test_the_audit_refuses(large, damage, check):
    environment = Environment(large, oracle.run)
    if check == "wrong_loses":
        environment.instance(0)
        environment._supply.instances[:] = [
            replace(one, output="41", answer="42") for one in environment.made().instances
        ]
    else:
        environment.instance(0)
        environment._supply.instances[:] = [damage(one) for one in environment.made().instances]
    found = audit(environment)
    assert not found.admitted and check in {c.name for c in found.checks if not c.passed}


def test_a_program_in_which_nothing_varies_is_no_environment(large):
    fixed = replace(large, codecot=replace(large.codecot, varies=()))
    with pytest.raises(ConfigError, match="nothing in it can vary"):
        Environment(fixed, oracle.run)


def test_the_package_imports_and_samples(built, environments, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(built.path))
    package = __import__(built.package)
    assert package.environments().instance(3) == environments.instance(3)
    trl = __import__(f"{built.package}.trl_environment", fromlist=["CacoEnvironment"])
    rollout = trl.CacoEnvironment()
    assert rollout.reset(seed=3, prompt="") == environments.instance(3).question and rollout.get_reward() == 0.0
    rollout.submit_answer(answer=environments.instance(3).answer)
    assert rollout.get_reward() == 1.0
    done = cli("env", "sample", built.path, "--num", 3, "--start", 3, "--to", "verl-rl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout.splitlines()[0])
    assert row["reward_model"]["ground_truth"] == environments.instance(3).answer
    done = cli("env", "sample", built.path, "--to", "verl-rl", "--out", "rows.parquet", cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "rows.parquet").stat().st_size > 0
    for name in [name for name in sys.modules if name.startswith(built.package)]:
        del sys.modules[name]


def test_a_folder_that_is_there_is_left_alone(finished, built):
    with pytest.raises(ConfigError, match="is there already"):
        build(finished, built.path)
