"""What each kind of control changes, from problems and solutions made by hand."""

import random
from dataclasses import replace

import pytest

from caco.answers import extract_answer
from caco.apply import apply
from caco.program.form import parse
from caco.records import Attempts, CodeCoT, Execution, Problem, Status
from caco.stages import controls
from caco.stages.controls import KNOWN_GOOD, mix_attempts, mix_problems

CODE = 'input = {"n": 3, "m": 20}\n\ndef solve(n, m):\n    return n * m\n\noutput = solve(**input)\nprint(output)'
TEXT = "Ann packs {n} boxes of {m} shells. How many shells does she pack?"
WRITTEN = "There are 3 boxes. Each holds 20 shells. How many shells are there?"


@pytest.fixture
def problem(ran):
    run = replace(ran(CODE, text=TEXT, varies=("n", "m"), gold="60"), id="e")
    return Problem(id="p", parents=("x",), made_by="y", question=WRITTEN, answer="60", author="m", execution=run)


def kept_good(problem):
    return controls._known_good(problem)


def test_a_known_good_control_is_the_seeds_own(problem):
    made = kept_good(problem)
    assert made.question == "Ann packs 3 boxes of 20 shells. How many shells does she pack?"
    assert (made.author, made.control, made.answer, made.id, made.parents) == ("seed", KNOWN_GOOD, "60", "", ())


@pytest.mark.parametrize("change", [{"gold": ""}, {"text": ""}, {"transform": "loops"}])
def test_what_is_not_the_seeds_own_is_not_known_good(problem, change):
    cot = replace(problem.execution.codecot, **change)
    assert kept_good(replace(problem, execution=replace(problem.execution, codecot=cot))) is None


def made_by(name, problem, runs=None, seed=1):
    return controls._MAKERS[name](problem, runs or {}, random.Random(seed))


def run_of(code, output, status=Status.OK):
    return Execution(codecot=CodeCoT(code=code), status=status, output=output)


def test_a_mutant_that_runs_to_another_output_takes_the_programs_place(problem):
    codes = controls._mutants(problem)
    assert 1 <= len(codes) <= 3 and CODE not in codes
    same, other = [run_of(code, "60") for code in codes], [run_of(code, "23") for code in codes]
    assert made_by("mutated_program", problem, dict(zip(codes, same, strict=True))) is None
    failed = {code: replace(run, status=Status.EXCEPTION) for code, run in zip(codes, other, strict=True)}
    assert made_by("mutated_program", problem, failed) is None
    made = made_by("mutated_program", problem, dict(zip(codes, other, strict=True)))
    assert (made.answer, made.execution.output, made.execution.codecot.code) == ("23", "23", codes[0])
    assert made.question == WRITTEN


def test_up_to_three_mutants_are_tried(ran):
    body = "    a = n + m\n    b = a - 7\n    c = b * 5\n    return c / 2"
    run = ran(CODE.replace("    return n * m", body))
    assert len(controls._mutants(Problem(id="p", question="", answer="", execution=run))) == 3


def test_a_sentence_with_a_number_is_dropped_and_never_the_question(problem):
    kept = {made_by("dropped_condition", problem, seed=seed).question for seed in range(20)}
    rest = "How many shells are there?"
    assert kept == {f"There are 3 boxes. {rest}", f"Each holds 20 shells. {rest}"}
    for text in ("There are some. How many are 3 of them?", "There are some. Add 3 to them."):
        assert made_by("dropped_condition", replace(problem, question=text)) is None
    told = made_by("dropped_condition", replace(problem, question="There are 3. Some are red. Add 4."))
    assert told.question == "Some are red. Add 4."
    asked = made_by("dropped_condition", replace(problem, question="How many are 3 of them? There are 20."))
    assert asked.question == "How many are 3 of them?"


def test_one_of_several_places_of_a_unit_is_swapped(problem):
    text = "It is 3 km there and 4 km back."
    made = {made_by("swapped_unit", replace(problem, question=text), seed=seed).question for seed in range(20)}
    assert made == {"It is 3 m there and 4 km back.", "It is 3 km there and 4 m back."}
    assert made_by("swapped_unit", replace(problem, question="It is 3 km there, and 4 skm or kms.")) is None


