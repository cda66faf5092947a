"""Opening the backends that serve a plan's ports, by name, each only where a step needs it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from caco.apply import Port
from caco.backends.generators import BACKENDS, TRAINED, check_generator, open_generator
from caco.backends.sources import columns, content_digest
from caco.backends.trainers.templates import RECEIPT
from caco.config import PortConfig, SourceConfig
from caco.errors import ConfigError, unknown
from caco.lineage import digest
from caco.plan import RunConfig
from caco.roles import ROLES


class OnFirstUse:
    """A port that opens its backend with the first request: a run whose steps are all done opens none."""

    def __init__(self, open_backend: Callable[[], Any]) -> None:
        self._open_backend = open_backend
        self._backend: Any = None

    def run(self, requests: Any) -> Any:
        """Pass the requests on."""
        if self._backend is None:
            self._backend = self._open_backend()
        return self._backend.run(requests)

    def close(self) -> None:
        """Close the backend if it was opened."""
        if self._backend is not None:
            self._backend.close()


@contextmanager
def open_ports(config: RunConfig, cores: int | None = None) -> Iterator[Mapping[str, Port]]:
    """The ports of a plan, closed on leaving. `cores` is how many they may keep busy (all there are, if None).

    Raises ConfigError for an unknown port or backend.
    """
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(closing(OnFirstUse(_opener(name, port, cores))))
            for name, port in config.ports.items()
        }


def check_ports(config: RunConfig) -> None:
    """Refuse unknown ports and backends before any work: raises ConfigError."""
    for name, port in config.ports.items():
        _opener(name, port, None)
        if name == "index":
            for path in str(port.settings["benchmarks"]).split(","):
                columns(SourceConfig(path=path))
        if name in ROLES:
            check_generator(port.backend, name, port.settings, port.serving)


def placed(config: RunConfig, folder: Path) -> RunConfig:
    """The config with the run's account filled in: where its calls are logged, and what it may spend in all.

    The log lies beside the runs, so that a pilot, a second try and a replay find what has been paid for.
    """
    for name, port in config.ports.items():
        if name in ROLES and "log" not in port.serving and not isinstance(folder, Path):
            raise ConfigError(
                f"the call log is a SQLite file, which cannot lie beside {folder}: give the role {name!r} a "
                "file on this machine, as in --set model=...,log=calls.sqlite"
            )
    account = {"log": folder.parent / "calls.sqlite", "run": folder.name, "budget": config.budget}
    ports = {
        name: replace(port, settings=_identified(port), serving={**account, **port.serving}) if name in ROLES else port
        for name, port in config.ports.items()
    }
    if "index" in ports:  # a benchmark's content, not its path, decides the replies
        paths = str(ports["index"].settings["benchmarks"]).split(",")
        content = [content_digest(SourceConfig(path=path)) for path in paths]
        ports["index"] = replace(ports["index"], settings={**ports["index"].settings, "content": content})
    return replace(config, ports=ports)


def _identified(port: PortConfig) -> Mapping[str, Any]:
    """A role's settings; with what a model's folder holds, where it was trained here: its path alone does not say."""
    receipt = Path(str(port.settings.get("model", ""))) / RECEIPT
    return {**port.settings, TRAINED: digest(receipt.read_text("utf-8"))} if receipt.is_file() else port.settings


def _opener(name: str, port: PortConfig, cores: int | None) -> Callable[[], Any]:
    openers = {
        "sandbox": {"local": _open_sandbox},
        "grader": {"local": _open_grader},
        "index": {"local": _open_index},
    }
    if name in ROLES:
        if port.backend not in BACKENDS:
            raise unknown(f"backend of the role {name!r}", port.backend, BACKENDS)
        return lambda: open_generator(port.backend, name, port.settings, port.serving)
    if name not in openers:
        raise unknown("port", name, (*openers, *ROLES))
    if port.backend not in openers[name]:
        raise unknown(f"{name} backend", port.backend, openers[name])
    return lambda: openers[name][port.backend](port.settings, cores)


def _open_sandbox(settings: Mapping[str, Any], cores: int | None) -> Any:
    """`isolation`, `sharing`, and any limit by its name."""
    from caco.backends.sandboxes import Limits, open_sandbox

    options = {name: value for name, value in settings.items() if name in ("isolation", "sharing")}
    limits = {name: value for name, value in settings.items() if name not in options}
    try:
        return open_sandbox(limits=Limits(**limits), workers=cores, **options)
    except TypeError as error:
        raise ConfigError(f"settings of the sandbox: {error}") from error


def _open_grader(settings: Mapping[str, Any], cores: int | None) -> Any:
    from caco.backends.graders import LocalGrader

    try:
        return LocalGrader(**settings)
    except TypeError as error:
        raise ConfigError(f"settings of the grader: {error}") from error


def _open_index(settings: Mapping[str, Any], cores: int | None) -> Any:
    """`benchmarks`: the files to search, separated by commas."""
    from caco.backends.indexes import BenchmarkIndex

    return BenchmarkIndex(str(settings["benchmarks"]).split(","))
