"""verifiers 1: instances as the tasks of an infinite taskset."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from caco.errors import missing_extra
from caco.rlvr.package import EnvironmentSet
from caco.rlvr.rewards.verifiers import correct

try:
    import verifiers.v1 as vf
except ImportError as error:
    raise missing_extra("verifiers", "verifiers") from error


class InstanceData(vf.TaskData):  # type: ignore[misc]
    """One instance on the wire."""

    answer: str
    level: int
    environment: str


class InstanceTask(vf.Task[InstanceData]):  # type: ignore[misc]
    """An instance, and the reward for its answer."""

    @vf.reward(weight=1.0)  # type: ignore[untyped-decorator]
    async def correct(self, trace: Any) -> float:
        """1 where the last reply states the right answer."""
        return await correct(completion=trace.last_reply, answer=self.data.answer)


class EnvironmentsConfig(vf.TasksetConfig):  # type: ignore[misc]
    """`level` for one level only, `start` for the first seed."""

    level: int | None = None
    start: int = 0


def taskset(source: Callable[[], EnvironmentSet]) -> type:
    """The taskset of a package's environments."""

    class CacoTaskset(vf.Taskset[InstanceTask, EnvironmentsConfig]):  # type: ignore[misc]
        """Instances without end: `-n` says how many."""

        INFINITE = True

        def load(self) -> Iterator[InstanceTask]:
            """One task after the other, by seed."""
            for seed in count(self.config.start):
                one = source().instance(seed, self.config.level)
                data = InstanceData(
                    id=f"{one.environment}-{one.number}",
                    prompt=one.question,
                    answer=one.answer,
                    level=one.level,
                    environment=one.environment,
                )
                yield InstanceTask(data, self.config.task)

    return CacoTaskset
