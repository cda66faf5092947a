"""Fresh inputs: the same program and text with other numbers, in the domain where the text still reads right.

What is preserved: the code but for its inputs, the text's template, and every bound that the seed's run shows.
"""

import random
from collections.abc import Iterator, Mapping
from itertools import islice
from operator import itemgetter, ne

from caco.augment.derivation import derived
from caco.augment.input_domain import InputDomain, input_domain
from caco.codecot.program import with_inputs
from caco.records import CodeCoT, Execution

STEPS = 60
"""How many steps of the walk through the domain are tried for each instance that is asked for."""
PATIENCE = 20 * STEPS
"""After how many steps in vain the domain is taken for empty: of 300 instances asked for most programs have fewer, and
waiting on took three quarters of the time for 0.4 % more."""


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
    values = itemgetter(*domain.varies) if len(domain.varies) > 1 else lambda inputs: (inputs[domain.varies[0]],)
    kept, seen, waited = [values(domain.seed)], set[str](), 0
    for inputs in islice(domain.walk(rng), STEPS * n):
        own = values(inputs) if inputs else ()
        waited += 1
        if inputs and repr(own) not in seen and all(sum(map(ne, own, k)) * 2 >= len(k) for k in kept):
            kept.append(own)
            waited = 0
            yield inputs
        elif waited > PATIENCE:
            return
        seen.add(repr(own))  # what is too near to one that was kept always will be


def _instance(cot: CodeCoT, domain: InputDomain, inputs: Mapping[str, object]) -> CodeCoT:
    code = with_inputs(cot.code, inputs)
    return derived(cot, "fresh_inputs", code=code, gold="", solution="", bounds=domain.bounds)
