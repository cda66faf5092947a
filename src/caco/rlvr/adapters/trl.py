"""TRL's `environment_factory`: the environment owns the problems, the model answers with a tool."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from caco.rlvr.environment import Instance
from caco.rlvr.package import EnvironmentSet


class EnvironmentBase:
    """One rollout at a time: `reset` asks, `submit_answer` is the model's tool, `get_reward` grades.

    Rollouts of one group must have the same problem, and groups different ones: the dataset of `rows` names a seed for
    each group. Without a dataset all groups of a step have the same problem, since each environment object goes through
    the seeds in turn.
    """

    source: ClassVar[Callable[[], EnvironmentSet]]

    def __init__(self) -> None:
        self._seeds: Iterator[int] = itertools.count()
        self._instance: Instance | None = None
        self._said: str | None = None

    @classmethod
    def rows(cls, num: int, *, start: int = 0, level: int | None = None) -> list[dict[str, Any]]:
        """Rows of a dataset, one for each seed from `start` on. It is a class method: TRL takes functions for tools."""
        empty = [{"role": "user", "content": ""}]
        return [{"prompt": empty, "seed": seed, "level": level} for seed in range(start, start + num)]

    def reset(self, **row: Any) -> str:
        """The next question, or that of the row's seed."""
        seed = row.get("seed")
        chosen = next(self._seeds) if seed is None else int(seed)
        self._instance, self._said = type(self).source().instance(chosen, row.get("level")), None
        return self._instance.question

    def submit_answer(self, answer: str) -> str:
        """
        Submit the final answer to the problem. The last submission counts.

        Args:
            answer: The answer alone, such as a number.

        Returns:
            That it has been noted.
        """
        self._said = str(answer)
        return "noted"

    def get_reward(self) -> float:
        """1 where the answer that was submitted last is right; nothing submitted is wrong."""
        if self._instance is None or self._said is None:
            return 0.0
        return type(self).source().score(self._said, self._instance) or 0.0
