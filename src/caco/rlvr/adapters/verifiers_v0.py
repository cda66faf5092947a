"""verifiers before version 1: a single-turn environment over a fixed number of instances."""

from typing import Any

from caco.errors import missing_extra
from caco.rlvr.package import EnvironmentSet
from caco.rlvr.rewards.verifiers import correct


def single_turn(environments: EnvironmentSet, *, num: int = 1000, start: int = 0, level: int | None = None) -> Any:
    """A `SingleTurnEnv` over the instances `start` to `start + num`. Raises ConfigError without verifiers 0."""
    try:
        import verifiers as vf
        from datasets import Dataset

        environment, rubric = vf.SingleTurnEnv, vf.Rubric
    except (ImportError, AttributeError) as error:
        raise missing_extra("verifiers before version 1", "verifiers") from error
    rows = [environments.instance(seed, level) for seed in range(start, start + num)]
    dataset = Dataset.from_list(
        [{"question": one.question, "answer": one.answer, "info": {"level": one.level}} for one in rows]
    )
    return environment(dataset=dataset, rubric=rubric(funcs=[correct], weights=[1.0]))
