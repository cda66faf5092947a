"""Rules on programs: each measure on a program that keeps it and one that breaks it."""

import pytest

from caco.errors import ConfigError
from caco.filters.rules import RULES, judge, measure, with_changes
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
    assert broken(other) == "contract"


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
