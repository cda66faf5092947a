"""What this host offers to a sandbox, found by trying."""

from functools import lru_cache

from caco.backends.sandboxes.limits import Limits
from caco.backends.sandboxes.worker import Tier, Worker
from caco.errors import BackendError, ConfigError, unknown

LEVELS = ("jail", "process")


@lru_cache(maxsize=4)
def trial(level: str) -> tuple[dict[str, object], str]:
    """Start one bare worker at `level`: the walls it got, and the reason where it could not start."""
    try:
        worker = Worker(Tier(), level, Limits())
    except BackendError as error:
        return {}, str(error)
    worker.close()
    return worker.walls, ""


def choose_level(isolation: str) -> str:
    """The level to run at. Raises ConfigError where the host does not offer what is asked for."""
    if isolation not in (*LEVELS, "auto"):
        raise unknown("isolation", isolation, (*LEVELS, "auto"))
    reasons = []
    for level in LEVELS if isolation == "auto" else (isolation,):
        _, reason = trial(level)
        if not reason:
            return level
        reasons.append(f"{level}: {reason}")
    advice = "; ask for isolation='process' (limits only) or 'auto'" if isolation == "jail" else ""
    raise ConfigError(f"this host does not offer isolation {isolation!r} ({'; '.join(reasons)}){advice}")


def host_report() -> list[tuple[str, str]]:
    """What `caco doctor` prints of the sandbox: each level, and each wall, as (name, state)."""
    rows = []
    for level in LEVELS:
        walls, reason = trial(level)
        rows.append((f"sandbox level {level}", "not offered: " + reason if reason else "offered"))
        if walls:
            landlock = walls["landlock"]
            rows.append((f"{level}: Landlock", f"version {landlock}" if landlock else "absent in this kernel"))
            rows.append((f"{level}: syscall filter", "on" if walls["seccomp"] else "absent"))
    rows.append(("sandbox sharing", "harmless programs share a process, unless sharing=none"))
    return rows
