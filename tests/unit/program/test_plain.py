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
