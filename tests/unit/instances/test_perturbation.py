from collections.abc import Callable, Sequence

import pytest

from caco.instances.perturbation import inputs_matter, not_trivial, perturbations, programs, runs_of
from caco.program.form import parse, with_inputs
from caco.records import Check, CodeCoT, Execution, Status

Run = Callable[[Sequence[CodeCoT]], list[Execution]]


def checks(run: Run, inputs: str, body: str) -> tuple[Check, Check, int]:
    names = [item.split(":")[0].strip('{" ') for item in inputs.split(", ") if ":" in item]
    code = f"input = {inputs}\n\ndef solve({', '.join(names)}):\n    {body}\n\noutput = solve(**input)\nprint(output)\n"
    (execution,) = run([CodeCoT(code=code)])
    assert execution.status is Status.OK, execution.fault
    asked = perturbations(execution)
    runs = runs_of(execution, asked, run([CodeCoT(code=code) for code in programs(execution, asked)]))
    return inputs_matter(execution, runs), not_trivial(execution, runs), len(asked)


def test_all_inputs_of_arithmetic_matter_after_one_run_each(run: Run) -> None:
    matter, trivial, asked = checks(run, '{"a": 4, "b": 2.5, "c": 1}', "return a * b + c")
    assert (matter.passed, matter.evidence) == (True, "output changed for 3 of 3 inputs")
    assert trivial.passed
    assert asked == 3


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("return a * 3 + b * 0", "b = "),
        ("return a * 2", "b = "),
        ("b = 3\n    return a + b", "b = "),
        ("return a * 3 + (b > 100)", "b = "),
    ],
)
def test_an_input_that_changes_nothing_is_found(run: Run, body: str, evidence: str) -> None:
    matter, trivial, _ = checks(run, '{"a": 4, "b": 7}', body)
    assert not matter.passed
    assert matter.evidence.startswith("output changed for 1 of 2 inputs; " + evidence)
    assert trivial.passed


@pytest.mark.parametrize(
    ("inputs", "body"),
    [
        ('{"text": "listen"}', "return sorted(text)"),
        ('{"items": [3, 1, 2]}', "return max(items)"),
        ('{"flag": True}', "return 1 if flag else 2"),
        ('{"graph": {"a": 1}}', "return len(graph)"),
        ('{"edges": [[1, 2], [2, 3]]}', "return edges[0]"),
        ('{"day": "Tue"}', 'return ["Mon", "Tue", "Wed"].index(day)'),
        ('{"n": 27}', 'return "yes" if n % 9 == 0 else "no"'),
        ('{"empty": 0}', "return empty + 1"),
    ],
)
def test_inputs_of_every_type_are_changed(run: Run, inputs: str, body: str) -> None:
    matter, trivial, _ = checks(run, inputs, body)
    assert matter.passed, matter.evidence
    assert trivial.passed, trivial.evidence


def test_a_number_that_must_be_an_item_is_tried_with_others(run: Run) -> None:
    matter, _, _ = checks(run, '{"items": [3, 8, 21, 40], "mark": 21}', "return items.index(mark)")
    assert matter.passed, matter.evidence


def test_a_constant_is_trivial(run: Run) -> None:
    matter, trivial, _ = checks(run, '{"a": 4}', "return 5 + a * 0")
    assert not matter.passed
    assert (trivial.passed, trivial.evidence[:27]) == (False, "the output is constant over")


def test_an_input_passed_through_is_trivial(run: Run) -> None:
    _, trivial, _ = checks(run, '{"a": 4, "b": 9}', "return b + a * 0")
    assert (trivial.passed, trivial.evidence) == (False, "the output is always the input b")


def test_an_answer_that_happens_to_be_an_input_is_not_trivial(run: Run) -> None:
    _, trivial, _ = checks(run, '{"a": 4, "b": 8}', "return b - a")
    assert trivial.passed


def test_values_that_crash_show_nothing(run: Run) -> None:
    matter, _, _ = checks(run, '{"a": 4, "key": "x"}', 'return a + {"x": 1}[key]')
    assert not matter.passed
    assert "no other value ran (of key)" in matter.evidence


def test_predicted_runs_are_one_program_that_gives_what_each_gives_alone(gsm8k: list[Execution], run: Run) -> None:
    for row in gsm8k[:40]:
        asked = perturbations(row)
        assert all(p.predicted for p in asked) or len(programs(row, asked)) > 1
        inputs = parse(row.codecot.code).inputs
        alone = run([CodeCoT(code=with_inputs(row.codecot.code, {**inputs, p.name: p.value})) for p in asked])
        together = runs_of(row, asked, run([CodeCoT(code=code) for code in programs(row, asked)]))
        assert [(p, r.output) for p, r in together] == [(p, r.output) for p, r in zip(asked, alone, strict=True)]


def test_the_same_execution_gives_the_same_perturbations(own_seeds: list[Execution]) -> None:
    for execution in own_seeds[:40]:
        assert perturbations(execution) == perturbations(execution)


def test_nothing_is_asked_of_a_failed_run() -> None:
    code = 'input = {"a": 1}\n\ndef solve(a):\n    return a\n\noutput = solve(**input)\nprint(output)\n'
    assert perturbations(Execution(codecot=CodeCoT(code=code), status=Status.TIMEOUT)) == ()
