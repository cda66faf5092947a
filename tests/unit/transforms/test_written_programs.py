"""Each transform on programs that are written down: what comes of them to the letter, and where nothing does."""

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

import pytest

from caco.instances.arithmetic import predictor
from caco.program.form import parse
from caco.program.values import encode
from caco.records import Assignment, Bound, CodeCoT, Execution, Status
from caco.text.template import render
from caco.transforms.composition import answer_place, compose, functions_renamed, open_places, partners
from caco.transforms.distractor import distract
from caco.transforms.extension import extend
from caco.transforms.faults import misread, mutants
from caco.transforms.inversion import invert
from caco.transforms.loops import reloop
from caco.transforms.reformulation import reformulate
from caco.transforms.restructuring import restructure

HOW_MANY = "How many pens are left?"


def program(body: str, inputs: Mapping[str, object]) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"input = {inputs!r}\n\ndef solve({', '.join(inputs)}):\n{lines}\noutput = solve(**input)\nprint(output)\n"


def ran(body: str, inputs: Mapping[str, object], text: str = "", seed: str = "s", **more: object) -> Execution:
    """The run of a program, as exact arithmetic has it."""
    code = program(body, inputs)
    run = predictor(code, loops=True)
    values = run(inputs) if run else None
    assert values is not None
    found = {name: [float(v) if type(v) is Fraction else v for v in seen] for name, seen in values.items()}
    steps = [(name, v) for name, seen in found.items() for v in seen if name.isidentifier() and name not in inputs]
    return Execution(
        id=seed,
        codecot=CodeCoT(code=code, text=text, **{"varies": tuple(inputs), "seeds": (seed,), **more}),
        status=Status.OK,
        inputs=encode(inputs),
        output=encode(found["output"][0]),
        trace=tuple(Assignment(line=1, name=name, value=encode(v)) for name, v in steps if name != "output"),
    )


def body_of(cot: CodeCoT) -> str:
    function = cot.code.split("\n\n")[-2]
    return "\n".join(line.strip() for line in function.splitlines()[1:])


def told(cots: list[CodeCoT]) -> list[str]:
    return [render(cot.text, parse(cot.code).inputs) for cot in cots]


@pytest.mark.parametrize(
    ("body", "solutions"),
    [
        ("total = a + b\nreturn total", {4: "b = answer - a", 12: "a = answer - b"}),
        ("total = a - b\nreturn total", {4: "b = a - answer", 12: "a = answer + b"}),
        ("total = b - a\nreturn total", {4: "b = answer + a", 12: "a = b - answer"}),
        ("total = a * b\nreturn total", {4: "b = answer / a", 12: "a = answer / b"}),
        ("total = a / b\nreturn total", {4: "b = a / answer", 12: "a = answer * b"}),
        ("total = a * b + 2\nreturn total", {4: "b = (answer - 2) / a", 12: "a = (answer - 2) / b"}),
        ("total = round(a / 3, 6) + b\nreturn total", {4: "b = answer - round(a / 3, 6)", 12: "a = (answer - b) * 3"}),
        ("total = round(a / 3, 3) + b\nreturn total", {4: "b = answer - round(a / 3, 3)"}),
        ("total = a // 3 + b\nreturn total", {4: "b = answer - a // 3"}),
        ("total = a ** 2 + b\nreturn total", {4: "b = answer - a ** 2"}),
        ("total = a * a + b * b\nreturn total", {}),
        ("x = a - 1\ntotal = b * x\nreturn total", {4: "b = answer / x", 12: "x = answer / b\na = x + 1"}),
        ("x = a + b\ny = x - b\nreturn y", {12: "x = answer + b\na = x - b"}),
        (
            "x = a * 1.5\ntotal = x + b\nreturn total",
            {4: "b = round(answer - x, 6)", 12: "x = round(answer - b, 6)\na = round(x / 1.5, 6)"},
        ),
    ],
)
def test_inversion_undoes_each_operation(body: str, solutions: dict[int, str]) -> None:
    run = ran(body, {"a": 12, "b": 4}, f"Tom has {{a}} pens and {{b}} cups. {HOW_MANY}")
    made = {int(cot.gold): cot for cot in invert(run, 5, random.Random(0))}
    steps = {
        gold: "\n".join(s for s in body_of(cot).splitlines() if not s.startswith("#")) for gold, cot in made.items()
    }
    given = {gold: s.removeprefix("x = a - 1\n").removeprefix("x = a * 1.5\n") for gold, s in steps.items()}
    names = {4: "b", 12: "a"}
    assert given == {gold: f"{steps}\nreturn {names[gold]}" for gold, steps in solutions.items()}
    assert len(invert(run, 1, random.Random(0))) == min(len(made), 1)


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (HOW_MANY, "The answer to this question is 36. What is N?"),
        ("What percentage is left?", "The answer to this question is 36%. What is N?"),
        ("Find how many are left.", "The result is 36. What is N?"),
        ("What is the most that can be left?", "The answer to this question is 36. What is N?"),
    ],
)
def test_inversion_gives_the_answer_as_it_was_asked_for(question: str, given: str) -> None:
    run = ran("total = a * 3\nreturn total", {"a": 12}, f"Tom has {{a}} pens. {question}")
    (cot,) = invert(run, 5, random.Random(0))
    assert told([cot]) == [f"Tom has N pens. {question}\n\n{given}"]
    assert (cot.gold, cot.varies, cot.transform) == ("12", ("answer",), "inversion")
    assert {b.name for b in cot.bounds} == {"a", "answer", "total"}


