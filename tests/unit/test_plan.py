"""A plan that cannot run is refused, and keys name a step's whole history."""

from dataclasses import replace

import pytest

from caco.config import PortConfig, RunnerConfig, SourceConfig
from caco.errors import ConfigError
from caco.plan import RunConfig, Step, check, inserted, is_whole_table, keys, removed, replaced
from caco.records import CodeCoT
from caco.stage import GroupStage, MapStage, PortStage


def stage(name, **settings):
    return MapStage(name=name, makes=CodeCoT, fn=str, settings=settings)


WHOLE = GroupStage(name="all", makes=CodeCoT, key_of=str, fn=list)
PORT_STAGE = PortStage(name="run", makes=CodeCoT, port="sandbox", ask=str, read=str)


def plan(*steps, **more):
    return RunConfig(recipe="test", source=SourceConfig(), steps=steps, **more)


def line(*names):
    return [Step(name=name, stage=stage(name), takes=names[i - 1 : i] if i else ()) for i, name in enumerate(names)]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([*line("a"), Step(name="a", stage=stage("a"), takes=("a",))], "two steps are called 'a'"),
        ([*line("a"), Step(name="b", stage=stage("b"), takes=("c",))], "unknown step that 'b' takes 'c'; known: a"),
        ([*line("a"), Step(name="b", stage=stage("b"))], "'b': the first step, and only the first"),
        ([Step(name="a", stage=stage("a"), takes=("b",))], "'a': the first step, and only the first"),
        ([Step(name="a", stage=WHOLE)], "the first step, 'a', must be a map stage"),
        ([*line("a"), Step(name="b", stage=PORT_STAGE, takes=("a",))], "unknown port of step 'b' 'sandbox'"),
    ],
)
def test_a_plan_that_cannot_run_is_refused(steps, message):
    with pytest.raises(ConfigError, match=message):
        check(plan(*steps))


def test_a_changed_stage_changes_its_key_and_those_after_it():
    before = plan(*line("a", "b", "c"))
    steps = list(before.steps)
    steps[1] = replace(steps[1], stage=stage("b", n=2))
    first, second = keys(before, "x"), keys(plan(*steps), "x")
    assert first["a"] == second["a"]
    assert first["b"] != second["b"] and first["c"] != second["c"]


def test_other_sources_other_keys():
    config = plan(*line("a", "b"))
    assert not set(keys(config, "x").values()) & set(keys(config, "y").values())


def test_a_ports_settings_belong_to_the_steps_that_use_it():
    steps = [*line("a"), Step(name="b", stage=PORT_STAGE, takes=("a",))]
    slow, fast = (
        keys(plan(*steps, ports={"sandbox": PortConfig(backend="local", settings={"cpu_s": s})}), "x") for s in (1, 2)
    )
    assert slow["a"] == fast["a"] and slow["b"] != fast["b"]


def test_placing_rows_elsewhere_changes_no_key():
    config = plan(*line("a", "b"))
    other = replace(config, runner=RunnerConfig(workers=7, batch_rows=3))
    assert keys(config, "x") == keys(other, "x")


def test_the_size_of_parts_and_the_order_of_what_is_taken_belong_to_a_key():
    config = plan(*line("a", "b"), Step(name="c", stage=stage("c"), takes=("a", "b")))
    parts = replace(config, runner=RunnerConfig(part_rows=7))
    assert not set(keys(config, "x").values()) & set(keys(parts, "x").values())
    turned = replace(config, steps=(*config.steps[:2], replace(config.steps[2], takes=("b", "a"))))
    assert keys(config, "x")["b"] == keys(turned, "x")["b"] and keys(config, "x")["c"] != keys(turned, "x")["c"]


def test_a_plan_that_can_run_is_let_through():
    ports = {"sandbox": PortConfig(backend="local")}
    steps = [*line("a"), Step(name="b", stage=PORT_STAGE, takes=("a",)), Step(name="c", stage=WHOLE, takes=("b",))]
    check(plan(*steps, ports=ports))
    assert [is_whole_table(step) for step in steps] == [False, False, True]


def takes(config):
    return {step.name: step.takes for step in config.steps}


def test_a_step_is_put_in_replaced_and_taken_out():
    config = plan(*line("a", "b", "c"), Step(name="d", stage=stage("d"), takes=("b", "c")))
    more = inserted(config, "new", stage("new"), after="b")
    assert takes(more) == {"a": (), "b": ("a",), "new": ("b",), "c": ("new",), "d": ("new", "c")}
    check(more)
    other = replaced(config, "b", stage("other"))
    assert takes(other) == takes(config) and len(other.steps) == 4 and other.steps[1].stage.name == "other"
    fewer = removed(config, "c")
    assert takes(fewer) == {"a": (), "b": ("a",), "d": ("b",)}
    check(fewer)
    for change in (
        removed,
        lambda c, n: replaced(c, n, stage("x")),
        lambda c, n: inserted(c, "x", stage("x"), after=n),
    ):
        with pytest.raises(ConfigError, match="unknown step 'e'; known: a, b, c, d"):
            change(config, "e")
