"""Stage 2, without a model: a seed that carries its own computation is compiled to a Code CoT."""

from caco.compilers.marks import compile_marks
from caco.compilers.mathqa import compile_formula, is_formula
from caco.compilers.program import compile_program
from caco.compilers.tests import compile_tests
from caco.records import CodeCoT, Reason, Seed
from caco.stage import MapStage, Reject

UNIFY = "unify"


def unify() -> MapStage:
    """The stage Seed -> CodeCoT; a seed without program, tests or marks is rejected: it needs a model."""
    return MapStage(name=UNIFY, makes=CodeCoT, fn=compile_seed)


def compile_seed(seed: Seed) -> CodeCoT | Reject:
    """Compile what the seed carries: a function with tests, a program, a formula, or a solution with marks."""
    if seed.code and seed.tests:
        return compile_tests(seed)
    if is_formula(seed.code):
        return compile_formula(seed)
    if seed.code:
        return compile_program(seed)
    if "<<" in seed.solution:
        return compile_marks(seed)
    return Reject(Reason.NOTHING_TO_COMPILE, "the seed has no program, no tests and no calculator marks")