def test_inversion_needs_a_way_back_to_one_number() -> None:
    text = "Tom has {a} pens in boxes of {b}. How many boxes does he need?"
    assert invert(ran("boxes = a / b\nreturn boxes", {"a": 12, "b": 4}, text), 5, random.Random(0)) == []
    assert len(invert(ran("boxes = a * b\nreturn boxes", {"a": 12, "b": 4}, text), 5, random.Random(0))) == 2
    lost = ran("left = a * (b - 4)\nreturn left", {"a": 12, "b": 4}, f"{{a}} pens, {{b}} cups. {HOW_MANY}")
    assert [cot.gold for cot in invert(lost, 5, random.Random(0))] == ["4"], "0 / 0 gives no 12"


def test_inversion_gives_an_answer_in_dollars_as_money() -> None:
    text = "Tom buys {n} pens for ${price} each. How much does he pay, in dollars?"
    made = {
        c.gold: c
        for c in invert(ran("paid = n * price\nreturn paid", {"n": 12, "price": 4}, text), 5, random.Random(0))
    }
    assert set(made) == {"12", "4"}
    assert told([made["4"]])[0].endswith("The answer to this question is $48. What is N?")


@pytest.mark.parametrize(
    ("name", "answer", "beside", "value"),
    [
        ("percent", 10, (), 20),
        ("percent", 12, (), 25),
        ("percent", 5, (), 40),
        ("percent", 6, (), 50),
        ("percent", 30, (20, 40, 50), 10),
        ("percent", 10, (20, 40, 50), 30),
        ("percent", 5, (40,), 60),
        ("percent", 4, (50,), 75),
        ("percent", 7, (), None),
        ("parts", 9, (), 3),
        ("parts", 8, (), 4),
        ("parts", 10, (), 5),
        ("parts", 12, (3, 4), 6),
        ("parts", 16, (4,), 8),
        ("parts", 24, (3, 4, 6, 8), 12),
        ("parts", 3, (), None),
        ("times", 9, (), 3),
        ("times", 9, (3,), 4),
        ("times", 9, (3, 4), 5),
        ("times", 9, (3, 4, 5), 6),
        ("times", 9, (3, 4, 5, 6), 7),
        ("times", 9, (3, 4, 5, 6, 7), None),
        ("times", 0, (), None),
    ],
)
def test_extension_takes_the_first_number_that_gives_a_whole_and_new_one(
    name: str, answer: int, beside: tuple[int, ...], value: int | None
) -> None:
    inputs = {"a": answer + 100, **{f"x{i}": number for i, number in enumerate(beside)}}
    run = ran("total = a - 100\nreturn total", inputs, f"Tom has {{a}} pens. {HOW_MANY}")
    made = [parse(cot.code).inputs for cot in extend(run, 5, random.Random(0)) if cot.varies[-1] == name]
    assert made == ([{**inputs, name: value}] if value else [])


