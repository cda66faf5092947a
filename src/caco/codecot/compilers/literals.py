"""Seeds that come with a program: brought into the unified form, with the problem's quantities as inputs."""

import ast
from fractions import Fraction

from caco.codecot.mentions import mentions
from caco.codecot.naming import places
from caco.codecot.normalise import in_form, normalise
from caco.codecot.program import FormError, Program, parse
from caco.codecot.template import exact, implied, is_number, tie
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject

_PLAIN = frozenset(map(Fraction, (0, 1, 2, 100)))


def compile_program(seed: Seed) -> CodeCoT | Reject:
    """The program of a seed as a Code CoT whose text is the seed's problem with its inputs as slots.

    Inputs may vary where nothing else in the program could be one of the problem's numbers in disguise.
    """
    try:
        code = normalise(seed.code, seed.problem)
    except FormError as error:
        return Reject(Reason.NOT_IN_FORM, str(error))
    program = parse(code)
    given = in_form(seed.code)
    constants = {} if given else _constants(program)
    tied = tie(seed.problem, program.inputs, set(constants))
    doubtful = any(not _explained(c, structural, seed.problem) for c, structural in constants.items())
    return CodeCoT(
        code=code,
        origin="given" if given else "compiled",
        text=tied.template,
        gold=seed.answer,
        solution=seed.solution,
        varies=() if doubtful else tied.varies,
        domain=seed.domain,
        source=seed.source,
        licence=seed.licence,
        seeds=(seed.id,),
    )


def _constants(program: Program) -> dict[Fraction, bool]:
    """The numbers that a program's functions write out, each with whether all its places are structural."""
    found: dict[Fraction, bool] = {}
    for place in places(ast.Module([*program.functions], [])):
        parts = place.value if isinstance(place.value, (list, tuple, set)) else [place.value]
        for number in (exact(p) for p in parts if is_number(p)):
            found[number] = found.get(number, True) and place.structural
    return found


def _explained(number: Fraction, structural: bool, problem: str) -> bool:
    """Whether a constant is no number that fresh inputs would have to change: 2, 60 of minutes, the 1/2 of `half`."""
    if structural or number in _PLAIN or implied(number, problem):
        return True
    ratios = {m.value for m in mentions(problem) if m.kind in ("ratio", "fraction")}
    return any(number in (r, 1 / r if r else r) for r in ratios)
