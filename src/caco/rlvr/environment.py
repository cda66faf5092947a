"""An environment: one program and its text as an endless source of problems with answers.

From one verified run come the input domain and the bounds that make an instance valid, a generator seeded by the
program's own id, the oracle (the program in the sandbox, asked for a block of instances at once), the text with its
slots, the checker, and levels of difficulty.
"""

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from caco.errors import ConfigError
from caco.instances.bounds import broken, is_number
from caco.instances.fresh import InputDomain, input_domain
from caco.lineage import digest, rng
from caco.program import values
from caco.program.form import with_inputs
from caco.records import CodeCoT, Execution
from caco.rlvr.scoring import score
from caco.text.grounding import answer_given_away, text_lacks
from caco.text.template import render

BLOCK = 128
"""Instances that the oracle is asked for at once."""
LEVELS = 3
PATIENCE = 2000
"""Steps through the domain without a new instance after which it counts as exhausted."""

Oracle = Callable[[Sequence[str]], Sequence[Execution]]
"""Programs to their runs, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One problem of an environment."""

    environment: str
    number: int
    """Its place among all of the environment's instances."""
    level: int
    """0 (least effort) to `LEVELS` - 1."""
    question: str
    answer: str
    inputs: str
    """As canonical JSON."""
    output: str
    """As canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What has been made of an environment so far: it can be stored, and goes on where it stopped."""

    instances: tuple[Instance, ...] = ()
    drawn: int = 0
    """Inputs drawn, valid or not."""
    limits: tuple[float, ...] = ()
    """The most effort of each level but the last."""
    exhausted: bool = False


@dataclass(slots=True)
class _Supply:
    """Instances made so far, and the draws that go on."""

    instances: list[Instance]
    limits: tuple[float, ...]
    drawn: int
    exhausted: bool
    draws: Iterator[dict[str, object]] | None = None
    by_level: list[list[Instance]] = field(default_factory=lambda: [[] for _ in range(LEVELS)])


