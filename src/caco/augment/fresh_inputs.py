"""Fresh inputs: the same program and text with other numbers, in the domain where the text still reads right.

What is preserved: the code but for its inputs, the text's template, and every bound that the seed's run shows.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import islice

from caco.augment.derivation import derived
from caco.augment.input_domain import InputDomain, input_domain
from caco.codecot.program import with_inputs
from caco.records import CodeCoT, Execution

STEPS = 60
"""How many steps of the walk through the domain are tried for each instance that is asked for."""


def fresh_inputs(execution: Execution, n: int, rng: random.Random) -> list[CodeCoT]:
    """Up to `n` new programs of one that ran, all pairwise different in at least half of the inputs that can vary.

    Fewer come back where the bounds leave no more; none for a run that failed or a program in which nothing can vary.
    """
    domain = input_domain(execution)
    if domain is None:
        return []
    return [_instance(execution.codecot, domain, inputs) for inputs in islice(_distant(domain, n, rng), n)]


def _distant(domain: InputDomain, n: int, rng: random.Random) -> Iterator[Mapping[str, object]]:
    """Inputs that differ from the seed's, and from those before, in at least half of what can vary."""
    kept = [domain.seed]
    for inputs in islice(domain.walk(rng), STEPS * n):
        if inputs is not None and all(_differences(domain, inputs, k) * 2 >= len(domain.varies) for k in kept):
            kept.append(inputs)
            yield inputs


def _differences(domain: InputDomain, inputs: Mapping[str, object], other: Mapping[str, object]) -> int:
    return sum(inputs[name] != other[name] for name in domain.varies)


def _instance(cot: CodeCoT, domain: InputDomain, inputs: Mapping[str, object]) -> CodeCoT:
    code = with_inputs(cot.code, inputs)
    return derived(cot, "fresh_inputs", code=code, gold="", solution="", bounds=domain.bounds)
