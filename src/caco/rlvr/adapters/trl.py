"""TRL's `environment_factory`: the environment owns the problems, the model answers with a tool."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from caco.rlvr.environment import Instance
from caco.rlvr.package import EnvironmentSet


class EnvironmentBase:
    """One rollout at a time: `reset` asks, `submit_answer` is the model's tool, `get_reward` grades.

    Rollouts of one group must have the same problem, so a row of a dataset may name its `seed` (and `level`); without
    one, each environment object goes through the seeds in turn.
    """

    source: ClassVar[Callable[[], EnvironmentSet]]

    def __init__(self) -> None:
        self._seeds: Iterator[int] = itertools.count()
        self._instance: Instance | None = None
        self._said: str | None = None

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
