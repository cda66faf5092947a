"""Compilers: a seed that carries its own computation becomes a Code CoT, without a model.

A new one is a new file, here or anywhere: `COMPILER = Compiler(compile, carries)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from caco.records import CodeCoT, Seed
from caco.stage import Reject


@dataclass(frozen=True, slots=True)
class Compiler:
    """What reads one form of computation off a seed."""

    compile: Callable[[Seed], CodeCoT | Reject]
    carries: Mapping[str, str]
    """Fields of a seed, each with the regular expression that must be found in it, for the compiler to be the one."""
