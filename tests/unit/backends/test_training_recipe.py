"""Training recipes as data, and chat templates that are checked."""

import json

import jinja2
import pytest

from caco.backends.generators import check_generator
from caco.backends.trainers.recipe import RECIPES, recipe
from caco.backends.trainers.templates import RECEIPT, TEMPLATE, TEMPLATES, check_template, template_fingerprint
from caco.errors import ConfigError


def test_the_paper_s_codegen_recipe():
    found = recipe("codegen", "paper", {})
    assert found.base == "Qwen/Qwen2.5-Coder-7B"
    assert (found.epochs, found.learning_rate, found.warmup, found.weight_decay) == (1, 5e-6, 0.03, 0.1)
    assert (found.cutoff, found.batch, found.bf16) == (2048, 128, True)


def test_the_paper_s_sft_recipe():
    found = recipe("sft", "paper", {})
    assert (found.epochs, found.learning_rate, found.warmup) == (3, 5e-6, 0.03)
    assert (found.cutoff, found.batch, found.bf16) == (4096, 128, True)


def test_changes_are_given_as_text_and_reach_inside():
    found = recipe("codegen", "tiny", {"epochs": "2", "text": "whole", "scratch.layers": "3"})
    assert (found.epochs, found.text, found.scratch.layers) == (2.0, "whole", 3)
    assert RECIPES["codegen"]["tiny"].text == "plain"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epoch": "2"}, "unknown setting of the training 'epoch'; known: base, batch"),
        ({"scratch.width": "2"}, "unknown setting of the training 'scratch.width'"),
        ({"epochs": "many"}, "setting epochs='many'"),
        ({"cutoff": "3"}, "setting cutoff='3': input should be greater than or equal to 16"),
    ],
)
def test_a_wrong_change_is_told(changes, said):
    with pytest.raises(ConfigError) as error:
        recipe("codegen", "tiny", changes)
    assert said in str(error.value)


def test_an_unknown_recipe_is_told():
    with pytest.raises(ConfigError, match="known: paper, tiny"):
        recipe("sft", "large", {})


def rendered(name, *turns, ask=False):
    messages = [{"role": role, "content": text} for role, text in turns]
    return jinja2.Template(TEMPLATES[name]).render(messages=messages, add_generation_prompt=ask)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_prompt_of_an_answer_is_the_head_of_the_whole_turn(name):
    question, answer = ("user", "What is 2 + 2?"), ("assistant", "4")
    assert rendered(name, question, answer).startswith(rendered(name, question, ask=True) + "4<|im_end|>")


def test_alpaca_has_no_words_but_the_question():
    assert rendered("alpaca", ("user", "Why?"), ask=True) == "### Instruction:\nWhy?\n\n### Response:\n"


def test_a_model_is_asked_with_the_template_it_was_trained_with(tmp_path):
    (tmp_path / RECEIPT).write_text(json.dumps({"template": template_fingerprint(TEMPLATES["alpaca"])}))
    (tmp_path / TEMPLATE).write_text(TEMPLATES["alpaca"])
    check_template(str(tmp_path))
    (tmp_path / TEMPLATE).write_text(TEMPLATES["chatml"])
    with pytest.raises(ConfigError, match="another chat template"):
        check_template(str(tmp_path))
    (tmp_path / TEMPLATE).unlink()
    with pytest.raises(ConfigError, match="another chat template"):
        check_generator("transformers", "solver", {"model": str(tmp_path)}, {})


def test_a_model_from_elsewhere_brings_its_own(tmp_path):
    (tmp_path / TEMPLATE).write_text(TEMPLATES["chatml"])
    check_template(str(tmp_path))
    check_template("Qwen/Qwen3-8B")