def test_extension_in_full() -> None:
    run = ran("total = a * 3\nreturn total", {"a": 12}, f"Tom has {{a}} pens. {HOW_MANY}")
    made = {cot.varies[-1]: cot for cot in extend(run, 5, random.Random(0))}
    assert {name: (body_of(cot).splitlines()[1:3], cot.gold) for name, cot in made.items()} == {
        "percent": (
            ["# {percent}% of {total} is {total} * {percent} / 100 = {result}.", "result = total * percent / 100"],
            "9",
        ),
        "parts": (["# Divided by {parts}, that is {total} / {parts} = {result}.", "result = total / parts"], "12"),
        "times": (["# {times} times {total} is {times} * {total} = {result}.", "result = times * total"], "108"),
    }
    assert sorted(told(list(made.values()))) == [
        f"Tom has 12 pens. {HOW_MANY} Call the answer N. What is 25% of N?",
        f"Tom has 12 pens. {HOW_MANY} Call the answer N. What is 3 times N?",
        f"Tom has 12 pens. {HOW_MANY} Call the answer N. What is N divided by 3?",
    ]
    assert [len(extend(run, n, random.Random(0))) for n in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert extend(ran("total = a * 3\nreturn total", {"a": 12}), 5, random.Random(0)) == []


@pytest.mark.parametrize(
    ("words", "value", "other"),
    [
        ("hours", 5, "300 minutes"),
        ("hours", 6, None),
        ("hours", 2, "120 minutes"),
        ("hours", 1, None),
        ("weeks", 8, "56 days"),
        ("weeks", 9, None),
        ("years", 4, "48 months"),
        ("years", 5, None),
        ("feet", 10, "120 inches"),
        ("feet", 11, None),
        ("yards", 100, "300 feet"),
        ("yards", 101, None),
        ("pounds", 10, "160 ounces"),
        ("pounds", 11, None),
        ("gallons", 20, "80 quarts"),
        ("gallons", 21, None),
        ("kg", 20, "20,000 grams"),
        ("kilograms", 21, None),
        ("kilometers", 20, "20,000 meters"),
        ("km", 21, None),
        ("metres", 20, "2,000 centimeters"),
        ("meters", 21, None),
        ("liters", 20, "20,000 milliliters"),
        ("litres", 21, None),
        ("hours", 2.0, None),
    ],
)
def test_reformulation_knows_units_and_how_far_they_read_well(words: str, value: float, other: str | None) -> None:
    run = ran("total = a * 3\nreturn total", {"a": value}, f"Tom has {{a}} {words} of it. {HOW_MANY}")
    assert told(reformulate(run, 9, random.Random(0))) == ([f"Tom has {other} of it. {HOW_MANY}"] if other else [])


@pytest.mark.parametrize(
    ("percent", "fraction"),
    [
        (10, "1/10"),
        (20, "1/5"),
        (25, "1/4"),
        (30, "3/10"),
        (75, "3/4"),
        (99, None),
        (50, None),
        (5, None),
        (100, None),
        (0, None),
    ],
)
def test_reformulation_tells_percentages_as_small_fractions(percent: int, fraction: str | None) -> None:
    run = ran("total = a * 3\nreturn total", {"a": percent}, f"Tom has {{a}}% of them. {HOW_MANY}")
    made = reformulate(run, 9, random.Random(0))
    assert told(made) == ([f"Tom has {fraction} of them. {HOW_MANY}"] if fraction else [])
    if fraction:
        assert body_of(made[0]).splitlines()[:2] == [
            "# As a percentage, {parts}/{of_parts} is {parts} * 100 / {of_parts} = {a}%.",
            "a = parts * 100 / of_parts",
        ]
        assert (made[0].varies, made[0].gold) == ((), str(3 * percent))


def test_reformulation_tells_a_rate_as_the_time_of_one() -> None:
    def minutes(rate: int) -> list[str]:
        run = ran("total = a * 3\nreturn total", {"a": rate}, f"Tom packs {{a}} eggs an hour. {HOW_MANY}")
        return [text for text in told(reformulate(run, 9, random.Random(0))) if "every" in text]

    found = {rate: minutes(rate)[0].split()[5] for rate in range(62) if minutes(rate)}
    assert found == {n: str(60 // n) for n in (2, 3, 4, 5, 6, 10, 12, 15, 20, 30)}


def test_reformulation_counts_in_dozens_and_thousands() -> None:
    def larger(number: int) -> list[str]:
        run = ran("total = a * 3\nreturn total", {"a": number}, f"Tom packs {{a}} eggs. {HOW_MANY}")
        return [" ".join(text.split()[2:4]) for text in told(reformulate(run, 9, random.Random(0)))]

    dozens = [n for n in range(200) if larger(n)]
    assert dozens == list(range(24, 145, 12))
    assert [larger(n) for n in (24, 144)] == [["2 dozen"], ["12 dozen"]]
    assert [larger(n) for n in (1000, 2000, 2500, 99_000, 100_000)] == [[], ["2 thousand"], [], ["99 thousand"], []]


@pytest.mark.parametrize(
    ("things", "one"),
    [
        *(("pens", "one pen"), ("boxes", "one box"), ("dishes", "one dish"), ("glasses", "one glass")),
        *(("times", "once"), ("pies", ""), ("houses", ""), ("buses", ""), ("dollars", ""), ("cents", "")),
        *(("leaves", ""), ("toes", ""), ("prizes", ""), ("dollarsigns", "one dollarsign")),
    ],
)
def test_one_of_many(things: str, one: str) -> None:
    run = ran("total = a * 3\nreturn total", {"a": 6}, f"Tom sees {{a}} {things} an hour. {HOW_MANY}")
    made = [text for text in told(reformulate(run, 9, random.Random(0))) if "every" in text]
    assert made == ([f"Tom sees {one} every 10 minutes. {HOW_MANY}"] if one else [])


def test_a_new_number_has_a_name_of_its_own() -> None:
    text = f"Tom has {{a}} hours for {{b}} pens. {HOW_MANY}"
    run = ran("minutes = a * b\nreturn minutes", {"a": 2, "b": 7}, text)
    (made,) = reformulate(run, 9, random.Random(0))
    assert parse(made.code).inputs == {"minutes_2": 120, "b": 7}
    assert (made.varies, body_of(made).splitlines()[1]) == (("b", "minutes_2"), "a = minutes_2 / 60")


def test_restructuring_hides_steps_that_only_one_value_takes() -> None:
    steps = "# Thrice.\nx = a * 3\n# And more.\ny = x + b\nz = y * a\nw = z + y\nreturn w"
    run = ran(steps, {"a": 12, "b": 4, "c": 9})
    (made,) = restructure(run, 5, random.Random(0))
    assert made.code == (
        'input = {"a": 12, "b": 4, "c": 9}\n\n'
        "def find_y(a, b):\n    # Thrice.\n    x = a * 3\n    return x + b\n\n"
        "def solve(a, b, c):\n    # And more.\n    y = find_y(a, b)\n    z = y * a\n    w = z + y\n    return w\n\n"
        "output = solve(**input)\nprint(output)\n"
    )
    assert made.gold == "520"
    assert restructure(ran("x = a * 3\ny = x + x\nreturn y", {"a": 12}), 5, random.Random(0)) == []


ONE_OF_EACH = {
    "house_number": "Tom's house number is {n}.",
    "favorite_number": "Tom's favorite number is {n}.",
    "songs": "Tom's phone holds {n} songs.",
    "photos": "Tom's phone holds {n} photos.",
    "bus_line": "Tom's bus to town is the number {n}.",
    "clips": "Tom's desk holds {n} paper clips.",
}


def test_distractors_in_full() -> None:
    run = ran("total = a * 3\nreturn total", {"a": 12}, f"Tom buys {{a}} pens. He counts 99 of them. {HOW_MANY}")
    made = {cot.distractors[0]: cot for cot in distract(run, 9, random.Random(0))}
    values = {name: parse(cot.code).inputs[name] for name, cot in made.items()}
    assert values == {
        "bus_line": 40,
        "clips": 196,
        "favorite_number": 58,
        "house_number": 136,
        "photos": 843,
        "songs": 339,
    }
    for name, cot in made.items():
        said = cot.text.removeprefix("Tom buys {a} pens. ").removesuffix(f" He counts 99 of them. {HOW_MANY}")
        assert said == ONE_OF_EACH[name].format(n=f"{{{name}}}")
        assert cot.varies == ("a", name)
    assert body_of(made["clips"]).splitlines()[0] == "# The number of paper clips, {clips}, does not matter here."


def test_a_distractor_has_a_number_that_no_one_else_has() -> None:
    for seed in range(40):
        run = ran("total = a - 90\nreturn total", {"a": 99}, "Tom has {a} pens, 98, 97 or 96. He lost 90. How many?")
        for cot in distract(run, 9, random.Random(seed)):
            value = parse(cot.code).inputs[cot.distractors[0]]
            low, high = {"house_number": (11, 189), "songs": (40, 399), "photos": (40, 899), "clips": (40, 299)}.get(
                cot.distractors[0], (11, 98)
            )
            assert low <= value <= high
            assert value not in (9, 90, 96, 97, 98, 99)


@pytest.mark.parametrize(
    "text",
    [
        "Boxes hold {a} pens. He counts them. How many?",
        "Tom and Ann buy {a} pens. He counts them. How many?",
        "Tom buys {a} pens. They count them. How many does he have?",
        "Tom buys {a} pens. The bags are red. How many?",  # no pronoun takes him up
        "Rose buys {a} pens, and a rose. She counts them. How many?",
        "How many pens has he?",
    ],
)
def test_texts_in_which_a_remark_would_be_out_of_place(text: str) -> None:
    assert distract(ran("total = a * 3\nreturn total", {"a": 12}, text), 9, random.Random(0)) == []


@pytest.mark.parametrize(
    ("body", "inputs", "loops"),
    [
        ("total = a * b\nreturn total", {"a": 30, "b": 4}, [("b", "a", "+", "0")]),
        ("total = b * a\nreturn total", {"a": 30, "b": 8}, [("b", "a", "+", "0")]),
        ("total = a * b\nreturn total", {"a": 30, "b": 9}, []),
        ("total = a * b\nreturn total", {"a": 3, "b": 4}, [("b", "a", "+", "0")]),
        ("total = a * b\nreturn total", {"a": 2.5, "b": 4}, []),
        ("total = a ** b\nreturn total", {"a": 3, "b": 2}, [("b", "a", "*", "1")]),
        ("total = a * a\nreturn total", {"a": 3, "b": 2}, []),
        ("total = a * 3\nreturn total", {"a": 3, "b": 2}, []),
    ],
)
def test_products_and_powers_that_become_loops(
    body: str, inputs: dict[str, object], loops: list[tuple[str, str, str, str]]
) -> None:
    made = reloop(ran(body, inputs, f"Tom has {{a}} pens in {{b}} boxes. {HOW_MANY}"), 5, random.Random(0))
    assert [body_of(cot).splitlines()[1:-1] for cot in made] == [
        [
            f"total = {start}",
            f"for turn in range(1, {times} + 1):",
            "# Turn {turn} makes it {total:,}.",
            f"total {sign}= {each}",
        ]
        for times, each, sign, start in loops
    ]
    assert [cot.bounds[-1] for cot in made] == [Bound(name=t, rule="at_most", other="8") for t, *_ in loops]


def test_what_was_said_of_a_step_is_said_after_its_loop() -> None:
    body = "# Before.\nx = a + 1\n# In all.\ntotal = x * b\n# After.\nleft = total - a\nreturn left"
    run = ran(body, {"a": 30, "b": 4}, f"Tom has {{a}} pens in {{b}} boxes. {HOW_MANY}")
    (made,) = reloop(run, 5, random.Random(0))
    assert body_of(made).splitlines() == [
        "# Before.",
        "x = a + 1",
        "# Start from 0, and add {x} in each of {b} turns.",
        "total = 0",
        "for turn in range(1, b + 1):",
        "# Turn {turn} makes it {total:,}.",
        "total += x",
        "# In all.",
        "# After.",
        "left = total - a",
        "return left",
    ]


@pytest.mark.parametrize(
    ("loop", "formula"),
    [
        ("for i in range(n):\n    total += b", "total += b * n"),
        ("for i in range(2, n):\n    total += b", "total += b * (n - 2)"),
        ("for i in range(n):\n    total += i", "total += 1 * (0 + n - 1) * n // 2"),
        ("for i in range(n):\n    total += 3 * i", "total += 3 * 1 * (0 + n - 1) * n // 2"),
        ("for i in range(n):\n    total += i * b + 2", "total += 2 * n + b * 1 * (0 + n - 1) * n // 2"),
        ("for i in range(n):\n    total += 2 * (b + i)", "total += 2 * b * n + 2 * 1 * (0 + n - 1) * n // 2"),
        ("for i in range(n):\n    total *= 2", "total *= 2 ** n"),
        ("for i in range(n):\n    total -= b", None),
        ("for i in range(n):\n    total += b - i", None),
        ("for i in range(n):\n    total += i * i", None),
        ("for i in range(n):\n    total += b * (i - 1)", None),
        ("for i in range(n):\n    total += b + i / 2", None),
        ("for i in range(n):\n    total *= i", None),
        ("for i in range(n):\n    total += b\ntotal += i", None),
        ("for i in range(n):\n    total += b\n    total += 1", None),
    ],
)
def test_loops_that_become_formulas(loop: str, formula: str | None) -> None:
    run = ran(f"total = 7\n# Again.\n{loop}\nreturn total", {"n": 6, "b": 4}, f"{{n}} boxes of {{b}} pens. {HOW_MANY}")
    made = reloop(run, 5, random.Random(0))
    assert [body_of(cot).splitlines() for cot in made] == ([["total = 7", formula, "return total"]] if formula else [])


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("return a - b", {"a + b", "b - a"}),
        ("return a * b", {"a + b"}),
        ("return a // b + a % b", {"a // b - a % b"}),
        ("return -a - (b)", {"-a + (b)"}),
        ("return (a - 2) / b", {"(a + 2) / b", "(2 - a) / b", "(a - 3) / b", "(a - 2) * b"}),
        ("return a <= b", {"a < b"}),
        ("return a > b", {"a >= b"}),
        ("return a == b", set()),
        ("return True", set()),
        ("return 9", {"10"}),
        ("return 2.5", set()),
    ],
)
def test_faults_take_one_other_step(body: str, changed: set[str]) -> None:
    made = mutants(program(body, {"a": 4, "b": 7}), random.Random(0))
    assert {mutant.code.splitlines()[3].strip().removeprefix("return ") for mutant in made} == changed


def test_faults_are_told_and_their_comments_go() -> None:
    code = program("x = a\n# Three more.\n# They are left.\ny = x + b\nreturn y", {"a": 4, "b": 7})
    (mutant,) = mutants(code, random.Random(0))
    assert mutant.fault == "+ became - in line 7 of the program"
    assert mutant.code == program("x = a\ny = x - b\nreturn y", {"a": 4, "b": 7})


def test_a_misread_input_is_off_by_one_or_another_one() -> None:
    code = program("return a + b", {"a": 4, "b": 7, "one": 1, "part": 0.5})
    made = misread(code, random.Random(0))
    assert {mutant.fault for mutant in made} == {
        *(f"a was read as {n}, not as 4" for n in (3, 5, 7)),
        *(f"b was read as {n}, not as 7" for n in (4, 6, 8)),
    }
    assert {tuple(parse(mutant.code).inputs.values()) for mutant in made} == {
        *((3, 7, 1, 0.5), (5, 7, 1, 0.5), (7, 7, 1, 0.5), (4, 4, 1, 0.5), (4, 6, 1, 0.5), (4, 8, 1, 0.5))
    }
    assert misread(code, random.Random(0)) == made != misread(code, random.Random(1))
    assert misread("print(3)", random.Random(0)) == []


PENS = ran("total = a * b\nreturn total", {"a": 6, "b": 4}, f"Tom has {{a}} pens in {{b}} boxes. {HOW_MANY}", "pens")


def eggs(number: float, text: str = "Ann has {n} eggs and {m} cups. How many eggs are left?", m: int = 2) -> Execution:
    return ran("left = n - m\nreturn left", {"n": number, "m": m}, text, "eggs")


@pytest.mark.parametrize(("number", "fits"), [(12, True), (11, False), (24, True), (48, True), (50, False)])
def test_an_answer_is_taken_where_the_number_was_half_to_twice_as_large(number: int, fits: bool) -> None:
    made = compose(PENS, eggs(number))
    assert isinstance(made, CodeCoT) == fits
    if isinstance(made, CodeCoT):
        assert (parse(made.code).inputs, made.gold) == ({"a": 6, "b": 4, "m": 2}, "22")


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (PENS, eggs(24, "Ann has ${n}. How many can she buy?"), "no input of the second program could have"),
        (eggs(24, "She has {n} eggs. What percentage is left?"), PENS, "the first answer is no amount"),
        (PENS, eggs(24, "Ann has {n}% of it. How many are left?"), "no input of the second program could have"),
        (PENS, eggs(24, "Tom has {n} eggs. How many are left?"), "both speak of Tom"),
        (PENS, eggs(24, "Ann has {n} eggs." + " " * 1200 + "How many?"), "together they are too long"),
        (
            eggs(24, "The N of {n}. How many?"),
            ran("x = a * 2\nreturn x", {"a": 20}, "At N, {a}. How many?"),
            "both use a letter",
        ),
    ],
)
def test_why_two_problems_do_not_make_one(first: Execution, second: Execution, reason: str) -> None:
    made = compose(first, second)
    assert isinstance(made, str)
    assert made.startswith(reason)


