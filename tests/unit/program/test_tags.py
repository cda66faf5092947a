"""Tags of programs, and the prompts that state them."""

import pytest

from caco.program.form import FormError
from caco.program.tags import codegen_prompt, tags

CODE = """input = {"a": 1, "b": 2}

def solve(a, b):
    x = a * b + a / b
    for i in range(3):
        x += max(i, b)
    return x if x > 3 else 0

output = solve(**input)
print(output)
"""


def test_tags_say_what_is_in_the_program_with_operations_in_the_order_of_work():
    assert tags(CODE, "algebra") == (
        "domain: algebra",
        "difficulty: 3",
        "concepts: loops branches",
        "sketch: _ * _ / _ + _ range _ max _ + _ ? _",
    )


def test_a_program_without_a_domain_has_no_such_tag():
    assert [tag.partition(":")[0] for tag in tags(CODE)] == ["difficulty", "concepts", "sketch"]


def test_what_is_not_in_the_form_has_no_tags():
    with pytest.raises(FormError):
        tags("print(1)")


def test_the_pre_query_prompt_is_the_reference_s_own():
    assert codegen_prompt() == ("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n")


def test_the_conditional_prompt_states_the_tags_in_place_of_the_system_s_words():
    assert codegen_prompt(("difficulty: 3", "sketch: _ + _ * _")) == (
        "<|im_start|>system\ndifficulty: 3\nsketch: _ + _ * _<|im_end|>\n<|im_start|>user\n"
    )
