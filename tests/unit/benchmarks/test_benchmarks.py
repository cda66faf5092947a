"""Every benchmark: its file is read into problems with answers, by name alone."""

import os
import re
from pathlib import Path

import pytest

from caco.backends import sources
from caco.benchmark import CHOICE, TESTS
from caco.benchmarks._options import options
from caco.config import SourceConfig
from caco.errors import ConfigError
from caco.plugins import find, names
from caco.records import Seed
from caco.stages.evaluate import Items

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("CACO_SHARED", ROOT.parent / "shared")) / "data"
ITEMS = {
    "aime24": 30,
    "amc": 83,
    "aqua": 254,
    "collegemath": 1408,
    "date_understanding": 359,
    "gsm8k": 1319,
    "deepmind_mathematics": 1000,
    "gsm_hard": 1319,
    "humaneval": 164,
    "math": 5000,
    "math500": 500,
    "mathqa": 2985,
    "mbpp": 500,
    "mbpp_plus": 368,
    "mmlu_stem": 3018,
    "olympiadbench": 675,
    "prontoqa": 500,
    "sat_math": 32,
    "scibench": 692,
    "svamp": 1000,
    "theoremqa": 747,
}


def test_a_benchmark_is_known_by_its_file():
    assert names("benchmark") == sorted(ITEMS)
    assert all(find("benchmark", name).name == name for name in ITEMS)
    with pytest.raises(ConfigError, match="unknown benchmark 'gsm9k'; known: aime24, amc, "):
        find("benchmark", "gsm9k")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize("name", sorted(ITEMS))
def test_items_become_seeds(name):
    benchmark = find("benchmark", name)
    lines = sources.read_lines(SourceConfig(path=str(SHARED), benchmarks=(name,)))
    assert len(lines) == ITEMS[name]
    read = Items(benchmarks={name: benchmark})
    seeds = [seed for line in lines if isinstance(seed := read(line), Seed)]
    assert len(seeds) == len(lines) and all(seed.problem and seed.answer for seed in seeds)
    assert len({seed.source for seed in seeds}) == len(seeds) and seeds[0].source.startswith(f"{name}/")
    if benchmark.answer_type == CHOICE:
        lettered = [seed for seed in seeds if re.match(r"[A-J]\) \S", seed.answer)]
        assert len(lettered) >= len(seeds) - 2, "options are found but in two garbled ones"
        assert not any(seed.solution or seed.code for seed in seeds)
    if benchmark.answer_type == TESTS:
        assert all("assert" in seed.answer and not seed.code for seed in seeds)


def test_options():
    assert options("Q? Options: A) 1 B) x, y C)3") == {"A": "1", "B": "x, y", "C": "3"}
    assert options("Q? Options: ['a ) a ) 5 cm', 'b ) 7 cm']") == {"A": "5 cm", "B": "7 cm"}
    assert options("Q? Options: A. 1,190 B. $2$") == {"A": "1,190", "B": "$2$"}
    assert options("Q?\nOptions: a ) 24 , b ) none of these") == {"A": "24", "B": "none of these"}
