"""The errors of the project, one page: who is at fault decides the type.

    CacoError
    ├── ConfigError      the user's set-up; raised before any work; says what to change       -> exit 2
    ├── StageError       a stage cannot run, or raised on too many rows: a bug of ours         -> stop
    ├── BackendError     an effect failed as a whole (a single failed item is a `Failure`)    -> stop
    ├── StoreError       a table or manifest is missing, torn or of another version           -> stop
    └── IntegrityError   a row was lost, doubled or has no parents                            -> stop, never ignored

A bad row is data, not an exception: `Reject(reason)`. So is a row that a stage raised on: it ends as `our_fault`. An
effect that failed for one row is a `Failure`, and the row is deferred until the run is resumed.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class CacoError(Exception):
    """Root of all errors the project raises on purpose."""


class ConfigError(CacoError):
    """The user's set-up cannot work; the message says what to change and names the valid choices."""


class StageError(CacoError):
    """A stage's own function raised."""


class BackendError(CacoError):
    """A backend cannot work at all on this host or with these settings."""


class StoreError(CacoError):
    """A table, part or manifest is missing, torn or of another version."""


class IntegrityError(CacoError):
    """Conservation was broken: a row was lost, doubled, or ended twice."""


def missing_extra(package: str, extra: str) -> ConfigError:
    """The error for an optional dependency that is not installed: names the extra to install."""
    return ConfigError(f"{package} is not installed; install it with: pip install 'caco[{extra}]'")


def unknown(kind: str, name: str, known: Iterable[object]) -> ConfigError:
    """The error for a name that is not among the valid ones: the nearest of them, and all."""
    names = sorted(str(one) for one in known)
    near = get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return ConfigError(f"unknown {kind} {name!r}; known: {', '.join(names) or 'none'}{hint}")


def whole(text: str) -> str:
    """The text with pairs of surrogates joined and lone ones, a cut emoji's halves, replaced by U+FFFD.

    >>> whole("\\ud83d\\ude00"), whole("cut \\ud83d")
    ('😀', 'cut \ufffd')
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
