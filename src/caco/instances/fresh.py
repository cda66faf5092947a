"""Fresh inputs: the same program and text with other numbers, in the domain where the text still reads right.

What is preserved: the code but for its inputs, the text's template, and every bound that the seed's run shows.

The domain is inferred from a run: candidates for each input from the text and the value, the bounds that the run shows,
and, where the program is straight-line arithmetic, a prediction that tells at once whether they hold.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, combinations, islice
from operator import itemgetter, ne
from typing import Any

from caco.instances.arithmetic import Run, predictor
from caco.instances.bounds import RULES, Values, bounds_of, holds, is_number, observe, order, written
from caco.instances.draws import candidates, fresh_containers
from caco.program.form import FormError, parse, with_inputs
from caco.program.values import show
from caco.records import Bound, CodeCoT, Execution, Status
from caco.text.mentions import mentions
from caco.text.template import exact, render


def derived(cot: CodeCoT, transform: str, **changes: Any) -> CodeCoT:
    """`cot` with these fields changed, as a new row that `transform` made; origin and licence stay."""
    return replace(cot, id="", parents=(), made_by="", origin="transformed", transform=transform, **changes)


def expected(value: object) -> str:
    """The answer that a transform knows its program must give, as gold that the run is graded against.

    Empty for a number without a short decimal, which no text would state.
    """
    if is_number(value):
        number = Fraction(value)
        if number.denominator != 1 and (number * 10**6).denominator != 1:
            return ""
        return show(int(number) if number.denominator == 1 else float(number))
    return show(value)


_KEPT_INSIDE = ("whole", "positive", "nonnegative", "negative", "share")
"""What an operation inside a larger expression must keep: nobody reads its value, so its words do not matter."""
_MOST_PARTS, _MOST_NUMBERS = 5, 20
"""So many inputs are tried as the parts of a total, in a program of so many: there are 21,000 ways, and no more."""
_WORDS = {
    2: re.compile(r"\b(?:twice|doubl\w+|half|halv\w+|both|pair)\b", re.IGNORECASE),
    3: re.compile(r"\b(?:thrice|tripl\w+|third)\b", re.IGNORECASE),
    4: re.compile(r"\b(?:quadrupl\w+|quarter|fourth)\b", re.IGNORECASE),
}
"""Words that a comment may say for a number: they would be wrong for any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDomain:
    """The values that the inputs of one program may take, together."""

    seed: Mapping[str, object]
    """The inputs of the run it is inferred from."""
    numbers: Mapping[str, Sequence[int | float]]
    """Candidates for each number that varies, of which there are at least two."""
    containers: tuple[str, ...]
    """The strings, lists and dicts that vary."""
    bounds: tuple[Bound, ...]
    nested: tuple[Bound, ...] = ()
    """Of operations inside larger expressions, by their place in the text; without a prediction, of pairs of inputs."""
    predict: Run | None = None
    keeps: Callable[[Values], bool] = field(init=False)
    """Whether values keep all bounds. Those come first that a proposal is most likely to break: results before inputs,
    whole numbers first."""
    different: int = field(init=False)
    """How many different numbers the seed's inputs are."""

    def __post_init__(self) -> None:
        ordered = sorted((*self.bounds, *self.nested), key=lambda b: (b.name in self.seed, b.rule != "whole"))
        object.__setattr__(self, "keeps", _keeper(ordered))
        object.__setattr__(self, "different", len(set(_numbers(self.seed))))

    @property
    def varies(self) -> tuple[str, ...]:
        """The inputs that can take another value."""
        return (*self.numbers, *self.containers)

    def admits(self, inputs: Mapping[str, object]) -> bool:
        """Whether the inputs keep all bounds as far as can be predicted; only a run shows it for any program."""
        values = {name: [value] for name, value in inputs.items()} if self.predict is None else self.predict(inputs)
        return values is not None and self.keeps(values)

    def walk(self, rng: random.Random) -> Iterator[dict[str, object] | None]:
        """Inputs in the domain, each one or a few values away from the one before; None for a step that leads outside.

        A walk keeps what it has found: whole quotients of five inputs would hardly be met by drawing all five at once.
        """
        here, names = dict(self.seed), list(self.varies)
        judged: dict[tuple[object, ...], bool] = {}
        while names:
            step = self._step(here, names, rng)
            if step and not self._admits(step, judged):
                step = None
            here = step or here
            yield step

    def _admits(self, inputs: Mapping[str, object], judged: dict[tuple[object, ...], bool]) -> bool:
        """`admits`, asked once for the same numbers: most steps through a small domain repeat others."""
        if self.containers:
            return self.admits(inputs)
        key = tuple(inputs[name] for name in self.numbers)
        if key not in judged:
            judged[key] = self.admits(inputs)
        return judged[key]

    def _step(self, here: Mapping[str, object], names: Sequence[str], rng: random.Random) -> dict[str, object] | None:
        moved = rng.sample(names, min(len(names), rng.choice((1, 1, 2, 3))) if self.predict else len(names))
        step = dict(here)
        step.update((name, rng.choice(self.numbers[name])) for name in moved if name in self.numbers)
        if self.containers:
            step.update(fresh_containers(self.seed, [*self.containers, *self.numbers], rng))
        alike = len(set(_numbers(step))) == self.different  # two mentions that differ go on differing
        return step if alike and step != here else None


