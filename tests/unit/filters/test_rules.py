"""Rules on programs: each measure on a program that keeps it and one that breaks it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy

from caco.errors import ConfigError
from caco.filters.rules import RULES, Rule, judge, measure, with_changes
from caco.program import values
from caco.records import Assignment, CodeCoT, Execution, Measure, Reason, Status


def ran(body, inputs, output, text="", trace=()):
    names = ", ".join(inputs)
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    code = f"input = {inputs!r}\n\ndef solve({names}):\n{lines}\n\noutput = solve(**input)\nprint(output)\n"
    steps = tuple(Assignment(line=1, name=n, value=values.encode(v)) for n, v in trace)
    return Execution(
        codecot=CodeCoT(code=code, text=text),
        status=Status.OK,
        inputs=values.encode(inputs),
        output=values.encode(output),
        trace=steps,
    )


def broken(execution, changes=""):
    found = judge(measure(execution), with_changes(changes))
    return found[0].name if found else None


GOOD = ran("c = a * b\nreturn c + 3", {"a": 8, "b": 5}, 43, trace=[("c", 40)])


def test_a_plain_program_keeps_all_rules():
    assert broken(GOOD) is None


@pytest.mark.parametrize(
    "execution,name",
    [
        (ran("return 43", {"a": 8}, 43), "reaching"),
        (ran("return a * 2", {"a": 8, "b": 5}, 16), "idle"),
        (ran("return a", {"a": 8}, 8), "pass_through"),
        (ran("\n".join(f"x{i} = a" for i in range(300)) + "\nreturn a + 1", {"a": 8}, 9), "statements"),
        (ran("return [a] * b", {"a": 123456, "b": 500}, [123456] * 500), "output_size"),
        (ran("return str(a)[9:]", {"a": 8}, ""), "output_size"),
        (ran("return None if a else a", {"a": 8}, None), "output_type"),
        (ran("return a * 0 + 43", {"a": 8}, 43), "answer_in_code"),
        (ran("return a ** 40", {"a": 8}, 8**40), "growth"),
        (ran("b = a ** 40\nreturn b % 7", {"a": 8}, 1, trace=[("b", 8**40)]), "growth"),
    ],
)
def test_each_rule_stops_its_own(execution, name):
    assert broken(execution) == name


def test_statements_are_counted_not_lines():
    long = ran("c = (\n    a\n    *\n    b\n)\n# one\n# two\nreturn c", {"a": 8, "b": 5}, 40)
    counted = {m.name: m.value for m in measure(long)}
    assert counted["statements"] == 2


def test_an_answer_that_a_decision_chooses_or_that_is_a_common_factor_is_no_leak():
    assert broken(ran("return 43 if a > 5 else a", {"a": 8}, 43)) is None
    assert broken(ran("return a * 60", {"a": 1}, 60)) is None
    assert broken(ran("return round(a / b, 6)", {"a": 12, "b": 2}, 6.0)) is None


def test_numbers_are_measured_against_those_of_the_text():
    big = ran("return a * 10 ** 12", {"a": 8}, 8 * 10**12)
    assert broken(big) == "growth"
    assert broken(ran("return a * 10 ** 12", {"a": 8}, 8 * 10**12, text="How far in 1,000,000,000,000ths?")) is None


def test_answers_in_comments_are_measured_and_judged_only_on_demand():
    told = ran("# This gives 43.\nreturn a * b + 3", {"a": 8, "b": 5}, 43)
    assert broken(told) is None
    assert broken(told, "answer_in_comments=on") == "answer_in_comments"


def test_a_program_out_of_form_is_rejected_by_the_contract_alone():
    other = Execution(codecot=CodeCoT(code="print(3)"), status=Status.OK)
    assert broken(other) == broken(other, "statements>=2") == "contract"


def test_changes_are_asked_first_in_their_order():
    rules = with_changes("growth<=3, statements>=2, output_type=int|float, answer_in_code=off")
    assert [r.name for r in rules[:4]] == ["growth", "statements", "output_type", "answer_in_code"]
    assert (rules[0].most, rules[1].least, rules[2].among, rules[3].on) == (3, 2, ("int", "float"), False)
    assert len(rules) == len(RULES)
    assert broken(ran("return a + b", {"a": 8, "b": 5}, 13), "statements>=2") == "statements"


@pytest.mark.parametrize("text", ["statement>=2", "statements>2", "statements>=two", "statements=int", "nonsense"])
def test_wrong_changes_are_refused(text):
    with pytest.raises(ConfigError):
        with_changes(text)


def test_a_missing_measure_is_never_taken_for_a_kept_rule():
    with pytest.raises(KeyError):
        judge((Measure(name="contract", value=1),), RULES)


def test_every_rule_has_a_reason_of_the_closed_set():
    assert {type(rule.reason) for rule in RULES} == {Reason}


def measured(execution):
    return {m.name: (m.value, m.note) for m in measure(execution)}


def test_all_that_is_measured_of_a_program():
    body = "# Both make 40, or 41.\nc = a * b\nif c > 30:\n    c = round(c / 2.5, 2)\nreturn c + 3"
    run = ran(body, {"a": 8, "b": 5, "idle": 9}, 19.0, text="Of 8,000 men 5 ...", trace=[("c", 40), ("c", 16.0)])
    assert measured(run) == {
        "contract": (1, ""),
        "statements": (4, ""),
        "operations": (5, ""),
        "depth": (1, ""),
        "chain": (3, ""),
        "concepts": (5, "Add, Branch, Compare, Div, Mult"),
        "difficulty": (7, ""),
        "reaching": (2, ""),
        "idle": (1, "idle"),
        "pass_through": (False, ""),
        "output_type": (0, "float"),
        "output_size": (2, "19"),
        "answer_in_code": (0, ""),
        "answer_in_comments": (0, ""),
        "growth": (0, "40"),
    }


@pytest.mark.parametrize(
    ("text", "gold", "inputs", "growth"),
    [
        ("", "", {"a": 2}, 5.7),
        ("about 100 of them", "", {"a": 2}, 4.0),
        ("", "1,000,000.0", {"a": 2}, 0),
        ("", "", {"a": [10, (4, 1000)]}, 3.0),
        ("", "", {"a": {"b": -10_000}}, 2.0),
        ("", "", {"a": True, "b": 0.5}, 6.0),
        ("3.5 and 1", "", {"a": 0}, 5.46),
    ],
)
def test_growth_is_in_orders_of_magnitude_beyond_what_is_stated(text, gold, inputs, growth):
    run = ran(f"return [{', '.join(inputs)}]", inputs, -(10**6), text=text)
    run = replace(run, codecot=replace(run.codecot, gold=gold))
    assert measured(run)["growth"] == (growth, "1e+06")


@pytest.mark.parametrize(
    ("output", "trace", "growth", "note"),
    [
        (10**400, [], 308, "1e+308"),
        (0.25, [], 0, "0.25"),
        (None, [], 0, "1"),
        ("7000", [("b", {1, 900})], 2.95, "900"),
    ],
)
def test_the_largest_value_of_a_run(output, trace, growth, note):
    assert measured(ran("return a", {"a": 1}, output, trace=trace))["growth"] == (growth, note)


@pytest.mark.parametrize(
    ("body", "output", "leaks"),
    [
        ("return a * 43", 43, "43"),
        ("return a * 43 - 43", 43, "43, 43"),
        ("return a * 43.0", 43, "43.0"),
        ("return a * 1 + True", 1, ""),
        ("return 'yes' + a", "yes", "'yes'"),
        ("return 'no' + a", "no", "'no'"),
        ("return 'y' + a", "y", ""),
        ("return True", True, ""),
        ("return round(a / 7, 6) * 43", 6, ""),
        ("return round(43 * a)", 43, "43"),
        ("return max(a, 43)", 43, "43"),
        ("return [43, a][0]", 43, ""),
        ("return {'x': 43}['x'] + a", 43, ""),
    ],
)
def test_literals_that_are_the_answer(body, output, leaks):
    assert measured(ran(body, {"a": 8}, output))["answer_in_code"] == (len(leaks.split(", ")) if leaks else 0, leaks)


def test_numbers_that_say_nothing_of_an_answer():
    """Counts of days, minutes and per cent, and small factors: that such a number is the answer proves no cheating."""
    told = [n for n in range(1100) if not measured(ran(f"return a * {n}", {"a": 8}, n))["answer_in_code"][0]]
    assert told == [0, 1, 2, 3, 4, 5, 7, 10, 12, 24, 30, 52, 60, 100, 365, 1000]


@pytest.mark.parametrize(
    ("comment", "output", "told"),
    [
        ("# 40 and 43", 43, 1),
        ("# 4,300.5", 4300.5, 1),
        ("# 43a 43", 44, 0),
        ("# one\n# 43\n# 43", 43, 2),
        ("# 12", 12, 0),
    ],
)
def test_comments_that_tell_the_answer(comment, output, told):
    assert measured(ran(f"{comment}\nreturn a * 2 # no", {"a": 8}, output))["answer_in_comments"] == (told, "")


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        (Fraction(1, 3), "Fraction"),
        (Decimal("1.5"), "Decimal"),
        (date(2024, 2, 1), "date"),
        (timedelta(days=2), "date"),
        (sympy.Symbol("x"), "symbolic"),
        (True, "bool"),
        (frozenset({1}), "frozenset"),
    ],
)
def test_kinds_of_output(output, kind):
    assert measured(ran("return a + 1", {"a": 8}, output))["output_type"] == (0, kind)
    assert broken(ran("return a + 1", {"a": 8}, output)) is None


def test_notes_are_short():
    run = ran("return [a] * 99", {"a": 8}, [123] * 99)
    assert measured(run)["output_size"] == (495, ("[" + "123, " * 99)[:80])
    long = ran("return a * 4300 - 43 - 43.0" + " - 43.00000001" * 12, {"a": 8}, 43, trace=[("x", 8)])
    assert len(measured(long)["answer_in_code"][1]) == len("43, 43.0")
    many = ran("return " + " + ".join(["'leaked answer'"] * 9), {"a": 8}, "leaked answer")
    assert measured(many)["answer_in_code"] == (9, ", ".join(["'leaked answer'"] * 9)[:80])


def test_kinds_of_operation_are_noted_as_far_as_there_is_room():
    calls = [f"operation_{n}" for n in range(10, 19)]
    run = ran(f"return {' + '.join(f'{name}(a)' for name in calls)}", {"a": 8}, 16)
    assert measured(run)["concepts"] == (10, ", ".join(["Add", *calls])[:80])


def test_a_distractor_is_not_idle():
    run = ran("return a * 2", {"a": 8, "b": 5}, 16)
    declared = replace(run, codecot=replace(run.codecot, distractors=("b",)))
    assert (measured(run)["idle"], measured(declared)["idle"]) == ((1, "b"), (0, ""))
    assert (measured(run)["reaching"], measured(declared)["reaching"]) == ((1, ""), (2, ""))


def test_all_instances_of_a_program_have_one_shape():
    body = "return a * 43 + len(b)"
    one, other = ran(body, {"a": 8, "b": [1, 2]}, 346), ran(body, {"a": 43, "b": []}, 1849)
    same = ("statements", "operations", "depth", "chain", "concepts", "reaching", "idle", "pass_through")
    assert [measured(one)[name] for name in same] == [measured(other)[name] for name in same]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(name="x", reason=Reason.LENGTH), ""),
        (Rule(name="x", reason=Reason.LENGTH, least=2), "at least 2"),
        (Rule(name="x", reason=Reason.LENGTH, most=1e9), "at most 1e+09"),
        (Rule(name="x", reason=Reason.LENGTH, least=1, most=2.5), "at least 1 and at most 2.5"),
        (Rule(name="x", reason=Reason.LENGTH, least=0, among=("a", "b")), "at least 0 and one of a, b"),
    ],
)
def test_limits_in_words(rule, words):
    assert rule.limits == words


@pytest.mark.parametrize(
    ("value", "note", "allowed"), [(1, "a", True), (3, "b", True), (0, "a", False), (4, "a", False), (2, "c", False)]
)
def test_limits_take_their_ends(value, note, allowed):
    rule = Rule(name="x", reason=Reason.LENGTH, least=1, most=3, among=("a", "b"))
    assert rule.allows(Measure(name="x", value=value, note=note)) == allowed


def test_the_rules_as_they_ship():
    assert [(rule.name, rule.limits, rule.on) for rule in RULES if not rule.among] == [
        ("contract", "at least 1", True),
        ("reaching", "at least 1", True),
        ("idle", "at most 0", True),
        ("pass_through", "at most 0", True),
        ("statements", "at least 1 and at most 200", True),
        ("output_size", "at least 1 and at most 1000", True),
        ("answer_in_code", "at most 0", True),
        ("answer_in_comments", "at most 0", False),
        ("growth", "at most 9", True),
        ("difficulty", "", False),
    ]


def test_a_change_turns_its_rule_on_and_adds_to_those_before():
    changed = {
        rule.name: rule for rule in with_changes("difficulty>=3, difficulty<=9, answer_in_comments<=2, idle=off")
    }
    assert (changed["difficulty"].limits, changed["difficulty"].on) == ("at least 3 and at most 9", True)
    assert (changed["answer_in_comments"].limits, changed["answer_in_comments"].on) == ("at most 2", True)
    assert (changed["idle"].limits, changed["idle"].on) == ("at most 0", False)
    assert with_changes("output_type=off, output_type=int")[0].on
    assert with_changes("idle=off, idle=on")[0].on
    assert with_changes("") == with_changes(" , ") == RULES
