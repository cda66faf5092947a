"""Roles: what models are asked to be, and how a recipe's settings say who fills each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from caco.config import PortConfig
from caco.errors import ConfigError, unknown
from caco.plugins import find
from caco.ports import Sampling

ROLES: Mapping[str, str] = {
    "codegen": "writes programs out of nothing, or after tags",
    "unifier": "writes a seed's computation as a program",
    "writer": "writes a problem for a program",
    "reader": "writes a program for a problem, from its text alone",
    "solver": "solves a problem, from its text alone",
    "judge": "says whether a solution's reasoning is the program's",
}
"""Names of the ports that models serve."""

_NUMBERS: Mapping[str, type] = {"temperature": float, "top_p": float, "max_tokens": int, "n": int, "seed": int}
ACCOUNT = frozenset({"log", "run", "budget", "price_in", "price_out", "gpus", "replicas"})
"""Settings of every role that decide no reply: where calls are logged, on whose account, at what price, on how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who fills a role: the backend that serves it, its settings, and how replies are drawn."""

    name: str
    backend: str = "openai"
    settings: Mapping[str, Any] = field(default_factory=dict)
    serving: Mapping[str, Any] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)

    @property
    def model(self) -> str:
        """The model's name, as rows state it."""
        return str(self.settings.get("model") or self.backend)

    @property
    def port(self) -> PortConfig:
        """The port's config."""
        return PortConfig(backend=self.backend, settings=self.settings, serving=self.serving)

    @property
    def key(self) -> dict[str, Any]:
        """What of a role belongs into the key of a stage that asks it: model and sampling."""
        sampling = {f.name: getattr(self.sampling, f.name) for f in fields(Sampling)}
        return {"model": dict(self.settings), "sampling": sampling}


def role(name: str, given: Mapping[str, Any], sampling: Sampling) -> Role:
    """The role `name` from a recipe's setting such as `{"model": "qwen3:8b", "url": "http://localhost:11434/v1"}`.

    Besides `backend` and its settings it may hold fields of `Sampling`, which come before those of `sampling`.
    Raises ConfigError.
    """
    if name not in ROLES:
        raise unknown("role", name, ROLES)
    drawn = {key: _number(name, key, given[key]) for key in _NUMBERS if key in given}
    rest = {key: value for key, value in given.items() if key not in (*_NUMBERS, "backend")}
    backend = str(given.get("backend", "openai"))
    reach = ACCOUNT | find("generator", backend).reach
    if "key" in rest or "api_key" in rest:
        raise ConfigError(f"the role {name!r} takes no key: name the environment variable that holds it in key_env")
    return Role(
        name=name,
        backend=backend,
        settings={key: value for key, value in rest.items() if key not in reach},
        serving={key: value for key, value in rest.items() if key in reach},
        sampling=replace(sampling, **drawn),
    )


def family(model: str) -> str:
    """The family of a model by its name, in lower case; a name of no known family is its own.

    >>> family("Qwen/Qwen3-32B"), family("qwen3:8b"), family("mine-7b")
    ('qwen', 'qwen', 'mine')
    """
    name = model.rpartition("/")[2].lower()
    return next((known for known in _FAMILIES if known in name), name.split("-")[0].split(":")[0])


_FAMILIES = (
    # A distilled model is of the family whose answers it learned.
    *("deepseek", "gpt", "claude", "gemini", "gemma", "llama", "mistral", "mixtral", "ministral", "phi", "qwen", "qwq"),
    *("glm", "yi", "olmo", "command", "granite", "nemotron", "falcon", "internlm", "kimi", "grok", "smollm"),
)


def _number(role_name: str, key: str, value: Any) -> Any:
    try:
        return _NUMBERS[key](value)
    except ValueError as error:
        raise ConfigError(f"{role_name}: {key}={value!r} should be a number") from error
