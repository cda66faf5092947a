"""Prompts: files to parts, templates to conversations, and what names them."""

from dataclasses import replace

import pytest

from caco.errors import ConfigError
from caco.ports import Message, Sampling
from caco.stages.prompt import Asking, parse_prompt

FILE = """version: 12
about: Says hello.

=== system
You greet.
=== user
Hello {{ name }}!
{% if more %}
  More: {{ more }}
{% endif %}
The end.
"""


def test_a_file_has_a_head_and_two_parts():
    prompt = parse_prompt("greet/any", FILE)
    assert (prompt.name, prompt.version, prompt.about) == ("greet/any", 12, "Says hello.")
    assert prompt.system == "You greet.\n" and prompt.user.startswith("Hello {{ name }}!")
    alone = parse_prompt("greet/any", FILE.replace("=== system\nYou greet.\n", ""))
    assert alone.system == "" and alone.user == prompt.user


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace("version: 12\n", ""),
        FILE.replace("version: 12", "version: twelve"),
        FILE.replace("about: Says hello.\n", ""),
        FILE.replace("=== user\n", ""),
        "",
    ],
)
def test_a_file_that_lacks_something_is_refused(text):
    with pytest.raises(ConfigError, match=r"^prompt greet/any: needs `version: NUMBER`"):
        parse_prompt("greet/any", text)


def test_blocks_leave_no_empty_lines_and_nothing_is_escaped():
    prompt = parse_prompt("greet/any", FILE)
    assert prompt.messages({"name": "A < B & C", "more": ""}) == (
        Message(role="system", content="You greet."),
        Message(role="user", content="Hello A < B & C!\nThe end."),
    )
    assert prompt.messages({"name": "Ann", "more": "x"})[1].content == "Hello Ann!\n  More: x\nThe end."
    indented = replace(prompt, user="Hello\n  {% if more %}\nmore\n  {% endif %}\nend")
    assert indented.messages({"more": "x"})[1].content == "Hello\nmore\nend"


def test_an_empty_part_is_not_said_and_an_unknown_field_is_refused():
    prompt = replace(parse_prompt("greet/any", FILE), system=" \n")
    assert [m.role for m in prompt.messages({"name": "Ann", "more": ""})] == ["user"]
    with pytest.raises(ConfigError, match=r"prompt greet/any: 'more' is undefined"):
        prompt.messages({"name": "Ann"})


def test_keys_follow_version_and_text_and_a_domain_without_a_prompt_takes_the_common_one():
    one = parse_prompt("greet/any", FILE)
    other = parse_prompt("greet/music", FILE.replace("Hello", "Hi"))
    assert len({one.key, other.key, replace(one, version=13).key, replace(one, system="x").key}) == 4
    asking = Asking(prompts={"music": other, "any": one}, model="m", sampling=Sampling(n=2), settings={"model": "m"})
    said = [asking.request(domain, name="Ann", more="") for domain in ("music", "algebra")]
    assert [r.messages[1].content.split()[0] for r in said] == ["Hi", "Hello"]
    assert [r.sampling.n for r in said] == [2, 2]
    assert asking.key == {"prompts": {"any": one.key, "music": other.key}, "role": {"model": "m"}}
