"""Rules on executed programs: each row is measured once, keeps its measures, and is judged by the recipe's rules."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from caco.codecot.rules import RULES, Rule, judge, measure
from caco.errors import ConfigError
from caco.records import Execution, Reason
from caco.stage import MapStage, Reject


def filter_programs(rules: Sequence[Rule] = RULES) -> MapStage:
    """The stage Execution -> Execution that lets through what keeps the rules, asked in this order.

    A row that was measured before is judged by what it holds.
    """
    settings = {"rules": [{**asdict(rule), "least": str(rule.least), "most": str(rule.most)} for rule in rules]}
    return MapStage(name="filter", makes=Execution, settings=settings, fn=Filter(rules=tuple(rules)))


def of_difficulty(least: float, most: float) -> MapStage:
    """The stage Execution -> Execution that lets through programs whose `difficulty` is from `least` to `most`.

    Raises ConfigError where `least` is above `most`.
    """
    if least > most:
        raise ConfigError(f"difficulty {least:g} to {most:g}: the least is above the most")
    return filter_programs((Rule(name="difficulty", reason=Reason.DIFFICULTY, least=least, most=most),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Execution -> Execution or Reject."""

    rules: tuple[Rule, ...]

    def __call__(self, execution: Execution) -> Execution | Reject:
        taken = {m.name for m in execution.measures}
        measured = execution
        if not taken >= {rule.name for rule in self.rules}:
            own = measure(execution)
            more = [m for m in execution.measures if m.name not in {n.name for n in own}]
            measured = replace(execution, measures=(*own, *more))
        broken = judge(measured.measures, self.rules)
        if broken is None:
            return measured
        rule, found = broken
        note = f" ({found.note})" if found.note else ""
        return Reject(rule.reason, f"{rule.name} is {found.value:g}{note}; it must be {rule.limits}"[:300])
