from dataclasses import replace

import pytest

from caco.compilers.marks import compile_marks
from caco.program.form import with_inputs
from caco.records import CodeCoT, Reason, Seed, Status
from caco.stage import Reject
from caco.text.narrate import narrate


def program(body: str, inputs: str, signature: str, helpers: str = "") -> str:
    indented = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return (
        f"input = {inputs}\n\n{helpers}def solve({signature}):\n{indented}\n\noutput = solve(**input)\nprint(output)\n"
    )


def told(run, code: str, text: str = "") -> str:
    (execution,) = run([CodeCoT(code=code, text=text)])
    result = narrate(execution)
    assert isinstance(result, str), result
    return result


def test_a_compiled_solution_with_other_inputs(run) -> None:
    codecot = compile_marks(
        Seed(
            id="s",
            problem="A ticket costs $2.50 and Ann buys 9 of them. She pays with $40. How much does she get back?",
            solution="The tickets cost 9*2.50 = $<<9*2.50=22.50>>22.50.\n"
            "She gets 40-22.50 = $<<40-22.50=17.50>>17.50 back.",
            answer="17.50",
        )
    )
    assert isinstance(codecot, CodeCoT)
    price, count, paid = [line.split(":")[0].strip(' "{') for line in codecot.code.split("\n")[0][9:].split(",")]
    assert told(run, with_inputs(codecot.code, {price: 3.25, count: 12, paid: 50}), codecot.text) == (
        "The tickets cost 12*3.25 = $39.00.\nShe gets 50-39.00 = $11.00 back.\nThe answer is $11."
    )


def test_steps_without_comments(run) -> None:
    code = program(
        "total_cost = price * pens\nchange_left = round(paid - total_cost, 6)\nreturn change_left",
        '{"price": 1.1, "pens": 3, "paid": 10}',
        "price, pens, paid",
    )
    assert told(run, code, "A pen costs ${price:.2}.") == (
        "Total cost = $1.10 * 3 = $3.30.\nChange left = 10 - $3.30 = $6.70.\nThe answer is $6.70."
    )


@pytest.mark.parametrize(
    ("question", "answer"),
    [("How much does she pay?", "$6"), ("How many dollars is that?", "$6"), ("How many rings can she buy?", "6")],
)
def test_an_answer_to_how_many_is_no_money(question: str, answer: str, run) -> None:
    code = program("total = price * pens\nreturn total", '{"price": 1.5, "pens": 4}', "price, pens")
    solution = told(run, code, f"A pen costs ${{price:.2}}, and she has {{pens}}. {question}")
    assert solution.endswith(f"The answer is {answer}.")


def test_a_number_without_end_is_not_said_to_be_equal(run) -> None:
    code = program("part = cake / 3\nreturn part * 3", '{"cake": 10}', "cake")
    assert told(run, code) == "Part = 10 / 3 ≈ 3.3333.\n3.3333 * 3 = 10.\nThe answer is 10."


def test_an_answer_without_end_cannot_be_told(run) -> None:
    (execution,) = run([CodeCoT(code=program("part = cake / 3\nreturn part", '{"cake": 10}', "cake"))])
    result = narrate(execution)
    assert isinstance(result, Reject) and result.reason is Reason.CANNOT_NARRATE


def test_fractions_are_told_as_fractions(run) -> None:
    code = "from fractions import Fraction\n\n" + program(
        "# The chance is {chance}.\nchance = Fraction(won, games)\nreturn chance",
        '{"won": 1, "games": 3}',
        "won, games",
    )
    assert told(run, code) == "The chance is 1/3.\nThe answer is 1/3."


def test_a_loop_is_told_state_by_state(run) -> None:
    code = program(
        "# Nothing is in the jar yet.\ntotal = 0\n"
        "# The coins are dropped in one by one.\nfor coin in coins:\n"
        "    # With a coin of {coin}, the jar holds {total}.\n    total += coin\nreturn total",
        '{"coins": [5, 10, 20]}',
        "coins",
    )
    assert told(run, code) == (
        "Nothing is in the jar yet.\nThe coins are dropped in one by one.\nWith a coin of 5, the jar holds 5.\n"
        "With a coin of 10, the jar holds 15.\nWith a coin of 20, the jar holds 35.\nThe answer is 35."
    )


