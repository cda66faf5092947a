"""A worker process: one line of JSON in, one line out, until its input ends; `caco.backends.graders.pool` runs it.

It may be killed at any time. It limits its own memory, ignores the terminal's interrupt and writes nothing but replies.
"""

import json
import os
import resource
import sys
from typing import Any

from caco.graders import reading
from caco.graders.typed import from_json


def main() -> None:
    """Answer requests from standard input; see `reply`."""
    memory = int(sys.argv[1])
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not pass for a reply
    from caco.backends.graders import algebra

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    replies.write("ready\n")
    replies.flush()
    for line in sys.stdin:
        try:
            found = reply(algebra, json.loads(line))
        except MemoryError:
            found = "memory"
        except (Exception, RecursionError) as fault:  # noqa: BLE001 - algebra raises anything; the pair stays undecided
            found = f"failed: {type(fault).__name__}"
        replies.write(json.dumps(found) + "\n")
        replies.flush()


def reply(algebra: Any, request: list[Any]) -> str:
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