def test_an_answer_is_moved_by_one_in_either_direction(problem):
    made = [made_by("off_by_one", problem, seed=seed) for seed in range(20)]
    assert {(m.answer, m.execution.output) for m in made} == {("59", "59"), ("61", "61")}
    words = replace(problem, execution=replace(problem.execution, output='"red"'))
    assert made_by("off_by_one", words) is None


def test_a_siblings_answer_is_that_for_other_inputs(problem):
    (code,) = controls._sibling(problem)
    assert parse(code).inputs != parse(CODE).inputs
    made = made_by("sibling_answer", problem, {code: run_of(code, "88")})
    assert (made.answer, made.execution.output, made.execution.codecot) == ("88", "88", problem.execution.codecot)
    assert made_by("sibling_answer", problem, {code: run_of(code, "60")}) is None
    assert made_by("sibling_answer", problem, {code: run_of(code, "88", Status.TIMEOUT)}) is None


def test_a_share_of_the_problems_asks_for_runs_and_brings_a_control(problem, sandbox):
    rows = [replace(problem, id=f"p{i}") for i in range(200)]
    stage = mix_problems(0.25)
    drawn = [row for row in rows if stage.ask(row)]
    assert 30 < len(drawn) < 70
    assert all(request.trace for row in drawn for request in stage.ask(row))
    rows_out = apply(stage, rows, sandbox).rows
    made = [row for row in rows_out if row.control]
    assert len(made) == len(drawn) and len(rows_out) == 200 + len(made)
    good = sum(row.control == KNOWN_GOOD for row in made)
    assert 0.3 < good / len(made) < 0.7, "about half are known good"
    assert {row.parents for row in made} == {(row.id,) for row in drawn}
    with pytest.raises(ValueError, match="zip"):
        stage.read(drawn[0], [])


def test_a_problem_that_admits_no_kind_of_control_stays_alone(ran, sandbox):
    code = 'input = {"w": "red"}\n\ndef solve(w):\n    return w.upper()\n\noutput = solve(**input)\nprint(output)'
    rows = [Problem(id=f"p{i}", question="What is it?", answer="RED", execution=ran(code)) for i in range(5)]
    assert apply(mix_problems(1.0), rows, sandbox).rows == rows


SOLVED = "It is 6 * 8 = 48 in all, and = $30.5 more.\nThe answer is \\boxed{78}."
ATTEMPTS = {"texts": ("no", SOLVED), "answers": ("5", "78"), "finish": ("stop", "length"), "author": "m"}


@pytest.fixture
def solved(problem):
    return [Attempts(id=f"a{i}", problem=replace(problem, answer="78"), **ATTEMPTS) for i in range(200)]


def test_a_share_of_the_solutions_brings_a_wrong_one(solved):
    out = apply(mix_attempts(0.25), solved).rows
    made = [row for row in out if row.control]
    assert len(out) == 200 + len(made) and 20 < len(made) < 70
    assert {row.finish for row in made} == {("stop",)} and {row.author for row in made} == {"m"}
    wrong = {row.control: {r.texts[0] for r in made if r.control == row.control} for row in made}
    assert wrong == {
        "wrong_answer": {SOLVED.replace("78", other) for other in ("77", "79")},
        "wrong_step": {SOLVED.replace("48", other) for other in ("47", "49")},
    }
    assert all(row.answers == (extract_answer(row.texts[0]).text,) for row in made)
    assert apply(mix_attempts(0.0), solved).rows == solved


def test_a_wrong_step_leaves_the_final_answer_alone(solved):
    text = "It is 6 * 8 = 48.\nThe answer is \\boxed{x = 78}."
    made = {controls._wrong_step(text, random.Random(seed)) for seed in range(20)}
    assert made == {text.replace("48", "47"), text.replace("48", "49")}


def test_solutions_without_a_right_one_or_of_controls_bring_none(solved):
    row = solved[0]
    for other in (
        replace(row, answers=("5", "7")),
        replace(row, answers=("5", ""), problem=replace(row.problem, answer="")),
        replace(row, problem=replace(row.problem, control="off_by_one")),
        replace(
            row,
            texts=("no", "It is about \\boxed{7.5}"),
            answers=("5", "7.5"),
            problem=replace(row.problem, answer="7.5"),
        ),
    ):
        assert mix_attempts(1.0).fn(other) is other
    with pytest.raises(ValueError, match="zip"):
        mix_attempts(1.0).fn(replace(row, answers=("5",), problem=replace(row.problem, answer="9")))
