"""The benchmarks, one small file each: data and a function from a row to a seed. A new one is a new file."""

import importlib
import pkgutil

from caco.benchmark import Benchmark
from caco.errors import unknown


def benchmark_names() -> list[str]:
    """Names of all benchmarks."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def find_benchmark(name: str) -> Benchmark:
    """The benchmark called `name`. Raises ConfigError where there is none."""
    if name not in benchmark_names():
        raise unknown("benchmark", name, benchmark_names())
    found: Benchmark = importlib.import_module(f"{__name__}.{name}").BENCHMARK
    return found
