"""Look-ups among the items of benchmarks, which are read from files."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from caco.alike.leaks import Item, LeakIndex
from caco.backends.sources import read_lines
from caco.config import Backend, SourceConfig
from caco.ports import LeakReply, LeakRequest
from caco.records import CodeCoT, Seed
from caco.stages.collect import Collect
from caco.stages.unify import compiling


class BenchmarkIndex:
    """The port `index` over files of benchmarks, each named by its file.

    Items that carry a program, a formula, tests or calculator marks are compiled, and are recognised by their
    computation too. Raises ConfigError where a file cannot be read.
    """

    def __init__(self, *, benchmarks: str, content: Sequence[str] = ()) -> None:
        """`benchmarks` are files, separated by commas; `content` names what is in them, for the keys alone."""
        paths = benchmarks.split(",")
        items = {name_of(path): list(benchmark_items(path)) for path in paths}
        self._benchmarks = tuple(f"{name} ({len(some)} items)" for name, some in items.items())
        self._index = LeakIndex([item for some in items.values() for item in some])

    def run(self, requests: Sequence[LeakRequest]) -> Sequence[LeakReply]:
        """Look each problem up."""
        return [self._reply(request) for request in requests]

    def _reply(self, request: LeakRequest) -> LeakReply:
        leak = self._index.find(request.text, request.answer, request.code)
        if leak is None:
            return LeakReply(benchmarks=self._benchmarks)
        return LeakReply(benchmarks=self._benchmarks, item=leak.item, route=leak.route, evidence=leak.evidence)

    def close(self) -> None:
        """Nothing is held open."""


def name_of(path: str) -> str:
    """A benchmark's name: its file's, without endings."""
    return Path(path).name.split(".")[0]


def benchmark_items(path: str) -> Iterator[Item]:
    """The items of a benchmark's file, with their programs where these can be compiled."""
    read, compiled = Collect(), compiling()
    for line in read_lines(SourceConfig(path=path)):
        seed = read(line)
        if isinstance(seed, Seed):
            made = compiled(seed)
            code = made.code if isinstance(made, CodeCoT) else ""
            name = f"{name_of(path)}/{seed.source_id or f'line {line.number}'}"
            yield Item(name=name, text=seed.problem, answer=seed.answer, code=code)


INDEX = Backend(open=BenchmarkIndex)
