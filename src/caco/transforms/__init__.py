"""Transforms of programs together with their texts: each makes new CodeCoTs from executions that were seen to be right.

A transform declares what it preserves, and trusts nothing: what it makes runs in the sandbox and must keep the bounds
(`caco.instances.bounds`) that the seed's run showed. Nothing here runs a program. A new one is a new file, here or
anywhere: `TRANSFORM = Transform(make, preserves)`.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from caco.records import CodeCoT, Execution

PRESERVED: Mapping[str, str] = {
    "text": "the template is the same",
    "inputs": "the inputs are the same",
    "values": "every value that the program's run assigned is assigned in the new run too",
    "answer": "the output is the same",
    "way back": "the program gives the stated answer on the number that the new one finds",
}
"""What a transform can preserve. The answer that follows stands as gold on each row that is made, and its run is graded
against it; the tests hold the rest on runs of real programs."""


@dataclass(frozen=True, slots=True)
class Transform:
    """Up to so many programs from an execution, by the randomness of its row; and what of it they preserve."""

    make: Callable[[Execution, int, random.Random], list[CodeCoT]]
    preserves: frozenset[str]
    """Of PRESERVED."""