@pytest.mark.parametrize(("more", "fits"), [(9, True), (10, False)])
def test_twelve_numbers_are_enough_for_one_text(more: int, fits: bool) -> None:
    inputs = {"n": 20, "m": 2, **{f"x{i}": 5 for i in range(more)}}
    second = ran("left = n - m\nreturn left", inputs, "Ann has {n} eggs and {m} cups. How many eggs are left?", "eggs")
    assert isinstance(compose(PENS, second), CodeCoT) == fits


@pytest.mark.parametrize(("length", "fits"), [(1200, True), (1201, False)])
def test_1200_characters_are_enough_for_one_text(length: int, fits: bool) -> None:
    text = "Ann has {n} eggs and {m} cups. How many eggs are left?"
    filled = " " * (length - len(PENS.codecot.text) - len(text)) + text
    assert isinstance(compose(PENS, eggs(20, filled)), CodeCoT) == fits


def test_kinds_and_sizes_of_places() -> None:
    assert answer_place(PENS) == ("count", 7), "1.5 ** 7 is 17, 1.5 ** 8 is 26"
    assert answer_place(eggs(24, "She has {n} eggs. What percentage is left?")) is None
    assert open_places(eggs(24, m=23)) == [("count", 7)]
    assert open_places(eggs(24, "Ann has {n} eggs and ${m}. How many eggs are left?", m=3)) == [
        ("count", 7),
        ("money", 2),
    ]
    assert open_places(ran("x = n * 1\nreturn x", {"n": 1}, "{n} egg")) is None


