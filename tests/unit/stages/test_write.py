"""Writing, looking for faults, writing again and settling."""

from dataclasses import replace

import pytest

from caco.ports import Completion, Sampling
from caco.records import Check, Instance, Problem, Reason
from caco.stage import Reject
from caco.stages.prompt import Asking, Prompt
from caco.stages.write import LINT, ROUND_TRIP, failed, lint, rewrite, settle_text, styles, write

CODE = """input = {"rolls": 48, "price": 3}

def solve(rolls, price):
    income = rolls * price
    return income

output = solve(**input)
print(output)
"""
QUESTION = "A baker sells 48 rolls at 3 dollars each. How many dollars does he take in?"
USER = "{{ program }}|{{ inputs }}|{{ answer }}|{{ style }}|{{ question }}|{{ faults }}"
ASKING = Asking(
    prompts={"any": Prompt(name="write/any", version=1, about="", system="", user=USER)},
    model="m",
    sampling=Sampling(),
    settings={},
)
WANTED = {"story": "a short story", "exam": "an examination"}
WRONG = Check(name=LINT, passed=False, evidence="not in the text: price")


@pytest.fixture(scope="module")
def run(ran):
    return replace(ran(CODE, varies=("rolls", "price"), source="bakery"), id="e")


@pytest.fixture
def problem(run):
    return Problem(id="p", question=QUESTION, answer="144", style="story", execution=run)


def said(text, finish="stop"):
    return [Completion(texts=(text,), finish=(finish,))]


def test_a_program_brings_blank_problems_of_different_styles(run):
    made = styles(("a", "b", "c", "d"), 2).fn(run)
    assert len({p.style for p in made}) == 2 and {p.style for p in made} <= set("abcd")
    assert made == styles(("a", "b", "c", "d"), 2).fn(run), "drawn by its own id"
    blank = Problem(question="", answer="144", answer_type="integer", source="bakery", execution=run)
    assert [replace(p, style="") for p in made] == [blank] * 2
    assert len(styles(("a", "b"), 5).fn(run)) == 2


def test_the_writer_is_shown_program_inputs_answer_and_the_style_in_words(problem):
    (request,) = write(ASKING, WANTED).ask(problem)
    inputs = "{'price': '3', 'rolls': '48'}"
    assert request.messages[0].content == f"{CODE}|{inputs}|144|a short story|{QUESTION}|[]"


def test_a_written_text_is_a_new_text_with_nothing_known_of_it(problem):
    instances = (Instance(question="Q", inputs="{}"),)
    before = replace(problem, parents=("x",), made_by="y", checks=(WRONG,), instances=instances)
    made = write(ASKING, WANTED).read(before, said("<think>so</think><problem>How many?</problem>"))
    assert made == replace(problem, id="", question="How many?", author="m")


def test_an_unreadable_reply_ends_a_blank_problem_and_leaves_a_written_one(problem):
    blank = replace(problem, question="")
    assert write(ASKING, WANTED).read(blank, said("<think>")) == Reject(
        Reason.UNREADABLE_REPLY, "it ends within its thinking"
    )
    assert rewrite(ASKING, WANTED, 1).read(problem, said("<think>")) is problem


@pytest.mark.parametrize(
    ("checks", "control", "asked"), [((WRONG,), "", 1), ((), "", 0), ((WRONG,), "off_by_one", 0), ((), "off_by_one", 0)]
)
def test_only_texts_with_a_fault_are_written_again_and_no_controls(problem, checks, control, asked):
    row = replace(problem, checks=checks, control=control)
    stage = rewrite(ASKING, WANTED, 1)
    requests = stage.ask(row)
    assert len(requests) == asked and len(write(ASKING, WANTED).ask(row)) == 1
    if asked:
        assert requests[0].messages[0].content.endswith("|['not in the text: price']")
    else:
        assert stage.read(row, ()) is row


def test_each_round_is_a_stage_of_its_own():
    keys = {rewrite(ASKING, WANTED, 1).key, rewrite(ASKING, WANTED, 2).key, write(ASKING, WANTED).key}
    assert len(keys) == 3


def test_a_good_text_is_tied_to_its_inputs(problem):
    made = lint().fn(problem)
    said = "every input is in the text, and the answer is not"
    assert made.checks == (Check(name=LINT, passed=True, evidence=said),)
    cot = made.execution.codecot
    assert cot.text == QUESTION.replace("48", "{rolls}").replace("3", "{price}") and cot.varies == ("rolls", "price")
    assert lint().fn(made) is made, "once it has its check it stays as it is"


def test_faults_of_a_text_are_told_together(problem):
    earlier = Check(name="known", passed=True)
    made = lint().fn(replace(problem, question="A baker sells 48 rolls for 144 dollars.", checks=(earlier,)))
    told = "not in the text: price; the text gives the answer away: 144; it asks no question"
    assert made.checks == (earlier, Check(name=LINT, passed=False, evidence=told))
    lengthy = lint().fn(replace(problem, question=QUESTION.replace("rolls", "a_" * 300)))
    assert len(lengthy.checks[0].evidence) == 500


@pytest.mark.parametrize(("domain", "passed"), [("trade", False), ("algorithms", True), ("code", True)])
def test_only_problems_about_code_may_speak_of_it(problem, domain, passed):
    cot = replace(problem.execution.codecot, domain=domain)
    row = replace(problem, question=f"In Python: {QUESTION}", execution=replace(problem.execution, codecot=cot))
    assert lint().fn(row).checks[0].passed is passed


def test_a_text_settles_where_what_is_required_passed(problem):
    instances = (Instance(question="Q", inputs="{}"),)
    noted = Check(name=ROUND_TRIP, passed=False, evidence="mis-specified")
    good = replace(problem, checks=(noted,), instances=instances)
    assert settle_text().fn(good) == replace(good, instances=())
    assert settle_text((LINT, ROUND_TRIP)).fn(good) == Reject(Reason.ROUND_TRIP, "mis-specified")
    assert failed(replace(good, checks=(replace(noted, passed=True), WRONG, noted))) == [WRONG, noted]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("A baker sells 48 rolls. How many dollars does he take in?", Reason.TEXT_INCOMPLETE),
        (QUESTION.replace("How", "It is 144. How"), Reason.ANSWER_LEAKED),
        (f"{QUESTION} And why?", Reason.BAD_TEXT),
        (QUESTION, Reason.BAD_TEXT),
    ],
)
def test_a_text_that_fails_ends_by_the_reason_of_its_first_fault(problem, question, reason):
    assert settle_text().fn(replace(problem, question=question, checks=(WRONG,))) == Reject(reason, WRONG.evidence)
