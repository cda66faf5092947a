"""Stage 2, without a model: a seed that carries its own computation is compiled to a Code CoT."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from caco.compilers import Compiler
from caco.plugins import find
from caco.records import CodeCoT, Reason, Seed
from caco.stage import MapStage, Reject

UNIFY = "unify"
COMPILERS = ("tests", "mathqa", "program", "marks")
"""By default: the first whose form a seed carries is the one. What is most of a program comes first."""


def unify(compilers: Sequence[str] = COMPILERS) -> MapStage:
    """The stage Seed -> CodeCoT; a seed that carries nothing to compile is rejected: it needs a model."""
    settings = {} if tuple(compilers) == COMPILERS else {"compilers": list(compilers)}
    return MapStage(name=UNIFY, makes=CodeCoT, settings=settings, fn=compiling(compilers))


def compiling(compilers: Sequence[str] = COMPILERS) -> Callable[[Seed], CodeCoT | Reject]:
    """What compiles a seed with these compilers. Raises ConfigError for one that there is not."""
    return partial(compile_seed, tuple(find("compiler", name) for name in compilers))


def compile_seed(compilers: Sequence[Compiler], seed: Seed) -> CodeCoT | Reject:
    """Compile what the seed carries."""
    for compiler in compilers:
        if all(re.search(form, _text(getattr(seed, name))) for name, form in compiler.carries.items()):
            return compiler.compile(seed)
    return Reject(Reason.NOTHING_TO_COMPILE, "the seed has no program, no tests and no calculator marks")


def _text(carried: str | tuple[str, ...]) -> str:
    return carried if isinstance(carried, str) else "\n".join(carried)
