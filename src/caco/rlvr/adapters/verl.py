"""verl: instances made while it trains, as the dataset class of `data.custom_cls`.

    data.custom_cls.path=pkg://caco.rlvr.adapters.verl data.custom_cls.name=InstanceDataset
    data.train_files=FOLDER:500:100500 data.val_files=FOLDER:0:500 data.shuffle=False

FOLDER is what `caco env build` wrote; the numbers are the first seed and the one behind the last. A third number takes
one level of difficulty only.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caco.errors import ConfigError
from caco.rlvr.adapters.rows import verl
from caco.rlvr.package import EnvironmentSet, load

try:
    from verl.utils.dataset.rl_dataset import RLHFDataset
except ImportError as error:
    raise ConfigError("verl is not installed; install it with: pip install verl") from error

_PLACE = re.compile(r"(?P<folder>.+?):(?P<start>\d+):(?P<stop>\d+)(?::(?P<level>\d))?")


@dataclass(frozen=True, slots=True)
class Instances:
    """Rows by number, each made when it is asked for."""

    environments: EnvironmentSet
    seeds: range
    level: int | None = None

    def __len__(self) -> int:
        return len(self.seeds)

    def __getitem__(self, number: int) -> dict[str, Any]:
        seed = self.seeds[number]
        return verl(self.environments.instance(seed, self.level), seed)


class InstanceDataset(RLHFDataset):  # type: ignore[misc]
    """verl's dataset over instances of environments, in the order of their seeds."""

    def _download(self, use_origin_parquet: bool = False) -> None:
        """Nothing is copied: a package is read where it lies."""

    def _read_files_and_tokenize(self) -> None:
        if len(self.data_files) != 1:
            raise ConfigError(f"data_files {list(self.data_files)}: one FOLDER:START:STOP is read, not several")
        self.dataframe = instances(str(self.data_files[0]), self.max_samples)


def instances(place: str, limit: int = -1) -> Instances:
    """The rows that FOLDER:START:STOP or FOLDER:START:STOP:LEVEL names, `limit` of them where it is above 0.

    Raises ConfigError where the text names none.
    """
    found = _PLACE.fullmatch(place)
    seeds = range(int(found["start"]), int(found["stop"])) if found else range(0)
    if found is None or not seeds:
        raise ConfigError(f"{place!r} should be FOLDER:START:STOP with START below STOP, such as maths:0:10000")
    level = int(found["level"]) if found["level"] else None
    return Instances(load(Path(found["folder"])), seeds[:limit] if limit > 0 else seeds, level)
