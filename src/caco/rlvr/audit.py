"""The audit of an environment before it is admitted: right answers win, wrong ones lose, instances differ."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from caco.instances.bounds import is_number
from caco.program import values
from caco.records import Check
from caco.rlvr.environment import Environment, Instance
from caco.rlvr.scoring import score

LOOKED_AT = 24
"""Instances that an audit reads."""
FORMATS = (
    "{}",
    "\\boxed{{{}}}",
    "The answer is {}.",
    "#### {}",
    "<answer>{}</answer>",
    "**Answer: {}**",
    "All steps are shown above.\n\n{}",
    "<think>Is it 7? No.</think>\n\\boxed{{{}}}",
    "The final answer is ${}$.",
    "Hence\n$$\\boxed{{{}}}$$",
)
"""Ways in which models state an answer."""
_MOST_ALIKE = 0.6
"""Largest share of one and the same answer: above it, a guess would do too well."""
_UNFILLED = re.compile(r"\{\w+(?::[^{}]*)?\}|\bNone\b|\bFraction\(")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found of one environment."""

    environment: str
    checks: tuple[Check, ...]

    @property
    def admitted(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


def audit(environment: Environment) -> Audit:
    """Audit an environment on its first instances."""
    instances = _first(environment)
    checks = (
        _gold_wins(instances),
        _wrong_loses(instances),
        _vary(instances),
        _reads_well(instances),
        _no_leak(instances),
    )
    return Audit(environment=environment.id, checks=checks)


def _first(environment: Environment) -> list[Instance]:
    """The first instances, each once."""
    found = [environment.instance(seed) for seed in range(LOOKED_AT)]
    return list({instance.number: instance for instance in found}.values())


def _gold_wins(instances: list[Instance]) -> Check:
    pairs = [(form.format(instance.answer), instance.answer) for instance in instances[:5] for form in FORMATS]
    found = score([text for text, _ in pairs], [answer for _, answer in pairs])
    lost = [text for (text, _), reward in zip(pairs, found, strict=True) if reward != 1.0]
    return _check("gold_wins", lost, f"{len(pairs)} right answers in {len(FORMATS)} formats score 1")


def _wrong_loses(instances: list[Instance]) -> Check:
    pairs = [(f"\\boxed{{{wrong}}}", i.answer) for i in instances[:8] for wrong in controls(i, instances)]
    found = score([text for text, _ in pairs], [answer for _, answer in pairs])
    won = [f"{text} for {answer}" for (text, answer), reward in zip(pairs, found, strict=True) if reward == 1.0]
    return _check("wrong_loses", won, f"{len(pairs)} known-wrong answers do not score 1")


def controls(instance: Instance, others: list[Instance]) -> Iterator[str]:
    """Answers that are known to be wrong: near misses, an input, another instance's, both at once, and none."""
    output: Any = values.decode(instance.output)
    if is_number(output):
        near: list[Any] = [output + 1, output - 1, -output, output * 10, output / 10]
        inputs: list[Any] = [value for value in values.decode(instance.inputs).values() if is_number(value)]
        yield from (values.show(value) for value in (*near, *inputs) if abs(value - output) > 1e-6)
    sibling = next((other.answer for other in others if other.answer != instance.answer), "")
    if sibling:
        yield from (sibling, f"{instance.answer} or {sibling}", f"{instance.answer}, {sibling}")
    yield ""


def _vary(instances: list[Instance]) -> Check:
    questions = {instance.question for instance in instances}
    answer, most = Counter(instance.answer for instance in instances).most_common(1)[0]
    faults = [f"only {len(instances)} instances"] if len(instances) < LOOKED_AT else []
    faults += ["questions repeat"] if len(questions) < len(instances) else []
    faults += [f"{most} of {len(instances)} answers are {answer}"] if most > _MOST_ALIKE * len(instances) else []
    return _check("instances_vary", faults, f"{len(questions)} questions, {len({i.answer for i in instances})} answers")


def _reads_well(instances: list[Instance]) -> Check:
    bad = [match[0] for instance in instances for match in _UNFILLED.finditer(instance.question)]
    return _check("text_reads", bad, "every slot is filled with a value that people write")


def _no_leak(instances: list[Instance]) -> Check:
    """The answer of a text or a list is not printed; numbers were looked for when the instance was made."""
    long = [i for i in instances if len(i.answer) > 3 and not is_number(values.decode(i.output))]
    leaks = [i.answer for i in long if i.answer in i.question]
    return _check("no_leak", leaks, "no question holds its answer")


def _check(name: str, faults: list[str], evidence: str) -> Check:
    return Check(name=name, passed=not faults, evidence="; ".join(faults[:3])[:300] if faults else evidence)
