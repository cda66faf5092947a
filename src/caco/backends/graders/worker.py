"""A worker for algebra: loads sympy once, then answers from a forked child, so that a killed child is replaced at once.

`caco.backends.graders.pool` runs this module and kills the child when a pair takes too long. Input and output are lines
of JSON; each child first says `ready` with its process id. When the input ends, child and parent end.
"""

import contextlib
import json
import os
import resource
import sys
from types import ModuleType
from typing import Any

from caco.answers import reading
from caco.answers.typed import from_json

CPU_S = 900
"""A child's processor time: one whose owner has died does not compute for ever."""


def main() -> None:
    """Fork children, one after the other, until one of them has read the end of the input."""
    from caco.backends.graders import algebra

    replies = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not pass for a reply
    while True:
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BrokenPipeError):  # nobody reads any more: an end like that of the input
                serve(algebra, replies, memory=int(sys.argv[1]))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            return


def serve(algebra: ModuleType, replies: int, memory: int) -> None:
    """Answer requests until the input ends; see `reply`."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    os.write(replies, f"\nready {os.getpid()}\n".encode())
    waiting = b""
    while chunk := os.read(0, 65536):
        waiting += chunk
        while b"\n" in waiting:
            line, _, waiting = waiting.partition(b"\n")
            os.write(replies, json.dumps(answer(algebra, line)).encode() + b"\n")


def answer(algebra: ModuleType, line: bytes) -> str:
    """The reply to one line, whatever algebra does with it."""
    try:
        return reply(algebra, json.loads(line))
    except MemoryError:
        return "memory"
    except Exception as fault:  # noqa: BLE001 - algebra raises anything; the pair stays undecided
        return f"failed: {type(fault).__name__}"


def reply(algebra: ModuleType, request: list[Any]) -> str:
    """`equal`, `not_equal`, or why neither could be shown, for `[gold, its typed flag, prediction, its typed flag]`."""
    gold, typed_gold, prediction, typed_prediction = request
    left = from_json(gold) if typed_gold else reading.read(gold)
    right = from_json(prediction) if typed_prediction else reading.read(prediction)
    if "raw" not in (left.head, right.head):
        same = algebra.same_expression(left, right)
        if same is not None:
            return "equal" if same else "not_equal"
    if typed_gold or typed_prediction:
        return "not_simplified"
    return "second_opinion" if algebra.second_opinion(gold, prediction) else "not_simplified"


if __name__ == "__main__":
    main()