def test_a_loop_without_comments(run) -> None:
    code = program("total = 0\nfor i in range(1, n + 1):\n    total += i\nreturn total", '{"n": 2}', "n")
    assert told(run, code) == (
        "Total is 0.\nWith i = 1, total = 0 + 1 = 1.\nWith i = 2, total = 1 + 2 = 3.\nThe answer is 3."
    )


def test_a_long_loop_is_too_long(run) -> None:
    code = program("total = 0\nfor i in range(n):\n    total += i\nreturn total", '{"n": 90}', "n")
    (execution,) = run([CodeCoT(code=code)])
    assert isinstance(narrate(execution), Reject)


def test_code_put_aside_and_strange_numbers_are_not_told(run) -> None:
    code = program(
        "# cost = price * 2\n# TODO_later fix\n# There were 77 of them in 48/2 boxes.\n# We double the price.\n"
        "cost = price * 2\nreturn cost",
        '{"price": 6}',
        "price",
    )
    assert told(run, code) == "We double the price.\nCost = 6 * 2 = 12.\nThe answer is 12."


def test_a_program_without_steps_is_not_told(run) -> None:
    (execution,) = run([CodeCoT(code=program("return sorted(xs)[0]", '{"xs": [3, 1]}', "xs"))])
    assert isinstance(narrate(execution), Reject)


@pytest.mark.parametrize("change", [{"status": Status.TIMEOUT}, {"trace_complete": False}])
def test_a_run_that_failed_is_not_told(change, run) -> None:
    code = program("cost = price * 2\nreturn cost", '{"price": 6}', "price")
    (execution,) = run([CodeCoT(code=code)])
    assert isinstance(narrate(execution), str)
    assert isinstance(narrate(replace(execution, **change)), Reject)


def test_no_name_of_the_program_shows(run) -> None:
    code = program("number_of_big_cats_2 = cats - 1\nreturn number_of_big_cats_2", '{"cats": 6}', "cats")
    assert told(run, code) == "Number of big cats = 6 - 1 = 5.\nThe answer is 5."


def rejected(run, code: str, text: str = "") -> str:
    (execution,) = run([CodeCoT(code=code, text=text)])
    result = narrate(execution)
    assert isinstance(result, Reject) and result.reason is Reason.CANNOT_NARRATE
    return result.detail


def test_a_body_told_by_its_header_once(run) -> None:
    code = program(
        "# Eggs are put in while they fit.\nwhile eggs > 4:\n    # Then {boxes} boxes are full.\n"
        "    boxes += 1\n    eggs -= 4\n# Some eggs are left.\nif eggs > 0:\n    boxes = boxes + 1\nreturn boxes",
        '{"eggs": 10, "boxes": 0}',
        "eggs, boxes",
    )
    assert told(run, code) == (
        "Eggs are put in while they fit.\nThen 1 boxes are full.\nEggs = 10 - 4 = 6.\n"
        "Then 2 boxes are full.\nEggs = 6 - 4 = 2.\nSome eggs are left.\nBoxes = 2 + 1 = 3.\nThe answer is 3."
    )


