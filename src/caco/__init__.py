"""Caco: verifiable reasoning data, with code as the witness.

    import caco

    run = caco.run("quickstart", runs="runs")
    for example in run.rows("export"):
        ...

Names load on first use, so that `import caco` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caco.answers import extract_answer
    from caco.backends.graders import grade, grade_many
    from caco.backends.sandboxes import Limits, execute
    from caco.errors import CacoError, ConfigError
    from caco.plan import RunConfig, Step
    from caco.records import CodeCoT, Example, Execution, Grade, Problem, Rejection, Seed, Solution, Verdict
    from caco.store.run import Run
    from caco.wiring import run

__version__ = "0.1.0"

__all__ = [
    "CacoError",
    "CodeCoT",
    "ConfigError",
    "Example",
    "Execution",
    "Grade",
    "Limits",
    "Problem",
    "Rejection",
    "Run",
    "RunConfig",
    "Seed",
    "Solution",
    "Step",
    "Verdict",
    "execute",
    "extract_answer",
    "grade",
    "grade_many",
    "run",
]

_HOME = {
    "CacoError": "caco.errors",
    "ConfigError": "caco.errors",
    "Limits": "caco.backends.sandboxes",
    "Run": "caco.store.run",
    "RunConfig": "caco.plan",
    "Step": "caco.plan",
    "execute": "caco.backends.sandboxes",
    "extract_answer": "caco.answers",
    "grade": "caco.backends.graders",
    "grade_many": "caco.backends.graders",
    "run": "caco.wiring",
}
"""Where a name lives; the others are records."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'caco' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "caco.records")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
