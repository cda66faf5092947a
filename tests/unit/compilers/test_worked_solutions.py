"""What a worked solution's program computes, which numbers of the text are its inputs, and which of them may change."""

import pytest

from caco.compilers.marks import compile_marks
from caco.program.form import parse
from caco.records import CodeCoT, Seed
from caco.text.template import render


def compiled(problem: str, solution: str, answer: str) -> CodeCoT:
    result = compile_marks(Seed(id="s", problem=problem, solution=solution, answer=answer))
    assert isinstance(result, CodeCoT), result
    assert render(result.text, parse(result.code).inputs) == problem
    return result


def lines(codecot: CodeCoT) -> list[str]:
    """The lines of the function but the last, which returns."""
    body = codecot.code.split("):\n")[1].split("\n\noutput")[0]
    return [line.strip() for line in body.split("\n")][:-1]


def steps(codecot: CodeCoT) -> list[str]:
    return [line for line in lines(codecot) if not line.startswith("#")]


def told(codecot: CodeCoT) -> list[str]:
    return [line.removeprefix("# ") for line in lines(codecot) if line.startswith("#")]


def varying(codecot: CodeCoT) -> list[object]:
    return [parse(codecot.code).inputs[name] for name in codecot.varies]


PRICE = "A 20% tip on $50 was paid by 9 boys."
HALF = "Half of 26 boys and two thirds of 21 girls came."
SWIM = "Of 60 kids 2/3 swim."
KIDS = "He has 35 kids and 19 pens."
EGGS = "He has 13 eggs, eats 5 and finds 8 eggs."
BILLS = "He has $20 bills and 20 cats for 5."
WHITE = "He has 31 eggs, three quarters of them white, and 17 cups."
BOOKS = "He reads 7 of 30 books."


