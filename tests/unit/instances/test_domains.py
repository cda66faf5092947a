"""Bounds, input domains and perturbations of runs that are written down: nothing is executed here."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from caco.instances.bounds import RULES, bounds_of, broken, compared, holds, is_number, observe, order
from caco.instances.fresh import expected, fresh_inputs, input_domain
from caco.instances.perturbation import inputs_matter, not_trivial, perturbations, programs, runs_of
from caco.program.form import parse
from caco.program.values import decode, encode
from caco.records import Assignment, Bound, CodeCoT, Execution, Status


def ran(body: str, output: object, inputs: dict[str, object], text: str = "", **steps: object) -> Execution:
    code = (
        f"input = {inputs!r}\n\ndef solve({', '.join(inputs)}):\n    {body}\n\noutput = solve(**input)\nprint(output)\n"
    )
    return Execution(
        id="row",
        codecot=CodeCoT(code=code, text=text, varies=tuple(inputs)),
        status=Status.OK,
        inputs=encode(inputs),
        output=encode(output),
        trace=tuple(Assignment(line=1, name=name, value=encode(value)) for name, value in steps.items()),
    )


@pytest.mark.parametrize(
    ("rule", "kept", "broken_by"),
    [
        ("whole", [3, 3.0, -2, 3 + 1e-10, Fraction(4)], [2.5, Fraction(1, 3), 3 + 1e-8]),
        ("positive", [1, 0.1], [0, -1]),
        ("nonnegative", [0, 1], [-0.1]),
        ("negative", [-1], [0, 1]),
        ("share", [0.5, Fraction(1, 3)], [0, 1, 1.5, -0.5]),
        ("percent", [1, 99.9], [0, 100]),
        ("one", [1, 1.0, 1 + 1e-12], [0, 2]),
        ("not_one", [0, 2, 1.001], [1, 1 - 1e-12]),
        ("zero", [0, 0.0, 1e-12], [1, 1e-6]),
    ],
)
def test_rules_on_a_number(rule: str, kept: list[float], broken_by: list[float]) -> None:
    assert [RULES[rule](number, 0) for number in kept] == [True] * len(kept)
    assert [RULES[rule](number, 0) for number in broken_by] == [False] * len(broken_by)


@pytest.mark.parametrize(
    ("rule", "number", "other", "kept"),
    [
        ("decimals", 1.25, 2, True),
        ("decimals", 1.25, 1, False),
        ("decimals", 1.125, 3, True),
        ("decimals", Fraction(1, 3), 3, False),
        ("decimals", 7, 0, True),
        ("at_most", 3, 3, True),
        ("at_most", 3 + 1e-12, 3, True),
        ("at_most", 3.01, 3, False),
        ("below", 2, 3, True),
        ("below", 3, 3, False),
        ("below", 3 - 1e-12, 3, False),
        ("below", Fraction(3) - Fraction(1, 10**12), Fraction(3), True),  # fractions carry no noise
    ],
)
def test_rules_on_two_numbers(rule: str, number: float, other: float, kept: bool) -> None:
    assert RULES[rule](number, other) == kept


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([24], ["whole", "positive", "not_one", "at_most 200"]),
        ([1], ["whole", "positive", "one", "at_most 5"]),
        ([0], ["whole", "nonnegative", "zero", "at_most 1"]),
        ([1.0], ["whole", "positive", "one", "at_most 5"]),
        ([-3], ["whole", "negative", "not_one", "at_most 20"]),
        ([0.25], ["decimals 2", "share"]),
        ([0.5], ["decimals 2", "share"]),
        ([2.125], ["decimals 3", "positive", "not_one", "at_most 20"]),
        ([1.0625], ["positive", "not_one", "at_most 10"]),  # four decimals are no precision
        ([Fraction(7, 3)], ["positive", "not_one", "at_most 20"]),
        ([3, 4], ["whole", "positive"]),
        ([-3, 4.5], ["decimals 2"]),
        ([0, 4], ["whole", "nonnegative"]),
        (["a"], ["type str"]),
        ([True, False], ["type bool"]),
        ([None, 1], []),
        ([float("nan")], ["type float"]),
    ],
)
def test_what_the_values_of_a_name_show(values: list[object], shown: list[str]) -> None:
    bounds = list(bounds_of("x", values))
    assert {b.name for b in bounds} <= {"x"}
    assert [f"{b.rule} {b.other}".strip() for b in bounds] == shown


@pytest.mark.parametrize(
    ("size", "most"),
    [
        (0.25, 2),
        (0.2, 1),
        (2, 10),
        (2.1, 20),
        (4, 20),
        (4.1, 50),
        (10, 50),
        (10.1, 100),
        (20, 100),
        (20.1, 200),
        (200, 1000),
    ],
)
def test_a_number_may_grow_to_five_times_and_a_little(size: float, most: int) -> None:
    bounds = [b for b in bounds_of("x", [-size]) if b.rule == "at_most"]
    assert bounds == [Bound(name="x", rule="at_most", other=str(most))]


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (Bound(name="a", rule="positive"), True),
        (Bound(name="loop", rule="positive"), True),
        (Bound(name="loop", rule="at_most", other="2"), False),
        (Bound(name="a", rule="below", other="loop"), False),  # below its last value
        (Bound(name="loop", rule="below", other="a"), True),
        (Bound(name="a", rule="below", other="word"), False),
        (Bound(name="word", rule="positive"), False),
        (Bound(name="word", rule="type", other="str"), True),
        (Bound(name="a", rule="type", other="str"), False),
        (Bound(name="gone", rule="type", other="str"), True),
        (Bound(name="gone", rule="positive"), True),
        (Bound(name="a", rule="below", other="gone"), True),
        (Bound(name="a", rule="below", other="6"), True),
        (Bound(name="a", rule="below", other="4.5"), False),
        (Bound(name="a", rule="below", other="-1"), False),
    ],
)
def test_which_bounds_hold(bound: Bound, kept: bool) -> None:
    assert holds(bound, {"a": [5], "loop": [1, 2, 3], "word": ["w"]}) == kept


@pytest.mark.parametrize(
    ("name", "other", "bound"),
    [
        ("a", "b", ("a", "b")),
        ("b", "a", ("a", "b")),
        ("a", "same", None),
        ("a", "many", None),
        ("many", "a", None),
        ("a", "word", None),
        ("a", "gone", None),
        ("gone", "a", None),
        ("a", "100", ("a", "100")),
        ("a", "2.5", None),
        ("a", "5", None),
        ("gone", "100", None),
    ],
)
def test_the_order_of_two_names(name: str, other: str, bound: tuple[str, str] | None) -> None:
    values = {"a": [5], "b": [7], "same": [5.0], "many": [8, 9], "word": ["w"]}
    expected = bound and Bound(name=bound[0], rule="below", other=bound[1])
    assert order(name, other, values) == expected


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        ("return a - b", [("a", "b")]),
        ("return a / b", [("a", "b")]),
        ("return a + b * c", []),
        ("return a if a > b else c", [("a", "b")]),
        ("return min(a, b) + max(b, c) + sum(a, b)", [("a", "b"), ("b", "c")]),
        ("return a / 100 - 3 * b", [("a", "100")]),
        ("return 5 - a", [("a", "5")]),
        ("return (a + b) / c", []),
        ("return a - True", []),
        ("x = a\n    return b", [("x", "output")]),
    ],
)
def test_what_is_compared_in_a_program(body: str, pairs: list[tuple[str, str]]) -> None:
    run = ran(body, 1, {"a": 1, "b": 2, "c": 3})
    assert list(compared(run.codecot.code, {"a": [1], "x": [1], "output": [1]})) == pairs
    assert list(compared("print(3)", {})) == []


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        ("{a} hours a day", {6: 12, 12: 12, 13: 24, 24: 24, 25: None}),
        ("{a} hours per week", {50: 60, 61: 168, 169: None}),
        ("{a} times a week", {3: 7, 8: None}),
        ("{a} days per month", {28: 28, 29: 31, 32: None}),
        ("{a} months each year", {9: 12, 13: None}),
        ("{a} weeks per month", {4: 4, 5: None}),
        ("{a} weeks in a year", {50: 50, 51: 52, 53: None}),
        ("{a} degrees Celsius", {37: 100, 101: None}),
        ("{a} p.m.", {9: 12, 13: None}),
        ("{a}-year-old", {40: 100, 101: None}),
        ("in a test, {a} points", {90: 100, 101: None}),
        ("{a}% of them", {30: None, 100: None}),
    ],
)
def test_what_a_number_cannot_pass_in_the_world(words: str, limits: dict[int, int | None]) -> None:
    for value, limit in limits.items():
        rules = {b.rule: b.other for b in observe(ran("return a", value, {"a": value}, words)) if b.name == "a"}
        own = {
            b.other
            for b in observe(ran("return a", value, {"a": value}, words))
            if b.name == "a" and b.rule == "at_most"
        }
        plain = {b.other for b in bounds_of("a", [value]) if b.rule == "at_most"}
        assert own == plain | ({str(limit)} if limit else set()), (value, rules)
        assert ("percent" in rules) == ("%" in words and value < 100)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("{a} of the {b}", ["a below b"]),
        ("{b} out of {a}", ["a below b"]),
        ("{a}/{b}", ["a below b"]),
        ("{a} to {b}", []),
        ("from {a} to {b}", ["a below b"]),
        ("between {a} and {b}", ["a below b"]),
        ("{a} and {b}", []),
        ("${a} and ${b}", ["a below b"]),
        ("{a}% and {b} percent", ["a below b"]),
        ("{a} red and {b} Red", ["a below b"]),
        ("{a} red and {b} green", []),
        ("the tallest is {a} of {c} red, {b} green", ["a below c", "a below b", "b below c", "c below output"]),
        ("How many of {a} and {c}", ["output below c"]),
    ],
)
def test_order_that_the_words_show(text: str, pairs: list[str]) -> None:
    output = 12 if "tallest" in text else 7
    run = ran("return a", output, {"a": 5, "b": 8, "c": 11}, text)
    shown = [f"{b.name} {b.rule} {b.other}" for b in observe(run) if b.rule == "below"]
    assert shown == pairs


@pytest.mark.parametrize(
    ("value", "number"),
    [(3, True), (0.5, True), (Fraction(1, 3), True), (True, False), (float("inf"), False), ("3", False), (1j, False)],
)
def test_what_is_a_number(value: object, number: bool) -> None:
    assert is_number(value) == number


def test_a_broken_bound_shows_three_values_of_a_loop() -> None:
    run = ran("return 1", 1, {"a": 5})
    run = Execution(
        codecot=run.codecot,
        status=Status.OK,
        inputs=run.inputs,
        output=run.output,
        trace=tuple(Assignment(line=1, name="i", value=encode(i)) for i in (Fraction(1, 2), -2, 3, 4)),
    )
    assert broken([Bound(name="i", rule="positive")], run) == "i is 0.5, -2, 3; it must be positive"
    assert broken([Bound(name="i", rule="at_most", other="4")], run) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 3), ""),
        (Fraction(1, 10**6), "1e-06"),
        (Fraction(1, 10**7), ""),
        ("red", "red"),
        (True, "True"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_the_answer_a_program_must_give(value: object, text: str) -> None:
    assert expected(value) == text


CLIPS = ran(
    "left = clips - sold\n    return left * price / 2",
    15.0,
    {"clips": 40, "sold": 10, "price": 1},
    "{clips} clips, {sold} sold, the rest for ${price}.",
    left=30,
)


def test_a_domain_that_is_predicted() -> None:
    domain = input_domain(CLIPS)
    assert domain is not None
    assert {name: list(values) for name, values in domain.numbers.items()} == {
        "clips": [20, 30, 40, 50, 60, 70, 80],
        "sold": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22],
    }
    assert (domain.varies, domain.containers, domain.different) == (("clips", "sold"), (), 3)
    places = ("4:11-23", "5:11-23", "5:11-27")  # clips - sold, left * price, left * price / 2
    assert [(b.name, b.rule) for b in domain.nested] == [(p, rule) for p in places for rule in ("whole", "positive")]
    assert domain.admits({"clips": 50, "sold": 12, "price": 1})
    assert not domain.admits({"clips": 20, "sold": 20, "price": 1})


def test_a_domain_that_is_not_predicted_keeps_the_order_of_the_inputs() -> None:
    domain = input_domain(ran("return len(str(a)) + b", 9, {"a": 20, "b": 7}))
    assert domain is not None
    assert domain.predict is None
    assert domain.nested == (Bound(name="b", rule="below", other="a"),)
    assert domain.admits({"a": 15, "b": 12})
    assert not domain.admits({"a": 10, "b": 12})


@pytest.mark.parametrize(
    ("inputs", "numbers"),
    [
        ({"items": [4, 9, 30], "n": 3}, {}),  # their count
        ({"items": [4, 9, 30], "n": 2}, {"n": [1, 2]}),  # a place
        ({"items": [4, 9, 30, 8], "word": "sesame", "n": 5}, {"n": [1, 2, 3, 4, 5]}),  # the shortest that is longer
        ({"items": [4, 9, 30], "n": 5}, {"n": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}),
        ({"items": [4, 9, 30], "n": 2.5}, {"n": [1.5, 2.5, 3.5, 4.5]}),
        ({"edges": [[1, 2], [2, 5]], "n": 5}, {"n": [1, 2, 5]}),  # a node
        ({"items": [4, 9], "n": 1}, {}),  # one candidate is none
        ({"n": 0, "word": "sesame"}, {}),
        ({"n": True, "word": "sesame"}, {}),
        ({"n": 2, "m": 3}, {"n": [2, 3, 4, 5, 6], "m": [2, 3, 4, 5, 6, 7, 8]}),
    ],
)
def test_candidates_that_count_or_point(inputs: dict[str, object], numbers: dict[str, list[float]]) -> None:
    domain = input_domain(ran("return str(n)", "x", inputs, "{n} kg" if inputs["n"] == 2.5 else ""))
    found = {name: list(values) for name, values in domain.numbers.items()} if domain else {}
    assert found == numbers


@pytest.mark.parametrize(
    ("comment", "value", "varies"),
    [
        ("twice {n}", 2, False),
        ("half of {n}", 2, False),
        ("doubling {n}", 2, False),
        ("twice {n}", 5, True),
        ("thrice {n}", 3, False),
        ("a third of {n}", 3, False),
        ("a quarter of {n}", 4, False),
        ("twice {m}", 2, True),
        ("{n} more", 2, True),
    ],
)
def test_a_number_in_the_words_of_a_comment_stays(comment: str, value: int, varies: bool) -> None:
    run = ran(f"# {comment}\n    return n + m", 42, {"n": value, "m": 40})
    domain = input_domain(run)
    assert domain is not None
    assert ("n" in domain.numbers) == varies


@pytest.mark.parametrize(
    ("text", "varies"),
    [
        ("12 balls, {a} red and {b} blue, {c} bats", ("c",)),
        ("17 things, {a} red and {b} blue balls, {c} bats", ()),
        ("14 balls, {a} red and {b} blue, {c} bats", ("a", "b", "c")),
        ("{a} red and {b} blue balls, {c} bats", ("a", "b", "c")),
    ],
)
def test_parts_of_a_stated_total_stay(text: str, varies: tuple[str, ...]) -> None:
    domain = input_domain(ran("return a * b * c", 160, {"a": 8, "b": 4, "c": 5}, text))
    assert (domain.varies if domain else ()) == varies


@pytest.mark.parametrize(("parts", "stay"), [(2, True), (5, True), (6, False)])
def test_a_total_has_up_to_five_parts(parts: int, stay: bool) -> None:
    numbers = (11, 23, 47, 95, 191, 383)[:parts]
    inputs = {f"x{i}": number for i, number in enumerate(numbers)}
    told = ", ".join(f"{{{name}}}" for name in inputs)
    domain = input_domain(ran(f"return {' + '.join(inputs)}", sum(numbers), inputs, f"{sum(numbers)} balls: {told}"))
    assert (domain is None) == stay


def test_a_failed_run_and_a_program_out_of_form_have_no_domain() -> None:
    failed = Execution(codecot=CLIPS.codecot, status=Status.TIMEOUT)
    other = Execution(codecot=CodeCoT(code="print(3)", varies=("a",)), status=Status.OK)
    assert input_domain(failed) is input_domain(other) is None
    assert perturbations(failed) == perturbations(other) == ()


def test_the_same_generator_gives_the_same_instances() -> None:
    made = fresh_inputs(CLIPS, 4, random.Random(0))
    assert [tuple(parse(cot.code).inputs.values()) for cot in made] == [
        *((60, 10, 1), (20, 4, 1), (50, 18, 1), (20, 14, 1))
    ]
    assert {cot.bounds for cot in made} == {observe(CLIPS)}


def test_instances_end_where_the_domain_does() -> None:
    small = ran("return n * 3", 6, {"n": 2}, "{n} eggs")
    made = {parse(cot.code).inputs["n"] for cot in fresh_inputs(small, 50, random.Random(0))}
    assert made == {3, 4, 5, 6}
    assert fresh_inputs(small, 0, random.Random(0)) == []


def changed(run: Execution) -> list[tuple[str, object, bool]]:
    return [(p.name, p.value, p.predicted) for p in perturbations(run)]


@pytest.mark.parametrize(
    ("run", "asked"),
    [
        (ran("return a * b", 28, {"a": 4, "b": 7}), [("a", 3, True), ("b", 6, True)]),
        (ran("return a * 3", 12, {"a": 4, "b": 7}), [("a", 3, True), ("b", 6, True), ("b", 8, True)]),
        (ran("return a // 4", 1, {"a": 4}), [("a", 3, True)]),
        (ran("return 8 / (a - 3)", 8, {"a": 4}), [("a", 5, True)]),
        (ran("return str(a)", "4", {"a": 4}), [("a", v, False) for v in (3, 5, 2, 10, 8)]),
        (ran("return str(a)", "40", {"a": 40}), [("a", v, False) for v in (30, 50, 20, 80, 41)]),
        (ran("return str(a)", "0", {"a": 0}), [("a", v, False) for v in (1, 3)]),
        (ran("return str(a)", "0.5", {"a": 0.5}), [("a", v, False) for v in (0.4, 0.6, 0.3, 0.9, 0.25)]),
        (ran("return not a", False, {"a": True}), [("a", False, False)]),
        (
            ran("return a in b", True, {"a": 9, "b": [4, 9, 30]}),
            [
                *(("a", v, False) for v in (8, 10, 2, 20, 4)),
                *(("b", v, False) for v in ([25, 35, 37], [20, 28, 40], [2, 4, 28], [4], [4, 9])),
            ],
        ),
    ],
)
def test_other_values_that_are_tried(run: Execution, asked: list[tuple[str, object, bool]]) -> None:
    assert changed(run) == asked


@pytest.mark.parametrize(
    ("value", "body", "asked"),
    [
        ("Tue", "return ['Mon', 'Tue', 'Wed', 'Thu'].index(a)", ["Mon", "Wed", "wmc", "yOs", "FQZ"]),
        ("tea for two", "return len(a)", ["t", "tea for tw", "owt rof aet", "tea for twot"]),
        ([3], "return len(a)", [[], [4]]),
        ((4, "x", 2.5), "return len(a)", [(4,), (4, "x"), (5, "x", 2.5), (2.5, "x", 4)]),
        ({"a": 1, "b": 2}, "return len(a)", [{"a": 2, "b": 2}, {"b": 2}]),
        ({3, 4}, "return len(a)", [{4}]),
        (None, "return a is None", []),
    ],
)
def test_other_values_of_what_is_no_number(value: object, body: str, asked: list[object]) -> None:
    assert [new for _, new, _ in changed(ran(body, 1, {"a": value}))] == asked


def test_predicted_runs_share_a_program_and_others_have_their_own() -> None:
    run = ran("return a * b", 28, {"a": 4, "b": 7})
    one = perturbations(run)
    (code,) = programs(run, one)
    assert "def outputs(a, b):\n    return [solve(a=3, b=b), solve(a=a, b=6)]\n" in code
    reply = Execution(codecot=run.codecot, status=Status.OK, inputs=run.inputs, output=encode([21, 24]))
    assert [(p.name, decode(r.inputs), r.output) for p, r in runs_of(run, one, [reply])] == [
        ("a", {"a": 3, "b": 7}, "21"),
        ("b", {"a": 4, "b": 6}, "24"),
    ]
    late = Execution(codecot=run.codecot, status=Status.TIMEOUT)
    assert [r.status for _, r in runs_of(run, one, [late])] == [Status.TIMEOUT] * 2
    single = one[:1]
    assert [parse(code).inputs for code in programs(run, single)] == [{"a": 3, "b": 7}]
    assert runs_of(run, single, [reply]) == [(single[0], reply)]


def reply(run: Execution, output: object, status: Status = Status.OK, **inputs: object) -> Execution:
    given = {**decode(run.inputs), **inputs}
    return Execution(codecot=run.codecot, status=status, inputs=encode(given), output=encode(output))


def test_what_the_runs_of_perturbations_show() -> None:
    run = ran("return a * b", 28, {"a": 4, "b": 7})
    a, b = perturbations(run)
    moved, still = (a, reply(run, 21, a=3)), (b, reply(run, 28.0, b=6))
    assert inputs_matter(run, [moved, (b, reply(run, 24, b=6))]).passed
    assert inputs_matter(run, [moved, still]).evidence == "output changed for 1 of 2 inputs; b = 6 left it"
    failed = (b, reply(run, None, Status.TIMEOUT, b=6))
    assert inputs_matter(run, [moved, failed]).evidence == "output changed for 1 of 2 inputs; no other value ran (of b)"
    noise = (b, reply(run, 28 + 1e-8, b=6))
    assert not inputs_matter(run, [moved, noise]).passed
    assert inputs_matter(run, [moved, (b, reply(run, 28 + 1e-6, b=6))]).passed
    neither = inputs_matter(run, [(a, reply(run, 28, a=3)), still])
    assert neither.evidence == "output changed for 0 of 2 inputs; a = 3 left it"
    assert not_trivial(run, [still]).evidence == "the output is constant over 2 runs"
    assert not_trivial(run, [moved, still]).evidence == "the output moved in 1 of 2 runs and is no input passed through"


def test_long_evidence_is_cut() -> None:
    run = ran("return 1", 1, {"a": "x" * 400})
    (a, *_) = perturbations(run)
    assert len(inputs_matter(run, [(a, reply(run, 1, a="y" * 400))]).evidence) == 300


def test_distractors_are_told_in_their_order() -> None:
    run = ran("return a", 4, {"a": 4, "b": 7, "c": 9})
    run = replace(run, codecot=replace(run.codecot, distractors=("c", "b")))
    a, b, c = (next(p for p in perturbations(run) if p.name == name) for name in "abc")
    moved = [(a, reply(run, 3, a=3)), (b, reply(run, 5, b=6)), (c, reply(run, 5, c=8))]
    assert inputs_matter(run, moved).evidence == "c is no distractor: it moved the output"
    kept = [moved[0], (b, reply(run, 4, b=6)), (c, reply(run, 4, c=8))]
    assert inputs_matter(run, kept).evidence == "output changed for 1 of 1 inputs, and for no value of c, b"


def test_an_output_that_is_an_input_in_every_run_is_passed_through() -> None:
    run = ran("return b", 7, {"a": 7, "b": 7})
    a, b = (next(p for p in perturbations(run) if p.name == name) for name in "ab")
    through = [(a, reply(run, 7, a=6)), (b, reply(run, 6, b=6))]
    assert not_trivial(run, through).evidence == "the output is always the input b"
    assert not_trivial(run, [*through, (b, reply(run, 9, b=8))]).passed
