"""Reading replies as models really write them."""

import pytest

from caco.ports import Completion
from caco.stages.replies import UnreadableError, json_object, only, program_text, tagged, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("<think>\nfirst </think> then", "then"),
        ("the template opened it</think>\n\nanswer", "answer"),
        ("<think>a</think>draft<think>b</think> final ", "final"),
        ("<thinking>x</thinking>y", "y"),
    ],
)
def test_what_follows_the_thinking(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "finish", "why"),
    [
        ("<think> so many words", "length", "within its thinking"),
        ("<think> so many words", "stop", "within its thinking"),
        ("half of a sen", "length", "cut off"),
        ("<think>done</think>\n", "stop", "empty"),
        ("  ", "stop", "empty"),
    ],
)
def test_what_holds_nothing_is_unreadable(text, finish, why):
    with pytest.raises(UnreadableError, match=why):
        visible(text, finish)


def test_a_program_that_ends_before_the_cut_is_whole():
    block = "Here:\n```python\nx = 1\n```\nand then I would like to expl"
    assert program_text(block, "length") == block
    with pytest.raises(UnreadableError, match="cut off"):
        program_text("```python\nx = 1\ny =", "length")
    with pytest.raises(UnreadableError, match="thinking"):
        program_text("<think>```python\nx = 1\n```\nmaybe", "length")


@pytest.mark.parametrize(
    "text",
    [
        "<problem>Ann has 3 cats.</problem>",
        "Sure!\n<problem>\nAnn has 3 cats.\n</problem>\nLet me know!",
        "I first wrote <problem>Bob</problem> and now <problem>Ann has 3 cats.</problem>",
        "<problem>Ann has 3 cats.",
        "<PROBLEM>Ann has 3 cats.</Problem>",
        "Well, <Problem>Ann has 3 cats.",
        "Ann has 3 cats.\n\nLet me know!\nI would be glad.\nReally.",
        "Sure! Here is the problem:\n\nAnn has 3 cats.",
        "Here's a word problem for you:\n\nAnn has 3 cats.\n\nLet me know if you want another one.",
        "**Problem:** Ann has 3 cats.",
        "## Problem\n\nAnn has 3 cats.",
        "```\nAnn has 3 cats.\n```",
        "Certainly!\n\n**Problem:**\n\nAnn has 3 cats.\n\nNote that the answer is 3.",
        "Ann has 3 cats.",
    ],
)
def test_a_text_without_its_wrapping(text):
    assert tagged(text, "problem") == "Ann has 3 cats."


@pytest.mark.parametrize(
    "text",
    [
        '{"ok": true, "steps": [{"ok": false}]}',
        'Let me see {here}. ```json\n{"ok": true, "steps": [{"ok": false}]}\n```',
        '{"ok": false} was my first thought, but {"ok": true, "steps": [{"ok": false}]} it is }',
        '{{"ok": true, "steps": [{"ok": false}]}}',
        '{"other": 1} {"ok": true, "steps": [{"ok": false}]} {broken',
    ],
)
def test_the_last_whole_object_with_the_key(text):
    assert json_object(text, "ok") == {"ok": True, "steps": [{"ok": False}]}


@pytest.mark.parametrize("text", ["", "yes", '{"other": 1}', '{"ok": true', "[1, 2]"])
def test_no_object(text):
    with pytest.raises(UnreadableError, match="no JSON object with ok"):
        json_object(text, "ok")


def test_two_blocks_are_no_text():
    text = "```\none\n```\nor\n```\ntwo\n```"
    assert tagged(text, "problem") == text


def test_a_program_that_was_not_cut_off_may_stand_without_a_block():
    assert program_text("x = 1", "stop") == "x = 1"
    with pytest.raises(UnreadableError, match="cut off"):
        program_text("x = 1", "length")


def test_a_refused_request_says_why():
    with pytest.raises(UnreadableError, match="the reply is empty"):
        only([Completion(texts=(), finish=())])
    assert only([Completion(texts=("a",), finish=("stop",))]) == ("a", "stop")
    with pytest.raises(UnreadableError, match="HTTP 400: too long"):
        only([Completion(texts=(), finish=("refused",), detail="HTTP 400: too long")])
