"""Programs in one layout with short names: the same computation."""

import pytest

from caco.program.fingerprint import graph_fingerprint
from caco.program.form import FormError
from caco.program.plain import plain

LONG = """import math
input = {"clips_in_april": 48, "ratio": 2}

def solve(clips_in_april, ratio):
    # In May she sold half as many
    clips_in_may = math.ceil(clips_in_april / ratio)
    for ratio in [1]:
        clips_in_may += ratio
    return clips_in_april + clips_in_may

output = solve(**input)
print(output)
"""


def test_inputs_and_variables_get_letters_in_the_order_in_which_they_come():
    assert plain(LONG) == (
        "import math\ninput = {'a': 48, 'b': 2}\n\n"
        "def solve(a, b):\n    c = math.ceil(a / b)\n    for b in [1]:\n        c += b\n    return a + c\n"
        "output = solve(**input)\nprint(output)\n"
    )


def test_the_computation_is_the_same():
    assert graph_fingerprint(plain(LONG)) == graph_fingerprint(LONG)
    assert plain(plain(LONG)) == plain(LONG)


def test_a_letter_that_means_something_else_is_not_taken():
    code = "import math as a\ninput = {'n': 9}\ndef solve(n):\n    root = a.sqrt(n)\n    return root\n"
    found = plain(code + "output = solve(**input)\nprint(output)\n")
    assert "input = {'b': 9}" in found and "c = a.sqrt(b)" in found


def test_where_names_decide_they_stay():
    code = "input = {'n': 2, 'm': 3}\ndef solve(**given):\n    total = given['n'] * given['m']\n    return total\n"
    assert "input = {'n': 2, 'm': 3}" in plain(code + "output = solve(**input)\nprint(output)\n")


def test_what_is_not_in_the_form_is_refused():
    with pytest.raises(FormError):
        plain("print(1)")


@pytest.mark.parametrize(("call", "kept"), [("pay(n, **{})", False), ("pay(hours=n)", True), ("pay(n, rate=4)", True)])
def test_names_stay_where_a_call_says_them(call: str, kept: bool) -> None:
    code = (
        "input = {'n': 2}\n\ndef pay(hours, *, rate=3, **rest):\n    return hours * rate\n\n"
        f"def solve(n):\n    return {call}\noutput = solve(**input)\nprint(output)\n"
    )
    other = (
        "input = {'a': 2}\n\ndef pay(b, *, c=3, **rest):\n    return b * c\n\n"
        "def solve(a):\n    return pay(a, **{})\noutput = solve(**input)\nprint(output)\n"
    )
    assert plain(code) == (code if kept else other)


def test_letters_of_functions_are_not_taken_and_pairs_of_letters_follow():
    names = [f"x{i}" for i in range(27)]
    body = "".join(f"    {name} = a({i})\n" for i, name in enumerate(names))
    code = f"input = {{'n': 2}}\ndef a(k):\n    return k\ndef solve(n):\n{body}    return {names[-1]}\n"
    found = plain(f"{code}output = solve(**input)\nprint(output)\n")
    assert "def solve(b):\n    c = a(0)\n" in found and "    z = a(23)\n    aa = a(24)\n    ab = a(25)\n" in found
