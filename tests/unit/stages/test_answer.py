"""Samples of a solver: what each states, which are right, and what is kept of them."""

from dataclasses import replace

import pytest

from caco.ports import Completion, Sampling
from caco.records import Attempts, CodeCoT, Execution, Grade, Outcome, Problem, Reason, Status
from caco.stage import Reject
from caco.stages.answer import attempt, score
from caco.stages.prompt import Asking, Prompt


def prompt(name):
    return Prompt(name=name, version=1, about="", system="", user=f"{name}: {{{{ problem }}}}")


ASKING = Asking(
    prompts={"any": prompt("any"), "algebra": prompt("algebra")}, model="m", sampling=Sampling(n=3), settings={}
)
RUN = Execution(codecot=CodeCoT(code="", domain="algebra"), status=Status.OK, output="5")
PROBLEM = Problem(id="p", question="What is 2 + 3?", answer="5", execution=RUN)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (PROBLEM, "algebra: What is 2 + 3?"),
        (replace(PROBLEM, execution=replace(RUN, codecot=CodeCoT(code="", domain="music"))), "any: What is 2 + 3?"),
        (replace(PROBLEM, execution=None), "any: What is 2 + 3?"),
    ],
)
def test_all_samples_are_one_request_in_the_words_of_the_domain(problem, said):
    (request,) = attempt(ASKING).ask(problem)
    assert [message.content for message in request.messages] == [said] and request.sampling.n == 3


def test_each_sample_is_read_for_itself():
    texts = ("<think>4?</think> The answer is 5.", "The answer is 4", "<think>hm", "So it is 7.")
    finish = ("stop", "stop", "stop", "length")
    made = attempt(ASKING).read(PROBLEM, [Completion(texts=texts, finish=finish)])
    assert made == Attempts(
        problem=PROBLEM,
        texts=("The answer is 5.", "The answer is 4", "", ""),
        answers=("5", "4", "", ""),
        finish=finish,
        author="m",
    )


@pytest.mark.parametrize(("detail", "said"), [("HTTP 400", "HTTP 400"), ("", "the reply is empty")])
def test_a_refused_request_ends_the_row(detail, said):
    refused = Completion(texts=(), finish=("refused",), detail=detail)
    assert attempt(ASKING).read(PROBLEM, [refused]) == Reject(Reason.UNREADABLE_REPLY, said)


def attempts(*pairs, **more):
    texts, answers = zip(*pairs, strict=True)
    return Attempts(problem=PROBLEM, texts=texts, answers=answers, finish=("stop",) * len(pairs), author="m", **more)


def graded(answer):
    verdict = Outcome.EQUAL if float(answer) == 5 else Outcome.NOT_EQUAL
    return Grade(verdict=verdict, reason="number", gold="5", prediction=answer)


def scored(row, **settings):
    stage = score(**settings)
    return stage.read(row, [graded(request.prediction) for request in stage.ask(row)])


def test_each_different_answer_is_graded_once_against_the_programs_output():
    asked = score().ask(attempts(("a", "7"), ("b", "5"), ("c", ""), ("d", "7")))
    assert [(r.gold, r.typed_gold, r.prediction, r.typed_prediction) for r in asked] == [
        ("5", True, "5", False),
        ("5", True, "7", False),
    ]


def test_the_shortest_right_ones_are_kept_with_the_rate_of_all():
    row = attempts(("bbb", "5"), ("a", "7"), ("ccc", "5.0"), ("dd", "5"), ("", ""), control="wrong_step")
    kept = scored(row, keep=2)
    assert [(s.text, s.answer, s.pass_rate, s.samples, s.author, s.control) for s in kept] == [
        ("dd", "5", 0.6, 5, "m", "wrong_step"),
        ("bbb", "5", 0.6, 5, "m", "wrong_step"),
    ]
    (check,) = kept[0].checks
    assert (check.name, check.passed) == ("answer_agrees", True)
    assert check.evidence == "the solution says 5, the program 5 (number); 3 of 5 samples agree"
    assert len(scored(row)) == 1


def test_where_none_agrees_up_to_four_answers_are_told():
    row = attempts(*((f"t{i}", str(i % 7)) for i in (0, 1, 2, 3, 6, 8)), ("", ""), ("cut", ""))
    assert scored(row) == Reject(
        Reason.NO_AGREEMENT,
        "0 of 8 agree with '5': '0' (1, number), '1' (2, number), '2' (1, number), '3' (1, number)"
        "; 2 state no answer or were cut off",
    )
    assert scored(attempts(("t", "7"))).detail == "0 of 1 agree with '5': '7' (1, number)"
    assert len(scored(attempts(("t", "7" * 400))).detail) == 300


def test_replies_that_do_not_fit_their_requests_are_a_fault():
    with pytest.raises(ValueError, match="zip"):
        attempt(ASKING).read(PROBLEM, [Completion(texts=("a", "b"), finish=("stop",))])
    with pytest.raises(ValueError, match="zip"):
        score().read(attempts(("t", "5")), [graded("5"), graded("5")])


def test_the_settings_are_part_of_the_key():
    assert len({score().key, score(2).key}) == 2 and score(1).key == score().key
