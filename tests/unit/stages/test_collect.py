"""Lines to seeds."""

import json

from caco.records import Line, Reason
from caco.stages.collect import Collect, column_of


def read(fields, **settings):
    return Collect(**settings)(Line(id="x", number=7, fields=json.dumps(fields)))


def test_usual_names_need_no_mapping():
    seed = read(
        {"question": " Why? ", "final_answer": 4, "id": "q1", "license": "MIT", "meta": {"tests": ["assert 1"]}}
    )
    assert (seed.problem, seed.answer, seed.source_id, seed.licence, seed.tests) == (
        "Why?",
        "4",
        "q1",
        "MIT",
        ("assert 1",),
    )


def test_gsm8k_keeps_solution_and_answer_in_one_column():
    seed = read({"question": "Q", "answer": "2+2=<<2+2=4>>4\n#### 4"})
    assert (seed.answer, seed.solution) == ("4", "2+2=<<2+2=4>>4")


def test_columns_and_defaults():
    seed = read({"q": "Q", "a": "1"}, columns={"problem": "q", "answer": "a"}, defaults={"licence": "CC0-1.0"})
    assert (seed.problem, seed.answer, seed.licence) == ("Q", "1", "CC0-1.0")


def test_a_line_without_a_problem_is_rejected_with_its_number():
    rejected = read({"problem": "", "answer": "1"})
    assert (rejected.reason, rejected.detail) == (Reason.MISSING_FIELD, "line 7 has no problem text")


def test_faults_of_a_line_become_reasons():
    collect = Collect()
    assert collect(Line(id="x", number=1, fault="not JSON")).reason is Reason.BROKEN_LINE
    assert collect(Line(id="x", number=1, fields="{}", fault="the same as line 0")).reason is Reason.DUPLICATE


def test_a_mapped_column_hides_the_usual_ones():
    assert column_of("problem", ("problem", "text"), {"problem": "text"}) == "text"
    assert column_of("problem", ("problem",), {"problem": "text"}) == ""


def test_columns_may_lie_inside_others_and_empty_ones_do_not_count():
    seed = read({"problem": "", "question": None, "prompt": "Q", "meta": {"linear_formula": "add(1,2)"}, "answer": 0})
    assert (seed.problem, seed.code, seed.answer) == ("Q", "add(1,2)", "0")
    flat = read({"text": "Q", "meta": "none", "meta.linear_formula": "add(3,4)", "tests": [], "meta.tests": "assert 1"})
    assert (flat.code, flat.tests, flat.domain) == ("add(3,4)", ("assert 1",), "")
    assert column_of("problem", ("text", "question"), {}) == "question"


def test_values_that_are_no_text_are_written_as_json():
    seed = read({"problem": "Q", "answer": ["é", 1], "tests": ["assert é", {"a": 1}], "tags": "algebra"})
    assert (seed.answer, seed.tests, seed.tags) == ('["é", 1]', ("assert é", '{"a": 1}'), ("algebra",))


def test_an_answer_beside_a_solution_is_not_split():
    seed = read({"problem": "Q", "answer": " a #### 4 ", "solution": " So. "})
    assert (seed.answer, seed.solution) == ("a #### 4", "So.")
    plain = read({"problem": "Q", "answer": " 4 "})
    assert (plain.answer, plain.solution) == ("4", "")
