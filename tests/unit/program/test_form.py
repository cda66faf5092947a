import ast
import math
from collections import OrderedDict
from enum import IntEnum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caco.program.form import WIDTH, FormError, literal, parse, render, with_inputs, without_inputs

CLIPS = """input = {"clips_in_april": 48, "ratio": 2}  # from the text

def solve(clips_in_april, ratio):
    # In May she sold a half as many: ½ of them
    clips_in_may = clips_in_april / ratio
    return clips_in_april + clips_in_may

output = solve(**input)
print(output)
"""


def test_parse_takes_the_form_apart() -> None:
    program = parse(CLIPS)
    assert program.inputs == {"clips_in_april": 48, "ratio": 2}
    assert program.entry == "solve"
    assert program.input_line == 1
    assert [type(s).__name__ for s in program.body] == ["Assign", "Return"]


def test_parse_allows_imports_constants_helpers_and_classes() -> None:
    code = """import math
from collections import deque

HALF = 1 / 2
input = {"r": 2}

class Box:
    pass

def area(r):
    return math.pi * r * r * HALF

def solve(r, unit="m"):
    return area(r)

output = solve(**input)
print(output)"""
    program = parse(code)
    assert [f.name for f in program.functions] == ["area", "solve"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.replace("print(output)\n", ""), "no `output = entry"),
        (lambda c: c.replace("print(output)", "print(output, 1)"), "not `print"),
        (lambda c: c.replace("solve(**input)", "solve(48, 2)"), "no `output = entry"),
        (lambda c: c.replace("solve(**input)", "other(**input)"), "last function is not the entry `other`"),
        (lambda c: c.replace("input = {", "inputs = {"), "no dict `input`"),
        (lambda c: c.replace('"ratio": 2', '"ratio": 1 / 2'), "not a literal"),
        (lambda c: c.replace('"ratio": 2', '"the ratio": 2'), "not a name"),
        (lambda c: c.replace('"ratio": 2', '"rate": 2'), "`input` lacks `ratio`"),
        (lambda c: c.replace('"ratio": 2', '"ratio": 2, "x": 1'), "does not take the input `x`"),
        (lambda c: c.replace('"ratio": 2', '"ratio": 2, "ratio": 3'), "occurs twice"),
        (lambda c: c.replace('{"clips_in_april": 48, "ratio": 2}', "dict(a=1)"), "not a literal dict"),
        (lambda c: c.replace("output =", "for i in []: pass\noutput =", 1), "For at line"),
        (lambda c: c.replace("output =", "print(3)\noutput =", 1), "uses print"),
        (lambda c: "def print(x):\n    pass\n" + c, "takes the name `print`"),
        (lambda c: c.replace("output =", "input = {}\noutput =", 1), "several assignments"),
        (lambda c: c.replace("april, ratio)", "april, /, ratio)"), "by position only"),
        (lambda c: c.replace("return", "retrun"), "no Python"),
        (lambda c: c + "\0", "no Python"),
        (lambda c: "", "no `output"),
    ],
)
def test_parse_says_what_is_missing(change, reason) -> None:
    code = change(CLIPS)
    assert code != CLIPS
    with pytest.raises(FormError, match=reason.replace("(", r"\(").replace("*", r"\*")):
        parse(code)


def test_with_inputs_keeps_every_other_character() -> None:
    other = with_inputs(CLIPS, {"clips_in_april": 60, "ratio": 2})
    assert other == CLIPS.replace("48", "60")
    renamed = with_inputs(CLIPS.replace("ratio)", "ratio, **rest)"), {"clips_in_april": 1, "ratio": 2, "x": "ü"})
    assert '{"clips_in_april": 1' in renamed
    assert "# from the text" in renamed and "½ of them" in renamed


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_with_inputs_keeps_line_ends_and_comments_between_values(newline: str) -> None:
    code = newline.join(
        [
            "input = {  # é\x0c",
            '    "è": "ü",  # first',
            '    "b": [1, 2],  # second',
            "}",
            "def solve(è, b):",
            "    return è",
            "output = solve(**input)",
            "print(output)",
        ]
    )
    other = with_inputs(code, {"è": "\u2028", "b": [1, 3]})
    assert other == code.replace('"ü"', '"\\u2028"').replace("[1, 2]", "[1, 3]")
    assert parse(other).inputs == {"è": "\u2028", "b": [1, 3]}


def test_type_changes_are_written() -> None:
    assert "2.0" in with_inputs(CLIPS, {"clips_in_april": 48, "ratio": 2.0})
    assert "True" in with_inputs(CLIPS, {"clips_in_april": True, "ratio": 2})


@pytest.mark.parametrize("value", [float("inf"), object(), frozenset(), [float("nan")]])
def test_values_without_literal_are_refused(value: object) -> None:
    with pytest.raises(FormError, match="has no literal"):
        literal(value)


