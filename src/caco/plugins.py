"""Finding recipes: modules of `caco_recipes`, entry points of the group `caco.recipes`, or `module:function`."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any, TypeAlias

from pydantic import ConfigDict, ValidationError, validate_call

import caco_recipes
from caco.errors import ConfigError, unknown
from caco.plan import RunConfig

Recipe: TypeAlias = Callable[..., RunConfig]


def recipe_names() -> list[str]:
    """Names of all recipes that are installed."""
    ours = [module.name for module in pkgutil.iter_modules(caco_recipes.__path__)]
    return sorted({*ours, *(point.name for point in entry_points(group="caco.recipes"))})


def find_recipe(name: str) -> Recipe:
    """The recipe called `name`, or at `module:function`. Raises ConfigError where there is none."""
    module, _, function = name.partition(":")
    if function:
        return _attribute(module, function)
    for point in entry_points(group="caco.recipes"):
        if point.name == name:
            return point.load()  # type: ignore[no-any-return]
    if name not in recipe_names():
        raise unknown("recipe", name, recipe_names())
    return _attribute(f"caco_recipes.{name}", name)


def build(recipe: Recipe, settings: Mapping[str, Any]) -> RunConfig:
    """Call a recipe with settings given as text or values. Raises ConfigError for a wrong name or value."""
    known = inspect.signature(recipe).parameters
    for name in settings:
        if name not in known:
            raise unknown("setting", name, known)
    # With pydantic, `--set fresh=4` arrives as the int that the recipe's annotation asks for.
    checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))(recipe)
    try:
        return checked(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        given = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"setting {given}={first['input']!r}: {first['msg'].lower()}") from error


def describe(recipe: Recipe) -> dict[str, str]:
    """The settings of a recipe: name -> annotation and default."""
    parameters = inspect.signature(recipe).parameters.values()
    return {p.name: f"{inspect.formatannotation(p.annotation)} = {p.default!r}" for p in parameters}


def _attribute(module: str, name: str) -> Recipe:
    try:
        recipe: Recipe = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"recipe {module}:{name} cannot be found: {error}") from error
    return recipe