@pytest.mark.parametrize(
    ("problem", "solution", "expected"),
    [
        (PRICE, "50*20/100=<<50*20/100=10>>10", "result = tip * tip_percent / 100"),
        (PRICE, "20/100*50=<<20/100*50=10>>10", "result = tip_percent * tip / 100"),
        (PRICE, "20*.01*50=<<20*.01*50=10>>10", "result = tip_percent * tip / 100"),
        (PRICE, "50*20*.01=<<50*20*.01=10>>10", "result = tip * tip_percent / 100"),
        (PRICE, ".01*20*50=<<.01*20*50=10>>10", "result = tip_percent * tip / 100"),
        (PRICE, ".2*50=<<.2*50=10>>10", "result = tip_percent * tip / 100"),
        (PRICE, ".8*50=<<.8*50=40>>40", "result = round((1 - tip_percent / 100) * tip, 6)"),
        (PRICE, "1.2*50=<<1.2*50=60>>60", "result = round((1 + tip_percent / 100) * tip, 6)"),
        (PRICE, "80*50/100=<<80*50/100=40>>40", "result = (100 - tip_percent) * tip / 100"),
        (PRICE, "120*50/100=<<120*50/100=60>>60", "result = (100 + tip_percent) * tip / 100"),
        (PRICE, "2.2*50=<<2.2*50=110>>110", "result = round(2.2 * tip, 6)"),
        (
            PRICE,
            "70-20=<<70-20=50>>50. .5*9=<<.5*9=4.5>>4.5",
            "result = 70 - tip_percent; result_2 = result * boys / 100",
        ),
        (
            PRICE,
            "20+9=<<20+9=29>>29. .29*50=<<.29*50=14.5>>14.5",
            "result = tip_percent + boys; result_2 = result * tip / 100",
        ),
        (PRICE, "50-9=<<50-9=41>>41. .41*50=<<.41*50=20.5>>20.5", "result = tip - 9; result_2 = round(0.41 * tip, 6)"),
        (HALF, "26/2=<<26/2=13>>13. 21*2/3=<<21*2/3=14>>14", "result = 26 / 2; result_2 = girls * 2 / 3"),
        (HALF, "1/2*26=<<1/2*26=13>>13", "result = boys / 2"),
        (HALF, "(2/3)*21=<<(2/3)*21=14>>14", "result = 2 * girls / 3"),
        (SWIM, "60*(1/3)=<<60*(1/3)=20>>20", "result = kids / 3"),
        (SWIM, "60*(3/3-2/3)=<<60*(3/3-2/3)=20>>20", "result = round(kids * (3 / 3 - 2 / 3), 6)"),
        (EGGS, "13-5=<<13-5=8>>8. 8+8=<<8+8=16>>16", "result = eggs - number; result_2 = result + result"),
        (
            EGGS,
            "13-5=<<13-5=8>>8. 8+2=<<8+2=10>>10. 8*5=<<8*5=40>>40",
            "result = 13 - number; result_2 = result + 2; result_3 = eggs * number",
        ),
        (
            "He has 13 eggs, eats 5 and finds 8 pens.",
            "13-5=<<13-5=8>>8. His 8 pens cost 8*2=<<8*2=16>>16",
            "result = 13 - 5; pens_2 = pens * 2",
        ),
        (
            "He has 13 eggs, eats 5 and finds 8 pens.",
            "13-5=<<13-5=8>>8. All cost 8*2=<<8*2=16>>16",
            "result = eggs - number; result_2 = result * 2",
        ),
        (BILLS, "He has 20 cats. 5*20=<<5*20=100>>100 cats", "cats_2 = cats * bills"),
        (BOOKS, "(7-(30-7))-2=<<(7-(30-7))-2=-18>>-18", "result = reads - (books - reads) - 2"),
        (BOOKS, "30/(7*2)*(2/7)=<<30/(7*2)*(2/7)=.6>>.6", "result = books * 2 / (reads * 2) / reads"),
        (BOOKS, "30/(1*7)=<<30/(1*7)=4>>4", "result = books / (1 * reads)"),
        (BOOKS, "7/1000000=<<7/1000000=.000007>>.000007", "result = reads / 1000000"),
        (BOOKS, ".07*7=<<.07*7=.49>>.49", "result = round(0.07 * reads, 6)"),
        (BOOKS, ".0000001*7=<<.0000001*7=.0000007>>.0000007", "result = 0.0000001 * reads"),
        (BOOKS, "7*(30+7)=<<7*(30+7)=259>>259", "result = reads * (books + reads)"),
        (BOOKS, "30/(30/7)=<<30/(30/7)=7>>7", "result = round(books / (books / reads), 6)"),
        (BOOKS, "30/7*7=<<30/7*7=30>>30", "result = books * reads / reads"),
        (BOOKS, "30-(7+1)=<<30-(7+1)=22>>22", "result = books - (reads + 1)"),
        (BOOKS, "30+(7-1)=<<30+(7-1)=36>>36", "result = books + reads - 1"),
        (BOOKS, "(30+7)-1=<<(30+7)-1=36>>36", "result = books + reads - 1"),
        (BOOKS, "7+30/4=<<7+30/4=14.5>>14.5", "result = round(reads + books / 4, 6)"),
        (BOOKS, "30/4*3=<<30/4*3=22.5>>22.5", "result = books * 3 / 4"),
        (BOOKS, ".5*7=<<.5*7=3.5>>3.5", "result = round(0.5 * reads, 6)"),
    ],
)
def test_steps(problem: str, solution: str, expected: str) -> None:
    answer = solution.rpartition(">>")[2].split()[0]
    assert "; ".join(steps(compiled(problem, solution, answer))) == expected


@pytest.mark.parametrize(
    ("answer", "closing"),
    [
        ("3.4", "cars_2"),
        ("4", "math.ceil(cars_2)"),
        ("3", "math.floor(cars_2)"),
        ("5", "cars_2"),
        ("340", "cars_2 * 100"),
        ("about 3", "cars_2"),
        ("$3.4", "cars_2"),
    ],
)
def test_the_answer_follows_from_the_last_step(answer: str, closing: str) -> None:
    codecot = compiled("17 kids go in cars of 5.", "They need 17/5=<<17/5=3.4>>3.4 cars.", answer)
    assert codecot.code.split("return ")[1].split("\n")[0] == closing
    assert ("import math" in codecot.code) == ("math." in closing)


def test_halves_are_rounded_too() -> None:
    assert "return math.ceil(" in compiled("17 kids go in 2 cars.", "So 17/2=<<17/2=8.5>>8.5", "9").code


