"""Records to Arrow and back: nothing changes on the way."""

from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caco.errors import StoreError
from caco.records import (
    Assignment,
    Bound,
    Check,
    CodeCoT,
    Example,
    Execution,
    Fault,
    Problem,
    Reason,
    Rejection,
    Row,
    Seed,
    Solution,
    Status,
    Verdict,
)
from caco.store.codec import from_table, schema, to_table

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
checks = st.lists(
    st.builds(Check, name=text, passed=st.booleans(), evidence=text, by_construction=st.booleans()), max_size=2
).map(tuple)
codecots = st.builds(
    CodeCoT,
    id=text,
    code=text,
    text=text,
    bounds=st.lists(st.builds(Bound, name=text, rule=text, other=text), max_size=2).map(tuple),
    varies=st.lists(text, max_size=2).map(tuple),
)
executions = st.builds(
    Execution,
    codecot=codecots,
    status=st.sampled_from(Status),
    fault=st.none() | st.builds(Fault, type=text, message=text, line=st.integers(0, 99)),
    output=text,
    trace=st.lists(st.builds(Assignment, line=st.integers(0, 9), name=text, value=text), max_size=2).map(tuple),
    deterministic=st.sampled_from([None, True, False]),
    checks=checks,
)
problems = st.builds(Problem, question=text, answer=text, execution=st.none() | executions)
solutions = st.builds(Solution, problem=problems, text=text, answer=text, author=text)
verdicts = st.builds(Verdict, solution=solutions, checks=checks, trust=text)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the codec
@given(st.lists(verdicts, max_size=3))
def test_the_deepest_record_comes_back_equal(rows):
    assert from_table(Verdict, to_table(Verdict, rows)) == rows


@given(st.lists(st.builds(Rejection, id=text, stage=text, reason=st.sampled_from(Reason), detail=text), max_size=3))
def test_enums_come_back_as_enums(rows):
    back = from_table(Rejection, to_table(Rejection, rows))
    assert back == rows and all(isinstance(row.reason, Reason) for row in back)


@pytest.mark.parametrize("record", [Seed, CodeCoT, Execution, Problem, Solution, Verdict, Example])
def test_every_field_has_a_column(record):
    assert schema(record).names == [f.name for f in fields(record)]
    assert issubclass(record, Row)


def test_lists_of_records_are_lists_of_structs():
    assert pa.types.is_list(schema(Verdict).field("checks").type)
    assert schema(Verdict).field("checks").type.value_type.field("passed").type == pa.bool_()


def test_a_table_of_another_version_is_one_clear_error():
    table = to_table(Problem, [Problem(question="q", answer="a")]).drop_columns(["answer"])
    with pytest.raises(StoreError, match=r"a table of Problem lacks 'answer': another version wrote it"):
        from_table(Problem, table)
