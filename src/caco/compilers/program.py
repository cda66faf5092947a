"""Seeds that come with a program: brought into the unified form, with the problem's quantities as inputs."""

import ast
import re
from collections.abc import Mapping
from fractions import Fraction

from caco.compilers import Compiler
from caco.foreign.lift import stated
from caco.foreign.naming import places
from caco.foreign.normalise import in_form, normalise
from caco.program.form import FormError, Program, parse
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.mentions import mentions
from caco.text.template import exact, implied, is_number, tie

_OPTIONS = re.compile(r"\s(?:Options|Answer Choices|Choices) ?: ?", re.IGNORECASE)
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
    problem = without_options(seed)
    tied = tie(problem, program.inputs, {*constants, *_inside(program.inputs)})
    doubtful = any(not _explained(c, structural, problem) for c, structural in constants.items())
    doubtful = doubtful or bool(_OPTIONS.search(problem))
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


def without_options(seed: Seed) -> str:
    """The problem without its answer options, where the answer is not one of their letters."""
    letter = re.fullmatch(r"\(?[A-Ea-e]\)?", seed.answer.strip())
    return seed.problem if letter else _OPTIONS.split(seed.problem)[0].rstrip()


def _inside(inputs: Mapping[str, object]) -> set[Fraction]:
    """The numbers inside of the inputs that hold several."""
    held = [v for v in inputs.values() if isinstance(v, (list, tuple, set, dict))]
    return {exact(n) for value in held for n in _leaves(value) if is_number(n)}


def _leaves(value: object) -> list[object]:
    held = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return [leaf for part in held for leaf in _leaves(part)] if isinstance(held, (list, tuple, set)) else [held]


def _constants(program: Program) -> dict[Fraction, bool]:
    """The numbers that a program's functions write out, each with whether all its places are structural."""
    found: dict[Fraction, bool] = {}
    for place in places(ast.Module([*program.functions], [])):
        parts = place.value if isinstance(place.value, (list, tuple, set)) else [place.value]
        for number in (exact(p) for p in parts if is_number(p)):
            found[number] = found.get(number, True) and place.structural
    return found


def _explained(number: Fraction, structural: bool, problem: str) -> bool:
    """Whether a constant is no number that fresh inputs would have to change.

    It is part of the way of computing, the text implies it (60 of minutes, 1/2 of `half`), or states and keeps it.
    """
    if structural or number in _PLAIN or implied(number, problem) or number in stated(problem).numbers:
        return True
    ratios = {m.value for m in mentions(problem) if m.kind in ("ratio", "fraction")}
    return any(number in (r, 1 / r if r else r) for r in ratios)


COMPILER = Compiler(compile_program, {"code": "(?s)."})
