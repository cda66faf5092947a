"""apply: conservation, stamping, and who is to blame."""

from dataclasses import replace

import pyarrow as pa
import pytest

from caco.apply import Broken, OnFirstUse, apply, in_order, settle
from caco.errors import IntegrityError, StageError, StoreError
from caco.lineage import row_id
from caco.ports import Failure
from caco.records import CodeCoT, Reason
from caco.stage import GroupStage, Joined, MapStage, Outline, PortStage, Reject, Stage


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
        apply(map_stage(lambda r: r), [program("b"), program("a"), program("a")])


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


def test_a_group_with_a_result_too_few_stops_the_run():
    stage = GroupStage(name="join", makes=CodeCoT, key_of=lambda row: "all", fn=lambda group: group[1:])
    with pytest.raises(IntegrityError, match="gave 1 results for a group of 2"):
        apply(stage, [program("a"), program("b")])
    done = apply(replace(stage, key_of=lambda row: str(1 // len(row.code[1:])), fn=list), [program("a"), program("bb")])
    assert [row.code for row in done.rows] == ["bb"] and [(r.id, r.reason) for r in done.rejections] == [
        ("a", Reason.OUR_FAULT)
    ]


def test_two_rows_of_one_identity_stop_the_run():
    stage = map_stage(lambda row: Joined(replace(row, code="both"), ("a", "b")))
    shared = row_id(stage.key, "ab", 0)
    with pytest.raises(IntegrityError, match=rf"rows made by stage double@\w+ share an id: {shared}"):
        apply(stage, [program("a"), program("b")])


def test_a_port_that_is_not_there_and_a_kind_that_is_none():
    stage = PortStage(name="ask", makes=CodeCoT, port="any", ask=lambda r: ["x"], read=lambda r, replies: r)
    with pytest.raises(StageError, match=r"stage ask@\w+ needs the port 'any'"):
        apply(stage, [program("a")])
    with pytest.raises(TypeError, match="not a kind of stage: Stage"):
        apply(Stage(name="bare", makes=CodeCoT), [program("a")])


class Backend:
    """Counts how often it was opened, asked and closed."""

    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("open")
        return self

    def run(self, requests):
        self.log.append(len(requests))
        return requests

    def close(self):
        self.log.append("close")


def test_a_backend_is_opened_with_the_first_request_and_closed_if_it_was():
    backend = Backend()
    port = OnFirstUse(backend.open)
    silent = PortStage(name="ask", makes=CodeCoT, port="any", ask=lambda r: (), read=lambda r, replies: r)
    assert apply(silent, [program("a")], port).rows == [program("a")]
    port.close()
    assert backend.log == []
    asking = replace(silent, ask=lambda r: [r.code])
    for _ in range(2):
        apply(asking, [program("a"), program("b")], port)
    port.close()
    assert backend.log == ["open", 2, 2, "close"]


def chosen(sketches):
    """`a` stays, `b` goes, `c` is made with the others."""
    assert sketches["id"].to_pylist() == ["b", "a", "c"] and sketches["size"].to_pylist() == [2, 1, 3]
    fates = [Reject(Reason.LENGTH, "long"), None, (1, 0)]
    return lambda row: fates[row]


OUTLINE = Outline(
    columns=pa.schema([("size", pa.int64())]),
    sketch=lambda row: {"size": len(row.code)},
    decide=chosen,
    make=lambda row, others: Joined(replace(row, code="".join(other.code for other in others)), (row.id, "more")),
)


def test_what_an_outline_decides_is_carried_out_at_once_or_part_by_part():
    stage = GroupStage(name="whole", makes=CodeCoT, outline=OUTLINE)
    rows = [CodeCoT(id=name, code=name * size) for name, size in (("b", 2), ("a", 1), ("c", 3))]
    whole = apply(stage, rows)
    assert [(row.id, row.code, row.parents) for row in whole.rows] == [
        ("a", "a", ()),
        (row_id(stage.key, ("c", "more"), 0), "abb", ("c", "more")),
    ]
    assert [(r.id, r.detail) for r in whole.rejections] == [("b", "long")]
    part = settle(stage, rows[1:], {1: (1, 0)}, lambda numbers: (rows[n] for n in numbers))
    assert part.rows == whole.rows and part.rejections == []
    assert settle(stage, rows[:1], {0: Reject(Reason.LENGTH, "long")}).rejections == whole.rejections
    with pytest.raises(IntegrityError, match="rows given"):
        settle(stage, [rows[1]] * 2, {})
    (ended,) = settle(stage, rows[2:], {0: (0,)}, lambda numbers: ["no row"]).rejections
    assert (ended.id, ended.reason) == ("c", Reason.OUR_FAULT) and ended.detail.startswith("AttributeError")
    undecided = replace(stage, outline=replace(stage.outline, decide=lambda sketches: 1 // 0))
    with pytest.raises(StageError, match="raised ZeroDivisionError on its whole table"):
        apply(undecided, rows)


def test_sketches_are_sorted_by_columns_in_turn():
    table = pa.table({"made": [True, False, False], "id": ["a", "c", "b"]})
    assert in_order(table, "made", "id").tolist() == [2, 1, 0]
    assert in_order(table, "id").tolist() == [0, 2, 1]


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