class Environment:
    """Instances of one program. Safe in threads.

    Args:
        execution: a verified run of the program, with its text, bounds and inputs that vary.
        oracle: what runs the program on fresh inputs.
        made: what was made before and need not be run again.

    Raises:
        ConfigError: nothing in the program can vary, or it has no text.
    """

    def __init__(self, execution: Execution, oracle: Oracle, made: Made | None = None) -> None:
        domain = input_domain(execution)
        if domain is None or not execution.codecot.text:
            raise ConfigError(f"run {execution.id} makes no environment: it has no text, or nothing in it can vary")
        self.execution, self.oracle, self.domain = execution, oracle, domain
        self.id = identity(execution.codecot)
        self._lock = threading.Lock()
        made = made or Made()
        self._supply = _Supply(list(made.instances), made.limits, made.drawn, made.exhausted)
        for instance in made.instances:
            self._supply.by_level[instance.level].append(instance)

    def instance(self, seed: int, level: int | None = None) -> Instance:
        """The instance number `seed` (of a level, where one is given): always the same one, and no two alike.

        Where the domain has fewer instances, they begin again from the first. Raises ConfigError for a level that does
        not exist or that the domain has no instance of.
        """
        if seed < 0 or level not in (None, *range(LEVELS)):
            raise ConfigError(f"instance({seed}, {level}): a seed is 0 or more, a level is 0 to {LEVELS - 1}")
        with self._lock:
            found = self._supply.instances if level is None else self._supply.by_level[level]
            while seed >= len(found) and not self._supply.exhausted:
                self._extend()
        if not found:
            raise ConfigError(f"environment {self.id} has no instance of level {level}")
        return found[seed % len(found)]

    def has(self, level: int) -> bool:
        """Whether an instance of this level has been made, or can be."""
        return bool(self._supply.by_level[level]) or not self._supply.exhausted

    def score(self, completion: object, instance: Instance) -> float | None:
        """1 for the right answer, 0 for a wrong one, None where it cannot be decided."""
        return score([completion], [instance.answer])[0]

    def draws(self) -> Iterator[dict[str, object]]:
        """All inputs of the domain that a walk meets, each once, in blocks in which neighbours are shuffled apart."""
        seen = {_key(self.domain, self.domain.seed)}
        fresh = self._fresh(seen)
        for number in range(10**9):
            block = list(islice(fresh, BLOCK))
            rng(self.id, f"block {number}").shuffle(block)
            yield from block
            if len(block) < BLOCK:
                return

    def made(self) -> Made:
        """What has been made so far."""
        s = self._supply
        return Made(instances=tuple(s.instances), drawn=s.drawn, limits=s.limits, exhausted=s.exhausted)

    def _fresh(self, seen: set[object]) -> Iterator[dict[str, object]]:
        idle = 0
        for inputs in self.domain.walk(rng(self.id, "instances")):
            idle += 1
            key = None if inputs is None else _key(self.domain, inputs)
            if inputs is not None and key not in seen:
                idle = 0
                seen.add(key)
                yield inputs
            elif idle > PATIENCE:
                return

    def _extend(self) -> None:
        """Make one more block of instances."""
        s = self._supply
        if s.draws is None:
            s.draws = islice(self.draws(), s.drawn, None)
        block = list(islice(s.draws, BLOCK))
        s.drawn += len(block)
        s.exhausted = len(block) < BLOCK
        code = self.execution.codecot.code
        codes = [with_inputs(code, inputs) for inputs in block]
        runs = self.oracle(codes)
        valid = [(inputs, run) for inputs, run in zip(block, runs, strict=True) if self._valid(inputs, run)]
        loads = [effort(run) for _, run in valid]
        if not s.limits and loads:
            ordered = sorted(loads)
            s.limits = tuple(ordered[len(ordered) * i // LEVELS] for i in range(1, LEVELS))
        for (inputs, run), load in zip(valid, loads, strict=True):
            level = sum(load > limit for limit in s.limits)
            instance = self._instance(inputs, run, level)
            s.instances.append(instance)
            s.by_level[level].append(instance)

    def _valid(self, inputs: Mapping[str, object], run: Execution) -> bool:
        """Whether the run keeps every bound, and the text states all inputs and not the answer."""
        if broken(self.domain.bounds, run):
            return False
        question = render(self.execution.codecot.text, inputs)
        own = _told(run, self.execution.codecot)
        return not text_lacks(question, own) and not answer_given_away(question, own)

    def _instance(self, inputs: Mapping[str, object], run: Execution, level: int) -> Instance:
        return Instance(
            environment=self.id,
            number=len(self._supply.instances),
            level=level,
            question=render(self.execution.codecot.text, inputs),
            answer=_written(values.decode(run.output)),
            inputs=run.inputs,
            output=run.output,
        )


def identity(codecot: CodeCoT) -> str:
    """Names the program without its inputs, and its text: instances of one environment have it in common."""
    return digest("environment", codecot.text, codecot.code.partition("\ndef ")[2])


def _written(output: object) -> str:
    """The answer as people write it: a float without the digits that only its binary form has."""
    return values.show(float(f"{output:.12g}") if isinstance(output, float) else output)


def effort(run: Execution) -> float:
    """How large the numbers are that the run works with, inputs and steps, in decimal digits."""
    inputs = values.decode(run.inputs)
    steps = [values.decode(step.value) for step in run.trace]
    return round(sum(_size(value) for value in (*inputs.values(), *steps)), 3)


def _size(value: object) -> float:
    if is_number(value):
        size = abs(float(min(max(value, -1e300), 1e300)))
        return math.log10(1 + size)
    return sum(_size(item) for item in value) if isinstance(value, list | tuple | set) else 0.0


def _told(run: Execution, codecot: CodeCoT) -> Execution:
    return replace(run, codecot=replace(codecot, code=run.codecot.code))


def _key(domain: InputDomain, inputs: Mapping[str, object]) -> object:
    return hash(tuple(repr(inputs[name]) for name in domain.varies))
