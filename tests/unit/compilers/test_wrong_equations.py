"""Equations that a text states, and that do not hold."""

import pytest

from caco.compilers.equations import wrong_equations


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("He has 50x8 = 350 pieces.", ["50x8 = 350"]),
        ("She pays 3 * $2.50 = $7.50, then 10 - 7.50 = 2.5.", []),
        ("4000 + 2040 = 6120", ["4000 + 2040 = 6120"]),
        ("A first: 2+2=4.\nThen 4 * 3 = 13 in all.", ["4 * 3 = 13"]),
        ("20% of 50 is 20% * 50 = 10.", []),
        ("10 / 3 = 3.33", []),
        ("10 / 3 = 3.34", ["10 / 3 = 3.34"]),
        ("10 / 3 = 3", ["10 / 3 = 3"]),
        ("30 / 120 = 25%", []),
        ("3 shirts = $78", []),
        ("L is 3.\n-1 = 4.\n7 = 7.", ["-1 = 4"]),
        ("The remainder of 60 / 8 = 4.", []),
        ("x = 5, so 7S = 847", []),
        ("1,200 - 300 = 900", []),
        ("At -b3 + 4 = 9 or ab3 + 4 = 9.", []),
        ("It is (2 3) + 4 = 9.", []),
        ("10 / 4 = 2, 5 / 0 = 1", ["10 / 4 = 2"]),
        ("10 / 8 = 1.3 or 1.2, 10 / 8 = 1.2 or 10 / 8 = 1.4", ["10 / 8 = 1.4"]),
        ("The whole part of 7 / 2 = 3.", []),
        ("7 = 7\n1.5 = 2.5.\nSo 3 = 4", ["1.5 = 2.5"]),
        ("2 + 3 = 6 * 2, 2 + 3 = 6, 3 + 3 = 7", ["2 + 3 = 6", "3 + 3 = 7"]),
        ("5 2 + 2 = 5, a2 + 2 = 5, ) 2 + 2 = 5, 3^2 + 2 = 5", []),
        ("4c + 40 = 620 and 2x - 5 = 3", []),
        ("The discriminant is 11² - 4 × 28 = 9.", []),
        ("At the left end it is -2 × 5 + 9 = -1.", []),
        ("He needs 8 * 1 1/2 = 12 cups.", []),
        ("There are 5 boys + 4 girls = 10 children.", ["5 boys + 4 girls = 10"]),
    ],
)
def test_wrong_equations(text, wrong):
    assert wrong_equations(text) == wrong