def test_the_comment_above_the_return_and_what_it_computes(run) -> None:
    code = program("fives = 5 * n\n# All in all we add one to {fives}.\nreturn fives + 1", '{"n": 3}', "n")
    assert told(run, code) == "Fives = 5 * 3 = 15.\nAll in all we add one to 15.\n15 + 1 = 16.\nThe answer is 16."


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("x = n\nreturn x", "X = 3."),
        ("x = [n, 1]\nreturn x[0]", "X = [3, 1]."),
        ("x = n / 7\ny = x * 7\nreturn y", "X = 3 / 7 ≈ 0.4286.\nY = 0.4286 * 7 = 3."),
        ("result = n * 2\nreturn result", "3 * 2 = 6."),
        ("result = n\nreturn result", "Result = 3."),
        ("x = n\nx = x * 2\nreturn x", "X is 3.\nX = 3 * 2 = 6."),
        ("x, y = n, 4\nreturn x", "X = 3.\nY = 4."),
        ("n += 1\nreturn n", "N = 3 + 1 = 4."),
        ("for i in [5]:\n    result = n * i\nreturn result", "With i = 5, 3 * 5 = 15."),
        ("for i in [5]:\n    for j in [6]:\n        y = i * j\nreturn y", "With i = 5 and j = 6, y = 5 * 6 = 30."),
        (
            "for i in [5]:\n    # It is {y} now.\n    y = i * 2\n    # Now {i} makes it {z}.\n    z = n + i\nreturn z",
            "With i = 5: It is 10 now.\nNow 5 makes it 8.",
        ),
        ("# We have 1 thing and a few more.\nx = n * 1\nreturn x", "We have 1 thing and a few more.\nX = 3 * 1 = 3."),
        ("# It is {m} now.\nx = n * 2\nreturn x", "X = 3 * 2 = 6."),  # nothing is called so
        ("# A {brace is broken here.\nx = n * 2\nreturn x", "A {brace is broken here.\nX = 3 * 2 = 6."),
        ("# No more\nx = 0\nreturn n + x", "No more.\n3 + 0 = 3."),
        (
            "# It goes up.\nx = n * 2\n# It goes up.\ny = x * 2\nreturn y",
            "It goes up.\nX = 3 * 2 = 6.\nY = 6 * 2 = 12.",
        ),
        ("# A part is {x}.\nx = n / 7\nreturn x * 7", "X = 3 / 7 ≈ 0.4286.\n0.4286 * 7 = 3."),
        ("# a\n# Two words.\n\nx = n * 2\nreturn x", "Two words.\nX = 3 * 2 = 6."),
    ],
)
def test_steps_and_comments(body: str, sentences: str, run) -> None:
    assert told(run, program(body, '{"n": 3}', "n")).rsplit("\n", 1)[0] == sentences


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A pen costs ${price}.", "It is $7.50."),
        ("A pen costs £{price}.", "It is £7.50."),
        ("A pen costs {price} kg.", "It is $7.5."),
        ("A pen costs ${price} and weighs {price} kg.", "It is $7.5."),  # not certain to be money
    ],
)
def test_cents_follow_money(text: str, sentence: str, run) -> None:
    sign = "£" if "£" in text else "$"
    body = f"# It is {sign}{{cost}}.\ncost = price * 3\nreturn cost"
    assert told(run, program(body, '{"price": 2.5}', "price"), text).split("\n")[0] == sentence


def test_thousands_are_set_off_as_in_the_text(run) -> None:
    code = program("x = n * 2\nreturn x", '{"n": 4000}', "n")
    assert told(run, code, "There are {n:,} of them.") == "X = 4,000 * 2 = 8,000.\nThe answer is 8,000."
    assert told(run, code, "There are {n} of them.") == "X = 4000 * 2 = 8000.\nThe answer is 8000."


def test_what_would_not_read_well_says_why(run) -> None:
    assert "too long" in rejected(run, program("x = [n] * 60\nreturn n", '{"n": 3}', "n"))
    assert "characters" in rejected(
        run, program("\n".join(f"x{i} = '{'ab ' * 26}'" for i in range(38)) + "\nreturn n", '{"n": 3}', "n")
    )
    assert "41 steps" in rejected(
        run, program("\n".join(f"x{i} = n" for i in range(41)) + "\nreturn n", '{"n": 3}', "n")
    )
    assert "no step" in rejected(run, program("return sorted(xs)[0]", '{"xs": [3, 1]}', "xs"))


def test_forty_steps_are_told(run) -> None:
    code = program("\n".join(f"x{i} = n * {i}" for i in range(40)) + "\nreturn n", '{"n": 3}', "n")
    assert told(run, code).count("\n") == 40