def test_partners_are_drawn_by_the_id_alone() -> None:
    takers = [range(50), range(50, 53), range(53, 100)]
    drawn = partners("some id", takers, 1)
    assert len(drawn) == 12
    assert drawn == partners("some id", [range(100)], 1) != partners("other id", takers, 1)
    assert len(partners("some id", takers, 3)) == 36
    assert partners("some id", [], 1) == partners("some id", [[], []], 2) == []
    assert sorted(partners("some id", [[4, 5], [5, 6]], 1)) == [4, 5, 6]
    steps = {(b - a) % 100 for a, b in pairwise(drawn)}
    assert steps == {19}, "7919 places on, round and round"


def test_functions_take_new_names_in_code_and_comments() -> None:
    code = (
        'input = {"über": 4, "n": 2}\n\n# Of {n}.\ndef half(n):\n    # {n} {{n}} {n:,} {m}\n    return n / 2\n\n'
        "def solve(über, n):\n    x = half(n=über)\n    return x + half(n)\n\noutput = solve(**input)\nprint(output)\n"
    )
    new = {"n": "n_2", "über": "u", "half": "half_2", "solve": "part"}
    assert functions_renamed(parse(code), new) == (
        "# Of {n_2}.\ndef half_2(n_2):\n    # {n_2} {{n}} {n_2:,} {m}\n    return n_2 / 2\n\n"
        "def part(u, n_2):\n    x = half_2(n_2=u)\n    return x + half_2(n_2)"
    )