def test_the_answer_is_the_last_step_that_comes_to_it() -> None:
    solution = "7+30=<<7+30=37>>37. 30-7=<<30-7=23>>23. 30+7=<<30+7=37>>37. 37+1=<<37+1=38>>38."
    codecot = compiled(BOOKS, solution, "37")
    assert steps(codecot)[-1] == "result_3 = books + reads"
    assert "return result_3" in codecot.code
    assert "return result_4" in compiled(BOOKS, solution, "99").code


def test_many_inputs_stand_on_lines_of_their_own() -> None:
    names = ("apples", "bananas", "cherries", "dates", "elderberries", "figs", "grapes", "hazelnuts")
    problem = f"He has {', '.join(f'{11 + 2 * i} {name}' for i, name in enumerate(names))}."
    whole = "+".join(str(11 + 2 * i) for i in range(8))
    code = compiled(problem, f"All: {whole}=<<{whole}=144>>144", "144").code
    assert code.startswith('input = {\n    "apples": 11,\n    "bananas": 13,\n')


@pytest.mark.parametrize(("letters", "lines_of_inputs"), [(72, 1), (73, 4)])
def test_inputs_stand_on_one_line_of_a_hundred_characters(letters: int, lines_of_inputs: int) -> None:
    problem = f"He has 35 {'a' * letters} and 19 pens."
    head = compiled(problem, "35+19=<<35+19=54>>54", "54").code.split("\n\n")[0]
    assert (len(head.split("\n")), len(head.split("\n")[0]) in (9, 100)) == (lines_of_inputs, True)


