"""apply: conservation, stamping, and who is to blame."""

from dataclasses import replace

import pytest

from caco.apply import Broken, apply
from caco.errors import IntegrityError, StoreError
from caco.lineage import row_id
from caco.ports import Failure
from caco.records import CodeCoT, Reason
from caco.stage import GroupStage, Joined, MapStage, PortStage, Reject


def program(name):
    return CodeCoT(id=name, code=name)


def map_stage(fn, **settings):
    return MapStage(name="double", makes=CodeCoT, fn=fn, settings=settings)


class Port:
    """Answers each request with its upper case; fails on `fault`."""

    def run(self, requests):
        return [Failure(detail="gone") if r == "fault" else r.upper() for r in requests]


def test_a_new_row_gets_id_parents_and_maker_from_apply_alone():
    stage = map_stage(lambda row: [replace(row, code="one"), replace(row, code="two")])
    made = apply(stage, [program("a")]).rows
    assert [row.code for row in made] == ["one", "two"]
    assert [row.id for row in made] == [row_id(stage.key, ("a",), 0), row_id(stage.key, ("a",), 1)]
    assert all(row.parents == ("a",) and row.made_by == stage.key for row in made)


def test_a_row_returned_unchanged_keeps_its_id():
    row = program("a")
    assert apply(map_stage(lambda r: r), [row]).rows == [row]


def test_every_row_ends_exactly_once():
    rows = [program(name) for name in "abcd"]
    ends = {"a": lambda r: r, "b": lambda r: [r, replace(r, code="x")], "c": lambda r: Reject(Reason.DUPLICATE, "twin")}
    done = apply(map_stage(lambda r: ends.get(r.id, ends["a"])(r)), rows)
    assert len(done.rows) == 4
    assert [(r.id, r.stage, r.reason, r.detail) for r in done.rejections] == [("c", "double", "duplicate", "twin")]
    assert done.deferred == []


def test_a_doubled_row_stops_the_run():
    with pytest.raises(IntegrityError, match="share an id: a"):
        apply(map_stage(lambda r: r), [program("a"), program("a")])


def divided(row):
    return replace(row, code=str(6 // int(row.code)))


def test_a_function_that_raises_ends_its_row_alone():
    done = apply(map_stage(divided), [program("2"), program("0"), program("3")])
    assert [row.code for row in done.rows] == ["3", "2"]
    (rejection,), (fault,) = done.rejections, done.faults
    assert (rejection.id, rejection.reason) == ("0", Reason.OUR_FAULT)
    assert rejection.detail.startswith("ZeroDivisionError: integer")
    assert fault.id == "0" and "in divided" in fault.traceback


@pytest.mark.parametrize(
    ("fn", "detail"),
    [
        (lambda row: ["text"], "the stage makes CodeCoT, not str"),
        (lambda row: [], "the stage made nothing of it, and gave no reason"),
        (lambda row: (1 // 0 for _ in "x"), "ZeroDivisionError: integer division or modulo by zero"),
        (lambda row: row.nothing, "AttributeError: 'CodeCoT' object has no attribute 'nothing'"),
    ],
)
def test_what_no_stage_may_give_ends_the_row_too(fn, detail):
    done = apply(map_stage(fn), [program("a")])
    assert not done.rows and [r.detail for r in done.rejections] == [detail]


def test_what_is_no_rows_doing_stops_the_run():
    def gone(row):
        raise StoreError("the disk is gone")

    with pytest.raises(StoreError, match="the disk is gone"):
        apply(map_stage(gone), [program("a")])


def test_whoever_watches_hears_of_each_call():
    ticks = []
    apply(map_stage(divided), [program("2"), program("0")], tick=lambda: ticks.append(1))
    assert len(ticks) == 2


def test_a_row_can_be_ended_afterwards_with_all_that_it_made():
    stage = map_stage(lambda row: [replace(row, code=row.code + end) for end in "xy"])
    done = apply(stage, [program("a"), program("b")])
    done.reject(stage, "a", Broken("cannot be written"))
    assert [row.code for row in done.rows] == ["bx", "by"]
    assert [(r.id, r.detail) for r in done.rejections] == [("a", "cannot be written")]


def test_a_failed_request_defers_its_row_alone():
    stage = PortStage(
        name="ask",
        makes=CodeCoT,
        port="any",
        ask=lambda row: [row.code] * 2,
        read=lambda row, replies: replace(row, text=" ".join(replies)),
    )
    done = apply(stage, [program("good"), program("fault"), program("fine")], Port())
    assert [row.text for row in done.rows] == ["GOOD GOOD", "FINE FINE"]
    assert [(d.id, d.detail) for d in done.deferred] == [("fault", "gone")]


def test_a_port_that_loses_a_reply_stops_the_run():
    class Lossy:
        def run(self, requests):
            return requests[1:]

    stage = PortStage(name="ask", makes=CodeCoT, port="any", ask=lambda r: ["x"], read=lambda r, replies: r)
    with pytest.raises(IntegrityError, match="0 replies to 1 requests"):
        apply(stage, [program("a")], Lossy())


def test_groups_do_not_depend_on_order():
    stage = GroupStage(
        name="join",
        makes=CodeCoT,
        key_of=lambda row: row.code[0],
        fn=lambda group: [
            Joined(replace(group[0], code="+".join(r.code for r in group)), tuple(r.id for r in group))
            if row is group[0]
            else Reject(Reason.DUPLICATE)
            for row in group
        ],
    )
    rows = [program(name) for name in ("a1", "b1", "a2", "a0")]
    there, back = apply(stage, rows), apply(stage, rows[::-1])
    assert there.rows == back.rows and there.rejections == back.rejections
    assert [row.code for row in there.rows] == ["a0+a1+a2", "b1"]
    assert there.rows[0].parents == ("a0", "a1", "a2")


def test_a_stage_key_holds_name_version_and_settings():
    def fn(row):
        return row

    stages = [
        MapStage(name="s", makes=CodeCoT, fn=fn),
        MapStage(name="t", makes=CodeCoT, fn=fn),
        MapStage(name="s", makes=CodeCoT, fn=fn, version=2),
        MapStage(name="s", makes=CodeCoT, fn=fn, settings={"n": 1}),
        MapStage(name="s", makes=CodeCoT, fn=fn, settings={"n": 2}),
    ]
    assert len({stage.key for stage in stages}) == len(stages)
