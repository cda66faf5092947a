"""Prompts: what a stage says to its model, as a template with a version; its text is part of the stage's key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from caco.errors import ConfigError
from caco.lineage import digest
from caco.ports import GenerateRequest, Message, Sampling

ANY = "any"
"""The domain whose prompt serves all that have none of their own."""

_PART = re.compile(r"^=== (system|user)[ \t]*\n", re.MULTILINE)
_HEAD = re.compile(r"^(\w+):[ \t]*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt: `system` and `user` are templates (Jinja2) over the fields of its stage."""

    name: str
    """Stage and domain: `write/any`."""
    version: int
    about: str
    system: str
    user: str

    @property
    def key(self) -> str:
        """Names its version and text."""
        return f"{self.name}@{self.version}-{digest(self.system, self.user)}"

    def messages(self, fields: Mapping[str, Any]) -> tuple[Message, ...]:
        """The conversation with the fields filled in. Raises ConfigError for a field that its stage does not have."""
        try:
            said = [(role, _template(text).render(fields).strip()) for role, text in self._parts()]
        except jinja2.TemplateError as error:
            raise ConfigError(f"prompt {self.name}: {error}") from error
        return tuple(Message(role=role, content=content) for role, content in said if content)

    def _parts(self) -> tuple[tuple[str, str], ...]:
        return ("system", self.system), ("user", self.user)


def parse_prompt(name: str, text: str) -> Prompt:
    """Read a prompt's file: `version:` and `about:`, then `=== system` and `=== user`. Raises ConfigError."""
    head, *parts = _PART.split(text)
    fields = dict(_HEAD.findall(head))
    said = dict(zip(parts[::2], parts[1::2], strict=True))
    if "user" not in said or not fields.get("version", "").isdecimal() or "about" not in fields:
        raise ConfigError(f"prompt {name}: needs `version: NUMBER`, `about: TEXT` and a part `=== user`")
    return Prompt(
        name=name,
        version=int(fields["version"]),
        about=fields["about"],
        system=said.get("system", ""),
        user=said["user"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who is asked and how: one stage's prompts by domain, the model's name, and how its replies are drawn."""

    prompts: Mapping[str, Prompt]
    model: str
    sampling: Sampling
    settings: Mapping[str, Any]
    """What of the role belongs into the stage's key."""

    def request(self, domain: str, **fields: Any) -> GenerateRequest:
        """The request for a row of `domain`."""
        prompt = self.prompts.get(domain) or self.prompts[ANY]
        return GenerateRequest(messages=prompt.messages(fields), sampling=self.sampling)

    @property
    def key(self) -> dict[str, Any]:
        """What belongs into the key of a stage that asks."""
        return {"prompts": {d: p.key for d, p in sorted(self.prompts.items())}, "role": dict(self.settings)}


@cache
def _template(text: str) -> jinja2.Template:
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string(text)
