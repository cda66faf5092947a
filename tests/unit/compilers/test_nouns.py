"""Names of quantities from the words around a number."""

import pytest

from caco.compilers.marks import input_names, step_names, unique
from caco.text.mentions import mentions


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He has 5 red apples and a pear.", "red_apples"),
        ("Natalie sold 48 clips in May.", "clips_in_may natalie_clips_in_may"),
        ("She gave pens to 3 of her friends.", "friends pens_friends"),
        ("Ann runs 7 miles/hour.", "miles_per_hour ann_runs_miles_per_hour"),
        ("Ann's 8 dogs' bones", "dogs_bones ann_dogs_bones"),
        ("the old man who has 9", "old_man"),
        ("It has 5 of the small girls of class of red of May.", "small_girls_of_class_of_red"),
        ("the best old big red town hall of 7", "big_red_town_hall"),
        ("A 4-door car", "door_car"),
        ("He ate 5 Apple pies.", "number"),
        ("In this old house 5 May flowers grow.", "old_house"),
        ("6", "number"),
        ("The coat is 20% off.", "percent_off coat_percent_off"),
        ("He sold 30% of the red cars.", "percent_of_red_cars"),
        ("It is 30% of", "percent"),
        ("It is 15 percent cheaper.", "percent_cheaper"),
        ("A price with 25% after tax.", "percent price_percent"),
        ("A 40% cash discount card", "cash_discount_percent"),
        ("He has 3 times as many cards.", "times_as_many"),
        ("He has 3 times the cards.", "times_the"),
        ("He has 6 fewer red cats.", "fewer_red_cats"),
        ("Ann is 12 years old.", "ann_age"),
        ("A very tall Ben is 13-years-of age.", "tall_ben_age very_tall_ben_age"),
        ("The big red bus costs $5 an hour.", "hour big_red_hour"),
        ("The old big red bus costs $6 per day.", "red_bus_cost_per_day old_big_red_bus_cost_per_day"),
        ("It costs $6 an hour.", "cost_per_hour"),
        ("$5 per hour", "dollars_per_hour"),
        ("He pays $8.", "payment"),
        ("He sold a shirt. It is $10.", "dollars"),
        ("His old salary is $3000.", "old_salary"),
        ("The total cost of the party is $40.", "party_cost"),
        ("The blue socks cost $9.", "blue_socks_cost"),
        ("$15 red cotton dress shirts", "red_cotton_dress"),
        ("half price $4", "half_price"),
    ],
)
def test_inputs(text: str, names: str) -> None:
    best, other = input_names(text, mentions(text)[-1])
    assert [best, other] == (names.split() * 2)[:2]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Natalia sold [24] clips in May.", "clips_in_may natalia_clips_in_may"),
        ("He pays [$24] for hats.", "hats"),
        ("He needs [3+4=$7] more.", "dollars"),
        ("So [3*4=12] more boxes are left.", "remaining_boxes"),
        ("So [3*4=12] boxes remaining.", "remaining_boxes"),
        ("So [3*4=12] remaining boxes remaining.", "remaining_boxes"),
        ("He has [3*4=12] fewer red pens.", "fewer_red_pens"),
        ("He has [3*4=12] pens, fewer than Ann.", "pens"),
        ("He has [3*4=12] pens more.", "more_pens"),
        ("In total he has [3+4=7].", "total_result"),
        ("He has a total of [3+4=7] cats.", "total_cats"),
        ("The red cats eat a total [3+4=7]", "total_red_cats"),
        ("He has 3 total [3+4=7] pens.", "pens"),
        ("Thus the price of the red hat is [3*4=12]", "price_of_red_hat"),
        ("[3*4=12]", "result"),
    ],
)
def test_results(line: str, names: str) -> None:
    start, end = line.index("["), line.index("]") - 1
    best, other = step_names(line.replace("[", "").replace("]", ""), start, end)
    assert [best, other] == (names.split() * 2)[:2]


@pytest.mark.parametrize(
    ("names", "taken", "name"),
    [
        (["pens", "red_pens"], {}, "pens"),
        (["pens", "red_pens"], {"pens"}, "red_pens"),
        (["pens", "red_pens"], {"pens", "red_pens"}, "pens_2"),
        (["pens", "red_pens"], {"pens", "red_pens", "pens_2"}, "pens_3"),
        (["class"], {}, "class_count"),
        (["sum"], {"sum_count"}, "sum_count_2"),
        (["output"], {}, "output_count"),
        (["math"], {}, "math_count"),
    ],
)
def test_a_name_is_given_once_and_means_nothing_to_python(names: list[str], taken: set[str], name: str) -> None:
    assert unique(names, taken) == name
