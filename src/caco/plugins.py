"""Finding what can be named, in one way for all kinds: a module inside, an entry point, or a place that the user gives.

A recipe, a stage, a transform, ... is looked for

1. inside: the module called so in the kind's package (`caco.transforms.inversion`), which holds it in a constant named
   after the kind (`TRANSFORM`), or several by their names; recipes and stages are functions, found by what they return;
2. among installed packages: the entry points of the group `caco.KIND`;
3. at `module:attribute` or `./file.py:attribute`; the current folder is on the path.

So a new one is a new file, here or elsewhere, and nothing else is touched.
"""

import importlib
import inspect
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from caco.config import Backend
from caco.errors import ConfigError, unknown


@dataclass(frozen=True, slots=True)
class Kind:
    """Where plugins of a kind lie; `returns` is the end of the annotation of those that are functions."""

    package: str
    returns: str = ""


KINDS: Mapping[str, Kind] = {
    "recipe": Kind("caco_recipes", returns="RunConfig"),
    "stage": Kind("caco.stages", returns="Stage"),
    "family": Kind("caco.families"),
    "transform": Kind("caco.transforms"),
    "compiler": Kind("caco.compilers"),
    "benchmark": Kind("caco.benchmarks"),
    "export": Kind("caco.jobs.export"),
    "generator": Kind("caco.backends.generators"),
    "sandbox": Kind("caco.backends.sandboxes"),
    "grader": Kind("caco.backends.graders"),
    "index": Kind("caco.backends.indexes"),
    "runner": Kind("caco.runners"),
    "prompt": Kind("caco.prompts"),
    "language": Kind("caco.language"),
}


def find(kind: str, name: str) -> Any:
    """The plugin of that kind and name. Raises ConfigError where there is none, with the names there are."""
    if ":" in name:
        return _at(kind, name)
    found = _inside(kind, name)
    if found is None:
        found = next((point.load() for point in _installed(kind) if point.name == name), None)
    if found is None:
        raise unknown(kind, name, names(kind))
    return found


def names(kind: str) -> list[str]:
    """Names of all plugins of a kind, those of installed packages too."""
    inside = (name for module in _modules(kind) for name in _listed(kind, module))
    return sorted({*inside, *(point.name for point in _installed(kind))})


def call(what: str, function: Callable[..., Any], settings: Mapping[str, Any]) -> Any:
    """Call with settings given as text or values, turned into what the annotations ask for (`fresh=4` into an int).

    `what` stands before each error's text. Raises ConfigError for a setting that there is not, one that is missing, and
    a value that its type does not take.
    """
    known = inspect.signature(function).parameters
    any_other = any(p.kind is p.VAR_KEYWORD for p in known.values())
    hints = get_type_hints(vars(function)["__init__"] if isinstance(function, type) else function, include_extras=True)
    for name in settings:
        if name not in known and not any_other:
            raise ConfigError(f"{what}{unknown('setting', name, known)}")
    needed = [p.name for p in known.values() if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if missing := [name for name in needed if name not in settings]:
        raise ConfigError(f"{what}missing: {', '.join(missing)}")
    return function(**{name: _typed(what, name, hints.get(name, Any), value) for name, value in settings.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting as people read it."""

    name: str
    type: str
    default: str
    about: str


def described(function: Callable[..., Any]) -> list[Setting]:
    """The settings of a recipe, with the meanings that its annotations state."""
    hints = get_type_hints(function, include_extras=True)
    return [
        Setting(name=p.name, type=_type_of(hints[p.name]), default=repr(p.default), about=_about(hints[p.name]))
        for p in inspect.signature(function).parameters.values()
    ]


def _type_of(hint: Any) -> str:
    return inspect.formatannotation(getattr(hint, "__origin__", hint) if hasattr(hint, "__metadata__") else hint)


def _about(hint: Any) -> str:
    told = (getattr(mark, "description", None) for mark in getattr(hint, "__metadata__", ()))
    return next((text for text in told if text), "")


def opened(what: str, backend: Backend, settings: Mapping[str, Any], **context: Any) -> Any:
    """A backend with these settings, and with what it asks for of `context` (`role`, `cores`). Raises ConfigError."""
    known = inspect.signature(backend.open).parameters
    return call(what, backend.open, {**settings, **{name: context[name] for name in context if name in known}})


def _typed(what: str, name: str, hint: Any, value: Any) -> Any:
    """The value as its annotation has it."""
    config = None if is_dataclass(hint) else ConfigDict(arbitrary_types_allowed=True)
    try:
        return TypeAdapter(hint, config=config).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        given = ".".join(str(part) for part in (name, *first["loc"]))
        raise ConfigError(f"{what}setting {given}={first['input']!r}: {first['msg'].lower()}") from error


def _inside(kind: str, name: str) -> Any:
    """The plugin in the module called `name`, else the one that another module of the package holds by that name."""
    package = KINDS[kind].package
    if name.isidentifier() and _is_there(package) and find_spec(f"{package}.{name}"):
        named = _declared(kind, importlib.import_module(f"{package}.{name}"))
        if name in named:
            return named[name]
    return next((named[name] for module in _modules(kind) if name in (named := _listed(kind, module))), None)


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _modules(kind: str) -> Iterator[str]:
    """The modules of a kind's package; a package inside it holds no plugins."""
    package = KINDS[kind].package
    if _is_there(package):
        found = pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}.")
        yield from (module.name for module in found if not module.ispkg)


def _listed(kind: str, module: str) -> Mapping[str, Any]:
    """What a module declares; one that needs a package which is not installed is listed by its own name."""
    try:
        return _declared(kind, importlib.import_module(module))
    except ConfigError:
        return {module.rpartition(".")[2]: None}


def _declared(kind: str, module: ModuleType) -> Mapping[str, Any]:
    """The plugins of a module by name."""
    if returns := KINDS[kind].returns:
        return {name: f for name, f in inspect.getmembers(module, inspect.isfunction) if _is_one(f, module, returns)}
    found = getattr(module, kind.upper(), None)
    if found is None or isinstance(found, Mapping):
        return found or {}
    return {module.__name__.rpartition(".")[2]: found}


def _is_one(function: Callable[..., Any], module: ModuleType, returns: str) -> bool:
    own = function.__module__ == module.__name__ and not function.__name__.startswith("_")
    return own and str(getattr(function.__annotations__.get("return"), "__name__", "")).endswith(returns)


def _installed(kind: str) -> Iterator[EntryPoint]:
    """The entry points of a kind."""
    yield from entry_points(group=f"caco.{kind}")
    for point in entry_points(group="caco.recipes") if kind == "recipe" else ():
        warnings.warn(
            f"entry point {point.name!r}: the group caco.recipes is now called caco.recipe", FutureWarning, stacklevel=3
        )
        yield point


def _at(kind: str, place: str) -> Any:
    """What stands at `module:attribute` or `file.py:attribute`."""
    where, _, attribute = place.rpartition(":")
    try:
        found = getattr(_imported(where), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"{kind} {place!r} cannot be found: {error}") from error
    return found


def _imported(where: str) -> ModuleType:
    """The module of that name, or of that file. Worker processes get this process' path, and find it too."""
    file = Path(where).resolve() if where.endswith(".py") else None
    for folder in dict.fromkeys(str(one) for one in (file.parent if file else Path.cwd(), Path.cwd())):
        if folder not in sys.path:
            sys.path.append(folder)  # last, so that nothing there takes the place of a library
    module = importlib.import_module(file.stem if file else where)
    if file and Path(module.__file__ or "").resolve() != file:
        raise ImportError(f"another module is called {file.stem!r} already: give the file another name")
    return module
