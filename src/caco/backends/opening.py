"""Opening the backends that serve a plan's ports, by name, each only where a step needs it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from caco.apply import OnFirstUse, Port
from caco.backends.generators import TRAINED, check_generator, open_generator
from caco.backends.sources import columns, content_digest
from caco.backends.trainers.templates import RECEIPT
from caco.config import Backend, PortConfig, SourceConfig
from caco.errors import ConfigError, unknown
from caco.lineage import digest
from caco.plan import RunConfig
from caco.plugins import find, opened
from caco.roles import ROLES

PORTS = ("sandbox", "grader", "index")
"""Ports that no model serves; each is a kind of plugin."""


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
    """What opens the backend of a port, which is looked up at once. Raises ConfigError where there is none."""
    if name not in (*PORTS, *ROLES):
        raise unknown("port", name, (*PORTS, *ROLES))
    declared: Backend = find("generator" if name in ROLES else name, port.backend)
    if name in ROLES:
        return lambda: open_generator(port.backend, name, port.settings, port.serving)
    return lambda: opened(f"{name}: ", declared, port.settings, cores=cores)