def _keeper(bounds: Sequence[Bound]) -> Callable[[Values], bool]:
    """`holds` for all bounds, made for many calls: a single whole number, as most are, is judged without ceremony."""
    rules = [
        (b, b.name, RULES.get(b.rule), b.other, None if b.other.isidentifier() else written(b.other)) for b in bounds
    ]

    def keeps(values: Values) -> bool:
        for bound, name, rule, other, number in rules:
            own = values.get(name, ())
            with_it = values.get(other, (None,))[-1] if number is None else number
            if rule is None or len(own) != 1 or type(own[0]) is not int or type(with_it) not in (int, float):
                if not holds(bound, values):
                    return False
            elif not rule(own[0], with_it):
                return False
        return True

    return keeps


def input_domain(execution: Execution) -> InputDomain | None:
    """The input domain that a run shows; None for a run that failed or a program in which nothing can vary."""
    cot, seed = execution.codecot, _inputs(execution)
    parts = _parts_of_a_total(cot.text, seed) if seed else ()
    varies = [name for name in cot.varies if name in seed and name not in parts]
    comments = [line for line in cot.code.splitlines() if line.lstrip().startswith("#")]
    worded = {n for n in varies if any(_puts_in_words(line, n, seed[n]) for line in comments)}
    numbers = {n: found for n in varies if n not in worded and len(found := _candidates(cot.text, n, seed)) > 1}
    containers = tuple(n for n in varies if isinstance(seed[n], str | list | tuple))
    if not numbers and not containers:
        return None
    bounds = tuple(dict.fromkeys((*cot.bounds, *observe(execution))))
    run = predictor(cot.code, loops=True)
    values = _predicted(run, seed, bounds)
    nested, predict = _nested(values, numbers, seed), run if values else None
    return InputDomain(seed=seed, numbers=numbers, containers=containers, bounds=bounds, nested=nested, predict=predict)


def _inputs(execution: Execution) -> Mapping[str, object]:
    """The inputs of a run; none where it failed, or its program is not in the form."""
    try:
        return parse(execution.codecot.code).inputs if execution.status is Status.OK else {}
    except FormError:
        return {}


def _predicted(run: Run | None, seed: Mapping[str, object], bounds: Sequence[Bound]) -> Values | None:
    """All values of the seed's run as they are predicted; None where they are not, or break what the run showed."""
    values = run(seed) if run else None
    return values if values is not None and all(holds(b, values) for b in bounds) else None


def _nested(values: Values | None, names: Iterable[str], seed: Mapping[str, object]) -> tuple[Bound, ...]:
    """Of operations inside larger expressions; where nothing is predicted, that inputs keep the seed's order of size:
    other values that the program runs on are most likely among these."""
    if values is None:
        given = {name: [value] for name, value in seed.items()}
        return tuple(b for pair in combinations(names, 2) if (b := order(*pair, given)))
    places = [name for name in values if not name.isidentifier()]
    return tuple(b for name in places for b in bounds_of(name, values[name]) if b.rule in _KEPT_INSIDE)


def _parts_of_a_total(text: str, seed: Mapping[str, object]) -> set[str]:
    """Inputs that add up to a number that the text states and no input holds: `12 racquets, 3 of them small, ...`."""
    numbers = {name: exact(value) for name, value in seed.items() if is_number(value)}
    totals = {mention.value for mention in mentions(render(text, seed)) if mention.movable}
    totals.difference_update(form for n in numbers.values() for form in (n, n * 100, n / 100))
    if not totals or len(numbers) > _MOST_NUMBERS:
        return set()
    sums = chain.from_iterable(combinations(numbers, k) for k in range(2, _MOST_PARTS + 1))
    return set().union(*(parts for parts in sums if sum(map(numbers.__getitem__, parts)) in totals))


def _puts_in_words(comment: str, name: str, value: object) -> bool:
    """Whether a comment that tells of an input says its number in words: `by tripling {sold} * {times}`."""
    words = _WORDS.get(value) if isinstance(value, int) else None
    return words is not None and f"{{{name}}}" in comment and words.search(comment) is not None


def _candidates(text: str, name: str, seed: Mapping[str, object]) -> Sequence[int | float]:
    """Candidates for a number; one that may count or point into a list or string keeps to its length."""
    value = seed[name]
    if not is_number(value) or not isinstance(value, int | float):
        return ()
    labels = _labels(seed)
    if value in labels:
        return sorted(x for x in labels if isinstance(x, int))
    lengths = [len(v) for v in seed.values() if isinstance(v, str | list | tuple)]
    end = min((n for n in lengths if n >= value), default=None)
    if end == value:
        return ()
    if end and isinstance(value, int) and value > 0:
        return range(1, end)
    return candidates(text, name, value)


def _labels(seed: Mapping[str, object]) -> set[Any]:
    """What stands in the rows of a table or of a list of edges: a number among them names a node."""
    lists = [v for v in seed.values() if isinstance(v, list)]
    return {x for rows in lists for row in rows if isinstance(row, list | tuple) for x in row}


def _numbers(inputs: Mapping[str, object]) -> list[object]:
    return [v for v in inputs.values() if is_number(v)]


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
