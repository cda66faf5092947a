"""The round trip from text to check: readings that agree, and the three ways in which they do not."""

from dataclasses import replace

import pytest

from caco.apply import apply
from caco.backends.graders import LocalGrader
from caco.ports import Completion, Sampling
from caco.program.form import parse, with_inputs
from caco.prompts import load
from caco.records import Problem
from caco.stages.prompt import Asking
from caco.stages.round_trip import agree, reread, rerun
from caco.stages.write import lint

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    income = rolls * price
    return income

output = solve(**input)
print(output)
"""
TEXT = "A baker sells 48 rolls at 3 dollars each. How many dollars does he take in?"
ASKING = Asking(prompts=load("reread"), model="m", sampling=Sampling(), settings={})


class Reader:
    """Writes the program of a text; `twist` changes the n-th one."""

    def __init__(self, twist):
        self.twist, self.texts = twist, []

    def run(self, requests):
        return [self.reply(i, request.messages[-1].content) for i, request in enumerate(requests)]

    def reply(self, i, text):
        self.texts.append(text)
        words = text.split()
        inputs = {"rolls": int(words[3]), "price": int(words[6])}
        code = self.twist(i, with_inputs(CODE, inputs))
        return Completion(texts=(code,), finish=("stop",))


@pytest.fixture(scope="module")
def ports(sandbox):
    grader = LocalGrader()
    yield sandbox, grader
    grader.close()


@pytest.fixture(scope="module")
def problem(ran):
    run = ran(CODE, varies=("rolls", "price"))
    (linted,) = apply(lint(), [Problem(id="p", question=TEXT, answer="144", execution=run)]).rows
    assert linted.checks[0].passed and linted.execution.codecot.text.count("{") == 2
    return linted


def read_back(problem, ports, twist):
    sandbox, grader = ports
    reader = Reader(twist)
    rows = apply(reread(ASKING, 2), [problem], reader).rows
    rows = apply(rerun(), rows, sandbox).rows
    (checked,) = apply(agree(), rows, grader).rows
    return checked.checks[-1], reader.texts


def test_readings_that_agree_on_its_own_and_on_fresh_inputs(problem, ports):
    check, texts = read_back(problem, ports, lambda i, code: code)
    assert check.passed and check.evidence == "3 of 3 readings agree (2 of them on fresh inputs)"
    assert texts[0] == TEXT and len(set(texts)) == 3, "the text is re-written with fresh inputs"


@pytest.mark.parametrize(
    ("twist", "kind"),
    [
        (lambda i, code: code.replace("*", "+", 1).replace("solve(+", "solve(*"), "mis-specified"),
        (lambda i, code: code.replace("rolls * price", "rolls + price") if i == 1 else code, "under-specified"),
        (lambda i, code: code if i == 0 else code.replace("rolls * price", "144"), "wrong program"),
        (lambda i, code: code if i else "no program at all, sorry", "under-specified"),
        (lambda i, code: "no program at all, sorry", "unreadable"),
        (lambda i, code: code.replace("rolls * price", "rolls / 0"), "unreadable"),
    ],
)
def test_readings_that_differ_are_classified_with_an_example(problem, ports, twist, kind):
    check, _ = read_back(problem, ports, twist)
    assert not check.passed and check.evidence.startswith(kind), check.evidence
    assert "the program gives" in check.evidence or "reader" in check.evidence


def test_a_text_with_a_fault_is_not_read_at_all(problem, ports):
    faulty = replace(problem, checks=tuple(replace(c, passed=False) for c in problem.checks))
    reader = Reader(lambda i, code: code)
    assert apply(reread(ASKING, 2), [faulty], reader).rows == [faulty] and reader.texts == []


def test_the_re_written_texts_hold_the_inputs_that_are_run(problem):
    (read,) = apply(reread(ASKING, 3), [problem], Reader(lambda i, code: code)).rows
    for instance in read.instances:
        inputs = parse(instance.code).inputs
        assert f"{inputs['rolls']} rolls at {inputs['price']} dollars" in instance.question
