"""Generators: language models behind one port, each reply in the call log before its row is written.

`openai` is any server that speaks the OpenAI wire format; `vllm` and `transformers` run a model in this process;
`batch` writes and reads provider batch files; `scripted` is a function; `replay` answers from the call log alone.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from caco.backends.generators.call_log import CallLog
from caco.backends.generators.meter import Meter, Prices
from caco.backends.generators.recorded import Recorded, Source
from caco.backends.trainers.templates import check_template
from caco.config import Backend, Budget
from caco.errors import ConfigError, missing_extra
from caco.plugins import find, opened
from caco.roles import ACCOUNT

TRAINED = "trained"
"""The setting that names what a model's folder holds; it is part of the keys, and no backend takes it."""


def open_generator(backend: str, role: str, settings: Mapping[str, Any], serving: Mapping[str, Any]) -> Recorded:
    """The generator that serves `role`. Raises ConfigError for settings that cannot work."""
    source = _source(backend, role, settings, serving)
    log = CallLog(Path(serving.get("log", "calls.sqlite")))
    prices = Prices(token_in=_price(serving, "price_in"), token_out=_price(serving, "price_out"))
    meter = Meter(log, run=serving.get("run", ""), budget=serving.get("budget", Budget()), prices=prices)
    return Recorded(source, log=log, meter=meter, role=role, settings=settings)


def check_generator(backend: str, role: str, settings: Mapping[str, Any], serving: Mapping[str, Any]) -> None:
    """Refuse settings that cannot work, before any work; a model that would have to be loaded is only looked for.

    Raises ConfigError.
    """
    _price(serving, "price_in"), _price(serving, "price_out")
    if not (loads := find("generator", backend).loads):
        _source(backend, role, settings, serving).close()
        return
    check_template(str(settings.get("model", "")))
    if find_spec(loads) is None:
        raise missing_extra(loads, loads)


def _source(backend: str, role: str, settings: Mapping[str, Any], serving: Mapping[str, Any]) -> Source:
    declared: Backend = find("generator", backend)
    if declared.loads:
        check_template(str(settings.get("model", "")))
    reached = {name: value for name, value in serving.items() if name not in ACCOUNT}
    own = {name: value for name, value in settings.items() if name != TRAINED}
    source: Source = opened(f"role {role!r}, served by {backend!r}: ", declared, {**own, **reached}, role=role)
    return source


def _price(serving: Mapping[str, Any], name: str) -> float:
    """The price of one token; settings state it for a million."""
    try:
        return float(serving.get(name, 0)) / 1e6
    except ValueError as error:
        raise ConfigError(f"{name}={serving[name]!r}: should be the price of a million tokens") from error