@pytest.mark.parametrize(("cups", "asked"), [(5, {"n", "m", "price"}), (4, {"m", "price"})])
def test_inversion_tells_no_count_as_money(cups: int, asked: set[str]) -> None:
    """A price of $4 beside 4 cups reads as a plain number, so that the pens paid by it would be told in dollars."""
    text = "Tom buys {n} pens and {m} cups for ${price} each. How much does he pay, in dollars?"
    run = ran("things = n + m\npaid = things * price\nreturn paid", {"n": 12, "m": cups, "price": 4}, text)
    made = invert(run, 9, random.Random(0))
    assert {name for cot in made for name in {"n", "m", "price"} - set(cot.varies)} == asked


def test_partners_are_those_of_every_run() -> None:
    assert partners("some id", [range(100)], 1) == [73, 92, 11, 30, 49, 68, 87, 6, 25, 44, 63, 82]


def test_answers_that_are_parts_of_a_thing_or_nothing() -> None:
    bags = ran(
        "left = n * m\nreturn left", {"n": 0.5, "m": 8}, "Ann has {n} bags of {m} eggs. How many are left?", "eggs"
    )
    pies = "Tom has {a} pies. How many pies are left?"
    part = compose(ran("left = a / 4\nreturn left", {"a": 3}, pies), bags)
    assert isinstance(part, CodeCoT)
    assert part.gold == "6"
    none = compose(ran("left = a - 12\nreturn left", {"a": 12}, pies), bags)
    assert none == "no input of the second program could have the first's answer"