def test_render_reads_back() -> None:
    code = render({"n": 3}, "solve", "def solve(n):\n    return math.sqrt(n)", "import math")
    assert parse(code).inputs == {"n": 3}
    assert code.startswith("import math\n\ninput = ")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS |= st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.binary(max_size=5)
HASHABLE = st.recursive(SCALARS, lambda s: st.tuples(s, s), max_leaves=4)
VALUES = st.recursive(
    HASHABLE,
    lambda s: st.lists(s) | st.tuples(s, s, s) | st.dictionaries(HASHABLE, s) | st.sets(HASHABLE, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=40, deadline=None)
def test_literal_reads_back_to_the_same_value(value: object) -> None:
    text = literal(value)
    back = ast.literal_eval(text)
    assert back == value and type(back) is type(value)
    assert literal(back) == text


LITERALS = [
    (None, "None"), (True, "True"), (-3, "-3"), (2.5, "2.5"), (1e22, "1e+22"), (2j, "2j"), (b"a", "b'a'"),
    ("a", '"a"'), ("it's", '"it\'s"'), ('"', "'\"'"), ("a\n", '"a\\n"'), (10**5000, hex(10**5000)),
    ([], "[]"), ([1, "a"], '[1, "a"]'), ((), "()"), ((1,), "(1,)"), ((1, 2), "(1, 2)"), ({}, "{}"),
    ({"a": [1], 2: "b"}, '{"a": [1], 2: "b"}'), (set(), "set()"), ({3, 1, 20}, "{1, 20, 3}"),
    ({"b", "a"}, '{"a", "b"}'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), LITERALS, ids=lambda v: type(v).__name__)
def test_literals_on_one_line(value: object, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize("value", [IntEnum("E", "A").A, OrderedDict(a=1), complex(0, math.inf), range(3), [object()]])
def test_values_of_other_types_are_refused(value: object) -> None:
    with pytest.raises(FormError, match="has no literal that an input can hold"):
        literal(value)


def test_where_a_literal_is_wrapped() -> None:
    """At the first character over the width; what has less than two items stays on its line."""
    text = "x" * 40
    fits = [text, text[:-4]]
    assert len(literal(fits)) == WIDTH - 16
    assert literal(fits, used=16) == f'["{text}", "{text[:-4]}"]'
    assert literal(fits, used=17) == f'[\n    "{text}", "{text[:-4]}",\n]'
    assert "\n" not in literal(["x" * 200]) + literal("x" * 200)
    assert literal([text, text, text], used=17) == f'[\n    "{text}", "{text}",\n    "{text}",\n]'
    assert literal({"a": text, "b": fits}, indent=4) == (
        f'{{\n        "a": "{text}",\n        "b": ["{text}", "{text[:-4]}"],\n    }}'
    )


@pytest.mark.parametrize(("more", "rows"), [(0, 1), (1, 2)])
def test_items_fill_lines_of_the_width(more: int, rows: int) -> None:
    """Four characters of indent, two items with `, ` between them, and a comma."""
    found = literal(["x" * 44, "y" * (45 + more)], used=30).split("\n")
    assert len(found) == rows + 2
    assert max(map(len, found)) <= WIDTH
    assert rows == 2 or len(found[1]) == WIDTH


def test_an_item_of_several_lines_stays_alone() -> None:
    long = ["x" * 60, "y" * 60]
    assert literal([1, long, 2, 3], used=60).split("\n") == [
        "[", "    1,", "    [", f'        "{long[0]}",', f'        "{long[1]}",', "    ],", "    2, 3,", "]",
    ]  # fmt: skip


def test_values_of_a_dict_wrap_where_their_key_leaves_no_room() -> None:
    items = ["x" * 40, "y" * 43]
    assert literal({"a": items, "bb": items, "c": 1}).split("\n")[:5] == [
        "{", f'    "a": ["{items[0]}", "{items[1]}"],', '    "bb": [', f'        "{items[0]}", "{items[1]}",', "    ],",
    ]  # fmt: skip


def test_notes_stand_above_their_inputs() -> None:
    notes = {"n": "# first\n\n  # second\n", "k": ""}
    assert render({"n": 3, "k": [1]}, "f", "def f(n, k):\n    return n", notes=notes) == (
        'input = {\n    # first\n    # second\n    "n": 3,\n    "k": [1],\n}\n\n'
        "def f(n, k):\n    return n\n\noutput = f(**input)\nprint(output)\n"
    )
    wide = render({"k": ["x" * 45, "y" * 45]}, "f", "def f(k):\n    return k", notes={"k": "# k"})
    rows = ["input = {", "    # k", '    "k": [', f'        "{"x" * 45}",', f'        "{"y" * 45}",', "    ],", "}"]
    assert wide.split("\n")[:7] == rows


def test_all_instances_of_a_program_are_one_without_their_inputs() -> None:
    wide = 'input = {\n    "a": 1,\n    # of b\n    "b": 2,\n}\ninput = {1}\n'
    assert without_inputs(wide) == "input = {}\ninput = {1}\n"
    assert without_inputs('input = {"a": 3}\n') == without_inputs('input = {"a": 4}\n') == "input = {}\n"


BINDING = [
    ("n", None), ("n, m", "lacks `m`"), ("m, n", "lacks `m`"), ("n, m=1", None), ("n=1, *, m=2", None),
    ("*, n, m", "lacks `m`"), ("n, *, k=1, m", "lacks `m`"), ("*, m", "lacks `m`"), ("m, k", "lacks `m`"),
    ("*, m=1", "not take the input `n`"), ("**n", None), ("", "not take the input `n`"),
    ("*n", "not take the input `n`"), ("m=1, **k", None),
    ("n=1, /", "`n` by position only"), ("n, m, k=1", "lacks `m`"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "reason"), BINDING)
def test_the_entry_takes_exactly_the_inputs(parameters: str, reason: str | None) -> None:
    code = f"input = {{'n': 1}}\ndef f({parameters}):\n    return 1\noutput = f(**input)\nprint(output)"
    if reason is None:
        assert parse(code).inputs == {"n": 1}
    else:
        with pytest.raises(FormError, match=reason):
            parse(code)


TOP = [
    ("class print: pass", "takes the name `print`"),
    ("import m as output", "takes the name `output`"),
    ("x = -input", "uses input"),
    ("with f() as g: pass", "With at line 2"),
    ("class A:\n    n = input", None),
    ("x: int = 1", None),
    ('"""Text."""', None),
    ("def g(a=(output := 1)): pass", "takes the name `output`"),
]


@pytest.mark.parametrize(("statement", "reason"), TOP)
def test_what_may_stand_at_the_top(statement: str, reason: str | None) -> None:
    code = f"input = {{'n': 1}}\n{statement}\ndef f(n):\n    return 1\noutput = f(**input)\nprint(output)"
    if reason is None:
        assert parse(code).functions[-1].name == "f"
    else:
        with pytest.raises(FormError, match=reason):
            parse(code)


@pytest.mark.parametrize(
    "given", ["{}", "{'n': 1, **m}", "{1: 1}", "{'n': {[]: 1}}", "{None: 1}", "{'a b': 1}", "{'n': 1, 'n': 1}", "'n'"]
)
def test_inputs_that_are_no_dict_of_names_and_literals(given: str) -> None:
    with pytest.raises(FormError, match="`input`"):
        parse(f"input = {given}\ndef f(n):\n    return 1\noutput = f(**input)\nprint(output)")


def test_a_program_with_an_annotated_input() -> None:
    code = "# of n\ninput: dict = {'n': 1}\ndef f(n):\n    return 1\noutput = f(**input)\nprint(output)"
    assert (parse(code).inputs, parse(code).input_line) == ({"n": 1}, 2)
    assert without_inputs(code) == code


def test_long_literals_are_wrapped() -> None:
    value = {"grid": [[i, i + 1] for i in range(40)], "names": ["x" * 50, "y" * 60], "k": 1}
    text = literal(value, used=8)
    assert ast.literal_eval(text) == value
    assert max(map(len, text.split("\n"))) <= WIDTH
    assert len(text.split("\n")) < 16


def test_the_documented_program_is_in_the_form() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "code-cot.md").read_text(encoding="utf-8")
    assert parse(text.split("```python\n")[1].split("```")[0]).inputs == {"fence": 48, "posts_apart": 2}


BEADS = """import math

{given}

def solve(red, names):
    '''
input = {{"red": 1, "names": 2}}
'''
    return red * len(names)

output = solve(**input)
print(output)
"""


@pytest.mark.parametrize(
    "given",
    [
        'input = {"red": -3, "names": ["a", "b}"]}',
        'input = {"red": 4, "names": {"a": 1}}  # {both}',
        'input = {\n    "red": 2.5,  # grams\n    "names": [],\n}',
        'input = {"red": 5,\n         "names": ()}',
    ],
)
def test_instances_of_a_program_are_read_as_if_each_were_alone(given: str) -> None:
    parse(BEADS.format(given='input = {"red": 1, "names": "x"}'))
    code = BEADS.format(given=given)
    program, alone = parse(code), ast.parse(code)
    assert ast.dump(program.tree, include_attributes=True) == ast.dump(alone, include_attributes=True)
    assert program.inputs == ast.literal_eval(program.given.value)


def test_instances_of_a_program_share_what_is_not_their_inputs() -> None:
    one, other = (parse(BEADS.format(given=f'input = {{"red": {n}, "names": "x"}}')) for n in (1, 2))
    assert one.shared == other.shared and one.given is not other.given


def test_inputs_in_a_string_before_the_program_s_own_are_not_taken_for_them() -> None:
    head = "'''\ninput = {\"n\": 1}\n'''\ninput = {\"n\": 2}\n"
    code = f"{head}def f(n):\n    return n\n\noutput = f(**input)\nprint(output)"
    assert parse(code).inputs == {"n": 2}