@pytest.mark.parametrize(
    ("problem", "computation", "varies"),
    [
        # A small count whose members may be named one by one keeps its value.
        ("He runs 2 races of 9 km.", "2*9", [2, 9]),
        ("He runs the 2 races of 9 km.", "2*9", [9]),
        ("He runs 9 km in 2 different races.", "2*9", [9]),
        ("He has 2 pens of 9 cm. The second is red.", "2*9", [9]),
        ("He has 3 pens of 9 cm. The third is red.", "3*9", [9]),
        ("He has 2 pens of 9 cm. The third is red.", "2*9", [2, 9]),
        ("He has 2 pens of 9 cm. Another is red.", "2*9", [2, 9]),
        ("He and 3 friends run 9 km. Another stays.", "3*9", [9]),
        ("He and 6 friends run 9 km. Another stays.", "6*9", [9]),
        ("He and 7 friends run 9 km. Another stays.", "7*9", [7, 9]),
        ("He and 3 friends run 9 km. Bob and Carl win.", "3*9", [9]),
        ("He and 5 friends run 9 km. Bob and Carl win.", "5*9", [5, 9]),
        ("He and 4 friends run 9 km. Ann, Bob, and Carl win.", "4*9", [9]),
        ("He has 3 cats and 3 dogs that eat 9 kg.", "3*9", [9]),
        ("He eats 2.5 pies, each in 9 different bits.", "2.5*9", [2.5, 9]),
        # A small number that is used more often than it stands there means several things.
        ("He has 4 pens of $9.", "4*9=36;36+4", [9]),
        ("He has 8 pens of $9.", "8*9=72;72+8", [8, 9]),
        ("He has 4 pens and 4 pens of $9.", "4*9=36;36+4", [4, 9]),
        # Numbers of the text that make up one another cannot change alone.
        ("Of 25 fish, 14 are red, 11 blue, 8 ill.", "25-8=17;17*14=238;238+11", [8]),
        ("He has 15 bags, 8 pens, 120 cups, 33 hats.", "15+8=23;23*120=2760;2760-33", [33]),
        ("He has 15 bags at $8, $120 and 33 hats.", "15+8=23;23*120=2760;2760-33", [33]),
        ("He has $15, $8, $120 and 33 hats.", "15+8=23;23*120=2760;2760-33", [15, 8, 120, 33]),
        ("He has $15, $8, $23, 33 hats.", "15*8=120;120*23=2760;2760-33", [33]),
        ("He has $15, 8 cups, $23, 33 hats.", "15*8=120;120*23=2760;2760-33", [15, 8, 23, 33]),
        ("He has 1 cup, 14 pens, 15 hats.", "14*15=210;210+1", [14, 15]),
        ("60% of 45 kids swim and 40% run.", "45*60/100", [45]),
        ("60% of 45 kids swim and 30% run.", "45*60/100", [60, 45]),
        # An unused number that follows from others holds everything.
        ("Of 35 kids, 19 are girls, so 16 are boys with 7 pens.", "35-19=16;16*7", []),
        ("Of 35 kids, 19 are girls and 11 ill with 7 pens.", "35-19=16;16*7", [35, 19, 7]),
        ("Of 35 kids, 19 are girls and 23 have 7 pens.", "35-19=16;16*7", []),
        ("Of 35 kids, 19 are girls with 7 pens. 133 come.", "35-19=16;16*7", []),
        ("Of 35 kids, 19 are girls with 7 pens. 5 come.", "35-19=16;16*7", []),
        ("Of 35 kids, 19 are girls with 7 pens in room 16.", "35-19=16;16*7", [35, 19, 7]),
        ("Of 35 kids, 19 are girls, with 34 pens and one cup.", "35-19=16;16*34", [35, 19, 34]),
        # A constant that could have been worked out holds everything; a small one that could not is a count.
        (KIDS, "(35+19)*5", [35, 19]),
        (KIDS, "(35+19)*6", [35, 19]),
        (KIDS, "(35+19)*7", []),
        (KIDS, "(35+19)*1.5", []),
        ("He has 35 kids and 31 pens.", "(35+31)*4", []),
        ("He has 35 kids and 7 pens.", "(35+7)*5", []),
        (KIDS, "(35+19)*2+1", [35, 19]),
        (KIDS, "(35+19)*1", []),
        (KIDS, "1*(35+19)", []),
        (KIDS, "(35+19)/1", []),
        ("It takes 9 hours and 67 dollars.", "9*60=540;540+67", [9, 67]),
        ("He has 35 kids, 0 cups and 19 pens.", "(35+19)*5", [35, 19]),
        # So may one that the text explains, where two of its numbers come to it.
        ("He has 9 pens a week and 16 cups.", "9*7=63;63+16", []),
        ("He has 9 pens a week and 17 cups.", "9*7=63;63+17", [9, 17]),
        ("He has 3 pens a week and 4 cups and 11 hats.", "11*7=77;77-3=74;74-4", []),
        ("He walks 150 meters with 50 cups and 7 pens.", "7*100=700;700+150=850;850+50", [150, 50, 7]),
        ("A third of 30 boys came with 33 cups.", "30/3=10;10+33", [30, 33]),
        # Ratios of the text explain what is left, gained or undone by them.
        (WHITE, "31*.75=23.25;23.25*17", [31, 17]),
        (WHITE, "31*.25=7.75;7.75*17", [31, 17]),
        (WHITE, "31*1.75=54.25;54.25*17", [31, 17]),
        ("He has 33 eggs, three quarters of them white, and 17 cups.", "33/.75=44;44*17", [33, 17]),
        (WHITE, "31*3=93;93/4=23.25;23.25*17", [31, 17]),
        (WHITE, "31*.8=24.8;24.8*17", []),
        ("He has 31 eggs, two fifths of them white, and 17 cups.", "31/2.5=12.4;12.4*17", [31, 17]),
        ("He has 31 eggs, 60% of them white, and 17 cups.", "31*100=3100;3100*17", [31, 17]),
        ("He has 31 eggs, 60% of them white, and 17 cups.", "31*.01=.31;.31*17", [31, 17]),
        ("He has 31 eggs, 60 of them white, and 17 cups.", "31*60/100=18.6;18.6*17", []),
        # What an operand might also be is in doubt.
        ("He has 31 eggs, 60% of them white, and 100 cups.", "60/100*31=18.6;18.6*100", [31, 60]),
        ("He has 31 eggs, 60% of them white, and 100 cups.", "31*60/100=18.6;18.6*100", [31, 60]),
        ("A 20% tip on $50 was paid by 120% of 9 boys.", "1.2*50=60;60-9", [50, 9]),
        ("A 20% tip on $50 was paid by 110% of 9 boys.", ".2*50=10;10-9", [20, 50, 9]),
        (EGGS, "13-5=8;8*2", []),
        ("He has 13 eggs, eats 5 and finds 7.", "13-5=8;8*7", [13, 5, 7]),
        ("It takes 9 hours and 67 dollars of 7.", "67-7=60;9*60", [9, 67, 7]),
        ("It takes 9 hours and 67 dollars of 7.", "67-7=60;9*60=540;540-60", [9]),
        # So is a number that stands there as an ordinal or a part too.
        ("Of 9 boys 10 winners each get a 10th of $30.", "30/10=3;3*9", [9, 30]),
        ("Of 11 boys 17 girls came 17th.", "11*17", [11]),
        ("Of 11 boys 12 girls get a twelfth.", "11*12", [11]),
    ],
)
def test_which_inputs_may_change(problem: str, computation: str, varies: list[object]) -> None:
    solution, answer = "", ""
    for step in computation.split(";"):
        left = step.split("=")[0]
        answer = f"{eval(left):g}"
        solution += f"So {left}=<<{left}={answer}>>{answer}.\n"
    assert varying(compiled(problem, solution.strip(), answer)) == varies