TOLD = f"Tom has {{a}} hours for {{b}} pens. He is late. {HOW_MANY}"


@pytest.mark.parametrize("transform", [distract, reformulate, reloop, restructure])
@pytest.mark.parametrize(("gold", "kept"), [("", "24"), ("24.00", "24.00")])
def test_an_answer_that_stays_keeps_its_gold(transform: Callable[..., list[CodeCoT]], gold: str, kept: str) -> None:
    run = ran("half = a * b\nall = half / 2\ntwice = all * 4\nreturn twice", {"a": 4, "b": 3}, TOLD, gold=gold)
    assert {cot.gold for cot in transform(run, 9, random.Random(0))} == {kept}


class Last(random.Random):
    """Chooses the last."""

    def choice(self, items: Sequence[int]) -> int:
        return items[-1]


class First(random.Random):
    """Chooses the first."""

    def choice(self, items: Sequence[int]) -> int:
        return items[0]


@pytest.mark.parametrize(
    ("chooser", "numbers"),
    [
        (First, {"house_number": 12, "favorite_number": 12, "songs": 40, "photos": 40, "bus_line": 12, "clips": 40}),
        (Last, {"house_number": 189, "favorite_number": 98, "songs": 399, "photos": 899, "bus_line": 98, "clips": 299}),
    ],
)
def test_numbers_that_a_remark_may_have(chooser: type[random.Random], numbers: dict[str, int]) -> None:
    run = ran("total = a * 3\nreturn total", {"a": 11}, f"Tom buys {{a}} pens. He counts them. {HOW_MANY}")
    made = distract(run, 9, chooser(0))
    assert {cot.distractors[0]: parse(cot.code).inputs[cot.distractors[0]] for cot in made} == numbers
