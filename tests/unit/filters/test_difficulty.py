import pytest

from caco.filters.rules import difficulty, kinds_of_operation, longest_chain
from caco.program.form import parse


def program(body: str, before: str = ""):
    function = f"{before}def solve(a, b):\n    {body}"
    return parse(f'input = {{"a": 4, "b": 7}}\n\n{function}\n\noutput = solve(**input)\nprint(output)\n')


@pytest.mark.parametrize(
    ("body", "chain", "kinds"),
    [
        ("return a", 0, ()),
        ("return a + b", 1, ("Add",)),
        ("return a * 2 + b * 3", 2, ("Add", "Mult")),
        ("x = a * 2\n    y = b * 3\n    return x + y", 2, ("Add", "Mult")),
        ("x = a + b\n    x = x + 1\n    return round(x, 2)", 2, ("Add",)),
        ("x = a\n    x += b\n    x -= 1\n    return x", 2, ("Add", "Sub")),
        ("return max(a, b) - 1", 2, ("Sub", "max")),
        ("return [x * 2 for x in range(a)]", 1, ("Loop", "Mult", "range")),
        (
            "while a < b:\n        a += 3\n    else:\n        return a * a * a\n    return a",
            4,
            ("Add", "Compare", "Loop", "Mult"),
        ),
        ("match a:\n        case 4:\n            return b\n    return -a", 0, ("Branch",)),
        ("return a if a > 3 and b else int(str(b))", 2, ("Branch", "Compare")),
        ("return 'x'.join([str(a)])", 1, ("'x'.join",)),
        ("if a * 2 > b:\n        return a + 1\n    return b", 2, ("Add", "Branch", "Compare", "Mult")),
        ("x = 0\n    for i in range(a):\n        x += b * i\n    return x", 3, ("Add", "Loop", "Mult", "range")),
    ],
)
def test_the_longest_chain_and_the_kinds_of_operation(body: str, chain: int, kinds: tuple[str, ...]) -> None:
    assert longest_chain(program(body)) == chain
    assert kinds_of_operation(program(body)) == kinds


def test_a_helper_counts_as_what_it_does() -> None:
    helper = "def twice(x):\n    return x * 2\n\n"
    assert longest_chain(program("return twice(twice(a)) + b", helper)) == 3
    assert kinds_of_operation(program("return twice(a)", helper)) == ("Mult",)


@pytest.mark.parametrize(
    ("chain", "kinds", "largest", "expected"),
    [(1, 1, 12, 1), (3, 2, 999, 4), (3, 2, 1000, 5), (3, 2, 123_456, 7), (0, 0, 0, 0), (2, 1, float("inf"), 299)],
)
def test_difficulty_adds_kinds_and_digits(chain: int, kinds: int, largest: float, expected: int) -> None:
    assert difficulty(chain, kinds, largest) == expected