@pytest.mark.parametrize(
    ("problem", "sentence", "template"),
    [
        (KIDS, "There are 35+19=54 of 54.", "There are {kids}+{pens}={result} of {result}."),
        (KIDS, "As 35 is 16 more than 19, 35+19=54.", "As {kids} is 16 more than {pens}, {kids}+{pens}={result}."),
        (KIDS, "As 19 + k = 35, it is 35+19=54.", ""),
        (BOOKS, "He has 7*1=7 then.", "He has {reads}*1={result} then."),
        (KIDS, "As k = 1. So 35+19=54.", "As k = 1. So {kids}+{pens}={result}."),
        (KIDS, "For 35 or thirty-five 35+19=54 come.", "For {kids} or {kids:word} {kids}+{pens}={thirty_five} come."),
        (KIDS, "In 35/19 we see 35+19=54.", "In 35/19 we see {kids}+{pens}={see}."),
        (KIDS, "At 19:35 there are 35+19=54.", ""),
        (KIDS, "There are 19 and 35 in 35+19=54.", "There are {pens} and {kids} in {kids}+{pens}={result}."),
        (
            "It is 20% of 35 kids.",
            "20% is 0.2 or .2: 0.2*35=7.",
            "{percent}% is {percent:share} or {percent:share+.}: {percent:share}*{kids}={result}.",
        ),
        (
            "He has 13 eggs, half of them red.",
            "Half are 13/2=6.5, 0.5 of it.",
            "Half are {eggs}/2={result}, 0.5 of it.",
        ),
        ("He has 1300 eggs and gets 1700.", "So 1300+1700=3000, wow.", "So {eggs}+{number}={result}, wow."),
        ("He has 300 eggs and gets 700.", "So 300+700=1,000 now.", "So {eggs:,}+{number:,}={result:,} now."),
        ("It costs $3.25 for 7.", "He pays 7*$3.25=$22.75.", "He pays {number}*${cost:money}=${payment:money}."),
        ("He walks 7 of 31 miles.", "He {still} walks 31-7=24", "He {{still}} walks {miles}-{walks}={walks_2}"),
    ],
)
def test_sentences(problem: str, sentence: str, template: str) -> None:
    answer = sentence.split("=")[-1].strip(" .$").split()[0].split(",")[0] if "1,000" not in sentence else "1,000"
    codecot = compiled(problem, sentence, answer)
    assert told(codecot) == ([template] if template else [])


def test_what_a_line_says_explains_its_constants() -> None:
    problem = "He has 9 pens a day for one week and 16 cups."
    solution = "{} 9*7=<<9*7=63>>63 and 63+16=<<63+16=79>>79."
    assert varying(compiled(problem, solution.format("So"), "79")) == []
    assert varying(compiled(problem, solution.format("In a week"), "79")) == [9, 16]


def test_later_sentences_know_earlier_results_but_not_later_ones() -> None:
    solution = "There are 35+19=<<35+19=54>>54.\nAs 54 came, 35*70=<<35*70=2450>>2450."
    codecot = compiled("He has 35 kids and 19 pens for 70.", solution, "2450")
    assert told(codecot)[1] == "As {result} came, {kids}*{pens}={result_2}."
    solution = "Soon 54 come for 35*70=<<35*70=2450>>2450.\nThere are 35+19=<<35+19=54>>54."
    assert told(compiled("He has 35 kids and 19 pens for 70.", solution, "54"))[0].startswith("Soon 54 come")
