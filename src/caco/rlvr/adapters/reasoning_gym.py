"""reasoning-gym: instances as a `ProceduralDataset`, deterministic in (seed, index)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from caco.errors import missing_extra
from caco.rlvr.environment import LEVELS
from caco.rlvr.package import EnvironmentSet
from caco.rlvr.scoring import score

try:
    from reasoning_gym.factory import ProceduralDataset, register_dataset
except ImportError as error:
    raise missing_extra("reasoning_gym", "reasoning-gym") from error


@dataclass
class EnvironmentsConfig:
    """`seed` is the first of `size` instances; `level` takes one level only."""

    seed: int = 0
    size: int = 500
    level: int | None = None

    def validate(self) -> None:
        """Refuse what no instance has."""
        assert self.seed >= 0 and self.size > 0, "seed is 0 or more, size is at least 1"
        assert self.level in (None, *range(LEVELS)), f"level is 0 to {LEVELS - 1}"


def register_as(name: str, source: Callable[[], EnvironmentSet]) -> None:
    """Make a package's environments known under `name`."""

    class EnvironmentsDataset(ProceduralDataset):  # type: ignore[misc]
        """Instances of the environments."""

        def __init__(self, config: EnvironmentsConfig) -> None:
            super().__init__(config=config, seed=config.seed, size=config.size)

        def __getitem__(self, idx: int) -> dict[str, Any]:
            if not 0 <= idx < self.size:
                raise IndexError(idx)
            one = source().instance(self.seed + idx, self.config.level)
            place = {"source_dataset": name, "source_index": idx, "environment": one.environment}
            difficulty = {"level": one.level}
            return {"question": one.question, "answer": one.answer, "metadata": {**place, "difficulty": difficulty}}

        def score_answer(self, answer: str | None, entry: Mapping[str, Any]) -> float:
            """1 for the right answer (bare, or stated in a text), else 0."""
            return score([answer or ""], [entry["answer"]])[0] or 0.0

    register_dataset(name, EnvironmentsDataset, EnvironmentsConfig)
