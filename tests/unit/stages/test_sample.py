"""Draws, sampling and steering, without a model."""

from collections import Counter

import pytest

from caco.ports import Completion, Sampling
from caco.records import CodeCoT, Draw, Line, Reason
from caco.stage import Reject
from caco.stages.sample import FREE, Drawing, Sample, draw, kind, read_program, steered

CODE = 'input = {"a": 1, "b": 2}\ndef solve(a, b):\n    return a + b\noutput = solve(**input)\nprint(output)\n'


def test_a_draw_takes_its_tags_by_its_own_id_as_often_as_they_weigh():
    schedule = ((("difficulty: 2",), 0.75), ((), 0.25))
    drawn = [Drawing(schedule=schedule)(Line(id=f"line {i}", number=i)) for i in range(2000)]
    again = Drawing(schedule=schedule)(Line(id="line 7", number=7))
    assert again == drawn[7]
    assert Counter(d.tags for d in drawn)[("difficulty: 2",)] == pytest.approx(1500, abs=90)


def test_another_schedule_is_another_stage():
    assert draw(FREE).key != draw(((("difficulty: 2",), 1.0),)).key


def test_each_ticket_is_a_request_of_its_own():
    stage = Sample(sampling=Sampling(n=4, temperature=0.9), prefix="")
    one, other = (stage.ask(Draw(id=name, number=0))[0] for name in "ab")
    assert one != other and one.prompt == other.prompt
    assert stage.ask(Draw(id="a", number=0))[0] == one


def test_a_prefix_is_asked_for_and_stands_in_the_program():
    stage = Sample(sampling=Sampling(), prefix='input = {"a": 1, ')
    ticket = Draw(id="a", number=0, tags=("domain: algebra", "difficulty: 1"))
    assert stage.ask(ticket)[0].prompt.endswith('user\ninput = {"a": 1, ')
    (made,) = stage.read(ticket, [Completion(texts=(CODE.removeprefix('input = {"a": 1, '),), finish=("stop",))])
    assert made == CodeCoT(code=CODE, origin="sampled", domain="algebra")


def test_a_ticket_without_a_reply_ends_here():
    reply = Completion(texts=(), finish=("refused",), detail="too long")
    found = Sample(sampling=Sampling(), prefix="").read(Draw(id="a", number=0), [reply])
    assert found == Reject(Reason.UNREADABLE_REPLY, "too long")


@pytest.mark.parametrize("cut", [len(CODE) // 2, len(CODE) - 8])
def test_what_is_cut_off_is_no_program(cut):
    read = read_program().fn
    whole = CodeCoT(code=CODE)
    assert read(whole) is whole
    assert read(CodeCoT(code=CODE[:cut])).reason is Reason.NOT_IN_FORM


def test_rare_kinds_weigh_more_than_common_ones():
    found = [(("difficulty: 2",), True, None)] * 9 + [(("difficulty: 6",), True, None)]
    weights = dict(steered(found, explore=0.4))
    assert weights[()] == 0.4
    assert weights[("difficulty: 6",)] == pytest.approx(5**0.5 * weights[("difficulty: 2",)], rel=1e-4)
    assert sum(weights.values()) == pytest.approx(1, abs=1e-4)


def test_kinds_asked_for_in_vain_weigh_most():
    found = [(("difficulty: 2",), True, None), (("difficulty: 9",), False, None)]
    weights = dict(steered(found, explore=0))
    assert weights[("difficulty: 9",)] == pytest.approx(2**0.5 * weights[("difficulty: 2",)], rel=1e-4)


def test_kinds_that_solvers_fail_at_weigh_up_to_twice_as_much():
    rows = [(("easy",), True, None), (("hard",), True, None), (("easy",), False, 1.0), (("hard",), False, 0.0)]
    weights = dict(steered(rows, explore=0))
    assert weights[("hard",)] == pytest.approx(2 * weights[("easy",)], rel=1e-4)


def test_steering_does_not_depend_on_the_order_of_rows():
    rows = [((f"difficulty: {i % 5}",), i % 3 == 0, i / 40 if i % 2 else None) for i in range(40)]
    assert steered(rows) == steered(rows[::-1])
    assert steered([]) == FREE


def test_draws_are_steered_by_all_tags_but_the_sketch():
    assert kind(CODE, "algebra") == ("domain: algebra", "difficulty: 1", "concepts: arithmetic")


def test_seeds_of_requests_fit_a_server():
    stage = Sample(sampling=Sampling(), prefix="")
    seeds = [stage.ask(Draw(id=str(i), number=i))[0].sampling.seed for i in range(100)]
    assert len(set(seeds)) == 100 and 2**29 < max(seeds) < 2**31


def test_every_text_is_a_program_and_a_reply_without_any_says_so():
    stage = Sample(sampling=Sampling(), prefix="")
    ticket = Draw(id="a", number=0, tags=("difficulty: 1",))
    made = stage.read(ticket, [Completion(texts=("one", "two"), finish=("stop", "stop"))])
    assert made == [CodeCoT(code=code, origin="sampled") for code in ("one", "two")]
    assert stage.read(ticket, [Completion(texts=(), finish=())]) == Reject(Reason.UNREADABLE_REPLY, "no text came")


def test_a_schedule_is_half_free_and_in_millionths():
    found = [(("b",), True, 1.0), (("a",), True, None), (("c",), False, 0.8), (("c",), False, 0.2)]
    found.append(((), True, 0.0))
    assert steered(found) == (((), 0.5), (("a",), 0.12132), (("b",), 0.12132), (("c",), 0.257359))
    assert [wanted for wanted, _ in steered(found, explore=0)] == [("a",), ("b",), ("c",)]
    assert steered([((), True, 1.0)]) == FREE == (((), 1.0),)
